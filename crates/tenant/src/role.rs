//! Roles as data: what each lets people do, and how much of the inbox they see.
//!
//! Five are there from the beginning; a tenant may change them (all but `admin`)
//! and add its own. Whoever hands a role or a permission on must have it himself.

mod builtin;
mod key;
mod permissions;
mod save;

use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, prelude::*};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

pub use self::{
    builtin::Role,
    key::{InvalidRoleKey, RoleKey},
    permissions::{Permission, Permissions},
    save::{NewRole, RoleChanges, SaveRoleError, create_role, delete_role, reset_role, update_role},
};
use crate::{
    id::UserId,
    schema::{roles, users},
};

crate::text_enum! {
    /// How much of the inbox a role sees.
    ConversationScope {
        /// Every conversation.
        All = "all",
        /// Those that are assigned to oneself or to nobody.
        Own = "own",
    }
}

/// A role as it stands in the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = roles)]
pub struct TeamRole {
    /// What users refer to it by.
    #[diesel(deserialize_as = String)]
    pub key: RoleKey,
    /// As people call it.
    pub name: String,
    #[diesel(column_name = permissions, deserialize_as = Vec<String>)]
    granted: Permissions,
    /// How much of the inbox it sees.
    #[diesel(deserialize_as = String)]
    pub conversations: ConversationScope,
    /// Whether it was there from the beginning: it cannot be deleted.
    pub is_builtin: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl TeamRole {
    /// What it allows. An admin may do everything, also what a later release adds.
    pub fn permissions(&self) -> Permissions {
        if self.is_admin() {
            Permissions::all()
        } else {
            self.granted.clone()
        }
    }

    /// Whether it allows `permission`.
    pub fn allows(&self, permission: Permission) -> bool {
        self.is_admin() || self.granted.contains(permission)
    }

    /// Whether it is the one that may do everything and never changes.
    pub fn is_admin(&self) -> bool {
        self.key == Role::Admin.into()
    }

    /// Whether whoever has this role may hand the other one on: it allows and
    /// sees nothing that this one does not.
    pub fn covers(&self, other: &Self) -> bool {
        self.allows_all(&other.permissions()) && self.sees_as_much(other.conversations)
    }

    pub(crate) fn allows_all(&self, permissions: &Permissions) -> bool {
        permissions.iter().all(|permission| self.allows(permission))
    }

    pub(crate) fn sees_as_much(&self, scope: ConversationScope) -> bool {
        self.conversations == ConversationScope::All || scope == ConversationScope::Own
    }

    /// Whether it is a role from the beginning that is not as it was then.
    pub fn is_changed(&self) -> bool {
        let original = Role::ALL.iter().find(|role| self.key == (**role).into());
        original.is_some_and(|original| {
            self.name != original.name()
                || self.permissions() != original.permissions().iter().copied().collect()
                || self.conversations != ConversationScope::All
        })
    }
}

/// Queries over `roles`.
pub struct Roles<'c>(&'c mut Conn<Tenant>);

impl<'c> Roles<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// Every role with the number of people who have it, those from the beginning first.
    pub async fn list(&mut self) -> Result<Vec<(TeamRole, i64)>, DbError> {
        let found: Vec<TeamRole> = roles::table
            .order((roles::is_builtin.desc(), roles::key))
            .select(TeamRole::as_select())
            .load(&mut **self.0)
            .await?;
        let counts: Vec<(String, i64)> = users::table
            .group_by(users::role)
            .select((users::role, count_star()))
            .load(&mut **self.0)
            .await?;
        let count_of = |role: &TeamRole| {
            counts
                .iter()
                .find(|(key, _)| key == role.key.as_str())
                .map_or(0, |(_, count)| *count)
        };
        Ok(found
            .into_iter()
            .map(|role| {
                let count = count_of(&role);
                (role, count)
            })
            .collect())
    }

    /// One role.
    pub async fn find(&mut self, key: &RoleKey) -> Result<Option<TeamRole>, DbError> {
        Ok(roles::table
            .find(key.as_str())
            .select(TeamRole::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// How many people have it, those who may not log in included.
    pub async fn user_count(&mut self, key: &RoleKey) -> Result<i64, DbError> {
        Ok(users::table
            .filter(users::role.eq(key.as_str()))
            .select(count_star())
            .first(&mut **self.0)
            .await?)
    }

    /// The role of somebody of the team.
    pub(crate) async fn of(&mut self, user: UserId) -> Result<Option<TeamRole>, DbError> {
        Ok(users::table
            .inner_join(roles::table)
            .filter(users::id.eq(user))
            .select(TeamRole::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }
}

/// Whether `actor` may hand `role` on. `None` is the platform, which may hand on any.
pub(crate) async fn may_hand_on(
    tx: &mut Conn<Tenant>,
    actor: Option<UserId>,
    role: &TeamRole,
) -> Result<bool, DbError> {
    let Some(actor) = actor else {
        return Ok(true);
    };
    let own = Roles::new(tx).of(actor).await?;
    Ok(own.is_some_and(|own| own.covers(role)))
}
