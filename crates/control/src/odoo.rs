//! Which Odoo a tenant's bot asks, and as whom. Secrets go in and are opened
//! for the call alone.

mod save;

use chrono::{DateTime, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

pub use self::save::{
    InvalidOdoo, OdooChoice, RemoveOdooError, SaveOdooError, record_odoo_test, remove_odoo, save_odoo,
};
use crate::{hidden::Hidden, schema::odoo_configs};

/// The Odoo of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = odoo_configs)]
pub struct OdooConfig {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// `https://`, a host, and a path if it is not at the root.
    pub base_url: String,
    /// The database's name.
    pub db_name: String,
    /// The user's login.
    pub username: String,
    /// What the server said it is, at the last test that went well.
    pub version: Option<String>,
    /// When it was last tested.
    pub tested_at: Option<DateTime<Utc>>,
    /// Why that failed, in a stable word.
    pub test_error: Option<String>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
    password_sealed: Option<Hidden>,
    api_key_sealed: Option<Hidden>,
}

impl OdooConfig {
    /// The API key or, lacking one, the password.
    pub fn secret(&self, keyring: &Keyring) -> Result<Option<SecretString>, OpenError> {
        let sealed = match (&self.api_key_sealed, &self.password_sealed) {
            (Some(sealed), _) => (API_KEY, sealed),
            (None, Some(sealed)) => (PASSWORD, sealed),
            (None, None) => return Ok(None),
        };
        let place = secret_place(self.tenant_id, sealed.0);
        keyring.open(&place, sealed.1.as_str()).map(Some)
    }

    /// Whether a password is set.
    pub fn has_password(&self) -> bool {
        self.password_sealed.is_some()
    }

    /// Whether an API key is set.
    pub fn has_api_key(&self) -> bool {
        self.api_key_sealed.is_some()
    }
}

const PASSWORD: &str = "password_sealed";
const API_KEY: &str = "api_key_sealed";

/// Where a secret is sealed for.
fn secret_place(tenant_id: TenantId, column: &'static str) -> Place {
    Place {
        tenant: tenant_id.uuid(),
        table: "odoo_configs",
        column,
        row: tenant_id.uuid(),
    }
}

/// Queries over `odoo_configs`.
pub struct OdooConfigs<'c>(&'c mut Conn<Control>);

impl<'c> OdooConfigs<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The tenant's Odoo; `None` if it has none of its own.
    pub async fn find(&mut self, tenant_id: TenantId) -> Result<Option<OdooConfig>, DbError> {
        let query = OdooConfig::query().filter(odoo_configs::tenant_id.eq(tenant_id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }
}
