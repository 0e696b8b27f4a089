//! Webhooks in, answers out, hints around: on real databases, with Meta played
//! by the simulator over real HTTP.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod bodies;
mod common;
mod fixtures;
mod ingest;
mod leases;
mod line_health;
mod long_transaction;
mod media;
mod outage;
mod realtime;
mod receiver;
mod sender;
mod signature;
mod spool;
