//! Saves, removes and notes the test of a tenant's Odoo.

use chrono::{DateTime, Utc};
use crypto::{ExposeSecret, Keyring, SecretString};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, Patch, TenantId};
use serde_json::json;
use url::Url;

use super::{API_KEY, OdooConfig, OdooConfigs, PASSWORD, secret_place};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    schema::odoo_configs,
    tenant::Tenants,
};

/// What a tenant's Odoo shall be; a secret that is kept stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OdooChoice {
    /// `https://` or, where that is allowed, `http://`; no login in it.
    pub base_url: String,
    /// The database's name.
    pub db_name: String,
    /// The user's login.
    pub username: String,
    /// The user's password.
    pub password: Patch<SecretString>,
    /// An API key, used in place of the password.
    pub api_key: Patch<SecretString>,
}

/// A field has a value it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOdoo {
    /// No address of a server.
    #[error("the address is written https://erp.example.com, without a login in it")]
    BaseUrl,
    /// Empty, too long or with control characters.
    #[error("a database's name has 1 to 120 characters")]
    DbName,
    /// Empty, too long or with control characters.
    #[error("a user has 1 to 200 characters")]
    Username,
    /// Neither a password nor a key, or an empty or overlong one.
    #[error("give a password or an API key, of at most 1000 characters")]
    Password,
}

impl InvalidOdoo {
    /// The field at fault, as the API and the rows call it.
    pub fn field(self) -> &'static str {
        match self {
            Self::BaseUrl => "base_url",
            Self::DbName => "db_name",
            Self::Username => "username",
            Self::Password => "password",
        }
    }
}

/// Why an Odoo was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveOdooError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidOdoo),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why an Odoo was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveOdooError {
    /// The tenant has none of its own.
    #[error("this tenant has no Odoo of its own")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Saves a tenant's Odoo in place of the one before.
#[tracing::instrument(name = "odoo.save", skip_all, fields(tenant.id = %tenant_id))]
pub async fn save_odoo(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    tenant_id: TenantId,
    choice: OdooChoice,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<OdooConfig, SaveOdooError> {
    let checked = checked(&choice)?;
    conn.transaction(async |tx| {
        Tenants::new(tx)
            .lock(tenant_id)
            .await?
            .ok_or(SaveOdooError::UnknownTenant)?;
        let old = OdooConfigs::new(tx).find(tenant_id).await?;
        let kept = |hidden: fn(&OdooConfig) -> Option<&crate::hidden::Hidden>| {
            let hidden = old.as_ref().and_then(hidden);
            hidden.map(|hidden| hidden.as_str().to_owned())
        };
        let sealed = |column, patch: &Patch<SecretString>, kept: Option<String>| match patch {
            Patch::Keep => kept,
            Patch::Clear => None,
            Patch::Set(secret) => Some(keyring.seal(&secret_place(tenant_id, column), secret)),
        };
        let password = sealed(
            PASSWORD,
            &choice.password,
            kept(|old| old.password_sealed.as_ref()),
        );
        let api_key = sealed(API_KEY, &choice.api_key, kept(|old| old.api_key_sealed.as_ref()));
        if password.is_none() && api_key.is_none() {
            return Err(InvalidOdoo::Password.into());
        }
        let saved = upsert(tx, tenant_id, &checked, (password, api_key), now).await?;
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: Some(tenant_id),
            action: "odoo.saved",
            target: Some(tenant_id.to_string()),
            data: json!({
                "base_url": saved.base_url,
                "db_name": saved.db_name,
                "username": saved.username,
                "password": saved.has_password(),
                "api_key": saved.has_api_key(),
            }),
        };
        audit::record(tx, entry).await?;
        Ok(saved)
    })
    .await
}

/// Forgets a tenant's Odoo, secrets and all.
pub async fn remove_odoo(
    conn: &mut Conn<Control>,
    tenant_id: TenantId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), RemoveOdooError> {
    conn.transaction(async |tx| {
        let deleted = diesel::delete(odoo_configs::table.find(tenant_id))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        if deleted == 0 {
            return Err(RemoveOdooError::Unknown);
        }
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: Some(tenant_id),
            action: "odoo.removed",
            target: Some(tenant_id.to_string()),
            data: json!({}),
        };
        Ok(audit::record(tx, entry).await?)
    })
    .await
}

/// Notes what a test of `tested` came to: the server's version, or a stable word for what failed.
/// A configuration that was saved meanwhile is left alone: another one was tested.
pub async fn record_odoo_test(
    conn: &mut Conn<Control>,
    tested: &OdooConfig,
    outcome: Result<&str, &str>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    conn.transaction(async |tx| {
        let row = odoo_configs::table
            .find(tested.tenant_id)
            .filter(odoo_configs::updated_at.eq(tested.updated_at));
        let tested_at = odoo_configs::tested_at.eq(now);
        let failed = odoo_configs::test_error.eq(outcome.err());
        if let Ok(version) = outcome {
            let version = odoo_configs::version.eq(version);
            let update = diesel::update(row).set((tested_at, failed, version));
            update.execute(&mut **tx).await?;
        } else {
            let update = diesel::update(row).set((tested_at, failed));
            update.execute(&mut **tx).await?;
        }
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: Some(tested.tenant_id),
            action: "odoo.tested",
            target: Some(tested.tenant_id.to_string()),
            data: json!({ "version": outcome.ok(), "error": outcome.err() }),
        };
        audit::record(tx, entry).await
    })
    .await
}

/// Texts that are known to fit.
struct Checked {
    base_url: String,
    db_name: String,
    username: String,
}

fn checked(choice: &OdooChoice) -> Result<Checked, InvalidOdoo> {
    for secret in [&choice.password, &choice.api_key] {
        if let Patch::Set(secret) = secret
            && !(1..=1_000).contains(&secret.expose_secret().chars().count())
        {
            return Err(InvalidOdoo::Password);
        }
    }
    let plain = |text: &str, most: usize, error| {
        let text = text.trim();
        let fits = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(text.to_owned()) } else { Err(error) }
    };
    Ok(Checked {
        base_url: base_url(&choice.base_url).ok_or(InvalidOdoo::BaseUrl)?,
        db_name: plain(&choice.db_name, 120, InvalidOdoo::DbName)?,
        username: plain(&choice.username, 200, InvalidOdoo::Username)?,
    })
}

fn base_url(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.as_str().len() <= 2_048;
    plain.then(|| url.as_str().trim_end_matches('/').to_owned())
}

async fn upsert(
    tx: &mut Conn<Control>,
    tenant_id: TenantId,
    checked: &Checked,
    (password, api_key): (Option<String>, Option<String>),
    now: DateTime<Utc>,
) -> Result<OdooConfig, DbError> {
    let columns = (
        odoo_configs::base_url.eq(&checked.base_url),
        odoo_configs::db_name.eq(&checked.db_name),
        odoo_configs::username.eq(&checked.username),
        odoo_configs::password_sealed.eq(password),
        odoo_configs::api_key_sealed.eq(api_key),
        // What was known is known of what was there before.
        odoo_configs::version.eq(None::<String>),
        odoo_configs::tested_at.eq(None::<DateTime<Utc>>),
        odoo_configs::test_error.eq(None::<String>),
        odoo_configs::updated_at.eq(now),
    );
    let saved = diesel::insert_into(odoo_configs::table)
        .values((odoo_configs::tenant_id.eq(tenant_id), columns.clone()))
        .on_conflict(odoo_configs::tenant_id)
        .do_update()
        .set(columns)
        .returning(<OdooConfig as diesel::Selectable<diesel::pg::Pg>>::construct_selection())
        .get_result(&mut **tx)
        .await?;
    Ok(saved)
}
