//! Finding lines, tenants and their databases, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod attach;
mod common;
mod lines;
mod place;
mod tenants;
