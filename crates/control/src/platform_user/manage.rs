//! Inviting SuperAdmins, letting them in and out. The last one stays.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, dsl::count_star};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, Email};
use serde_json::{Value, json};

use super::{NO_PASSWORD, PlatformUser, PlatformUserId, PlatformUsers};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    login_link::LoginLinks,
    schema::platform_users,
    second_factor,
    session::{SessionSubject, revoke_user},
    text,
};

/// What to change of a SuperAdmin; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct PlatformUserChanges {
    /// Another name.
    pub name: Option<String>,
    /// Lets in or locks out.
    pub is_active: Option<bool>,
}

/// Why a SuperAdmin was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SavePlatformUserError {
    /// No such SuperAdmin.
    #[error("there is no such SuperAdmin")]
    Unknown,
    /// The name is empty, too long or has control characters.
    #[error("a name has 1 to 120 characters")]
    InvalidName,
    /// The e-mail is taken.
    #[error("there is a SuperAdmin with this e-mail already")]
    EmailTaken,
    /// Nobody could administer the platform any more.
    #[error("this is the last active SuperAdmin; invite somebody else first")]
    Last,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a SuperAdmin who cannot log in before they have chosen a password.
#[tracing::instrument(name = "platform_user.invite", skip_all)]
pub async fn invite_superadmin(
    conn: &mut Conn<Control>,
    email: &Email,
    name: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<PlatformUser, SavePlatformUserError> {
    let name = text::name(name).ok_or(SavePlatformUserError::InvalidName)?;
    conn.transaction(async |tx| {
        let user = PlatformUsers::new(tx)
            .insert(email, &name, NO_PASSWORD, now)
            .await?
            .ok_or(SavePlatformUserError::EmailTaken)?;
        let data = json!({ "email": email.as_str(), "invited": true });
        record(tx, "superadmin.created", user.id, actor, data, now).await?;
        Ok(user)
    })
    .await
}

/// Renames a SuperAdmin, or lets them in or out; out ends their sessions and links.
#[tracing::instrument(name = "platform_user.update", skip_all)]
pub async fn update_superadmin(
    conn: &mut Conn<Control>,
    id: PlatformUserId,
    changes: PlatformUserChanges,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<PlatformUser, SavePlatformUserError> {
    let name = match changes.name {
        Some(name) => Some(text::name(&name).ok_or(SavePlatformUserError::InvalidName)?),
        None => None,
    };
    conn.transaction(async |tx| {
        lock_all(tx).await?;
        let before = PlatformUsers::new(tx)
            .find(id)
            .await?
            .ok_or(SavePlatformUserError::Unknown)?;
        let is_active = changes.is_active.unwrap_or(before.is_active);
        diesel::update(platform_users::table.find(id))
            .set((
                name.map(|name| platform_users::name.eq(name)),
                platform_users::is_active.eq(is_active),
                platform_users::session_version
                    .eq(before.session_version + i32::from(is_active != before.is_active)),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        if before.is_active && !is_active {
            if able_to_come_in(tx).await? == 0 {
                return Err(SavePlatformUserError::Last);
            }
            let subject = SessionSubject {
                tenant_id: None,
                user_id: id.uuid(),
            };
            revoke_user(tx, subject, now).await?;
            LoginLinks::new(tx).end_all(subject).await?;
        }
        let data = json!({ "is_active": [before.is_active, is_active] });
        record(tx, "superadmin.updated", id, actor, data, now).await?;
        let after = PlatformUsers::new(tx).find(id).await?;
        after.ok_or(SavePlatformUserError::Unknown)
    })
    .await
}

/// Gives a SuperAdmin a password, and a name if one is given, because they came by a link of
/// their own. Ends their access tokens. False when the name is not one.
pub async fn set_password(
    tx: &mut Conn<Control>,
    user: &PlatformUser,
    name: Option<&str>,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let name = match name {
        None => user.name.clone(),
        Some(name) => match text::name(name) {
            Some(name) => name,
            None => return Ok(false),
        },
    };
    diesel::update(platform_users::table.find(user.id))
        .set((
            platform_users::name.eq(name),
            platform_users::password_hash.eq(hash),
            platform_users::session_version.eq(platform_users::session_version + 1),
            platform_users::updated_at.eq(now),
        ))
        .execute(&mut **tx)
        .await?;
    let action = if user.is_invited() {
        "superadmin.joined"
    } else {
        "superadmin.password_reset"
    };
    let actor = Actor::user(user.id.uuid(), user.email.as_str());
    record(tx, action, user.id, &actor, json!({}), now).await?;
    Ok(true)
}

/// Takes the second factor of a SuperAdmin away and ends their sessions.
#[tracing::instrument(name = "platform_user.reset_second_factor", skip_all)]
pub async fn reset_second_factor(
    conn: &mut Conn<Control>,
    id: PlatformUserId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), SavePlatformUserError> {
    conn.transaction(async |tx| {
        let bumped = PlatformUsers::new(tx).bump_session_version(id, now).await?;
        if bumped.is_none() {
            return Err(SavePlatformUserError::Unknown);
        }
        second_factor::remove(tx, id, actor, now).await?;
        let subject = SessionSubject {
            tenant_id: None,
            user_id: id.uuid(),
        };
        revoke_user(tx, subject, now).await?;
        Ok(())
    })
    .await
}

/// Locks everybody, so that two SuperAdmins cannot lock each other out at once.
async fn lock_all(tx: &mut Conn<Control>) -> Result<(), DbError> {
    platform_users::table
        .order(platform_users::id)
        .select(platform_users::id)
        .for_update()
        .load::<PlatformUserId>(&mut **tx)
        .await?;
    Ok(())
}

async fn able_to_come_in(tx: &mut Conn<Control>) -> Result<i64, DbError> {
    Ok(platform_users::table
        .filter(platform_users::is_active)
        .filter(platform_users::password_hash.ne(NO_PASSWORD))
        .select(count_star())
        .first(&mut **tx)
        .await?)
}

async fn record(
    tx: &mut Conn<Control>,
    action: &'static str,
    id: PlatformUserId,
    actor: &Actor,
    data: Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        at: now,
        actor,
        tenant_id: None,
        action,
        target: Some(id.to_string()),
        data,
    };
    audit::record(tx, entry).await
}
