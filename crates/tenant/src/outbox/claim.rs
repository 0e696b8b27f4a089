//! Taking the permission to send.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::{Attempt, AttemptRef, OutboxId, SendClass};
use crate::{
    conversation::ConversationId,
    event::{self, EventKind, NewEvent},
    message::MessageId,
    sql::{Sql, Statement},
};

/// How long an attempt may take before its worker counts as gone: longer than the client's own
/// time limit and the wait for its place in the line's rhythm, so that a living worker always
/// settles first.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// How many messages a line has room for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The line.
    pub channel: ChannelId,
    /// At most so many.
    pub messages: i32,
}

/// What a claim came to.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    /// What may be sent now, in the order in which it should be.
    pub attempts: Vec<Attempt>,
    /// How many may not be sent any more: the window has closed, or the customer wants none.
    pub refused: usize,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: OutboxId,
    #[diesel(sql_type = SqlUuid)]
    message_id: MessageId,
    #[diesel(sql_type = SqlUuid)]
    conversation_id: ConversationId,
    #[diesel(sql_type = SqlUuid)]
    channel_id: ChannelId,
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Integer)]
    attempt: i32,
    #[diesel(sql_type = Integer)]
    tries: i32,
    #[diesel(sql_type = Nullable<Text>)]
    refusal: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    bsuid: Option<String>,
    #[diesel(sql_type = Text)]
    user_key: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    payload: Option<serde_json::Value>,
    #[diesel(sql_type = Nullable<Text>)]
    context_wamid: Option<String>,
}

/// `$1`: lines, `$2`: their room, `$3`: now, `$4`: threads left alone, `$5`: attempt, `$6`: lease.
///
/// Whether an earlier message waits is asked row by row, and not by NOT EXISTS, which would be planned as a
/// join over everything that waits: a claim of four would cost as much as the whole queue.
struct Take;

impl Sql for Take {
    const TEXT: &'static str = "\
        WITH due AS MATERIALIZED ( \
            SELECT next.* FROM unnest({}, {}) AS line (channel_id, room) CROSS JOIN LATERAL ( \
                SELECT o.id, o.message_id, o.conversation_id FROM outbox AS o \
                WHERE o.channel_id = line.channel_id AND o.state IN ('queued', 'retry') \
                  AND o.next_attempt_at <= {} AND o.conversation_id <> ALL ({}) \
                  AND (SELECT true FROM outbox AS earlier WHERE earlier.conversation_id = o.conversation_id \
                       AND earlier.state IN ('queued', 'retry', 'sending') AND earlier.id <> o.id \
                       AND (earlier.state = 'sending' OR (earlier.class, earlier.id) < (o.class, o.id)) \
                       LIMIT 1) IS NULL \
                ORDER BY o.class, o.id LIMIT line.room FOR UPDATE OF o SKIP LOCKED \
            ) AS next \
        ), \
        judged AS ( \
            SELECT due.id, due.message_id, message.kind, message.body, message.payload, message.context_wamid, \
                   thread.user_key, contact.phone, contact.bsuid, \
                   CASE WHEN contact.blocked_at IS NOT NULL THEN 'contact_blocked' \
                        WHEN message.kind = 'template' \
                        THEN CASE WHEN contact.marketing_opt_out_at IS NOT NULL THEN 'contact_opted_out' END \
                        WHEN thread.window_expires_at > $3 THEN NULL \
                        ELSE 'window_closed' END AS refusal \
            FROM due JOIN messages AS message ON message.id = due.message_id \
            JOIN conversations AS thread ON thread.id = due.conversation_id \
            JOIN contacts AS contact ON contact.id = thread.contact_id \
        ), \
        taken AS ( \
            UPDATE outbox AS o SET \
                state = CASE WHEN judged.refusal IS NULL THEN 'sending' \
                             WHEN o.unknown_at IS NOT NULL THEN 'unknown' ELSE 'failed' END, \
                attempt = o.attempt + (judged.refusal IS NULL)::integer, \
                tries = o.tries + (judged.refusal IS NULL)::integer, \
                attempt_id = CASE WHEN judged.refusal IS NULL THEN {} END, \
                lease_until = CASE WHEN judged.refusal IS NULL THEN {} END \
            FROM judged WHERE o.id = judged.id AND o.state IN ('queued', 'retry') \
            RETURNING o.* \
        ), \
        marked AS ( \
            UPDATE messages AS m SET state = taken.state, \
                failed_at = CASE taken.state WHEN 'failed' THEN $3 ELSE m.failed_at END, \
                error_title = COALESCE(judged.refusal, m.error_title) \
            FROM taken JOIN judged USING (id) WHERE m.id = taken.message_id \
        ) \
        SELECT taken.id, taken.message_id, taken.conversation_id, taken.channel_id, taken.class, taken.attempt, \
               taken.tries, judged.refusal, judged.phone, judged.bsuid, judged.user_key, judged.kind, judged.body, \
               judged.payload, judged.context_wamid \
        FROM taken JOIN judged USING (id) ORDER BY taken.class, taken.id";
}

/// Takes what is due on the lines that have room, the most urgent first, and commits the attempts.
/// Threads in `held` are left alone.
///
/// A thread yields one message at a time, so its messages reach Meta in the order in which they
/// were written; what a person writes goes before what a campaign has waiting. What may not be sent
/// any more fails here: whatever is for somebody blocked, free-form messages outside the customer service window, and templates for
/// whoever wants no marketing, as long as nothing tells that a template is none.
pub async fn claim(
    conn: &mut Conn<Tenant>,
    rooms: &[Room],
    held: &[ConversationId],
    now: DateTime<Utc>,
) -> Result<Claimed, DbError> {
    let attempt_id = Uuid::now_v7();
    let lease_until = now + LEASE;
    conn.transaction(async |tx| {
        let rows: Vec<Row> = Statement::<Take>::new()
            .bind::<Array<SqlUuid>, Vec<Uuid>>(rooms.iter().map(|room| room.channel.0).collect())
            .bind::<Array<Integer>, Vec<i32>>(rooms.iter().map(|room| room.messages).collect())
            .bind::<Timestamptz, _>(now)
            .bind::<Array<SqlUuid>, Vec<Uuid>>(held.iter().map(|thread| thread.uuid()).collect())
            .bind::<SqlUuid, _>(attempt_id)
            .bind::<Timestamptz, _>(lease_until)
            .get_results(&mut **tx)
            .await?;
        let events: Vec<NewEvent> = rows
            .iter()
            .filter(|row| row.refusal.is_some())
            .map(|row| NewEvent {
                kind: EventKind::MessageUpdated,
                conversation: row.conversation_id,
                message: Some(row.message_id),
            })
            .collect();
        event::append(tx, &events).await?;
        let refused = events.len();
        let attempts = rows.into_iter().filter(|row| row.refusal.is_none());
        Ok(Claimed {
            attempts: attempts.map(|row| row.attempt(attempt_id, lease_until)).collect(),
            refused,
        })
    })
    .await
}

impl Row {
    fn attempt(self, attempt_id: Uuid, lease_until: DateTime<Utc>) -> Attempt {
        Attempt {
            outbox: self.id,
            attempt_id,
            reference: AttemptRef {
                message: self.message_id,
                attempt: self.attempt,
            },
            tries: self.tries,
            // The column's CHECK allows no other name.
            class: self.class.parse().unwrap_or(SendClass::Campaign),
            conversation: self.conversation_id,
            channel: self.channel_id,
            phone: self.phone,
            bsuid: self.bsuid,
            user_key: self.user_key,
            kind: self.kind,
            body: self.body,
            payload: self.payload,
            context_wamid: self.context_wamid,
            lease_until,
        }
    }
}
