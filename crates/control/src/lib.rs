//! The control plane: tenants, where their databases are, their WhatsApp lines
//! and branding, SuperAdmins, who may log in where, sessions and the audit log.
//!
//! Owns every table of `migrations-control/` and the rules over them. A use
//! case is a free function that owns its transaction and is given the time; a
//! repository is a struct over a borrowed connection. Never sees a tenant's
//! own tables, HTTP, or the network.
//!
//! ```no_run
//! # use control::{Actor, tenant::{NewTenant, Plan, Tenants, create_tenant}};
//! # async fn example(conn: &mut pg::Conn<pg::Control>, now: chrono::DateTime<chrono::Utc>) {
//! let wanted = NewTenant { name: "Clínica Sol".into(), slug: "sol".into(), plan: Plan::Starter };
//! let created = create_tenant(conn, wanted, &Actor::command_line(), now).await;
//! let found = Tenants::new(conn).find_by_slug("sol").await;
//! # }
//! ```

mod actor;
pub mod audit;
pub mod branding;
mod change;
pub mod channel;
pub mod contents;
pub mod database;
pub mod directory;
pub mod fleet;
mod hidden;
pub mod impersonation;
pub mod lane;
pub mod line_state;
pub mod login_link;
pub mod logo;
pub mod meta_app;
pub mod odoo;
pub mod platform_user;
pub mod push_key;
mod schema;
pub mod sealed;
pub mod second_factor;
pub mod server;
pub mod session;
pub mod settings;
pub mod spool;
pub mod tenant;
mod text;
pub mod traffic;
pub mod unrouted;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub use pg::Patch;

pub use self::{
    actor::Actor,
    change::{CONFIG_CHANNEL, DESKS_CHANNEL, EVENTS_CHANNEL, MAX_HINTED, OUTBOX_CHANNEL, hint, say},
};

/// The migrations of the control plane's database.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations-control");
