//! SuperAdmins. They belong to no tenant.

mod manage;
mod password;
mod seed;

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, Email};

pub use self::{
    manage::{
        PlatformUserChanges, SavePlatformUserError, invite_superadmin, reset_second_factor, set_password,
        update_superadmin,
    },
    password::replace_password,
    seed::{SeedOutcome, SeedSuperadminError, SeededSuperadmin, seed_superadmin},
};
use crate::{hidden::Hidden, schema::platform_users};

pg::id_type! {
    /// A SuperAdmin.
    PlatformUserId
}

/// A SuperAdmin.
#[derive(Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = platform_users)]
pub struct PlatformUser {
    /// Their id.
    pub id: PlatformUserId,
    /// What they log in with.
    pub email: Email,
    /// What people call them.
    pub name: String,
    /// Whether they may log in.
    pub is_active: bool,
    /// Raised to end every session at once.
    pub session_version: i32,
    /// When they last logged in.
    pub last_login_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
    /// Since when logging in asks for a code; `None`: it does not.
    pub totp_confirmed_at: Option<DateTime<Utc>>,
    password_hash: Hidden,
}

/// Stands where a hash would be of somebody who has not chosen a password yet. No password fits it.
const NO_PASSWORD: &str = "!";

impl PlatformUser {
    /// Whether they were invited and have not chosen a password yet.
    pub fn is_invited(&self) -> bool {
        self.password_hash() == NO_PASSWORD
    }

    /// The hash to compare a password with.
    pub fn password_hash(&self) -> &str {
        self.password_hash.as_str()
    }
}

impl fmt::Debug for PlatformUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformUser")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Queries over `platform_users`.
pub struct PlatformUsers<'c>(&'c mut Conn<Control>);

impl<'c> PlatformUsers<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Looks one SuperAdmin up.
    pub async fn find(&mut self, id: PlatformUserId) -> Result<Option<PlatformUser>, DbError> {
        let query = PlatformUser::query().filter(platform_users::id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Every SuperAdmin by name.
    pub async fn list(&mut self) -> Result<Vec<PlatformUser>, DbError> {
        let query = PlatformUser::query().order((platform_users::name, platform_users::id));
        Ok(query.load(&mut **self.0).await?)
    }

    /// Looks one SuperAdmin up by e-mail.
    pub async fn find_by_email(&mut self, email: &Email) -> Result<Option<PlatformUser>, DbError> {
        let query = PlatformUser::query().filter(platform_users::email.eq(email));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Stores another hash of the same password; sessions go on.
    pub async fn set_password_hash(
        &mut self,
        id: PlatformUserId,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        diesel::update(platform_users::table.find(id))
            .set((
                platform_users::password_hash.eq(hash),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Remembers when somebody logged in.
    pub async fn touch_login(&mut self, id: PlatformUserId, now: DateTime<Utc>) -> Result<(), DbError> {
        diesel::update(platform_users::table.find(id))
            .set(platform_users::last_login_at.eq(now))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Ends every access token given out so far; returns the new version, or
    /// `None` if there is no such user.
    pub async fn bump_session_version(
        &mut self,
        id: PlatformUserId,
        now: DateTime<Utc>,
    ) -> Result<Option<i32>, DbError> {
        let version = diesel::update(platform_users::table.find(id))
            .set((
                platform_users::session_version.eq(platform_users::session_version + 1),
                platform_users::updated_at.eq(now),
            ))
            .returning(platform_users::session_version)
            .get_result(&mut **self.0)
            .await
            .optional()?;
        Ok(version)
    }

    async fn insert(
        &mut self,
        email: &Email,
        name: &str,
        password_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<PlatformUser>, DbError> {
        let user = diesel::insert_into(platform_users::table)
            .values((
                platform_users::id.eq(PlatformUserId::generate()),
                platform_users::email.eq(email),
                platform_users::name.eq(name),
                platform_users::password_hash.eq(password_hash),
                platform_users::created_at.eq(now),
                platform_users::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .returning(PlatformUser::as_returning())
            .get_result(&mut **self.0)
            .await
            .optional()?;
        Ok(user)
    }

    async fn lock_by_email(&mut self, email: &Email) -> Result<Option<PlatformUser>, DbError> {
        let query = PlatformUser::query()
            .filter(platform_users::email.eq(email))
            .for_update();
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    async fn rename_and_activate(
        &mut self,
        id: PlatformUserId,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        diesel::update(platform_users::table.find(id))
            .set((
                platform_users::name.eq(name),
                platform_users::is_active.eq(true),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }
}
