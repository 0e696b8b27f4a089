//! Adding and changing people.

use chrono::{DateTime, Utc};
use crypto::{SecretString, password};
use diesel::{dsl::count_star, prelude::*};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Email, Tenant};

use super::{Role, User, UserId, Users};
use crate::{
    audit::{self, AuditEntry},
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
    pub role: Role,
    /// The first password.
    pub password: SecretString,
}

/// What to change; `None` leaves a field.
#[derive(Debug, Default)]
pub struct UserChanges {
    /// A new name.
    pub name: Option<String>,
    /// Another role. Ends the user's sessions.
    pub role: Option<Role>,
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
        } else {
            Self::Db(error)
        }
    }
}

fn parse_name(name: &str) -> Result<String, SaveUserError> {
    let name = name.trim();
    if (1..=120).contains(&name.chars().count()) && !name.contains(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(SaveUserError::InvalidName)
    }
}

/// Adds somebody to the team. Hashes the password, so call it off the request threads
/// or accept some tens of milliseconds.
pub async fn create_user(
    conn: &mut Conn<Tenant>,
    new: NewUser,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, SaveUserError> {
    let name = parse_name(&new.name)?;
    password::check_strength(&new.password)?;
    let hash = hash_off_thread(new.password).await;
    conn.transaction(async |tx| {
        let user: User = diesel::insert_into(users::table)
            .values((
                users::id.eq(UserId::generate()),
                users::name.eq(name),
                users::email.eq(new.email.as_str()),
                users::password_hash.eq(hash),
                users::role.eq(new.role.as_str()),
                users::created_at.eq(now),
            ))
            .returning(User::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let entry = AuditEntry {
            actor,
            action: "user.created",
            target: Some(user.id.to_string()),
            data: serde_json::json!({ "email": user.email, "role": user.role.as_str() }),
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
        let role = changes.role.unwrap_or(before.role);
        let is_active = changes.is_active.unwrap_or(before.is_active);
        let ends_sessions = role != before.role || is_active != before.is_active || hash.is_some();
        let user: User = diesel::update(users::table.find(id))
            .set((
                name.map(|name| users::name.eq(name)),
                hash.as_ref().map(|hash| users::password_hash.eq(hash)),
                users::role.eq(role.as_str()),
                users::is_active.eq(is_active),
                users::session_version.eq(before.session_version + i32::from(ends_sessions)),
                users::updated_at.eq(now),
            ))
            .returning(User::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let was_admin = before.role == Role::Admin && before.is_active;
        let is_admin = user.role == Role::Admin && user.is_active;
        if was_admin && !is_admin && active_admins(tx).await? == 0 {
            return Err(SaveUserError::LastAdmin);
        }
        let entry = AuditEntry {
            actor,
            action: "user.updated",
            target: Some(id.to_string()),
            data: serde_json::json!({
                "role": [before.role.as_str(), user.role.as_str()],
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
            role: Role::Admin,
            password: password.clone(),
        };
        return create_user(conn, new, None, now).await;
    };
    let same = password::verify(password, &known.password_hash) == password::Verdict::Right;
    let changes = UserChanges {
        name: Some(name.to_owned()),
        role: Some(Role::Admin),
        is_active: Some(true),
        password: (!same).then(|| password.clone()),
    };
    update_user(conn, known.id, changes, None, now).await
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
