//! What happened, in an order without gaps. The socket only hints; this is the truth.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use crate::{
    conversation::Sight,
    id::ConversationId,
    id::MessageId,
    id::UserId,
    schema::{conversations, events, tenant_meta},
    sql::{Sql, Statement},
};

/// The kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A message or note was added.
    MessageCreated,
    /// A message's status changed.
    MessageUpdated,
    /// A conversation began.
    ConversationCreated,
    /// A conversation's state, tags or counters changed.
    ConversationUpdated,
    /// A conversation's owner changed, and what changed with it.
    ConversationAssigned,
    /// Somebody is told of something in a conversation.
    NotificationCreated,
    /// Somebody has seen what he was told of.
    NotificationRead,
}

impl EventKind {
    /// The stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageCreated => "message.created",
            Self::MessageUpdated => "message.updated",
            Self::ConversationCreated => "conversation.created",
            Self::ConversationUpdated => "conversation.updated",
            Self::ConversationAssigned => "conversation.assigned",
            Self::NotificationCreated => "notification.created",
            Self::NotificationRead => "notification.read",
        }
    }
}

/// An event about to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// In which conversation.
    pub conversation: ConversationId,
    /// To which message, if to one.
    pub message: Option<MessageId>,
}

/// An event as read back.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number; the next one is one higher.
    pub seq: i64,
    /// One of [`EventKind::as_str`].
    pub kind: String,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// To which message.
    pub message_id: Option<MessageId>,
    /// Whose the conversation was, where its owner changed.
    pub former_assignee_id: Option<UserId>,
    /// Whom alone it concerns, if it is not for everybody who sees the conversation.
    pub user_id: Option<UserId>,
    /// Whose it was when this was read.
    pub assignee_id: Option<UserId>,
}

/// What an event is to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// It happened in sight.
    Seen,
    /// By it the conversation went out of sight.
    Gone,
    /// It is none of his business.
    None,
}

impl Event {
    /// Whether its conversation's owner changed.
    pub fn is_assignment(&self) -> bool {
        self.kind == EventKind::ConversationAssigned.as_str()
    }

    /// What it is to this person with these eyes.
    pub fn concerns(&self, user: UserId, sight: Sight) -> Concern {
        if self.user_id.is_some_and(|only| only != user) {
            Concern::None
        } else if sight.sees(self.assignee_id) {
            Concern::Seen
        } else if self.is_assignment() && sight.sees(self.former_assignee_id) {
            Concern::Gone
        } else {
            Concern::None
        }
    }
}

struct Append;

impl Sql for Append {
    const TEXT: &'static str = "\
        WITH given (count) AS (VALUES ({})), \
        counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + count FROM given RETURNING last_event - count AS base \
        ) \
        INSERT INTO events (seq, kind, conversation_id, message_id) \
        SELECT base + n, kind, conversation_id, message_id \
        FROM counter, unnest({}, {}, {}) WITH ORDINALITY AS new (kind, conversation_id, message_id, n)";
}

/// Appends events. Call it last in a transaction: from here to the commit it
/// holds the tenant's counter, which is what keeps the order free of gaps.
pub async fn append(conn: &mut Conn<Tenant>, new: &[NewEvent]) -> Result<(), DbError> {
    if new.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = new.iter().map(|event| event.kind.as_str()).collect();
    let conversations: Vec<_> = new.iter().map(|event| event.conversation.uuid()).collect();
    let messages: Vec<_> = new
        .iter()
        .map(|event| event.message.map(MessageId::uuid))
        .collect();
    Statement::<Append>::new()
        .bind::<BigInt, _>(i64::try_from(new.len()).unwrap_or(i64::MAX))
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<SqlUuid>, _>(conversations)
        .bind::<Array<Nullable<SqlUuid>>, _>(messages)
        .execute(&mut **conn)
        .await?;
    Ok(())
}

struct AppendAssigned;

impl Sql for AppendAssigned {
    const TEXT: &'static str = "\
        WITH given (count) AS (VALUES ({})), \
        counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + count FROM given RETURNING last_event - count AS base \
        ) \
        INSERT INTO events (seq, kind, conversation_id, former_assignee_id) \
        SELECT base + n, {}, conversation_id, former \
        FROM counter, unnest({}, {}) WITH ORDINALITY AS new (conversation_id, former, n)";
}

/// Appends that conversations' owners changed, each with whose it was. Last in a transaction, as [`append`].
pub(crate) async fn append_assigned(
    conn: &mut Conn<Tenant>,
    changed: &[(ConversationId, Option<UserId>)],
) -> Result<(), DbError> {
    if changed.is_empty() {
        return Ok(());
    }
    let conversations: Vec<_> = changed.iter().map(|(id, _)| id.uuid()).collect();
    let former: Vec<_> = changed
        .iter()
        .map(|(_, former)| former.map(UserId::uuid))
        .collect();
    Statement::<AppendAssigned>::new()
        .bind::<BigInt, _>(i64::try_from(changed.len()).unwrap_or(i64::MAX))
        .bind::<Text, _>(EventKind::ConversationAssigned.as_str())
        .bind::<Array<SqlUuid>, _>(conversations)
        .bind::<Array<Nullable<SqlUuid>>, _>(former)
        .execute(&mut **conn)
        .await?;
    Ok(())
}

struct AppendFor;

impl Sql for AppendFor {
    const TEXT: &'static str = "\
        WITH given (count) AS (VALUES ({})), \
        counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + count FROM given RETURNING last_event - count AS base \
        ) \
        INSERT INTO events (seq, kind, conversation_id, message_id, user_id) \
        SELECT base + n, {}, conversation_id, message_id, user_id \
        FROM counter, unnest({}, {}, {}) WITH ORDINALITY AS new (conversation_id, message_id, user_id, n)";
}

/// Appends what concerns one person alone, each with whom. Last in a transaction, as [`append`].
pub(crate) async fn append_for(
    conn: &mut Conn<Tenant>,
    kind: EventKind,
    told: &[(UserId, ConversationId, Option<MessageId>)],
) -> Result<(), DbError> {
    if told.is_empty() {
        return Ok(());
    }
    let conversations: Vec<_> = told.iter().map(|(_, id, _)| id.uuid()).collect();
    let messages: Vec<_> = told.iter().map(|(.., id)| id.map(MessageId::uuid)).collect();
    let users: Vec<_> = told.iter().map(|(id, ..)| id.uuid()).collect();
    Statement::<AppendFor>::new()
        .bind::<BigInt, _>(i64::try_from(told.len()).unwrap_or(i64::MAX))
        .bind::<Text, _>(kind.as_str())
        .bind::<Array<SqlUuid>, _>(conversations)
        .bind::<Array<Nullable<SqlUuid>>, _>(messages)
        .bind::<Array<SqlUuid>, _>(users)
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// The number of the newest event; 0 before the first.
pub async fn newest(conn: &mut Conn<Tenant>) -> Result<i64, DbError> {
    Ok(tenant_meta::table
        .select(tenant_meta::last_event)
        .first(&mut **conn)
        .await?)
}

/// Events after `since`, oldest first, at most `limit`.
pub async fn since(conn: &mut Conn<Tenant>, since: i64, limit: i64) -> Result<Vec<Event>, DbError> {
    let rows = events::table
        .left_join(conversations::table.on(events::conversation_id.eq(conversations::id)))
        .filter(events::seq.gt(since))
        .order(events::seq)
        .limit(limit)
        .select((
            events::seq,
            events::kind,
            events::conversation_id,
            events::message_id,
            events::former_assignee_id,
            events::user_id,
            conversations::assignee_id.nullable(),
        ))
        .load(&mut **conn)
        .await?;
    let event = |(seq, kind, conversation_id, message_id, former_assignee_id, user_id, assignee_id)| Event {
        seq,
        kind,
        conversation_id,
        message_id,
        former_assignee_id,
        user_id,
        assignee_id,
    };
    Ok(rows.into_iter().map(event).collect())
}
