//! Adding, changing, putting back and removing roles.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{ConversationScope, InvalidRoleKey, Permissions, Role, RoleKey, Roles, TeamRole};
use crate::{
    audit::{self, AuditEntry},
    id::UserId,
    schema::roles,
};

/// The most roles that a tenant may have.
const MOST: usize = 50;

/// A role to add.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// What users will refer to it by; never changes.
    pub key: String,
    /// As people call it.
    pub name: String,
    /// What it allows.
    pub permissions: Permissions,
    /// How much of the inbox it sees.
    pub conversations: ConversationScope,
}

/// What to change of a role; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct RoleChanges {
    /// Another name.
    pub name: Option<String>,
    /// What it allows from now on.
    pub permissions: Option<Permissions>,
    /// How much of the inbox it sees from now on.
    pub conversations: Option<ConversationScope>,
}

/// Why a role could not be saved or removed.
#[derive(Debug, thiserror::Error)]
pub enum SaveRoleError {
    /// No such role.
    #[error("there is no such role")]
    Unknown,
    /// Not a role's key.
    #[error(transparent)]
    InvalidKey(#[from] InvalidRoleKey),
    /// Empty, longer than 120 characters, or with control characters.
    #[error("a name has 1 to 120 characters")]
    InvalidName,
    /// The key is taken.
    #[error("there is a role with this key already")]
    KeyTaken,
    /// The tenant has as many as it may.
    #[error("a company has at most {MOST} roles; remove one that nobody has")]
    TooMany,
    /// It is the one that may do everything.
    #[error("the role admin may do everything and stays as it is")]
    Fixed,
    /// It was there from the beginning.
    #[error("a role that was there from the beginning cannot be deleted; it can be changed and put back")]
    Builtin,
    /// It was not there from the beginning, so there is nothing to put it back to.
    #[error("only a role that was there from the beginning can be put back")]
    NotBuiltin,
    /// People have it.
    #[error("{0} people have this role; give them another one first")]
    InUse(i64),
    /// The actor does not have what he would grant.
    #[error("nobody can grant what his own role does not allow")]
    BeyondOwn,
    /// It is the actor's own.
    #[error("nobody can change his own role; ask another admin")]
    Own,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveRoleError {
    fn from(error: DbError) -> Self {
        if error.conflicts_with("roles_pkey") {
            Self::KeyTaken
        } else {
            Self::Db(error)
        }
    }
}

fn parse_name(name: &str) -> Result<String, SaveRoleError> {
    let name = name.trim();
    if (1..=120).contains(&name.chars().count()) && !name.contains(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(SaveRoleError::InvalidName)
    }
}

/// Adds a role, with nothing in it that the actor lacks himself.
pub async fn create_role(
    conn: &mut Conn<Tenant>,
    new: NewRole,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<TeamRole, SaveRoleError> {
    let key: RoleKey = new.key.parse()?;
    let name = parse_name(&new.name)?;
    conn.transaction(async |tx| {
        let own = own_role(tx, actor).await?;
        if !own.allows_all(&new.permissions) || !own.sees_as_much(new.conversations) {
            return Err(SaveRoleError::BeyondOwn);
        }
        if Roles::new(tx).list().await?.len() >= MOST {
            return Err(SaveRoleError::TooMany);
        }
        let role: TeamRole = diesel::insert_into(roles::table)
            .values((
                roles::key.eq(key.as_str()),
                roles::name.eq(name),
                roles::permissions.eq(new.permissions.names()),
                roles::conversations.eq(new.conversations.as_str()),
                roles::created_at.eq(now),
                roles::updated_at.eq(now),
            ))
            .returning(TeamRole::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "role.created", &role, actor, now).await?;
        Ok(role)
    })
    .await
}

/// Changes a role: not `admin`, not one's own, and granting nothing that the actor lacks himself.
pub async fn update_role(
    conn: &mut Conn<Tenant>,
    key: &RoleKey,
    changes: RoleChanges,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<TeamRole, SaveRoleError> {
    let name = changes.name.as_deref().map(parse_name).transpose()?;
    conn.transaction(async |tx| {
        let before = changeable(tx, key, actor).await?;
        let after = TeamRole {
            name: name.unwrap_or_else(|| before.name.clone()),
            granted: changes.permissions.unwrap_or_else(|| before.granted.clone()),
            conversations: changes.conversations.unwrap_or(before.conversations),
            ..before.clone()
        };
        write(tx, "role.updated", &before, &after, actor, now).await
    })
    .await
}

/// Puts a role that was there from the beginning back to what it was then.
pub async fn reset_role(
    conn: &mut Conn<Tenant>,
    key: &RoleKey,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<TeamRole, SaveRoleError> {
    conn.transaction(async |tx| {
        let before = changeable(tx, key, actor).await?;
        let original: Role = key
            .as_str()
            .parse()
            .map_err(|_unknown| SaveRoleError::NotBuiltin)?;
        let after = TeamRole {
            name: original.name().to_owned(),
            granted: original.permissions().iter().copied().collect(),
            conversations: ConversationScope::All,
            ..before.clone()
        };
        write(tx, "role.reset", &before, &after, actor, now).await
    })
    .await
}

/// Removes a role that nobody has.
pub async fn delete_role(
    conn: &mut Conn<Tenant>,
    key: &RoleKey,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), SaveRoleError> {
    conn.transaction(async |tx| {
        let role = lock(tx, key).await?;
        if role.is_builtin {
            return Err(SaveRoleError::Builtin);
        }
        let count = Roles::new(tx).user_count(key).await?;
        if count > 0 {
            return Err(SaveRoleError::InUse(count));
        }
        diesel::delete(roles::table.find(key.as_str()))
            .execute(&mut **tx)
            .await
            .map_err(|error| in_use(error.into()))?;
        record(tx, "role.deleted", &role, actor, now).await?;
        Ok(())
    })
    .await
}

/// Somebody got the role between the count and the removal.
fn in_use(error: DbError) -> SaveRoleError {
    if error.conflicts_with("users_role_fkey") {
        SaveRoleError::InUse(1)
    } else {
        error.into()
    }
}

async fn own_role(tx: &mut Conn<Tenant>, actor: UserId) -> Result<TeamRole, SaveRoleError> {
    let own = Roles::new(tx).of(actor).await?;
    own.ok_or(SaveRoleError::BeyondOwn)
}

async fn lock(tx: &mut Conn<Tenant>, key: &RoleKey) -> Result<TeamRole, SaveRoleError> {
    let found = roles::table
        .find(key.as_str())
        .select(TeamRole::as_select())
        .for_update()
        .first(&mut **tx)
        .await
        .optional()
        .map_err(DbError::from)?;
    found.ok_or(SaveRoleError::Unknown)
}

/// The role, locked, if the actor may change it at all.
async fn changeable(tx: &mut Conn<Tenant>, key: &RoleKey, actor: UserId) -> Result<TeamRole, SaveRoleError> {
    let role = lock(tx, key).await?;
    if role.is_admin() {
        return Err(SaveRoleError::Fixed);
    }
    if own_role(tx, actor).await?.key == role.key {
        return Err(SaveRoleError::Own);
    }
    Ok(role)
}

async fn write(
    tx: &mut Conn<Tenant>,
    action: &'static str,
    before: &TeamRole,
    after: &TeamRole,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<TeamRole, SaveRoleError> {
    let own = own_role(tx, actor).await?;
    let granted = after
        .granted
        .iter()
        .filter(|permission| !before.granted.contains(*permission))
        .collect();
    let widened = !before.sees_as_much(after.conversations);
    if !own.allows_all(&granted) || (widened && !own.sees_as_much(after.conversations)) {
        return Err(SaveRoleError::BeyondOwn);
    }
    let role: TeamRole = diesel::update(roles::table.find(before.key.as_str()))
        .set((
            roles::name.eq(&after.name),
            roles::permissions.eq(after.granted.names()),
            roles::conversations.eq(after.conversations.as_str()),
            roles::updated_at.eq(now),
        ))
        .returning(TeamRole::as_returning())
        .get_result(&mut **tx)
        .await
        .map_err(DbError::from)?;
    record(tx, action, &role, actor, now).await?;
    Ok(role)
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &'static str,
    role: &TeamRole,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let data = serde_json::json!({
        "name": role.name,
        "permissions": role.permissions().names(),
        "conversations": role.conversations.as_str(),
    });
    let entry = AuditEntry {
        actor: Some(actor),
        action,
        target: Some(role.key.to_string()),
        data,
    };
    audit::record(tx, entry, now).await
}
