//! Channels: the WhatsApp lines. `phone_number_id` alone routes a webhook to a
//! tenant, so it is unique on the whole platform.

mod create;
mod delete;
pub(crate) mod fields;
mod repo;
mod update;

use chrono::{DateTime, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::{ExpressionMethods, HasQuery};
use pg::{ChannelId, Conn, Control, DbError, TenantId};

pub use self::{
    create::{CreateChannelError, NewChannel, create_channel},
    delete::{DeleteChannelError, delete_channel},
    fields::InvalidChannel,
    repo::Channels,
    update::{ChannelChanges, UpdateChannelError, update_channel},
};
use crate::{
    hidden::Hidden,
    meta_app::{MetaAppId, MetaApps},
    schema::channels,
};

/// A WhatsApp line.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = channels)]
pub struct Channel {
    /// Its id with us; conversations refer to it.
    pub id: ChannelId,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Its id with Meta.
    pub phone_number_id: String,
    /// The WhatsApp Business account it belongs to.
    pub waba_id: Option<String>,
    /// What the team calls it.
    pub display_name: String,
    /// Its number as people write it.
    pub display_phone_number: Option<String>,
    /// Whether it takes messages in and sends them.
    pub is_active: bool,
    /// Whether new conversations start on it.
    pub is_default: bool,
    /// The app that brings its messages; `None` if it uses the common path.
    pub app_id: Option<MetaAppId>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[diesel(select_expression = channels::verify_token_digest.is_not_null())]
    verify_token_set: bool,
    wa_token_sealed: Option<Hidden>,
    app_secret_sealed: Option<Hidden>,
}

impl Channel {
    /// The access token for the Graph API; `None` if the line has none of its own.
    pub fn token(&self, keyring: &Keyring) -> Result<Option<SecretString>, OpenError> {
        self.open(keyring, WA_TOKEN, self.wa_token_sealed.as_ref())
    }

    /// The secret that signs the line's webhooks; `None` if it has none of its own.
    pub fn app_secret(&self, keyring: &Keyring) -> Result<Option<SecretString>, OpenError> {
        self.open(keyring, APP_SECRET, self.app_secret_sealed.as_ref())
    }

    /// Whether it has an access token of its own.
    pub fn has_token(&self) -> bool {
        self.wa_token_sealed.is_some()
    }

    /// Whether it has an app secret of its own.
    pub fn has_app_secret(&self) -> bool {
        self.app_secret_sealed.is_some()
    }

    /// Whether it has a verify token of its own.
    pub fn has_verify_token(&self) -> bool {
        self.verify_token_set
    }

    fn open(
        &self,
        keyring: &Keyring,
        column: &'static str,
        sealed: Option<&Hidden>,
    ) -> Result<Option<SecretString>, OpenError> {
        let place = secret_place(self.tenant_id, self.id, column);
        sealed
            .map(|sealed| keyring.open(&place, sealed.as_str()))
            .transpose()
    }
}

/// Only an app that is anybody's, or this tenant's own, may bring a line's messages.
async fn check_app<E>(tx: &mut Conn<Control>, app: MetaAppId, tenant_id: TenantId) -> Result<(), E>
where
    E: From<InvalidChannel> + From<DbError>,
{
    if MetaApps::new(tx).may_bind(app, tenant_id).await? {
        Ok(())
    } else {
        Err(InvalidChannel::App.into())
    }
}

const WA_TOKEN: &str = "wa_token_sealed";
const APP_SECRET: &str = "app_secret_sealed";

/// Where a line's secret is sealed for.
fn secret_place(tenant_id: TenantId, id: ChannelId, column: &'static str) -> Place {
    Place {
        tenant: tenant_id.uuid(),
        table: "channels",
        column,
        row: id.uuid(),
    }
}
