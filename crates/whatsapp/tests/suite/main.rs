//! The crate against synthetic fixtures and a server on the loopback.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod client;
mod common;
mod health;
mod media;
mod media_limits;
mod outbound;
mod outbound_invalid;
mod outbound_requests;
mod outbound_roundtrip;
mod signature;
mod upload;
mod webhook;
mod webhook_content;
mod webhook_events;
mod webhook_hostile;
