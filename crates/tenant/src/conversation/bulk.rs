//! One change to many conversations: all in one transaction, each told of as a single one is.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::json;

use super::{
    ChangeError, Conversation, ConversationChanges, ConversationId, ConversationStatus, Sight,
    change::{given, owner, snooze, told, updated},
};
use crate::{
    audit::{self, AuditEntry},
    event, notification,
    schema::{conversation_tags, conversations},
    tag::{SaveTagError, TagId, Tags},
    user::UserId,
};

/// Conversations that one change takes.
pub const MOST_AT_ONCE: usize = 200;
/// Tags that a conversation carries at most.
pub const MOST_TAGS: usize = 30;

/// What to do to each.
#[derive(Debug, Clone)]
pub enum BulkAction {
    /// Another owner, or nobody.
    Assign(Option<UserId>),
    /// Another state; snoozed until then.
    Status(ConversationStatus, Option<DateTime<Utc>>),
    /// These tags as well, by name; unknown names become tags.
    AddTags(Vec<String>),
    /// These tags no more.
    RemoveTags(Vec<String>),
    /// Nothing unread.
    Read,
}

crate::text_enum! {
    /// What became of one conversation.
    BulkOutcome {
        /// It was changed.
        Changed = "changed",
        /// It was so already.
        Unchanged = "unchanged",
        /// There is none, or none in sight.
        NotFound = "not_found",
        /// It would carry too many tags.
        TooManyTags = "too_many_tags",
    }
}

struct Bulk<'c> {
    tx: &'c mut Conn<Tenant>,
    actor: UserId,
    now: DateTime<Utc>,
    changed: Vec<ConversationId>,
    full: Vec<ConversationId>,
}

/// Does `action` to each of `ids`, at most [`MOST_AT_ONCE`]; what became of each, in their order.
pub async fn apply_to_all(
    conn: &mut Conn<Tenant>,
    ids: &[ConversationId],
    action: &BulkAction,
    sight: Sight,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<(ConversationId, BulkOutcome)>, ChangeError> {
    conn.transaction(async |tx| {
        // In one order whoever changes what, so that two changes wait rather than block each other.
        let rows: Vec<Conversation> = conversations::table
            .filter(conversations::id.eq_any(ids))
            .order(conversations::id)
            .select(Conversation::as_select())
            .for_update()
            .load(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let rows: Vec<Conversation> = rows
            .into_iter()
            .filter(|row| sight.sees(row.assignee_id))
            .collect();
        let mut bulk = Bulk {
            tx,
            actor,
            now,
            changed: Vec::new(),
            full: Vec::new(),
        };
        match action {
            BulkAction::Assign(to) => bulk.assign(&rows, *to).await?,
            BulkAction::Status(status, until) => bulk.set_status(&rows, *status, *until).await?,
            BulkAction::AddTags(names) => bulk.tag(&rows, names, true).await?,
            BulkAction::RemoveTags(names) => bulk.tag(&rows, names, false).await?,
            BulkAction::Read => bulk.read(&rows).await?,
        }
        let outcome = |id: ConversationId| {
            if bulk.changed.contains(&id) {
                BulkOutcome::Changed
            } else if bulk.full.contains(&id) {
                BulkOutcome::TooManyTags
            } else if rows.iter().any(|row| row.id == id) {
                BulkOutcome::Unchanged
            } else {
                BulkOutcome::NotFound
            }
        };
        Ok(ids.iter().map(|id| (*id, outcome(*id))).collect())
    })
    .await
}

impl Bulk<'_> {
    async fn assign(&mut self, rows: &[Conversation], to: Option<UserId>) -> Result<(), ChangeError> {
        let to = match to {
            Some(user) => Some(owner(self.tx, user).await?),
            None => None,
        };
        let moving: Vec<&Conversation> = rows.iter().filter(|row| row.assignee_id != to).collect();
        self.changed = moving.iter().map(|row| row.id).collect();
        diesel::update(conversations::table.filter(conversations::id.eq_any(&self.changed)))
            .set(conversations::assignee_id.eq(to))
            .execute(&mut **self.tx)
            .await
            .map_err(DbError::from)?;
        let entries = moving
            .iter()
            .flat_map(|row| told(row, (row.status, row.snoozed_until), to, Some(self.actor)))
            .collect();
        audit::record_all(self.tx, entries, self.now).await?;
        let former: Vec<_> = moving.iter().map(|row| (row.id, row.assignee_id)).collect();
        event::append_assigned(self.tx, &former).await?;
        let given = given(&self.changed, to);
        Ok(notification::tell(self.tx, &given, self.actor, self.now).await?)
    }

    async fn set_status(
        &mut self,
        rows: &[Conversation],
        status: ConversationStatus,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), ChangeError> {
        let changes = ConversationChanges {
            status: Some(status),
            snoozed_until: until.map_or(pg::Patch::Keep, pg::Patch::Set),
            ..ConversationChanges::default()
        };
        let mut entries = Vec::new();
        for row in rows {
            let (status, until) = snooze(row, &changes, self.now)?;
            if (status, until) == (row.status, row.snoozed_until) {
                continue;
            }
            entries.extend(told(row, (status, until), row.assignee_id, Some(self.actor)));
            self.changed.push(row.id);
        }
        let until = until.filter(|_| status == ConversationStatus::Snoozed);
        diesel::update(conversations::table.filter(conversations::id.eq_any(&self.changed)))
            .set((
                conversations::status.eq(status.as_str()),
                conversations::snoozed_until.eq(until),
            ))
            .execute(&mut **self.tx)
            .await
            .map_err(DbError::from)?;
        audit::record_all(self.tx, entries, self.now).await?;
        self.tell().await
    }

    async fn tag(&mut self, rows: &[Conversation], names: &[String], add: bool) -> Result<(), ChangeError> {
        let tags = Tags::new(self.tx)
            .ids_of(names, add)
            .await
            .map_err(|error| match error {
                SaveTagError::Db(error) => ChangeError::Db(error),
                other => ChangeError::Tag(other),
            })?;
        let ids: Vec<ConversationId> = rows.iter().map(|row| row.id).collect();
        let carried = Tags::new(self.tx).of(&ids).await?;
        let mut pairs: Vec<(ConversationId, TagId)> = Vec::new();
        for row in rows {
            let has: Vec<TagId> = carried
                .iter()
                .filter(|(id, _)| *id == row.id)
                .map(|(_, tag)| tag.id)
                .collect();
            let concerned: Vec<TagId> = tags
                .iter()
                .copied()
                .filter(|tag| has.contains(tag) != add)
                .collect();
            if add && !concerned.is_empty() && has.len() + concerned.len() > MOST_TAGS {
                self.full.push(row.id);
                continue;
            }
            if !concerned.is_empty() {
                self.changed.push(row.id);
            }
            pairs.extend(concerned.into_iter().map(|tag| (row.id, tag)));
        }
        self.write_tags(&pairs, &tags, add).await?;
        let member = if add { "added" } else { "removed" };
        let entries = self.changed.iter().map(|id| AuditEntry {
            actor: Some(self.actor),
            action: "conversation.tagged",
            target: Some(id.to_string()),
            data: json!({ member: names }),
        });
        audit::record_all(self.tx, entries.collect(), self.now).await?;
        self.tell().await
    }

    async fn write_tags(
        &mut self,
        pairs: &[(ConversationId, TagId)],
        tags: &[TagId],
        add: bool,
    ) -> Result<(), DbError> {
        if add {
            let rows: Vec<_> = pairs
                .iter()
                .map(|(conversation, tag)| {
                    (
                        conversation_tags::conversation_id.eq(*conversation),
                        conversation_tags::tag_id.eq(*tag),
                    )
                })
                .collect();
            diesel::insert_into(conversation_tags::table)
                .values(rows)
                .on_conflict_do_nothing()
                .execute(&mut **self.tx)
                .await?;
        } else {
            diesel::delete(conversation_tags::table)
                .filter(conversation_tags::conversation_id.eq_any(&self.changed))
                .filter(conversation_tags::tag_id.eq_any(tags))
                .execute(&mut **self.tx)
                .await?;
        }
        Ok(())
    }

    async fn read(&mut self, rows: &[Conversation]) -> Result<(), ChangeError> {
        self.changed = rows
            .iter()
            .filter(|row| row.unread_count > 0)
            .map(|row| row.id)
            .collect();
        diesel::update(conversations::table.filter(conversations::id.eq_any(&self.changed)))
            .set(conversations::unread_count.eq(0))
            .execute(&mut **self.tx)
            .await
            .map_err(DbError::from)?;
        self.tell().await
    }

    async fn tell(&mut self) -> Result<(), ChangeError> {
        let events: Vec<_> = self.changed.iter().copied().map(updated).collect();
        Ok(event::append(self.tx, &events).await?)
    }
}
