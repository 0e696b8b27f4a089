//! What the team does to its tags, written down together with who did it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Patch, Tenant};
use serde_json::{Value, json};

use super::{SaveTagError, Tag, TagId, Tags};
use crate::{
    audit::{self, AuditEntry, difference},
    schema::{conversation_tags, tags},
    user::UserId,
};

/// Why a tag was not merged into another.
#[derive(Debug, thiserror::Error)]
pub enum MergeTagError {
    /// There is no such tag.
    #[error("there is no such tag")]
    Unknown,
    /// The tag to merge into does not exist.
    #[error("there is no such tag to merge into")]
    UnknownTarget,
    /// Both are the same.
    #[error("a tag cannot be merged into itself")]
    Itself,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a tag.
pub async fn create_tag(
    conn: &mut Conn<Tenant>,
    name: &str,
    color: Option<&str>,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Tag, SaveTagError> {
    conn.transaction(async |tx| {
        let tag = Tags::new(tx).insert(name, color).await?;
        record(tx, "tag.created", tag.id, told(&tag), actor, now).await?;
        Ok(tag)
    })
    .await
}

/// Renames or recolours a tag, and tells how many conversations carry it; `None` if there is no such tag.
pub async fn change_tag(
    conn: &mut Conn<Tenant>,
    id: TagId,
    name: Option<&str>,
    color: Patch<&str>,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Option<(Tag, i64)>, SaveTagError> {
    conn.transaction(async |tx| {
        let Some(before) = lock(tx, id).await? else {
            return Ok(None);
        };
        let Some(after) = Tags::new(tx).update(id, name, color).await? else {
            return Ok(None);
        };
        let data = difference(&told(&before), &told(&after));
        record(tx, "tag.updated", id, data.into(), actor, now).await?;
        let count = Tags::new(tx).count(id).await?;
        Ok(Some((after, count)))
    })
    .await
}

/// Removes a tag from everywhere; false if there was none.
pub async fn delete_tag(
    conn: &mut Conn<Tenant>,
    id: TagId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let Some(tag) = lock(tx, id).await? else {
            return Ok(false);
        };
        let mut data = told(&tag);
        data["conversations"] = json!(Tags::new(tx).count(id).await?);
        Tags::new(tx).delete(id).await?;
        record(tx, "tag.deleted", id, data, actor, now).await?;
        Ok(true)
    })
    .await
}

/// Gives every conversation that carries a tag another one instead, and removes the tag; the other one
/// and how many conversations carry it now.
pub async fn merge_tag(
    conn: &mut Conn<Tenant>,
    id: TagId,
    into: TagId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(Tag, i64), MergeTagError> {
    if id == into {
        return Err(MergeTagError::Itself);
    }
    conn.transaction(async |tx| {
        // In one order whoever merges what, so that two merges wait rather than block each other.
        let first = lock(tx, id.min(into)).await?;
        let second = lock(tx, id.max(into)).await?;
        let (tag, target) = if id < into {
            (first, second)
        } else {
            (second, first)
        };
        let tag = tag.ok_or(MergeTagError::Unknown)?;
        let target = target.ok_or(MergeTagError::UnknownTarget)?;
        let carriers = Tags::new(tx).count(id).await?;
        let carried = conversation_tags::table
            .filter(conversation_tags::tag_id.eq(id))
            .select((
                conversation_tags::conversation_id,
                into.into_sql::<diesel::sql_types::Uuid>(),
            ));
        diesel::insert_into(conversation_tags::table)
            .values(carried)
            .into_columns((conversation_tags::conversation_id, conversation_tags::tag_id))
            .on_conflict_do_nothing()
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        Tags::new(tx).delete(id).await?;
        let count = Tags::new(tx).count(into).await?;
        let data = json!({
            "name": tag.name,
            "conversations": carriers,
            "into": { "id": into, "name": target.name, "conversations": count },
        });
        record(tx, "tag.merged", id, data, actor, now).await?;
        Ok((target, count))
    })
    .await
}

async fn lock(tx: &mut Conn<Tenant>, id: TagId) -> Result<Option<Tag>, DbError> {
    Ok(tags::table
        .find(id)
        .select(Tag::as_select())
        .for_update()
        .first(&mut **tx)
        .await
        .optional()?)
}

/// As the audit has it.
fn told(tag: &Tag) -> Value {
    json!({ "name": tag.name, "color": tag.color })
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    id: TagId,
    data: Value,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor: Some(actor),
        action,
        target: Some(id.to_string()),
        data,
    };
    audit::record(tx, entry, now).await
}
