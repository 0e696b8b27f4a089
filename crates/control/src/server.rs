//! Servers on which the platform makes databases for tenants. The URL of each one's
//! administrator is sealed; what is shown of it stands in columns beside it.

mod repo;
mod save;

use chrono::{DateTime, Utc};
use crypto::{ExposeSecret, Keyring, Place};
use diesel::HasQuery;
use pg::DatabaseUrl;
use uuid::Uuid;

pub use self::{
    repo::Servers,
    save::{
        NewServer, RemoveServerError, SaveServerError, ServerChanges, add_server, remove_server,
        update_server,
    },
};
use crate::{database::OpenUrlError, hidden::Hidden, schema::database_servers};

pg::id_type! {
    /// A server for tenants' databases.
    ServerId
}

/// A server for tenants' databases, without its administrator's password.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = database_servers)]
pub struct Server {
    /// Its id.
    pub id: ServerId,
    /// What operators call it.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: i32,
    /// The server's version when its URL was saved.
    pub server_version: String,
    /// Whether databases are made there when no server is named.
    pub is_default: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    admin_url_sealed: Hidden,
}

impl Server {
    /// Its administrator's URL, password included.
    pub fn open_url(&self, keyring: &Keyring) -> Result<DatabaseUrl, OpenUrlError> {
        let opened = keyring.open(&url_place(self.id), self.admin_url_sealed.as_str())?;
        Ok(opened.expose_secret().parse()?)
    }
}

/// Where a server's URL is sealed for; it is nobody's but the platform's.
fn url_place(id: ServerId) -> Place {
    Place {
        tenant: Uuid::nil(),
        table: "database_servers",
        column: "admin_url_sealed",
        row: id.uuid(),
    }
}
