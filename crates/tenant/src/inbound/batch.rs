//! Storing customers' messages whose threads are known: one statement for one
//! message, one for many. Each takes the lock, stores what is new, counts it in
//! its conversations and, where it is the whole transaction, writes the events.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::{APPLY_LOCK, InboundItem, InboundMessage, clamp};
use crate::{
    conversation::ConversationId,
    event::{EventKind, NewEvent},
    media::{self, NewMedia},
    message::MessageId,
    sql::{Sql, Statement},
};

/// A message on its way into its thread.
pub(super) struct NewMessage<'m> {
    id: MessageId,
    conversation: ConversationId,
    channel: ChannelId,
    message: &'m InboundMessage,
    raw: &'m str,
}

impl<'m> NewMessage<'m> {
    pub(super) fn new(item: &'m InboundItem, message: &'m InboundMessage, thread: ConversationId) -> Self {
        Self {
            id: MessageId::generate(),
            conversation: thread,
            channel: item.channel,
            message,
            raw: &item.raw,
        }
    }

    pub(super) fn weight(&self) -> Weight {
        Weight {
            is_news: self.message.is_news,
            opens_window: self.message.opens_window,
        }
    }
}

/// What a message does to its thread, the same for all that a statement stores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight {
    is_news: bool,
    opens_window: bool,
}

/// How a statement over arrays begins: the lock, what is new (`inserted`), and what that
/// comes to in each conversation (`summed`).
macro_rules! summed {
    () => {
        "WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock({})), \
        new AS MATERIALIZED ( \
            SELECT *, {} AS created_at \
            FROM unnest({}, {}, {}, {}, {}, {}, {}, {}, {}, {}) \
                AS given (id, conversation_id, channel_id, wamid, kind, body, payload, raw, context_wamid, \
                          occurred_at) \
        ), \
        inserted AS ( \
            INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, payload, raw, \
                                  author_kind, context_wamid, occurred_at, created_at) \
            SELECT id, conversation_id, channel_id, wamid, 'in', kind, body, payload::jsonb, raw::json, \
                   'contact', context_wamid, occurred_at, created_at \
            FROM locked, new \
            ON CONFLICT (channel_id, wamid) DO NOTHING \
            RETURNING id, conversation_id, occurred_at \
        ), \
        summed AS ( \
            SELECT conversation_id, count(*) FILTER (WHERE {})::integer AS unread, max(occurred_at) AS at, \
                   max(occurred_at) FILTER (WHERE {}) AS news_at, \
                   max(occurred_at) FILTER (WHERE {}) AS opened_at, \
                   (array_agg(id ORDER BY occurred_at DESC, id DESC))[1] AS newest \
            FROM inserted GROUP BY conversation_id \
        ), "
    };
}
pub(super) use summed;

/// Counts what is new in its conversations. Free-form answers are allowed for 24 hours
/// after a customer's message (Meta, "customer service windows"). Conversations are touched before the
/// events' counter: whoever answers takes the two in that order as well.
macro_rules! many {
    () => {
        concat!(
            summed!(),
            "touched AS ( \
                UPDATE conversations AS c SET \
                    unread_count = unread_count + s.unread, \
                    last_message_id = CASE WHEN s.at >= last_activity_at OR last_message_id IS NULL THEN s.newest \
                                      ELSE last_message_id END, \
                    last_activity_at = GREATEST(last_activity_at, s.at), \
                    last_inbound_at = GREATEST(last_inbound_at, s.news_at), \
                    window_expires_at = GREATEST(window_expires_at, s.opened_at + interval '24 hours'), \
                    status = CASE WHEN s.unread > 0 AND status IN ('closed', 'snoozed') THEN 'open' \
                             ELSE status END, \
                    snoozed_until = CASE WHEN s.unread > 0 THEN NULL ELSE snoozed_until END \
                FROM summed AS s WHERE c.id = s.conversation_id RETURNING c.id \
            ) "
        )
    };
}

/// Many messages, as a transaction of its own. The events' numbers are missing when
/// identities changed since the threads were looked up: their constraint then refuses the whole statement.
struct Many;

impl Sql for Many {
    const TEXT: &'static str = concat!(
        many!(),
        ", counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + (SELECT count(*) FROM inserted) \
            WHERE identity_epoch = {} AND (SELECT count(*) FROM touched) > 0 \
            RETURNING last_event - (SELECT count(*) FROM inserted) AS base \
        ) \
        INSERT INTO events (seq, kind, conversation_id, message_id) \
        SELECT (SELECT base FROM counter) + row_number() OVER (), {}, conversation_id, id FROM inserted"
    );
}

/// Many messages inside a transaction that writes its events at its end.
struct ManyQuietly;

impl Sql for ManyQuietly {
    const TEXT: &'static str = concat!(many!(), "SELECT id, conversation_id FROM inserted ORDER BY id");
}

/// One message, as a transaction of its own. Most batches are one message: here
/// nothing is summed, sorted or read twice, which is a fifth of the statement's cost.
struct One;

impl Sql for One {
    const TEXT: &'static str = "\
        WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock({})), \
        inserted AS ( \
            INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, payload, raw, \
                                  author_kind, context_wamid, occurred_at, created_at) \
            SELECT {}, {}, {}, {}, 'in', {}, {}, {}::jsonb, {}::json, 'contact', {}, {}, {} FROM locked \
            ON CONFLICT (channel_id, wamid) DO NOTHING RETURNING id \
        ), touched AS ( \
            UPDATE conversations AS c SET \
                unread_count = unread_count + {}::integer, \
                last_message_id = CASE WHEN $11 >= last_activity_at OR last_message_id IS NULL THEN $2 \
                                  ELSE last_message_id END, \
                last_activity_at = GREATEST(last_activity_at, $11), \
                last_inbound_at = GREATEST(last_inbound_at, CASE WHEN $13 THEN $11 END), \
                window_expires_at = GREATEST(window_expires_at, CASE WHEN {} THEN $11 + interval '24 hours' END), \
                status = CASE WHEN $13 AND status IN ('closed', 'snoozed') THEN 'open' ELSE status END, \
                snoozed_until = CASE WHEN $13 THEN NULL ELSE snoozed_until END \
            FROM inserted WHERE c.id = $3 RETURNING c.id \
        ), counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + 1 FROM touched WHERE identity_epoch = {} \
            RETURNING last_event \
        ) \
        INSERT INTO events (seq, kind, conversation_id, message_id) \
        SELECT (SELECT last_event FROM counter), {}, $3, id FROM inserted";
}

/// Stores `new`, all of one [`Weight`], and its events in a transaction of its own.
///
/// # Errors
/// Beside the usual ones, what [`is_stale`] tells: the threads must be looked up anew.
pub(super) async fn store(
    conn: &mut Conn<Tenant>,
    new: &[NewMessage<'_>],
    epoch: i64,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if let [only] = new {
        let NewMessage { message, .. } = only;
        Statement::<One>::new()
            .bind::<BigInt, _>(APPLY_LOCK)
            .bind::<SqlUuid, _>(only.id)
            .bind::<SqlUuid, _>(only.conversation)
            .bind::<SqlUuid, _>(only.channel)
            .bind::<Text, _>(message.wamid.as_str())
            .bind::<Text, _>(message.kind.as_str())
            .bind::<Nullable<Text>, _>(message.body.as_deref())
            .bind::<Nullable<Text>, _>(payload(message))
            .bind::<Text, _>(only.raw)
            .bind::<Nullable<Text>, _>(message.context_wamid.as_deref())
            .bind::<Timestamptz, _>(clamp(message.at, now))
            .bind::<Timestamptz, _>(now)
            .bind::<Bool, _>(message.is_news)
            .bind::<Bool, _>(message.opens_window)
            .bind::<BigInt, _>(epoch)
            .bind::<Text, _>(EventKind::MessageCreated.as_str())
            .execute(&mut **conn)
            .await?;
        return Ok(());
    }
    arrays::<Many>(new, now)
        .bind::<BigInt, _>(epoch)
        .bind::<Text, _>(EventKind::MessageCreated.as_str())
        .execute(&mut **conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = SqlUuid)]
    id: MessageId,
    #[diesel(sql_type = SqlUuid)]
    conversation_id: ConversationId,
}

/// Stores `new` and the files that they bring inside a transaction, and tells what
/// has to be announced.
pub(super) async fn store_quietly(
    tx: &mut Conn<Tenant>,
    mut new: Vec<NewMessage<'_>>,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    for alike in by_weight(&mut new) {
        store_alike(tx, alike, now, events).await?;
    }
    Ok(())
}

/// The messages, those of one [`Weight`] together.
pub(super) fn by_weight<'n, 'm>(new: &'n mut [NewMessage<'m>]) -> impl Iterator<Item = &'n [NewMessage<'m>]> {
    new.sort_by_key(NewMessage::weight);
    new.chunk_by(|one, other| one.weight() == other.weight())
}

async fn store_alike(
    tx: &mut Conn<Tenant>,
    new: &[NewMessage<'_>],
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    let inserted: Vec<Inserted> = arrays::<ManyQuietly>(new, now).get_results(&mut **tx).await?;
    let files: Vec<NewMedia<'_>> = new
        .iter()
        .filter(|new| new.message.media.is_some() && inserted.iter().any(|row| row.id == new.id))
        .filter_map(|new| {
            Some(NewMedia {
                message: new.id,
                channel: new.channel,
                media: new.message.media.as_deref()?,
                sent_at: clamp(new.message.at, now),
            })
        })
        .collect();
    if !files.is_empty() {
        media::attach(tx, &files, now).await?;
    }
    events.extend(inserted.into_iter().map(|row| NewEvent {
        kind: EventKind::MessageCreated,
        conversation: row.conversation_id,
        message: Some(row.id),
    }));
    Ok(())
}

/// A statement that begins with [`summed`], and the values of that part: `new`, all of one [`Weight`].
pub(super) fn arrays<'m, S: Sql>(new: &[NewMessage<'m>], now: DateTime<Utc>) -> Statement<'m, S> {
    fn column<'m, T>(new: &[NewMessage<'m>], of: impl Fn(&NewMessage<'m>) -> T) -> Vec<T> {
        new.iter().map(of).collect()
    }
    let weight = new.first().map(NewMessage::weight).unwrap_or_default();
    Statement::new()
        .bind::<BigInt, _>(APPLY_LOCK)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<SqlUuid>, _>(column(new, |new| new.id.uuid()))
        .bind::<Array<SqlUuid>, _>(column(new, |new| new.conversation.uuid()))
        .bind::<Array<SqlUuid>, _>(column(new, |new| new.channel.0))
        .bind::<Array<Text>, _>(column(new, |new| new.message.wamid.as_str()))
        .bind::<Array<Text>, _>(column(new, |new| new.message.kind.as_str()))
        .bind::<Array<Nullable<Text>>, _>(column(new, |new| new.message.body.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(new, |new| payload(new.message)))
        .bind::<Array<Text>, _>(column(new, |new| new.raw))
        .bind::<Array<Nullable<Text>>, _>(column(new, |new| new.message.context_wamid.as_deref()))
        .bind::<Array<Timestamptz>, _>(column(new, |new| clamp(new.message.at, now)))
        .bind::<Bool, _>(weight.is_news)
        .bind::<Bool, _>(weight.is_news)
        .bind::<Bool, _>(weight.opens_window)
}

fn payload(message: &InboundMessage) -> Option<String> {
    message.payload.as_ref().map(serde_json::Value::to_string)
}

/// Whether what a batch went by is no longer so: identities were merged or changed,
/// a conversation is gone, or a stranger became known.
pub(super) fn is_stale(error: &DbError) -> bool {
    const BROKEN: [&str; 4] = [
        "messages_conversation_id_fkey",
        "contacts_user_key_key",
        "contact_keys_pkey",
        "conversations_channel_id_user_key_key",
    ];
    BROKEN.iter().any(|name| error.conflicts_with(name)) || error.is_missing("seq")
}
