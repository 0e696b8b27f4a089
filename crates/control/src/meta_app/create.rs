//! Registers an app.

use chrono::{DateTime, Utc};
use crypto::{Keyring, SecretString, token};
use pg::{Conn, Control, DbError, TenantId};
use serde_json::json;

use super::{
    APP_SECRET, InvalidMetaApp, MetaApp, MetaAppId, fields,
    repo::{MetaApps, NewRow},
    secret_place,
};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    tenant::Tenants,
};

/// The app to register.
#[derive(Debug, Clone, Default)]
pub struct NewMetaApp {
    /// Whose lines may be bound to it; `None`: anybody's. It stays so.
    pub tenant_id: Option<TenantId>,
    /// What operators call it.
    pub name: String,
    /// Its id with Meta.
    pub meta_app_id: Option<String>,
    /// The secret that signs its webhooks.
    pub app_secret: Option<SecretString>,
    /// What Meta sends in the GET handshake; `None`: one is made.
    pub verify_token: Option<SecretString>,
}

/// An app that was just registered.
#[derive(Debug)]
pub struct CreatedMetaApp {
    /// The app.
    pub app: MetaApp,
    /// The verify token, if it was made here. Only its digest is kept, so it is shown once.
    pub verify_token: Option<SecretString>,
}

/// Why an app was not registered.
#[derive(Debug, thiserror::Error)]
pub enum CreateMetaAppError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidMetaApp),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Registers an app under a callback path of its own.
#[tracing::instrument(name = "meta_app.create", skip_all)]
pub async fn create_meta_app(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    wanted: NewMetaApp,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<CreatedMetaApp, CreateMetaAppError> {
    let made = wanted.verify_token.is_none().then(token::generate);
    let row = checked_row(keyring, &wanted, made.as_ref(), now)?;
    let app = conn
        .transaction(async |tx| {
            if let Some(tenant_id) = row.tenant_id {
                Tenants::new(tx)
                    .lock(tenant_id)
                    .await?
                    .ok_or(CreateMetaAppError::UnknownTenant)?;
            }
            let app = MetaApps::new(tx).insert(&row).await?;
            let entry = AuditEntry {
                at: now,
                actor,
                tenant_id: app.tenant_id,
                action: "meta_app.created",
                target: Some(app.id.to_string()),
                data: json!({
                    "name": app.name,
                    "meta_app_id": app.meta_app_id,
                    "app_secret": app.has_app_secret(),
                }),
            };
            audit::record(tx, entry).await?;
            Ok::<_, CreateMetaAppError>(app)
        })
        .await?;
    Ok(CreatedMetaApp {
        app,
        verify_token: made,
    })
}

fn checked_row(
    keyring: &Keyring,
    wanted: &NewMetaApp,
    made: Option<&SecretString>,
    now: DateTime<Utc>,
) -> Result<NewRow, InvalidMetaApp> {
    let id = MetaAppId::generate();
    let place = secret_place(wanted.tenant_id, id, APP_SECRET);
    let app_secret = wanted.app_secret.as_ref().map(fields::app_secret).transpose()?;
    let verify_token = wanted.verify_token.as_ref().or(made);
    Ok(NewRow {
        id,
        key: token::generate_name(),
        tenant_id: wanted.tenant_id,
        name: fields::name(&wanted.name)?,
        meta_app_id: wanted
            .meta_app_id
            .as_deref()
            .map(fields::meta_app_id)
            .transpose()?,
        app_secret_sealed: app_secret.map(|secret| keyring.seal(&place, &secret)),
        verify_token_digest: verify_token
            .map(fields::verify_token)
            .ok_or(InvalidMetaApp::VerifyToken)??,
        created_at: now,
        updated_at: now,
    })
}
