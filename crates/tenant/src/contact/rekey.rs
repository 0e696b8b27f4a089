//! WhatsApp's notice that somebody changed his number or user id: the thread goes
//! on under the new one, and the old ones stay as names for what comes late.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{
    Contact, ContactId, Settled, keys,
    merge::{self, Merged},
};
use crate::{event::NewEvent, schema::contacts};

/// The ids before and after, as far as the notice names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedIds {
    /// Phone digits before.
    pub old_phone: Option<String>,
    /// User id before.
    pub old_bsuid: Option<String>,
    /// Phone digits after.
    pub phone: Option<String>,
    /// User id after.
    pub bsuid: Option<String>,
    /// Parent user id after.
    pub parent_bsuid: Option<String>,
}

impl ChangedIds {
    fn old(&self) -> impl Iterator<Item = &str> {
        changed(self.old_phone.as_deref(), self.phone.as_deref())
            .into_iter()
            .chain(changed(self.old_bsuid.as_deref(), self.bsuid.as_deref()))
    }

    fn new_ones(&self) -> impl Iterator<Item = &str> {
        self.phone.as_deref().into_iter().chain(self.bsuid.as_deref())
    }

    fn leaves(&self, key: &str) -> bool {
        self.old().any(|old| old == key)
    }

    fn is_phone(&self, key: &str) -> bool {
        self.phone.as_deref() == Some(key) || self.old_phone.as_deref() == Some(key)
    }

    fn all(&self) -> Vec<&str> {
        [&self.old_phone, &self.old_bsuid, &self.phone, &self.bsuid]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }
}

fn changed<'a>(old: Option<&'a str>, new: Option<&str>) -> Option<&'a str> {
    old.filter(|old| Some(*old) != new)
}

/// Applies a notice of `at`. Applied twice, or after a later one, it changes nothing
/// that the later one said. `None` when the notice names no new id.
pub(crate) async fn rekey(
    tx: &mut Conn<Tenant>,
    ids: &ChangedIds,
    at: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<Option<Settled>, DbError> {
    let all = ids.all();
    let Some(first) = ids.new_ones().next() else {
        return Ok(None);
    };
    let mut held = keys::holders(tx, &all).await?;
    for holder in held.values_mut() {
        // First of all, so that a merge does not take an id that was left for the one in use.
        holder.contact.phone.take_if(|phone| ids.leaves(phone));
        holder.contact.bsuid.take_if(|bsuid| ids.leaves(bsuid));
    }
    let held = held;
    let counts = |key: &&&str| {
        held.get(**key)
            .is_some_and(|holder| !ids.is_phone(key) || holder.had_it(at))
    };
    let claims: Vec<&Contact> = all.iter().filter(counts).map(|key| &held[*key].contact).collect();
    // Numbers that somebody else has left before: they are free.
    for key in &all {
        if let Some(holder) = held.get(*key).filter(|_| !counts(&key)) {
            keys::give_up(tx, &holder.contact, key).await?;
        }
    }
    let mut contact = match merge::into_oldest(tx, &claims, at, events).await? {
        Some(Merged { contact, .. }) => contact,
        None => create(tx, first).await?,
    };
    // A later notice may have come before this one: what it left is not in use again.
    let current = |key: &Option<String>| {
        key.clone().filter(|key| {
            held.get(key)
                .is_none_or(|holder| holder.left_at.is_none_or(|left| at > left))
        })
    };
    let (phone, bsuid) = (current(&ids.phone), current(&ids.bsuid));
    contact = write(tx, contact, ids, phone.as_ref(), bsuid.as_ref(), at).await?;
    Ok(Some(Settled {
        id: contact.id,
        user_key: contact.user_key,
        moved: true,
    }))
}

async fn write(
    tx: &mut Conn<Tenant>,
    contact: Contact,
    ids: &ChangedIds,
    phone: Option<&String>,
    bsuid: Option<&String>,
    at: DateTime<Utc>,
) -> Result<Contact, DbError> {
    for key in ids.old() {
        keys::leave(tx, key, contact.id, at).await?;
    }
    for key in [phone, bsuid].into_iter().flatten() {
        keys::take(tx, key, contact.id).await?;
    }
    if let (Some(new), Some(stored)) = (phone, contact.phone.as_ref())
        && new != stored
    {
        keys::leave(tx, stored, contact.id, at).await?;
    }
    let mut contact: Contact = diesel::update(contacts::table.find(contact.id))
        .set((
            contacts::phone.eq(phone.or(contact.phone.as_ref())),
            contacts::bsuid.eq(bsuid.or(contact.bsuid.as_ref())),
            contacts::parent_bsuid.eq(ids.parent_bsuid.as_ref().or(contact.parent_bsuid.as_ref())),
            contacts::updated_at.eq(diesel::dsl::now),
        ))
        .returning(Contact::as_returning())
        .get_result(&mut **tx)
        .await?;
    if ids.leaves(&contact.user_key)
        && let Some(key) = contact.phone.clone().or_else(|| contact.bsuid.clone())
    {
        keys::rename(tx, contact.id, &key).await?;
        contact.user_key = key;
    }
    Ok(contact)
}

async fn create(tx: &mut Conn<Tenant>, user_key: &str) -> Result<Contact, DbError> {
    Ok(diesel::insert_into(contacts::table)
        .values((
            contacts::id.eq(ContactId::generate()),
            contacts::user_key.eq(user_key),
        ))
        .returning(Contact::as_returning())
        .get_result(&mut **tx)
        .await?)
}
