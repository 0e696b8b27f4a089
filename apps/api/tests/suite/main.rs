//! The API over HTTP and WebSocket: a real server, real databases, and the
//! simulator in Meta's place.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod answering;
mod auth;
mod bad_input;
mod caller;
mod channels;
mod cors;
mod databases;
mod debug;
mod every_type;
mod line_health;
mod lines;
mod logs;
mod media;
mod openapi;
mod program;
mod secrets;
mod sending;
mod socket;
mod spool;
mod stopping;
mod superadmin;
mod team;
mod tenancy;
mod test_app;
mod walk;
mod webhook;
