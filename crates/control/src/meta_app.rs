//! Apps at Meta that have a callback path, a verify token and a secret of their
//! own, so that each client may use an app of its own. A line that is bound to
//! one is believed with that app's secret.

mod create;
mod delete;
mod fields;
mod repo;
mod update;

use chrono::{DateTime, TimeDelta, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::HasQuery;
use pg::TenantId;
use uuid::Uuid;

pub use self::{
    create::{CreateMetaAppError, CreatedMetaApp, NewMetaApp, create_meta_app},
    delete::{DeleteMetaAppError, delete_meta_app},
    fields::InvalidMetaApp,
    repo::{MetaAppFilter, MetaAppSummary, MetaApps},
    update::{MetaAppChanges, UpdateMetaAppError, renew_verify_token, update_meta_app},
};
use crate::{hidden::Hidden, schema::meta_apps};

/// For how long the secret before is still believed: whoever replaces it at
/// Meta first, or here first, loses nothing.
pub const GRACE: TimeDelta = TimeDelta::days(7);

pg::id_type! {
    /// An app at Meta, as it is registered here.
    MetaAppId
}

/// An app at Meta with a callback path of its own.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = meta_apps)]
pub struct MetaApp {
    /// Its id with us.
    pub id: MetaAppId,
    /// The last part of its callback path; nobody guesses it.
    pub key: String,
    /// Whose lines may be bound to it; `None`: anybody's.
    pub tenant_id: Option<TenantId>,
    /// What operators call it.
    pub name: String,
    /// Its id with Meta.
    pub meta_app_id: Option<String>,
    /// Until when the secret before is believed as well.
    pub previous_until: Option<DateTime<Utc>>,
    /// When a handshake with its token last went well.
    pub handshake_at: Option<DateTime<Utc>>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    verify_token_digest: Vec<u8>,
    app_secret_sealed: Option<Hidden>,
    previous_secret_sealed: Option<Hidden>,
}

impl MetaApp {
    /// The secret that signs its webhooks; `None` if it has none, and then nothing is believed.
    pub fn app_secret(&self, keyring: &Keyring) -> Result<Option<SecretString>, OpenError> {
        self.open(keyring, APP_SECRET, self.app_secret_sealed.as_ref())
    }

    /// The secret before; whether it is still believed is told by [`Self::previous_until`].
    pub fn previous_secret(&self, keyring: &Keyring) -> Result<Option<SecretString>, OpenError> {
        self.open(keyring, PREVIOUS_SECRET, self.previous_secret_sealed.as_ref())
    }

    /// Whether it has an app secret.
    pub fn has_app_secret(&self) -> bool {
        self.app_secret_sealed.is_some()
    }

    /// Whether its verify token has this digest; the time taken tells nothing about the token.
    pub fn has_verify_token(&self, digest: &[u8]) -> bool {
        self.verify_token_digest == digest
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

const APP_SECRET: &str = "app_secret_sealed";
const PREVIOUS_SECRET: &str = "previous_secret_sealed";

/// Where an app's secret is sealed for.
fn secret_place(tenant_id: Option<TenantId>, id: MetaAppId, column: &'static str) -> Place {
    Place {
        tenant: tenant_id.map_or(Uuid::nil(), TenantId::uuid),
        table: "meta_apps",
        column,
        row: id.uuid(),
    }
}
