//! Contacts that the team says are one person, and the way back.
//!
//! A number or user id that Meta itself shows together with another one makes one contact of both for good (see
//! [`super::merge`]). What a person of the team says may be wrong, so it moves nothing: the other contact points to
//! the main one, takes its name, and keeps threads and ids of its own.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::json;

use super::{Contact, ContactId, card::main_of, change::tell};
use crate::{
    audit::{self, AuditEntry},
    schema::contacts,
    user::UserId,
};

/// Contacts that one person is made of at most.
pub const MOST_MERGED: usize = 20;

/// Why two contacts were not made one person, or parted again.
#[derive(Debug, thiserror::Error)]
pub enum JoinContactsError {
    /// There is no such contact.
    #[error("there is no such contact")]
    Unknown,
    /// The contact to merge with does not exist.
    #[error("there is no such contact to merge with")]
    UnknownTarget,
    /// Both are one person already.
    #[error("these contacts are one person already")]
    Same,
    /// A group is no person.
    #[error("a group cannot be merged")]
    Group,
    /// More contacts than one person may have.
    #[error("one person has at most {MOST_MERGED} contacts")]
    TooMany,
    /// It is not merged with any other.
    #[error("this contact is not merged with another")]
    NotMerged,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Says that `id`, and whoever is one person with it, is the same person as `into`, whose name counts. Whoever of
/// them wants no marketing messages wants none anywhere; that stays also when they are parted.
pub async fn join_contacts(
    conn: &mut Conn<Tenant>,
    id: ContactId,
    into: ContactId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), JoinContactsError> {
    conn.transaction(async |tx| {
        let main = main_of(tx, into).await?.ok_or(JoinContactsError::UnknownTarget)?;
        let other = main_of(tx, id).await?.ok_or(JoinContactsError::Unknown)?;
        if main == other {
            return Err(JoinContactsError::Same);
        }
        let members = lock(tx, &[main, other]).await?;
        if members.len() > MOST_MERGED {
            return Err(JoinContactsError::TooMany);
        }
        if members
            .iter()
            .any(|member| member.phone.is_none() && member.bsuid.is_none())
        {
            return Err(JoinContactsError::Group);
        }
        // Whoever waited for the lock may find them changed.
        let still = |id: ContactId| {
            members
                .iter()
                .any(|member| member.id == id && member.merged_into.is_none())
        };
        if !still(main) || !still(other) {
            return Err(JoinContactsError::Same);
        }
        let name = members
            .iter()
            .find(|member| member.id == main)
            .map(Contact::display_name);
        let wants_none = members
            .iter()
            .filter_map(|member| member.marketing_opt_out_at)
            .min();
        for member in &members {
            if member.id == other || member.merged_into == Some(other) {
                point(tx, member, main, name.as_deref()).await?;
            }
            if let (Some(since), None) = (wants_none, member.marketing_opt_out_at) {
                opt_out(tx, member.id, since, now).await?;
            }
        }
        record(tx, "contact.joined", other, main, actor, now).await?;
        let ids: Vec<ContactId> = members.iter().map(|member| member.id).collect();
        Ok(tell(tx, &ids).await?)
    })
    .await
}

async fn point(
    tx: &mut Conn<Tenant>,
    member: &Contact,
    main: ContactId,
    name: Option<&str>,
) -> Result<(), DbError> {
    // Whoever was merged before keeps the name that it had before that.
    let keeps = member
        .merged_into
        .is_none()
        .then(|| contacts::name_before_merge.eq(&member.name));
    diesel::update(contacts::table.find(member.id))
        .set((contacts::merged_into.eq(main), contacts::name.eq(name), keeps))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn opt_out(
    tx: &mut Conn<Tenant>,
    id: ContactId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(contacts::table.find(id))
        .set((
            contacts::marketing_opt_out_at.eq(since),
            contacts::marketing_preference_at.eq(now),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes `id` out of the person that it was merged into; it gets the name back that it had.
pub async fn part_contact(
    conn: &mut Conn<Tenant>,
    id: ContactId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), JoinContactsError> {
    conn.transaction(async |tx| {
        let found: Option<(Option<ContactId>, Option<String>)> = contacts::table
            .find(id)
            .for_update()
            .select((contacts::merged_into, contacts::name_before_merge))
            .first(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?;
        let (main, name) = found.ok_or(JoinContactsError::Unknown)?;
        let main = main.ok_or(JoinContactsError::NotMerged)?;
        diesel::update(contacts::table.find(id))
            .set((
                contacts::merged_into.eq(None::<ContactId>),
                contacts::name.eq(name),
                contacts::name_before_merge.eq(None::<String>),
                contacts::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "contact.parted", id, main, actor, now).await?;
        Ok(tell(tx, &[id, main]).await?)
    })
    .await
}

/// Both persons' contacts, locked in one order.
async fn lock(tx: &mut Conn<Tenant>, mains: &[ContactId]) -> Result<Vec<Contact>, DbError> {
    Ok(contacts::table
        .filter(contacts::id.eq_any(mains).or(contacts::merged_into.eq_any(mains)))
        .order(contacts::id)
        .for_update()
        .select(Contact::as_select())
        .load(&mut **tx)
        .await?)
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    id: ContactId,
    with: ContactId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor: Some(actor),
        action,
        target: Some(id.to_string()),
        data: json!({ "with": with.to_string() }),
    };
    audit::record(tx, entry, now).await
}
