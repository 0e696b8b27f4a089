//! Messages that were said without us: from the business's phone just now, or before
//! the line was connected. They join their threads; nobody is told to answer them, and
//! no window opens.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_types::{Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::{
    Effects, clamp, join_orphans,
    row::{self, QuietRow, RawJson},
};
use crate::{
    contact::{self, Identity},
    event::EventKind,
    id::{ConversationId, MessageId},
    message::{AuthorKind, Direction},
    schema::messages,
    status::Delivery,
};

/// What stands in a history for a file that comes with a later webhook.
const PLACEHOLDER: &str = "media_placeholder";

/// A message as it came.
#[derive(Debug, Clone)]
pub struct OutsideMessage {
    /// Meta's id.
    pub wamid: String,
    /// The customer at the other end.
    pub peer: Identity,
    /// Whether the business sent it.
    pub is_outbound: bool,
    /// Whether it is from before the line was connected: then its time is kept, however old.
    pub is_history: bool,
    /// How far it had got, for one that the business had sent.
    pub delivery: Option<Delivery>,
    /// Meta's type.
    pub kind: String,
    /// Its words, if it has any.
    pub body: Option<String>,
    /// The rest of its JSON, fit for `jsonb`.
    pub payload: Option<serde_json::Value>,
    /// The message it answers, edits or takes back.
    pub context_wamid: Option<String>,
    /// Meta's time, if it could be read.
    pub at: Option<DateTime<Utc>>,
}

pub(super) async fn apply(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    message: &OutsideMessage,
    raw: &str,
    now: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let at = if message.is_history {
        message.at.map_or(now, |at| at.min(now + TimeDelta::minutes(5)))
    } else {
        clamp(message.at, now)
    };
    if let Some(known) = find(tx, channel, &message.wamid).await? {
        return complete(tx, &known, message, raw, at, effects).await;
    }
    let peer = contact::upsert(tx, &message.peer, at, &mut effects.events).await?;
    effects.moved |= peer.moved;
    let (direction, author) = if message.is_outbound {
        (Direction::Out, AuthorKind::Agent)
    } else {
        (Direction::In, AuthorKind::Contact)
    };
    let row = QuietRow {
        channel,
        wamid: &message.wamid,
        direction,
        author,
        kind: &message.kind,
        body: message.body.as_deref(),
        payload: message.payload.as_ref(),
        context_wamid: message.context_wamid.as_deref(),
        raw,
        at,
        // A thread of the past is nobody's task.
        begins: if message.is_history { "closed" } else { "open" },
    };
    if let Some(id) = row::add(tx, &peer, &row, now, effects).await?
        && message.is_outbound
    {
        got(tx, id, message.delivery, at).await?;
        join_orphans(tx, &[(channel, &message.wamid)]).await?;
    }
    Ok(())
}

type Known = (MessageId, ConversationId, String, String);

async fn find(tx: &mut Conn<Tenant>, channel: ChannelId, wamid: &str) -> Result<Option<Known>, DbError> {
    Ok(messages::table
        .filter(messages::channel_id.eq(channel).and(messages::wamid.eq(wamid)))
        .select((
            messages::id,
            messages::conversation_id,
            messages::kind,
            messages::direction,
        ))
        .first(&mut **tx)
        .await
        .optional()?)
}

/// Told again: a file takes its placeholder's place, and a status may have got further.
async fn complete(
    tx: &mut Conn<Tenant>,
    (id, conversation, kind, direction): &Known,
    message: &OutsideMessage,
    raw: &str,
    at: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let replaces = kind == PLACEHOLDER && message.kind != PLACEHOLDER;
    if replaces {
        diesel::update(messages::table.find(id))
            .set((
                messages::kind.eq(&message.kind),
                messages::body.eq(&message.body),
                messages::payload.eq(&message.payload),
                messages::raw.eq(RawJson(raw)),
            ))
            .execute(&mut **tx)
            .await?;
    }
    let moved = direction == Direction::Out.as_str() && got(tx, *id, message.delivery, at).await?;
    if replaces || moved {
        effects.tell(EventKind::MessageUpdated, *conversation, Some(*id));
    }
    Ok(())
}

/// The times only ever fill, as with any status. Whether this one did.
async fn got(
    tx: &mut Conn<Tenant>,
    id: MessageId,
    delivery: Option<Delivery>,
    at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let Some(delivery) = delivery else {
        return Ok(false);
    };
    let only = |kind: Delivery| (delivery == kind).then_some(at);
    let updated = diesel::sql_query(
        "UPDATE messages SET \
             sent_at = LEAST(sent_at, $2), delivered_at = LEAST(delivered_at, $3), \
             read_at = LEAST(read_at, $4), failed_at = LEAST(failed_at, $5) \
         WHERE id = $1 AND (sent_at, delivered_at, read_at, failed_at) IS DISTINCT FROM \
             (LEAST(sent_at, $2), LEAST(delivered_at, $3), LEAST(read_at, $4), LEAST(failed_at, $5))",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Timestamptz>, _>(only(Delivery::Sent))
    .bind::<Nullable<Timestamptz>, _>(only(Delivery::Delivered))
    .bind::<Nullable<Timestamptz>, _>(only(Delivery::Read))
    .bind::<Nullable<Timestamptz>, _>(only(Delivery::Failed))
    .execute(&mut **tx)
    .await?;
    Ok(updated > 0)
}
