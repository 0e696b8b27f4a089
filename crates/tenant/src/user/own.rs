//! What people change about themselves, and how their sessions are ended.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{SaveUserError, User, UserId, Users, save::parse_name};
use crate::{
    audit::{self, AuditEntry},
    role,
    schema::users,
};

/// Puts a new hash in the place of the one that `user` was read with. False when the
/// password was changed meanwhile. Sessions go on: ending the others is the caller's part.
pub async fn replace_password(
    conn: &mut Conn<Tenant>,
    user: &User,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let same = users::table
            .find(user.id)
            .filter(users::password_hash.eq(&user.password_hash));
        let replaced = diesel::update(same)
            .set((users::password_hash.eq(hash), users::updated_at.eq(now)))
            .execute(&mut **tx)
            .await?;
        if replaced > 0 {
            record(tx, "user.password_changed", user.id, Some(user.id), now).await?;
        }
        Ok(replaced > 0)
    })
    .await
}

/// Gives somebody a password, and a name if one is given, because they came by a link of
/// their own. Ends their sessions, of which the refresh tokens are the caller's part.
pub async fn set_password(
    conn: &mut Conn<Tenant>,
    id: UserId,
    name: Option<&str>,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    let name = name.map(parse_name).transpose()?;
    conn.transaction(async |tx| {
        let before = Users::new(tx).lock(id).await?.ok_or(SaveUserError::Unknown)?;
        diesel::update(users::table.find(id))
            .set((
                name.map(|name| users::name.eq(name)),
                users::password_hash.eq(hash),
                users::session_version.eq(users::session_version + 1),
                users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let action = if before.is_invited() {
            "user.joined"
        } else {
            "user.password_reset"
        };
        record(tx, action, id, Some(id), now).await?;
        Users::new(tx).find(id).await?.ok_or(SaveUserError::Unknown)
    })
    .await
}

/// Somebody whose access the actor may manage: who may do no more than the actor himself.
pub async fn reach(
    conn: &mut Conn<Tenant>,
    id: UserId,
    actor: Option<UserId>,
) -> Result<User, SaveUserError> {
    let user = Users::new(conn).find(id).await?.ok_or(SaveUserError::Unknown)?;
    if role::may_hand_on(conn, actor, &user.role).await? {
        Ok(user)
    } else {
        Err(SaveUserError::BeyondOwn)
    }
}

/// Ends the sessions of somebody within the actor's reach. The refresh tokens are the
/// caller's part.
pub async fn end_sessions(
    conn: &mut Conn<Tenant>,
    id: UserId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), SaveUserError> {
    conn.transaction(async |tx| {
        reach(tx, id, actor).await?;
        diesel::update(users::table.find(id))
            .set((
                users::session_version.eq(users::session_version + 1),
                users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "user.sessions_ended", id, actor, now).await?;
        Ok(())
    })
    .await
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &'static str,
    id: UserId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor,
        action,
        target: Some(id.to_string()),
        data: serde_json::json!({}),
    };
    audit::record(tx, entry, now).await
}
