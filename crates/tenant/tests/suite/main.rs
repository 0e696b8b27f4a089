//! A tenant's repositories and use cases on a real Postgres.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod audit;
mod catalogue;
mod common;
mod concurrency;
mod contact;
mod conversation;
mod dead_letter;
mod event;
mod identity;
mod inbound;
mod learnt;
mod media;
mod outbox;
mod outbox_classes;
mod outbox_model;
mod outside;
mod queue;
mod role;
mod scheduled;
mod schema;
mod status;
mod status_merging;
mod strangers;
mod tag;
mod user;
