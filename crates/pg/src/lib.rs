//! Connection plumbing over Postgres: parsed database URLs, typed pools and
//! connections, errors, typed ids, keyset pages and the migration runner.
//!
//! Knows no table and no tenant. May depend on diesel, diesel-async,
//! tokio-postgres, rustls and `egress`; no other crate of ours.
//!
//! The one idea: a [`Db`] carries the kind of database it reaches as a type
//! ([`Control`] or [`Tenant`]), so a connection to the control plane cannot be
//! handed to a repository of a tenant's data:
//!
//! ```compile_fail
//! fn needs_tenant(_: &mut pg::Conn<pg::Tenant>) {}
//! fn has_control(conn: &mut pg::Conn<pg::Control>) { needs_tenant(conn); }
//! ```

extern crate self as pg;

pub mod catalog;
mod connector;
mod db;
mod email;
mod error;
pub mod facts;
mod id;
pub mod listen;
pub mod migrate;
mod page;
mod patch;
pub mod probe;
pub mod sealed;
pub mod server;
mod tls;
mod url;

pub use self::{
    connector::Connector,
    db::{Conn, Control, Db, Tenant},
    email::{Email, InvalidEmail},
    error::DbError,
    id::{ChannelId, TenantId},
    page::{Cursor, InvalidCursor, ListError, Page, PageRequest},
    patch::Patch,
    url::{DatabaseUrl, DatabaseUrlError, SslMode},
};
pub use egress::{HostError, HostPolicy};

#[doc(hidden)]
pub mod reexport {
    pub use diesel;
    pub use serde;
    pub use uuid;
}
