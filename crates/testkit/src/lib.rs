#![doc = include_str!("../README.md")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "only tests call this crate, and a panic is how a test says no"
)]

mod database;
mod runtime;
mod server;
mod template;

pub mod proxy;
pub mod schema;
pub mod smtp;

pub use database::TestDb;
