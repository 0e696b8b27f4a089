//! Changes an app.

use chrono::{DateTime, Utc};
use crypto::{Keyring, SecretString, token};
use pg::{Conn, Control, DbError, Patch};
use serde_json::{Map, Value, json};

use super::{
    APP_SECRET, GRACE, InvalidMetaApp, MetaApp, MetaAppId, PREVIOUS_SECRET, fields,
    repo::{Changes, MetaApps},
    secret_place,
};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change,
};

/// What to change. A secret is kept unless it is set or cleared by name.
#[derive(Debug, Clone, Default)]
pub struct MetaAppChanges {
    /// What operators call it.
    pub name: Option<String>,
    /// Its id with Meta.
    pub meta_app_id: Patch<String>,
    /// The secret that signs its webhooks. The one before stays believed for
    /// [`GRACE`] when another is set; cleared, neither is believed any more.
    pub app_secret: Patch<SecretString>,
    /// What Meta sends in the GET handshake.
    pub verify_token: Option<SecretString>,
}

/// Why an app was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateMetaAppError {
    /// There is no such app.
    #[error("there is no such app")]
    UnknownApp,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidMetaApp),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Changes an app; its callback path and its tenant stay.
#[tracing::instrument(name = "meta_app.update", skip_all, fields(app.id = %id))]
pub async fn update_meta_app(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    id: MetaAppId,
    changes: MetaAppChanges,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<MetaApp, UpdateMetaAppError> {
    let checked = Checked::new(changes)?;
    conn.transaction(async |tx| {
        let mut apps = MetaApps::new(tx);
        let old = apps.lock(id).await?.ok_or(UpdateMetaAppError::UnknownApp)?;
        let told = checked.told();
        let columns = checked.into_columns(keyring, &old, now);
        let app = apps.update(id, &columns).await?;
        let tenants = apps.tenants_of(id).await?;
        let mut data = difference(&old, &app);
        data.extend(told);
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: app.tenant_id,
            action: "meta_app.updated",
            target: Some(id.to_string()),
            data: Value::Object(data),
        };
        audit::record(tx, entry).await?;
        change::notify_all(tx, &tenants).await?;
        Ok(app)
    })
    .await
}

/// Gives an app a new verify token, which is returned once and never again.
pub async fn renew_verify_token(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    id: MetaAppId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<SecretString, UpdateMetaAppError> {
    let verify_token = token::generate();
    let changes = MetaAppChanges {
        verify_token: Some(verify_token.clone()),
        ..MetaAppChanges::default()
    };
    update_meta_app(conn, keyring, id, changes, actor, now).await?;
    Ok(verify_token)
}

/// Changes whose values are known to fit.
struct Checked {
    name: Option<String>,
    meta_app_id: Patch<String>,
    app_secret: Patch<SecretString>,
    verify_token_digest: Option<Vec<u8>>,
}

impl Checked {
    fn new(changes: MetaAppChanges) -> Result<Self, InvalidMetaApp> {
        Ok(Self {
            name: changes.name.as_deref().map(fields::name).transpose()?,
            meta_app_id: changes.meta_app_id.try_map(|id| fields::meta_app_id(&id))?,
            app_secret: changes.app_secret.try_map(|secret| fields::app_secret(&secret))?,
            verify_token_digest: changes
                .verify_token
                .as_ref()
                .map(fields::verify_token)
                .transpose()?,
        })
    }

    /// Which secrets change and how, for the audit log: never their values.
    fn told(&self) -> Vec<(String, Value)> {
        let app_secret = match &self.app_secret {
            Patch::Keep => None,
            Patch::Clear => Some("cleared"),
            Patch::Set(_) => Some("set"),
        };
        let verify_token = self.verify_token_digest.as_ref().map(|_| "set");
        let secrets = [("app_secret", app_secret), ("verify_token", verify_token)];
        let changed = secrets
            .into_iter()
            .filter_map(|(name, what)| Some((name.to_owned(), json!(what?))));
        changed.collect()
    }

    fn into_columns(self, keyring: &Keyring, old: &MetaApp, now: DateTime<Utc>) -> Changes {
        let seal = |column, secret: SecretString| {
            keyring.seal(&secret_place(old.tenant_id, old.id, column), &secret)
        };
        let (previous, until) = match &self.app_secret {
            Patch::Keep => (None, None),
            Patch::Clear => (Some(None), Some(None)),
            // One that does not open could not be believed either.
            Patch::Set(_) => match old.app_secret(keyring).unwrap_or_default() {
                Some(secret) => (Some(Some(seal(PREVIOUS_SECRET, secret))), Some(Some(now + GRACE))),
                None => (Some(None), Some(None)),
            },
        };
        Changes {
            name: self.name,
            meta_app_id: self.meta_app_id.into_column(),
            app_secret_sealed: self
                .app_secret
                .map(|secret| seal(APP_SECRET, secret))
                .into_column(),
            previous_secret_sealed: previous,
            previous_until: until,
            // With another token Meta has yet to knock again.
            handshake_at: self.verify_token_digest.as_ref().map(|_| None),
            verify_token_digest: self.verify_token_digest,
            updated_at: now,
        }
    }
}

/// Each changed field with its old and new value.
fn difference(old: &MetaApp, new: &MetaApp) -> Map<String, Value> {
    let fields = [
        ("name", json!(old.name), json!(new.name)),
        ("meta_app_id", json!(old.meta_app_id), json!(new.meta_app_id)),
    ];
    fields
        .into_iter()
        .filter(|(_field, from, to)| from != to)
        .map(|(field, from, to)| (field.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}
