//! The API over HTTP and WebSocket: a real server, real databases, and the
//! simulator in Meta's place.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

mod answering;
mod apps;
mod audit;
mod auth;
mod bad_input;
mod caller;
mod catalogue;
mod channels;
mod contacts;
mod cors;
mod databases;
mod debug;
mod drafts;
mod every_type;
mod impersonation;
mod inbox_list;
mod line_health;
mod lines;
mod links;
mod logo;
mod logs;
mod media;
mod notifications;
mod odoo;
mod openapi;
mod platform_audit;
mod presence;
mod program;
mod push;
mod quick_replies;
mod roles;
mod search;
mod second_factor;
mod secrets;
mod sending;
mod servers;
mod sessions;
mod settings;
mod sight;
mod socket;
mod spool;
mod stopping;
mod superadmin;
mod switch;
mod tags;
mod team;
mod tenancy;
mod tenant_health;
mod test_app;
mod walk;
mod walk_samples;
mod walk_settings;
mod webhook;
