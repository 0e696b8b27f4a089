//! Taking the permission to send, and giving up on workers that vanished.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    dsl::{exists, min, not, sql},
    prelude::*,
    sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::{Attempt, AttemptRef, OutboxId};
use crate::{
    conversation::ConversationId,
    event::{self, EventKind, NewEvent},
    message::MessageId,
    schema::outbox,
};

/// How long an attempt may take before its worker counts as gone: longer than
/// the client's own time limit, so that a living worker always settles first.
const LEASE: TimeDelta = TimeDelta::seconds(60);

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = SqlUuid)]
    id: OutboxId,
    #[diesel(sql_type = SqlUuid)]
    message_id: MessageId,
    #[diesel(sql_type = SqlUuid)]
    conversation_id: ConversationId,
    #[diesel(sql_type = SqlUuid)]
    channel_id: ChannelId,
    #[diesel(sql_type = Integer)]
    attempt: i32,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    bsuid: Option<String>,
    #[diesel(sql_type = Text)]
    user_key: String,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    context_wamid: Option<String>,
}

/// Takes the next message that is due, the oldest of its conversation, and
/// commits the attempt. `None` when nothing is due.
///
/// A conversation with an attempt under way yields nothing, so its messages
/// reach Meta in the order in which they were written.
pub async fn claim_next(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<Option<Attempt>, DbError> {
    let attempt_id = Uuid::now_v7();
    let lease_until = now + LEASE;
    let claimed: Option<Claimed> = diesel::sql_query(
        "WITH due AS MATERIALIZED ( \
             SELECT o.id FROM outbox o \
             WHERE o.state IN ('queued', 'retry') AND o.next_attempt_at <= $1 \
               AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id \
                               AND e.state IN ('queued', 'retry', 'sending') AND e.id < o.id) \
             ORDER BY o.next_attempt_at, o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED), \
         taken AS ( \
             UPDATE outbox o SET state = 'sending', attempt = o.attempt + 1, attempt_id = $2, lease_until = $3 \
             FROM due WHERE o.id = due.id AND o.state IN ('queued', 'retry') RETURNING o.*), \
         marked AS ( \
             UPDATE messages m SET state = 'sending' FROM taken WHERE m.id = taken.message_id \
             RETURNING m.id, m.body, m.context_wamid) \
         SELECT taken.id, taken.message_id, taken.conversation_id, taken.channel_id, taken.attempt, \
                contacts.phone, contacts.bsuid, \
                conversations.user_key, marked.body, marked.context_wamid \
         FROM taken JOIN marked ON marked.id = taken.message_id \
         JOIN conversations ON conversations.id = taken.conversation_id \
         JOIN contacts ON contacts.id = conversations.contact_id",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(attempt_id)
    .bind::<Timestamptz, _>(lease_until)
    .get_result(&mut **conn)
    .await
    .optional()?;
    Ok(claimed.map(|row| Attempt {
        outbox: row.id,
        attempt_id,
        reference: AttemptRef {
            message: row.message_id,
            attempt: row.attempt,
        },
        conversation: row.conversation_id,
        channel: row.channel_id,
        phone: row.phone,
        bsuid: row.bsuid,
        user_key: row.user_key,
        body: row.body.unwrap_or_default(),
        context_wamid: row.context_wamid,
        lease_until,
    }))
}

/// When the next message is due or the next lease ends; `None` when nothing waits.
pub async fn next_due(conn: &mut Conn<Tenant>) -> Result<Option<DateTime<Utc>>, DbError> {
    // What waits for its predecessor is not due, however old it is.
    let earlier = diesel::alias!(outbox as earlier);
    let predecessors = earlier
        .filter(earlier.field(outbox::conversation_id).eq(outbox::conversation_id))
        .filter(
            earlier
                .field(outbox::state)
                .eq_any(["queued", "retry", "sending"]),
        )
        .filter(earlier.field(outbox::id).lt(outbox::id));
    let due: Option<DateTime<Utc>> = outbox::table
        .filter(outbox::state.eq_any(["queued", "retry"]))
        .filter(not(exists(predecessors)))
        .select(min(outbox::next_attempt_at))
        .first(&mut **conn)
        .await?;
    let lease: Option<DateTime<Utc>> = outbox::table
        .filter(outbox::state.eq("sending"))
        .select(min(outbox::lease_until))
        .first(&mut **conn)
        .await?;
    Ok(match (due, lease) {
        (Some(due), Some(lease)) => Some(due.min(lease)),
        (due, lease) => due.or(lease),
    })
}

/// Marks attempts whose worker vanished as unknown: they may have reached Meta,
/// so they never go back to the queue by themselves. Returns how many there were.
pub async fn expire_leases(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<usize, DbError> {
    conn.transaction(async |tx| {
        let lost: Vec<(MessageId, ConversationId)> = diesel::update(outbox::table)
            .filter(outbox::state.eq("sending").and(outbox::lease_until.lt(now)))
            .set((
                outbox::state.eq("unknown"),
                outbox::lease_until.eq(sql::<Nullable<Timestamptz>>("NULL")),
            ))
            .returning((outbox::message_id, outbox::conversation_id))
            .get_results(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let ids: Vec<MessageId> = lost.iter().map(|(message, _)| *message).collect();
        super::settle::set_state(tx, &ids, "unknown").await?;
        let events: Vec<NewEvent> = lost
            .iter()
            .map(|(message, conversation)| NewEvent {
                kind: EventKind::MessageUpdated,
                conversation: *conversation,
                message: Some(*message),
            })
            .collect();
        event::append(tx, &events).await?;
        Ok(lost.len())
    })
    .await
}
