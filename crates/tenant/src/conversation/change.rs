//! What the team does to a conversation: state, owner, tags, read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Patch, Tenant};

use super::{Conversation, ConversationId, ConversationStatus, Conversations};
use crate::{
    audit::{self, AuditEntry},
    event::{self, EventKind, NewEvent},
    notification::{self, NewNotification, NotificationKind},
    schema::conversations,
    tag::{SaveTagError, Tags},
    user::{UserId, Users},
};

/// What to change of a conversation.
#[derive(Debug, Clone, Default)]
pub struct ConversationChanges {
    /// Another state.
    pub status: Option<ConversationStatus>,
    /// Another owner, or nobody.
    pub assignee: Patch<UserId>,
    /// Until when it is snoozed; needed for `snoozed`, meaningless otherwise.
    pub snoozed_until: Patch<DateTime<Utc>>,
    /// Whose it was, or that it was nobody's, when the change was decided: nobody undoes unseen what
    /// somebody else has just done.
    pub expected_assignee: Patch<UserId>,
}

/// Why a conversation could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// No such conversation.
    #[error("there is no such conversation")]
    Unknown,
    /// Somebody else has changed the owner since.
    #[error("somebody else has given it to another owner in the meantime")]
    OwnedMeanwhile,
    /// The new owner is nobody of the team, or locked out, or may not read conversations.
    #[error("this person cannot own conversations")]
    InvalidAssignee,
    /// Snoozed without a time, or until a time that has passed.
    #[error("a snoozed conversation needs a time in the future")]
    InvalidSnooze,
    /// A tag's name is not valid.
    #[error(transparent)]
    Tag(SaveTagError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Applies `changes` and tells everybody.
pub async fn change(
    conn: &mut Conn<Tenant>,
    id: ConversationId,
    changes: &ConversationChanges,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), ChangeError> {
    conn.transaction(async |tx| {
        let before = Conversations::new(tx)
            .lock(id)
            .await?
            .ok_or(ChangeError::Unknown)?;
        let expected = match changes.expected_assignee {
            Patch::Keep => before.assignee_id,
            Patch::Clear => None,
            Patch::Set(user) => Some(user),
        };
        if expected != before.assignee_id {
            return Err(ChangeError::OwnedMeanwhile);
        }
        let assignee = match changes.assignee {
            Patch::Keep => before.assignee_id,
            Patch::Clear => None,
            Patch::Set(user) => Some(owner(tx, user).await?),
        };
        let (status, snoozed_until) = snooze(&before, changes, now)?;
        diesel::update(conversations::table.find(id))
            .set((
                conversations::status.eq(status.as_str()),
                conversations::snoozed_until.eq(snoozed_until),
                conversations::assignee_id.eq(assignee),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let entries = told(&before, (status, snoozed_until), assignee, Some(actor));
        audit::record_all(tx, entries, now).await?;
        if assignee == before.assignee_id {
            event::append(tx, &[updated(id)]).await?;
        } else {
            event::append_assigned(tx, &[(id, before.assignee_id)]).await?;
            notification::tell(tx, &given(&[id], assignee), actor, now).await?;
        }
        Ok(())
    })
    .await
}

/// What the new owner of conversations is told.
pub(super) fn given(ids: &[ConversationId], to: Option<UserId>) -> Vec<NewNotification> {
    let of = |user| {
        ids.iter().map(move |id| NewNotification {
            user,
            kind: NotificationKind::Assigned,
            conversation: *id,
            message: None,
        })
    };
    to.into_iter().flat_map(of).collect()
}

pub(super) async fn owner(tx: &mut Conn<Tenant>, user: UserId) -> Result<UserId, ChangeError> {
    let user = Users::new(tx)
        .find(user)
        .await?
        .ok_or(ChangeError::InvalidAssignee)?;
    if user.is_active && user.role.allows(crate::user::Permission::ChatRead) {
        Ok(user.id)
    } else {
        Err(ChangeError::InvalidAssignee)
    }
}

pub(super) fn snooze(
    before: &Conversation,
    changes: &ConversationChanges,
    now: DateTime<Utc>,
) -> Result<(ConversationStatus, Option<DateTime<Utc>>), ChangeError> {
    let until = match changes.snoozed_until {
        Patch::Keep => before.snoozed_until,
        Patch::Clear => None,
        Patch::Set(until) => Some(until),
    };
    let status = match (changes.status, changes.snoozed_until) {
        (Some(status), _) => status,
        (None, Patch::Set(_)) => ConversationStatus::Snoozed,
        (None, Patch::Clear) if before.status == ConversationStatus::Snoozed => ConversationStatus::Open,
        (None, _) => before.status,
    };
    if status != ConversationStatus::Snoozed {
        return Ok((status, None));
    }
    let asked = changes.status.is_some() || !changes.snoozed_until.is_keep();
    match until {
        // Whose time has come unnoticed is not what this change is about.
        Some(until) if until > now || !asked => Ok((status, Some(until))),
        _ => Err(ChangeError::InvalidSnooze),
    }
}

/// What the audit keeps of a change.
pub(super) fn told(
    before: &Conversation,
    (status, until): (ConversationStatus, Option<DateTime<Utc>>),
    assignee: Option<UserId>,
    actor: Option<UserId>,
) -> Vec<AuditEntry<'static>> {
    let mut entries = Vec::new();
    if (status, until) != (before.status, before.snoozed_until) {
        let mut data = serde_json::json!({ "from": before.status.as_str(), "to": status.as_str() });
        if let Some(until) = until {
            data["until"] = serde_json::json!(until);
        }
        entries.push(("conversation.status_changed", data));
    }
    if assignee != before.assignee_id {
        entries.push((
            "conversation.assigned",
            serde_json::json!({ "from": before.assignee_id, "to": assignee }),
        ));
    }
    entries
        .into_iter()
        .map(|(action, data)| AuditEntry {
            actor,
            action,
            target: Some(before.id.to_string()),
            data,
        })
        .collect()
}

/// Makes `names` the conversation's tags; unknown names become tags.
pub async fn set_tags(
    conn: &mut Conn<Tenant>,
    id: ConversationId,
    names: &[String],
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), ChangeError> {
    conn.transaction(async |tx| {
        Conversations::new(tx)
            .lock(id)
            .await?
            .ok_or(ChangeError::Unknown)?;
        Tags::new(tx)
            .assign(id, names)
            .await
            .map_err(|error| match error {
                SaveTagError::Db(error) => ChangeError::Db(error),
                other => ChangeError::Tag(other),
            })?;
        let data = serde_json::json!({ "tags": names });
        let target = Some(id.to_string());
        let entry = AuditEntry {
            actor: Some(actor),
            action: "conversation.tagged",
            target,
            data,
        };
        audit::record(tx, entry, now).await?;
        event::append(tx, &[updated(id)]).await?;
        Ok(())
    })
    .await
}

/// Sets the unread count to zero; whether there was anything unread.
pub async fn mark_read(conn: &mut Conn<Tenant>, id: ConversationId) -> Result<bool, ChangeError> {
    conn.transaction(async |tx| {
        let before = Conversations::new(tx)
            .lock(id)
            .await?
            .ok_or(ChangeError::Unknown)?;
        if before.unread_count > 0 {
            diesel::update(conversations::table.find(id))
                .set(conversations::unread_count.eq(0))
                .execute(&mut **tx)
                .await
                .map_err(DbError::from)?;
            event::append(tx, &[updated(id)]).await?;
        }
        Ok(before.unread_count > 0)
    })
    .await
}

pub(super) fn updated(conversation: ConversationId) -> NewEvent {
    NewEvent {
        kind: EventKind::ConversationUpdated,
        conversation,
        message: None,
    }
}

/// Opens the conversations whose sleep is over, and tells everybody. Returns how many there were.
pub async fn wake_due(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<usize, DbError> {
    conn.transaction(async |tx| {
        let woken: Vec<Conversation> = conversations::table
            .filter(conversations::status.eq(ConversationStatus::Snoozed.as_str()))
            .filter(conversations::snoozed_until.le(now))
            .order(conversations::id)
            .select(Conversation::as_select())
            .for_update()
            .load(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let ids: Vec<ConversationId> = woken.iter().map(|row| row.id).collect();
        diesel::update(conversations::table.filter(conversations::id.eq_any(&ids)))
            .set((
                conversations::status.eq(ConversationStatus::Open.as_str()),
                conversations::snoozed_until.eq(None::<DateTime<Utc>>),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let awake = (ConversationStatus::Open, None);
        let entries = woken
            .iter()
            .flat_map(|row| told(row, awake, row.assignee_id, None))
            .collect();
        audit::record_all(tx, entries, now).await?;
        let events: Vec<NewEvent> = ids.iter().copied().map(updated).collect();
        event::append(tx, &events).await?;
        Ok(woken.len())
    })
    .await
}

/// When the next sleep is over; `None` when no conversation sleeps.
pub async fn next_wake(conn: &mut Conn<Tenant>) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(conversations::table
        .filter(conversations::status.eq(ConversationStatus::Snoozed.as_str()))
        .select(diesel::dsl::min(conversations::snoozed_until))
        .first(&mut **conn)
        .await?)
}
