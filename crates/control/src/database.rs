//! Where each tenant's own database is. The URL is sealed; what is shown of it
//! stands in columns beside it.

mod attach;
mod repo;

use chrono::{DateTime, Utc};
use crypto::{ExposeSecret, Keyring, OpenError, Place};
use diesel::HasQuery;
use pg::{DatabaseUrl, DatabaseUrlError, TenantId};

pub use self::{
    attach::{AttachDatabaseError, attach_database},
    repo::TenantDatabases,
};
use crate::{hidden::Hidden, schema::tenant_databases};

/// A tenant's database, without its password.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = tenant_databases)]
pub struct TenantDatabase {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: i32,
    /// Database name.
    pub database_name: String,
    /// Role that logs in.
    pub user_name: String,
    /// How the connection is encrypted, in the words of a URL.
    pub ssl_mode: String,
    /// The server's version when it was attached.
    pub server_version: String,
    /// When it was attached or changed.
    pub updated_at: DateTime<Utc>,
    url_sealed: Hidden,
}

/// A tenant's database URL cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenUrlError {
    /// It did not open: another master key, or the row was tampered with.
    #[error("the database URL did not open")]
    Sealed(#[from] OpenError),
    /// It opened to something that is no database URL.
    #[error("what was sealed is no database URL")]
    Malformed(#[from] DatabaseUrlError),
}

impl TenantDatabase {
    /// The URL, password included.
    pub fn open_url(&self, keyring: &Keyring) -> Result<DatabaseUrl, OpenUrlError> {
        let opened = keyring.open(&url_place(self.tenant_id), self.url_sealed.as_str())?;
        Ok(opened.expose_secret().parse()?)
    }
}

/// Where a tenant's database URL is sealed for.
fn url_place(tenant_id: TenantId) -> Place {
    Place {
        tenant: tenant_id.uuid(),
        table: "tenant_databases",
        column: "url_sealed",
        row: tenant_id.uuid(),
    }
}
