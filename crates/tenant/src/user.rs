//! The tenant's team: who they are, what their role lets them do, their passwords.

mod own;
mod save;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Email, Tenant};

pub use self::{
    own::{end_sessions, reach, replace_password, set_password},
    save::{Invitee, NewUser, SaveUserError, UserChanges, create_user, invite_user, seed_admin, update_user},
};
pub use crate::{
    id::UserId,
    role::{Permission, Role},
};
use crate::{
    impersonation,
    role::TeamRole,
    schema::{roles, users},
};

/// One of the team. The password's hash stays in this crate and its callers' login.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// As colleagues see it.
    pub name: String,
    /// Lower case, unique in the tenant.
    pub email: String,
    /// Argon2id, or the predecessor's bcrypt.
    pub password_hash: String,
    /// What the user may do.
    #[diesel(embed)]
    pub role: TeamRole,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Raised to end all sessions.
    pub session_version: i32,
    /// The newest login.
    pub last_login_at: Option<DateTime<Utc>>,
    /// Since when the user exists.
    pub created_at: DateTime<Utc>,
    /// Since when logging in asks for a code; `None`: it does not.
    pub totp_confirmed_at: Option<DateTime<Utc>>,
}

/// Stands where a hash would be of somebody who has not chosen a password yet. No password fits it.
const NO_PASSWORD: &str = "!";

impl User {
    /// Somebody with these eyes who is none of the team: a SuperAdmin in an impersonation.
    pub fn visitor(id: UserId, name: &str, email: &str, role: TeamRole, now: DateTime<Utc>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            password_hash: NO_PASSWORD.to_owned(),
            role,
            is_active: true,
            session_version: 0,
            last_login_at: None,
            created_at: now,
            totp_confirmed_at: None,
        }
    }

    /// Whether they were invited and have not chosen a password yet.
    pub fn is_invited(&self) -> bool {
        self.password_hash == NO_PASSWORD
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("role", &self.role.key)
            .finish_non_exhaustive()
    }
}

/// Queries over `users`.
pub struct Users<'c>(&'c mut Conn<Tenant>);

impl<'c> Users<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// One user.
    pub async fn find(&mut self, id: UserId) -> Result<Option<User>, DbError> {
        Ok(users::table
            .inner_join(roles::table)
            .filter(users::id.eq(id))
            .select(User::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// One user, locked until the transaction ends.
    async fn lock(&mut self, id: UserId) -> Result<Option<User>, DbError> {
        let locked: Option<UserId> = users::table
            .find(id)
            .select(users::id)
            .for_update()
            .first(&mut **self.0)
            .await
            .optional()?;
        match locked {
            Some(id) => self.find(id).await,
            None => Ok(None),
        }
    }

    /// The user of an e-mail.
    pub async fn find_by_email(&mut self, email: &Email) -> Result<Option<User>, DbError> {
        Ok(users::table
            .inner_join(roles::table)
            .filter(users::email.eq(email.as_str()))
            .select(User::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// The whole team by name; only those who may log in when `only_active`.
    pub async fn list(&mut self, only_active: bool) -> Result<Vec<User>, DbError> {
        let mut query = users::table
            .inner_join(roles::table)
            .order((users::name, users::id))
            .select(User::as_select())
            .into_boxed();
        if only_active {
            query = query.filter(users::is_active);
        }
        Ok(query.load(&mut **self.0).await?)
    }

    /// Names by id; a SuperAdmin's own where the id is that of an impersonation.
    pub async fn names(&mut self, ids: &[UserId]) -> Result<Vec<(UserId, String)>, DbError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut names: Vec<(UserId, String)> = users::table
            .filter(users::id.eq_any(ids))
            .select((users::id, users::name))
            .load(&mut **self.0)
            .await?;
        let is_named = |id: &UserId| names.iter().any(|(named, _)| named == id);
        let others: Vec<UserId> = ids.iter().filter(|id| !is_named(id)).copied().collect();
        if !others.is_empty() {
            names.extend(impersonation::names(self.0, &others).await?);
        }
        Ok(names)
    }

    /// Every e-mail of the team.
    pub async fn emails(&mut self) -> Result<Vec<String>, DbError> {
        Ok(users::table
            .select(users::email)
            .order(users::email)
            .load(&mut **self.0)
            .await?)
    }

    /// Notes a login; with the outdated hash that the password was compared with
    /// and a new one, which only takes that one's place: a password that was
    /// changed in the meantime stays.
    pub async fn logged_in(
        &mut self,
        id: UserId,
        new_hash: Option<(&str, &str)>,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        if let Some((outdated, hash)) = new_hash {
            diesel::update(users::table.find(id))
                .filter(users::password_hash.eq(outdated))
                .set(users::password_hash.eq(hash))
                .execute(&mut **self.0)
                .await?;
        }
        diesel::update(users::table.find(id))
            .set(users::last_login_at.eq(now))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }
}
