//! One tenant's data and its rules: team, contacts, conversations, messages,
//! tags, settings, catalogue, quick replies, views, drafts, notifications, search, outbox, events, audit.
//!
//! Depends on `pg` and `crypto`. Knows neither the control plane's tables nor
//! HTTP nor Meta: callers translate. Every function takes a `Conn<Tenant>`, so
//! a connection to the control plane does not fit:
//!
//! ```compile_fail
//! async fn wrong(conn: &mut pg::Conn<pg::Control>) {
//!     tenant::user::Users::new(conn);
//! }
//! ```

mod attempt_ref;
pub mod audit;
pub mod branch;
pub mod catalogue;
pub mod contact;
pub mod conversation;
pub mod dead_letter;
pub mod draft;
pub mod event;
pub mod expected;
pub mod housekeeping;
pub mod id;
pub mod impersonation;
pub mod inbound;
pub mod line_event;
pub mod media;
pub mod message;
pub mod meta;
pub mod notification;
pub mod outbox;
pub mod phone;
pub mod push;
pub mod quick_reply;
pub mod role;
mod schema;
pub mod sealed;
pub mod search;
pub mod second_factor;
pub mod service;
pub mod settings;
mod sql;
pub mod status;
pub mod tag;
mod text;
mod text_enum;
pub mod user;
pub mod view;

pub use self::text_enum::UnknownName;
pub(crate) use self::text_enum::text_enum;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// The tenant schema, embedded in every binary that serves or migrates tenants.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations-tenant");
