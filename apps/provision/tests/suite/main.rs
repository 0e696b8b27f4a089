//! The built program against databases of its own.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod common;
mod databases;
mod doctor;
mod fleet;
mod keys;
mod letters;
mod lines;
mod runbook;
mod servers;
mod stand;
mod usage;
