//! Customers, known by opaque keys: a phone number, a business-scoped user id, or
//! both; a group is known by its id. All of them lead to one contact and, per
//! line, to one thread.
//!
//! Rules (Meta's pages on business-scoped user ids and on `system` messages): a user
//! id is never given to somebody else; a phone number may be, once its holder has
//! left it. Whoever shows two ids together is one person, however many contacts
//! had been made of him before.

mod block;
mod card;
mod change;
pub(crate) mod find;
mod join;
mod keys;
mod merge;
mod rekey;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

pub use self::{
    block::{Blockable, note_blocked_at_meta, set_blocked},
    card::{Attributes, ContactCard, FormerKey, card, conversations_of, files_of, known_attributes},
    change::{ChangeContactError, ContactChanges, MOST_ATTRIBUTES, change_contact},
    join::{JoinContactsError, join_contacts, part_contact},
    rekey::ChangedIds,
};
pub(crate) use self::{rekey::rekey, upsert::upsert};
pub use crate::id::ContactId;
use crate::schema::{contacts, tenant_meta};

/// A customer.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The opaque key that conversations hang on.
    pub user_key: String,
    /// Digits without a plus, when known.
    pub phone: Option<String>,
    /// Business-scoped user id, when known.
    pub bsuid: Option<String>,
    /// As the team calls the customer.
    pub name: Option<String>,
    /// As the WhatsApp profile says.
    pub profile_name: Option<String>,
    /// WhatsApp username without the `@`.
    pub username: Option<String>,
    /// User id common to linked business portfolios.
    pub parent_bsuid: Option<String>,
    /// Since when the customer wants no marketing messages.
    pub marketing_opt_out_at: Option<DateTime<Utc>>,
    /// When the customer last said whether he wants any.
    pub marketing_preference_at: Option<DateTime<Utc>>,
    /// When the contact was made.
    pub created_at: DateTime<Utc>,
    /// Since when nobody writes to the customer.
    pub blocked_at: Option<DateTime<Utc>>,
    /// The contact that the team says is the same person.
    pub merged_into: Option<ContactId>,
}

impl Contact {
    /// The best name there is: the team's, the profile's, else the phone or user id.
    /// Whoever has neither of the two is a group whose name nobody told.
    pub fn display_name(&self) -> String {
        [&self.name, &self.profile_name]
            .into_iter()
            .flatten()
            .find(|name| !name.trim().is_empty())
            .cloned()
            .unwrap_or_else(|| {
                let phone = self.phone.as_ref().map(|phone| format!("+{phone}"));
                phone
                    .or_else(|| self.bsuid.clone())
                    .unwrap_or_else(|| "Group".to_owned())
            })
    }
}

/// What a webhook tells about who wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The key to use for somebody never seen before.
    pub user_key: String,
    /// Phone digits, if shared.
    pub phone: Option<String>,
    /// Business-scoped user id, if sent.
    pub bsuid: Option<String>,
    /// Profile name, if sent.
    pub profile_name: Option<String>,
    /// Username, if sent.
    pub username: Option<String>,
    /// Parent business-scoped user id, if sent.
    pub parent_bsuid: Option<String>,
}

impl Identity {
    /// Every key it shows, each once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let key = (!self.shows(&self.user_key)).then_some(self.user_key.as_str());
        self.bsuid
            .as_deref()
            .into_iter()
            .chain(self.phone.as_deref())
            .chain(key)
    }

    fn shows(&self, key: &str) -> bool {
        self.phone.as_deref() == Some(key) || self.bsuid.as_deref() == Some(key)
    }
}

/// A contact in a transaction, after everything that was told about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "where a key moved, the epoch must be raised"]
pub(crate) struct Settled {
    /// The contact.
    pub id: ContactId,
    /// The key that its conversations hang on.
    pub user_key: String,
    /// A known key means another contact or thread from now on: call
    /// [`raise_epoch`] before the transaction ends.
    pub moved: bool,
}

/// Makes every process forget who is which thread. Call it last, just before the
/// events are appended: it takes the row that counts them, and whoever holds that
/// row must not wait for anything else.
pub(crate) async fn raise_epoch(tx: &mut Conn<Tenant>) -> Result<(), DbError> {
    diesel::update(tenant_meta::table)
        .set(tenant_meta::identity_epoch.eq(tenant_meta::identity_epoch + 1))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The number that is raised when a known key comes to mean somebody else.
pub async fn identity_epoch(conn: &mut Conn<Tenant>) -> Result<i64, DbError> {
    Ok(tenant_meta::table
        .select(tenant_meta::identity_epoch)
        .first(&mut **conn)
        .await?)
}
