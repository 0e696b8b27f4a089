//! The API over HTTP and WebSocket: a real server, real databases, and the
//! simulator in Meta's place.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod answering;
mod auth;
mod caller;
mod cors;
mod lines;
mod openapi;
mod socket;
mod test_app;
mod walk;
mod webhook;
