//! Finding or making the contact of whoever wrote, and filling in what is new.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{
    Contact, ContactId, Identity, Settled, find,
    keys::{self, Holder},
    merge::{self, Merged},
};
use crate::{event::NewEvent, schema::contacts};

/// Finds or makes the contact of `identity`, as of `at`, and fills in what is new
/// about it. Contacts that turn out to be one person become one; `events` then
/// says which threads changed.
pub(crate) async fn upsert(
    tx: &mut Conn<Tenant>,
    identity: &Identity,
    at: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<Settled, DbError> {
    if let Some(known) = find::find(tx, identity).await? {
        return Ok(Settled {
            id: known.id,
            user_key: known.user_key,
            moved: false,
        });
    }
    let shown: Vec<&str> = identity.keys().collect();
    let told = Told {
        held: keys::holders(tx, &shown).await?,
        bsuid: identity.bsuid.as_deref(),
        at,
    };
    let mut moved = false;
    for key in &shown {
        if let Some(holder) = told.held.get(*key).filter(|holder| !told.counts(key, holder)) {
            keys::give_up(tx, &holder.contact, key).await?;
            moved = true;
        }
    }
    let contact = match merge::into_oldest(tx, &told.claims(&shown), at, events).await? {
        Some(Merged { contact, merged }) => {
            moved |= merged;
            contact
        }
        None => create(tx, identity).await?,
    };
    for key in shown.iter().filter(|key| told.in_use(key)) {
        keys::take(tx, key, contact.id).await?;
    }
    let phone = identity.phone.as_ref().filter(|key| told.in_use(key));
    if let (Some(new), Some(old)) = (phone, contact.phone.as_ref())
        && new != old
    {
        keys::leave(tx, old, contact.id, at).await?;
        moved = true;
    }
    let bsuid = identity
        .bsuid
        .as_ref()
        .filter(|key| !told.held.contains_key(key.as_str()));
    fill(tx, &contact, identity, phone, bsuid).await?;
    Ok(Settled {
        id: contact.id,
        user_key: contact.user_key,
        moved,
    })
}

/// The keys that were shown together at one time, and who holds them.
struct Told<'a> {
    held: HashMap<String, Holder>,
    bsuid: Option<&'a str>,
    at: DateTime<Utc>,
}

impl Told<'_> {
    /// Whether the key stands for its holder: a user id is one person's for ever, a phone
    /// is whoever had it at that time, or whoever shows his user id with it.
    fn counts(&self, key: &str, holder: &Holder) -> bool {
        let by_bsuid = self.bsuid.and_then(|bsuid| self.held.get(bsuid));
        self.bsuid == Some(key)
            || holder.had_it(self.at)
            || by_bsuid.is_some_and(|other| other.contact.id == holder.contact.id)
    }

    fn claims(&self, shown: &[&str]) -> Vec<&Contact> {
        shown
            .iter()
            .filter_map(|key| self.held.get(*key).filter(|holder| self.counts(key, holder)))
            .map(|holder| &holder.contact)
            .collect()
    }

    /// What comes late, or with a user id of old, says nothing of what is in use now.
    fn in_use(&self, key: &str) -> bool {
        let left = self.held.get(key).and_then(|holder| holder.left_at);
        left.is_none_or(|left| self.at > left && self.bsuid != Some(key))
    }
}

async fn create(tx: &mut Conn<Tenant>, identity: &Identity) -> Result<Contact, DbError> {
    Ok(diesel::insert_into(contacts::table)
        .values((
            contacts::id.eq(ContactId::generate()),
            contacts::user_key.eq(&identity.user_key),
            contacts::phone.eq(&identity.phone),
            contacts::bsuid.eq(&identity.bsuid),
        ))
        .returning(Contact::as_returning())
        .get_result(&mut **tx)
        .await?)
}

async fn fill(
    tx: &mut Conn<Tenant>,
    contact: &Contact,
    identity: &Identity,
    phone: Option<&String>,
    bsuid: Option<&String>,
) -> Result<(), DbError> {
    let told = |told: &Option<String>, stored: &Option<String>| told.clone().or_else(|| stored.clone());
    diesel::update(contacts::table.find(contact.id))
        .set((
            contacts::phone.eq(phone.or(contact.phone.as_ref())),
            contacts::bsuid.eq(bsuid.or(contact.bsuid.as_ref()).or(identity.bsuid.as_ref())),
            contacts::profile_name.eq(told(&identity.profile_name, &contact.profile_name)),
            contacts::username.eq(told(&identity.username, &contact.username)),
            contacts::parent_bsuid.eq(told(&identity.parent_bsuid, &contact.parent_bsuid)),
            contacts::updated_at.eq(diesel::dsl::now),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
