//! Changes a line.

use chrono::{DateTime, Utc};
use crypto::{Keyring, SecretString};
use pg::{ChannelId, Conn, Control, DbError};
use serde_json::{Map, Value, json};

use super::{
    APP_SECRET, Channel, InvalidChannel, WA_TOKEN, check_app, fields,
    repo::{Changes, Channels, is_taken},
    secret_place,
};
use crate::{
    Actor, Patch,
    audit::{self, AuditEntry},
    change, line_state,
    meta_app::MetaAppId,
    tenant::Tenants,
    unrouted::Unrouted,
};

/// What to change. A secret is kept unless it is set or cleared by name.
#[derive(Debug, Clone, Default)]
pub struct ChannelChanges {
    /// Its id with Meta.
    pub phone_number_id: Option<String>,
    /// The WhatsApp Business account it belongs to.
    pub waba_id: Patch<String>,
    /// What the team calls it.
    pub display_name: Option<String>,
    /// Its number as people write it.
    pub display_phone_number: Patch<String>,
    /// What Meta sends in the GET handshake.
    pub verify_token: Patch<SecretString>,
    /// The access token for the Graph API.
    pub wa_token: Patch<SecretString>,
    /// The secret that signs its webhooks.
    pub app_secret: Patch<SecretString>,
    /// The app that brings its messages.
    pub app_id: Patch<MetaAppId>,
    /// Whether it takes messages in and sends them.
    pub is_active: Option<bool>,
    /// Whether new conversations start on it; `true` takes the mark from the line that has it.
    pub is_default: Option<bool>,
}

/// Why a line was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateChannelError {
    /// There is no such line.
    #[error("there is no such line")]
    UnknownChannel,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidChannel),
    /// Another line has this phone number id, for this tenant or another.
    #[error("a line with this phone number id is registered already")]
    PhoneNumberIdTaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Changes a line; it stays with its tenant. With another token or number what was known of it is
/// forgotten, and a pause with it.
#[tracing::instrument(name = "channel.update", skip_all, fields(channel.id = %id))]
pub async fn update_channel(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    id: ChannelId,
    changes: ChannelChanges,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Channel, UpdateChannelError> {
    let checked = Checked::new(changes)?;
    conn.transaction(async |tx| {
        // The tenant is locked before the line is read, as every change to its lines does.
        let unlocked = Channels::new(tx)
            .find(id)
            .await?
            .ok_or(UpdateChannelError::UnknownChannel)?;
        let tenant_id = unlocked.tenant_id;
        Tenants::new(tx)
            .lock(tenant_id)
            .await?
            .ok_or(UpdateChannelError::UnknownChannel)?;
        if let Patch::Set(app) = checked.0.app_id {
            check_app::<UpdateChannelError>(tx, app, tenant_id).await?;
        }
        let mut channels = Channels::new(tx);
        let old = channels
            .find(id)
            .await?
            .ok_or(UpdateChannelError::UnknownChannel)?;
        if checked.0.is_default == Some(true) && !old.is_default {
            channels.clear_default(tenant_id, now).await?;
        }
        let secrets = checked.secret_names();
        let has_new_token = !checked.0.wa_token.is_keep();
        let columns = checked.into_columns(keyring, &old, now);
        let channel = channels.update(id, &columns).await.map_err(|error| {
            if is_taken(&error) {
                UpdateChannelError::PhoneNumberIdTaken
            } else {
                error.into()
            }
        })?;
        Unrouted::new(tx).delete(&channel.phone_number_id).await?;
        let mut data = difference(&old, &channel);
        data.extend(secrets.map(|(name, what)| (name.to_owned(), json!(what))));
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(tenant_id),
                action: "channel.updated",
                target: Some(id.to_string()),
                data: Value::Object(data),
            },
        )
        .await?;
        // After the change in the log: what it undid.
        if has_new_token || channel.phone_number_id != old.phone_number_id {
            line_state::start_over(tx, &channel, actor, now).await?;
        }
        change::notify(tx, tenant_id).await?;
        Ok(channel)
    })
    .await
}

/// Changes whose values are known to fit; the verify token stays text until it is stored.
struct Checked(ChannelChanges);

impl Checked {
    fn new(changes: ChannelChanges) -> Result<Self, InvalidChannel> {
        if let Patch::Set(token) = &changes.verify_token {
            fields::verify_token(token)?;
        }
        Ok(Self(ChannelChanges {
            phone_number_id: changes
                .phone_number_id
                .as_deref()
                .map(fields::phone_number_id)
                .transpose()?,
            waba_id: changes.waba_id.try_map(|id| fields::waba_id(&id))?,
            display_name: changes
                .display_name
                .as_deref()
                .map(fields::display_name)
                .transpose()?,
            display_phone_number: changes
                .display_phone_number
                .try_map(|number| fields::display_phone_number(&number))?,
            wa_token: changes.wa_token.try_map(|secret| fields::wa_token(&secret))?,
            app_secret: changes.app_secret.try_map(|secret| fields::app_secret(&secret))?,
            ..changes
        }))
    }

    /// Which secrets change and how, for the audit log: never their values.
    fn secret_names(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let what = |patch: &Patch<SecretString>| match patch {
            Patch::Keep => None,
            Patch::Clear => Some("cleared"),
            Patch::Set(_) => Some("set"),
        };
        [
            ("verify_token", what(&self.0.verify_token)),
            ("wa_token", what(&self.0.wa_token)),
            ("app_secret", what(&self.0.app_secret)),
        ]
        .into_iter()
        .filter_map(|(name, what)| Some((name, what?)))
    }

    fn into_columns(self, keyring: &Keyring, old: &Channel, now: DateTime<Utc>) -> Changes {
        let changes = self.0;
        let seal = |column, secret: SecretString| {
            keyring.seal(&secret_place(old.tenant_id, old.id, column), &secret)
        };
        let digest = changes.verify_token.try_map(|token| fields::verify_token(&token));
        Changes {
            phone_number_id: changes.phone_number_id,
            waba_id: changes.waba_id.into_column(),
            display_name: changes.display_name,
            display_phone_number: changes.display_phone_number.into_column(),
            verify_token_digest: digest.unwrap_or_default().into_column(),
            wa_token_sealed: changes
                .wa_token
                .map(|secret| seal(WA_TOKEN, secret))
                .into_column(),
            app_secret_sealed: changes
                .app_secret
                .map(|secret| seal(APP_SECRET, secret))
                .into_column(),
            app_id: changes.app_id.into_column(),
            is_active: changes.is_active,
            is_default: changes.is_default,
            updated_at: now,
        }
    }
}

/// Each changed field with its old and new value.
fn difference(old: &Channel, new: &Channel) -> Map<String, Value> {
    let fields = [
        (
            "phone_number_id",
            json!(old.phone_number_id),
            json!(new.phone_number_id),
        ),
        ("waba_id", json!(old.waba_id), json!(new.waba_id)),
        ("display_name", json!(old.display_name), json!(new.display_name)),
        (
            "display_phone_number",
            json!(old.display_phone_number),
            json!(new.display_phone_number),
        ),
        ("app_id", json!(old.app_id), json!(new.app_id)),
        ("is_active", json!(old.is_active), json!(new.is_active)),
        ("is_default", json!(old.is_default), json!(new.is_default)),
    ];
    fields
        .into_iter()
        .filter(|(_field, from, to)| from != to)
        .map(|(field, from, to)| (field.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}
