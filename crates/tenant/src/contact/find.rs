//! The cheap way to a contact: somebody known who tells nothing new. Reads only.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{Contact, ContactId, Identity};
use crate::schema::{contact_keys, contacts};

/// Somebody known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The contact.
    pub id: ContactId,
    /// The key that its conversations hang on.
    pub user_key: String,
}

/// The contact of `identity`, if all its keys are in use by that one and nothing
/// about it is new. Otherwise [`super::upsert`] has something to write.
pub(crate) async fn find(conn: &mut Conn<Tenant>, identity: &Identity) -> Result<Option<Found>, DbError> {
    Ok(find_all(conn, &[identity]).await?.pop().flatten())
}

/// [`find`] for many at once, by one statement: one answer for each, in order.
pub(crate) async fn find_all(
    conn: &mut Conn<Tenant>,
    identities: &[&Identity],
) -> Result<Vec<Option<Found>>, DbError> {
    let keys: Vec<&str> = identities.iter().flat_map(|identity| identity.keys()).collect();
    let rows: Vec<(String, Contact)> = contact_keys::table
        .inner_join(contacts::table)
        .filter(contact_keys::key.eq_any(keys))
        .filter(contact_keys::left_at.is_null())
        .select((contact_keys::key, Contact::as_select()))
        .load(&mut **conn)
        .await?;
    let holders: HashMap<String, Contact> = rows.into_iter().collect();
    Ok(identities
        .iter()
        .map(|identity| nothing_new(identity, &holders))
        .collect())
}

fn nothing_new(identity: &Identity, holders: &HashMap<String, Contact>) -> Option<Found> {
    let mut keys = identity.keys();
    let contact = holders.get(keys.next()?)?;
    let same = keys.all(|key| holders.get(key).is_some_and(|other| other.id == contact.id));
    let known = |told: &Option<String>, stored: &Option<String>| told.is_none() || told == stored;
    let known = same
        && known(&identity.profile_name, &contact.profile_name)
        && known(&identity.username, &contact.username)
        && known(&identity.parent_bsuid, &contact.parent_bsuid);
    known.then(|| Found {
        id: contact.id,
        user_key: contact.user_key.clone(),
    })
}
