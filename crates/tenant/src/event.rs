//! What happened, in an order without gaps. The socket only hints; this is the truth.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use crate::{
    id::ConversationId,
    id::MessageId,
    schema::{events, tenant_meta},
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
    /// A conversation's state, owner, tags or counters changed.
    ConversationUpdated,
}

impl EventKind {
    /// The stable name, as stored and as clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageCreated => "message.created",
            Self::MessageUpdated => "message.updated",
            Self::ConversationCreated => "conversation.created",
            Self::ConversationUpdated => "conversation.updated",
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
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Event {
    /// Its number; the next one is one higher.
    pub seq: i64,
    /// One of [`EventKind::as_str`].
    pub kind: String,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// To which message.
    pub message_id: Option<MessageId>,
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

/// The number of the newest event; 0 before the first.
pub async fn newest(conn: &mut Conn<Tenant>) -> Result<i64, DbError> {
    Ok(tenant_meta::table
        .select(tenant_meta::last_event)
        .first(&mut **conn)
        .await?)
}

/// Events after `since`, oldest first, at most `limit`.
pub async fn since(conn: &mut Conn<Tenant>, since: i64, limit: i64) -> Result<Vec<Event>, DbError> {
    Ok(events::table
        .filter(events::seq.gt(since))
        .order(events::seq)
        .limit(limit)
        .select(Event::as_select())
        .load(&mut **conn)
        .await?)
}
