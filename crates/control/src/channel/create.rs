//! Registers a line.

use chrono::{DateTime, Utc};
use crypto::{Keyring, SecretString};
use pg::{ChannelId, Conn, Control, DbError, TenantId};
use serde_json::json;

use super::{
    APP_SECRET, Channel, InvalidChannel, WA_TOKEN, check_app, fields,
    repo::{Channels, NewRow, is_taken},
    secret_place,
};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change,
    meta_app::MetaAppId,
    tenant::Tenants,
    unrouted::Unrouted,
};

/// The line to register.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Its id with Meta.
    pub phone_number_id: String,
    /// The WhatsApp Business account it belongs to.
    pub waba_id: Option<String>,
    /// What the team calls it.
    pub display_name: String,
    /// Its number as people write it.
    pub display_phone_number: Option<String>,
    /// What Meta sends in the GET handshake, if not the platform's own.
    pub verify_token: Option<SecretString>,
    /// The access token for the Graph API.
    pub wa_token: Option<SecretString>,
    /// The secret that signs its webhooks, if not the platform's own.
    pub app_secret: Option<SecretString>,
    /// The app that brings its messages, if not by the common path.
    pub app_id: Option<MetaAppId>,
    /// Whether it takes messages in and sends them.
    pub is_active: bool,
    /// Whether new conversations start on it. A tenant's first line is the default anyway.
    pub is_default: bool,
}

/// Why a line was not registered.
#[derive(Debug, thiserror::Error)]
pub enum CreateChannelError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidChannel),
    /// The line is registered already, for this tenant or another.
    #[error("a line with this phone number id is registered already")]
    PhoneNumberIdTaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Registers a line, and forgets that it wrote to us before it was registered.
#[tracing::instrument(name = "channel.create", skip_all, fields(tenant.id = %tenant_id))]
pub async fn create_channel(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    tenant_id: TenantId,
    wanted: NewChannel,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Channel, CreateChannelError> {
    let mut row = checked_row(keyring, tenant_id, &wanted, now)?;
    conn.transaction(async |tx| {
        Tenants::new(tx)
            .lock(tenant_id)
            .await?
            .ok_or(CreateChannelError::UnknownTenant)?;
        if let Some(app) = row.app_id {
            check_app::<CreateChannelError>(tx, app, tenant_id).await?;
        }
        let mut channels = Channels::new(tx);
        if row.is_default {
            channels.clear_default(tenant_id, now).await?;
        } else {
            row.is_default = !channels.has_any(tenant_id).await?;
        }
        let channel = channels.insert(&row).await.map_err(|error| {
            if is_taken(&error) {
                CreateChannelError::PhoneNumberIdTaken
            } else {
                error.into()
            }
        })?;
        Unrouted::new(tx).delete(&channel.phone_number_id).await?;
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(tenant_id),
                action: "channel.created",
                target: Some(channel.id.to_string()),
                data: json!({
                    "phone_number_id": channel.phone_number_id,
                    "display_name": channel.display_name,
                    "is_active": channel.is_active,
                    "is_default": channel.is_default,
                    "wa_token": channel.has_token(),
                    "app_secret": channel.has_app_secret(),
                    "verify_token": channel.has_verify_token(),
                    "app_id": channel.app_id,
                }),
            },
        )
        .await?;
        change::notify(tx, tenant_id).await?;
        Ok(channel)
    })
    .await
}

fn checked_row(
    keyring: &Keyring,
    tenant_id: TenantId,
    wanted: &NewChannel,
    now: DateTime<Utc>,
) -> Result<NewRow, InvalidChannel> {
    let id = ChannelId::generate();
    let wa_token = wanted.wa_token.as_ref().map(fields::wa_token).transpose()?;
    let app_secret = wanted.app_secret.as_ref().map(fields::app_secret).transpose()?;
    let seal = |column, secret| keyring.seal(&secret_place(tenant_id, id, column), &secret);
    Ok(NewRow {
        id,
        tenant_id,
        phone_number_id: fields::phone_number_id(&wanted.phone_number_id)?,
        waba_id: wanted.waba_id.as_deref().map(fields::waba_id).transpose()?,
        display_name: fields::display_name(&wanted.display_name)?,
        display_phone_number: wanted
            .display_phone_number
            .as_deref()
            .map(fields::display_phone_number)
            .transpose()?,
        verify_token_digest: wanted
            .verify_token
            .as_ref()
            .map(fields::verify_token)
            .transpose()?,
        wa_token_sealed: wa_token.map(|secret| seal(WA_TOKEN, secret)),
        app_secret_sealed: app_secret.map(|secret| seal(APP_SECRET, secret)),
        app_id: wanted.app_id,
        is_active: wanted.is_active,
        is_default: wanted.is_default,
        created_at: now,
        updated_at: now,
    })
}
