//! Adding and changing people.

use chrono::{DateTime, Utc};
use crypto::{SecretString, password};
use diesel::{dsl::count_star, prelude::*};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Email, Tenant};

use super::{NO_PASSWORD, Role, User, UserId, Users};
use crate::{
    audit::{self, AuditEntry},
    role::{self, RoleKey, Roles, TeamRole},
    schema::users,
};

/// Somebody to add.
#[derive(Debug)]
pub struct NewUser {
    /// As colleagues see it.
    pub name: String,
    /// Where to log in with.
    pub email: Email,
    /// What the user may do.
    pub role: RoleKey,
    /// The first password.
    pub password: SecretString,
}

/// What to change; `None` leaves a field.
#[derive(Debug, Default)]
pub struct UserChanges {
    /// A new name.
    pub name: Option<String>,
    /// Another role. Ends the user's sessions.
    pub role: Option<RoleKey>,
    /// Lets in or locks out. Ends the user's sessions.
    pub is_active: Option<bool>,
    /// A new password. Ends the user's sessions.
    pub password: Option<SecretString>,
}

/// Why somebody could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveUserError {
    /// No such user.
    #[error("there is no such user")]
    Unknown,
    /// Empty or longer than 120 characters.
    #[error("a name has 1 to 120 characters")]
    InvalidName,
    /// Too short or too long.
    #[error(transparent)]
    Password(#[from] password::WeakPassword),
    /// The e-mail is taken.
    #[error("somebody of the team has this e-mail already")]
    EmailTaken,
    /// No such role.
    #[error("there is no such role")]
    UnknownRole,
    /// The role, the one before or the one to come, allows more than the actor's own.
    #[error("nobody can manage somebody, or hand a role on, that may do more than his own role")]
    BeyondOwn,
    /// It is the actor's own.
    #[error("nobody can change his own role; ask another admin")]
    OwnRole,
    /// The tenant would be left without anybody who may manage it.
    #[error("this is the last active admin; make somebody else admin first")]
    LastAdmin,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveUserError {
    fn from(error: DbError) -> Self {
        if error.conflicts_with("users_email_key") {
            Self::EmailTaken
        } else if error.conflicts_with("users_role_fkey") {
            Self::UnknownRole
        } else {
            Self::Db(error)
        }
    }
}

pub(super) fn parse_name(name: &str) -> Result<String, SaveUserError> {
    let name = name.trim();
    if (1..=120).contains(&name.chars().count()) && !name.contains(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(SaveUserError::InvalidName)
    }
}

/// Somebody to invite: added without a password, which a link lets them choose.
#[derive(Debug)]
pub struct Invitee {
    /// As colleagues see it.
    pub name: String,
    /// Where to log in with.
    pub email: Email,
    /// What the user may do.
    pub role: RoleKey,
}

/// Adds somebody to the team who cannot log in before they have chosen a password.
pub async fn invite_user(
    conn: &mut Conn<Tenant>,
    invitee: Invitee,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    insert(conn, invitee, NO_PASSWORD.to_owned(), actor, now).await
}

/// Adds somebody to the team. Hashes the password, so call it off the request threads
/// or accept some tens of milliseconds.
pub async fn create_user(
    conn: &mut Conn<Tenant>,
    new: NewUser,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    parse_name(&new.name)?;
    password::check_strength(&new.password)?;
    let hash = hash_off_thread(new.password).await;
    let invitee = Invitee {
        name: new.name,
        email: new.email,
        role: new.role,
    };
    insert(conn, invitee, hash, actor, now).await
}

async fn insert(
    conn: &mut Conn<Tenant>,
    new: Invitee,
    hash: String,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    let name = parse_name(&new.name)?;
    conn.transaction(async |tx| {
        let id = UserId::generate();
        let role = handed_on(tx, actor, &new.role).await?;
        diesel::insert_into(users::table)
            .values((
                users::id.eq(id),
                users::name.eq(name),
                users::email.eq(new.email.as_str()),
                users::password_hash.eq(hash),
                users::role.eq(role.key.as_str()),
                users::created_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let user = found(tx, id).await?;
        let entry = AuditEntry {
            actor,
            action: "user.created",
            target: Some(user.id.to_string()),
            data: serde_json::json!({
                "email": user.email,
                "role": user.role.key.as_str(),
                "invited": user.is_invited(),
            }),
        };
        audit::record(tx, entry, now).await?;
        Ok(user)
    })
    .await
}

/// Changes somebody of the team. The last active admin stays one.
pub async fn update_user(
    conn: &mut Conn<Tenant>,
    id: UserId,
    changes: UserChanges,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    let name = changes.name.as_deref().map(parse_name).transpose()?;
    let hash = match changes.password {
        Some(password) => {
            password::check_strength(&password)?;
            Some(hash_off_thread(password).await)
        }
        None => None,
    };
    conn.transaction(async |tx| {
        lock_admins(tx).await?;
        let before = Users::new(tx).lock(id).await?.ok_or(SaveUserError::Unknown)?;
        let role = next_role(tx, actor, &before, changes.role).await?;
        let is_active = changes.is_active.unwrap_or(before.is_active);
        let ends_sessions = role != before.role.key || is_active != before.is_active || hash.is_some();
        diesel::update(users::table.find(id))
            .set((
                name.map(|name| users::name.eq(name)),
                hash.as_ref().map(|hash| users::password_hash.eq(hash)),
                users::role.eq(role.as_str()),
                users::is_active.eq(is_active),
                users::session_version.eq(before.session_version + i32::from(ends_sessions)),
                users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let user = found(tx, id).await?;
        let was_admin = before.role.is_admin() && before.is_active;
        let is_admin = user.role.is_admin() && user.is_active;
        if was_admin && !is_admin && active_admins(tx).await? == 0 {
            return Err(SaveUserError::LastAdmin);
        }
        let entry = AuditEntry {
            actor,
            action: "user.updated",
            target: Some(id.to_string()),
            data: serde_json::json!({
                "role": [before.role.key.as_str(), user.role.key.as_str()],
                "is_active": [before.is_active, user.is_active],
                "password_changed": hash.is_some(),
            }),
        };
        audit::record(tx, entry, now).await?;
        Ok(user)
    })
    .await
}

/// Makes sure that an active admin with this e-mail and password exists.
/// Running it again with another password changes the password and ends the sessions.
pub async fn seed_admin(
    conn: &mut Conn<Tenant>,
    email: &Email,
    name: &str,
    password: &SecretString,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    let Some(known) = Users::new(conn).find_by_email(email).await? else {
        let new = NewUser {
            name: name.to_owned(),
            email: email.clone(),
            role: Role::Admin.into(),
            password: password.clone(),
        };
        return create_user(conn, new, None, now).await;
    };
    let same = password::verify(password, &known.password_hash) == password::Verdict::Right;
    let changes = UserChanges {
        name: Some(name.to_owned()),
        role: Some(Role::Admin.into()),
        is_active: Some(true),
        password: (!same).then(|| password.clone()),
    };
    update_user(conn, known.id, changes, None, now).await
}

/// A role that the actor may give to somebody.
async fn handed_on(
    tx: &mut Conn<Tenant>,
    actor: Option<UserId>,
    key: &RoleKey,
) -> Result<TeamRole, SaveUserError> {
    let role = Roles::new(tx)
        .find(key)
        .await?
        .ok_or(SaveUserError::UnknownRole)?;
    if role::may_hand_on(tx, actor, &role).await? {
        Ok(role)
    } else {
        Err(SaveUserError::BeyondOwn)
    }
}

/// The role that somebody has after the change. A colleague who may do more than the
/// actor is out of his reach in every respect: a new password would let him in as that one.
async fn next_role(
    tx: &mut Conn<Tenant>,
    actor: Option<UserId>,
    before: &User,
    wanted: Option<RoleKey>,
) -> Result<RoleKey, SaveUserError> {
    if !role::may_hand_on(tx, actor, &before.role).await? {
        return Err(SaveUserError::BeyondOwn);
    }
    match wanted {
        Some(wanted) if wanted != before.role.key => {
            if actor == Some(before.id) {
                return Err(SaveUserError::OwnRole);
            }
            Ok(handed_on(tx, actor, &wanted).await?.key)
        }
        _ => Ok(before.role.key.clone()),
    }
}

async fn found(tx: &mut Conn<Tenant>, id: UserId) -> Result<User, SaveUserError> {
    let user = Users::new(tx).find(id).await?;
    user.ok_or(SaveUserError::Unknown)
}

/// Locks the admins' rows, so that two admins cannot demote each other at once.
async fn lock_admins(tx: &mut Conn<Tenant>) -> Result<(), DbError> {
    users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .order(users::id)
        .select(users::id)
        .for_update()
        .load::<UserId>(&mut **tx)
        .await?;
    Ok(())
}

async fn active_admins(tx: &mut Conn<Tenant>) -> Result<i64, DbError> {
    Ok(users::table
        .filter(users::role.eq(Role::Admin.as_str()).and(users::is_active))
        .select(count_star())
        .first(&mut **tx)
        .await?)
}

async fn hash_off_thread(secret: SecretString) -> String {
    // A cancelled task cannot happen: nothing aborts it, and hashing does not panic.
    tokio::task::spawn_blocking(move || password::hash(&secret))
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
