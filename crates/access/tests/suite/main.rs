//! Who is let in, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod common;
mod guard;
mod login;
mod refresh;
mod team;
