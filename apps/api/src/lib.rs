//! The HTTP and WebSocket API. Thin: a handler parses, authorises, calls one
//! use case and maps the result. No SQL, no rule, no secret is handled here.

pub mod app;
mod auth;
mod body;
pub mod config;
mod gate;
mod headers;
mod json;
mod limiter;
mod mailing;
mod names;
pub mod openapi;
mod post;
mod problem;
mod routes;
pub mod server;
mod table;
pub mod telemetry;
mod token;
