//! The simulator over real HTTP, with a receiver on the loopback in the product's place.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bodies;
mod control;
mod counting;
mod faults;
mod media;
mod nodes;
mod receiver;
mod sending;
mod stage;
mod templates;
mod webhooks;
mod world;
