//! The control plane's repositories and use cases on a real Postgres.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod audit;
mod branding;
mod channel;
mod common;
mod database;
mod lane;
mod line_state;
mod platform_user;
mod schema;
mod session;
mod spool;
mod tenant;
mod unrouted;
