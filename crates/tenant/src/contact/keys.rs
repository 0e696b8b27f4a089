//! The table of keys: who holds which, since when not any more, and how one moves.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{Contact, ContactId};
use crate::schema::{contact_keys, contacts, conversations};

/// Who holds a key.
pub(super) struct Holder {
    pub contact: Contact,
    pub left_at: Option<DateTime<Utc>>,
}

impl Holder {
    /// Whether what the key said at `at` was said by the holder.
    pub fn had_it(&self, at: DateTime<Utc>) -> bool {
        self.left_at.is_none_or(|left| at <= left)
    }
}

pub(super) async fn holders(
    tx: &mut Conn<Tenant>,
    keys: &[&str],
) -> Result<HashMap<String, Holder>, DbError> {
    let rows: Vec<(String, Option<DateTime<Utc>>, Contact)> = contact_keys::table
        .inner_join(contacts::table)
        .filter(contact_keys::key.eq_any(keys))
        .select((contact_keys::key, contact_keys::left_at, Contact::as_select()))
        .load(&mut **tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, left_at, contact)| (key, Holder { contact, left_at }))
        .collect())
}

/// The contact uses `key` from now on.
pub(super) async fn take(tx: &mut Conn<Tenant>, key: &str, contact: ContactId) -> Result<(), DbError> {
    diesel::insert_into(contact_keys::table)
        .values((contact_keys::key.eq(key), contact_keys::contact_id.eq(contact)))
        .on_conflict(contact_keys::key)
        .do_update()
        .set((
            contact_keys::contact_id.eq(contact),
            contact_keys::left_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The contact used `key` until `at`; it stays as a name for what comes late.
pub(super) async fn leave(
    tx: &mut Conn<Tenant>,
    key: &str,
    contact: ContactId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO contact_keys AS known (key, contact_id, left_at) VALUES ($1, $2, $3) \
         ON CONFLICT (key) DO UPDATE SET left_at = GREATEST(known.left_at, excluded.left_at) \
         WHERE known.contact_id = excluded.contact_id",
    )
    .bind::<Text, _>(key)
    .bind::<SqlUuid, _>(contact)
    .bind::<Timestamptz, _>(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Hangs the contact and its conversations on `user_key`, which nobody else uses.
pub(super) async fn rename(tx: &mut Conn<Tenant>, contact: ContactId, user_key: &str) -> Result<(), DbError> {
    diesel::update(contacts::table.find(contact))
        .set((
            contacts::user_key.eq(user_key),
            contacts::updated_at.eq(diesel::dsl::now),
        ))
        .execute(&mut **tx)
        .await?;
    diesel::update(conversations::table.filter(conversations::contact_id.eq(contact)))
        .set(conversations::user_key.eq(user_key))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Frees `key` of the contact that left it, whose conversations hang on another
/// of its names from now on.
pub(super) async fn give_up(tx: &mut Conn<Tenant>, holder: &Contact, key: &str) -> Result<(), DbError> {
    diesel::delete(contact_keys::table.find(key))
        .execute(&mut **tx)
        .await?;
    if holder.phone.as_deref() == Some(key) {
        diesel::update(contacts::table.find(holder.id))
            .set(contacts::phone.eq(None::<String>))
            .execute(&mut **tx)
            .await?;
    }
    if holder.user_key != key {
        return Ok(());
    }
    let other = [&holder.phone, &holder.bsuid]
        .into_iter()
        .flatten()
        .find(|other| *other != key)
        .cloned();
    let other = match other {
        Some(other) => other,
        None => contact_keys::table
            .filter(contact_keys::contact_id.eq(holder.id))
            .order(contact_keys::left_at.desc().nulls_first())
            .select(contact_keys::key)
            .first(&mut **tx)
            .await
            .optional()?
            // Nothing is left to call it by; the thread stays readable.
            .unwrap_or_else(|| holder.id.to_string()),
    };
    rename(tx, holder.id, &other).await
}
