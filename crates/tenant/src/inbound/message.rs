//! One inbound message: contact, conversation, message, counters.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Bool, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::{Effects, InboundMessage, clamp};
use crate::{
    contact::{self, ContactId},
    conversation::ConversationId,
    event::EventKind,
    message::{AuthorKind, Direction, MessageId},
    schema::messages,
};

/// How long free-form answers are allowed after a customer's message.
const SERVICE_WINDOW: TimeDelta = TimeDelta::hours(24);

pub(super) async fn apply(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    message: &InboundMessage,
    raw: &str,
    now: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    if known(tx, channel, &message.wamid).await? {
        return Ok(());
    }
    let at = clamp(message.at, now);
    let from = contact::upsert(tx, &message.from, at, &mut effects.events).await?;
    effects.moved |= from.moved;
    let (conversation, is_new) = conversation_of(tx, channel, &from.user_key, from.id, at).await?;
    let inserted: Option<MessageId> = diesel::insert_into(messages::table)
        .values((
            messages::id.eq(MessageId::generate()),
            messages::conversation_id.eq(conversation),
            messages::channel_id.eq(channel),
            messages::wamid.eq(&message.wamid),
            messages::direction.eq(Direction::In.as_str()),
            messages::kind.eq(&message.kind),
            messages::body.eq(&message.body),
            messages::payload.eq(&message.payload),
            messages::raw.eq(RawJson(raw)),
            messages::author_kind.eq(AuthorKind::Contact.as_str()),
            messages::context_wamid.eq(&message.context_wamid),
            messages::occurred_at.eq(at),
            messages::created_at.eq(now),
        ))
        .on_conflict((messages::channel_id, messages::wamid))
        .do_nothing()
        .returning(messages::id)
        .get_result(&mut **tx)
        .await
        .optional()?;
    let Some(id) = inserted else { return Ok(()) };
    touch(tx, conversation, id, message, at).await?;
    effects.tell(EventKind::MessageCreated, conversation, Some(id));
    let kind = if is_new {
        EventKind::ConversationCreated
    } else {
        EventKind::ConversationUpdated
    };
    effects.tell(kind, conversation, None);
    Ok(())
}

/// A redelivery is the common duplicate: it must not even open a conversation.
async fn known(tx: &mut Conn<Tenant>, channel: ChannelId, wamid: &str) -> Result<bool, DbError> {
    Ok(diesel::select(diesel::dsl::exists(
        messages::table.filter(messages::channel_id.eq(channel).and(messages::wamid.eq(wamid))),
    ))
    .get_result(&mut **tx)
    .await?)
}

#[derive(QueryableByName)]
struct Upserted {
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
    #[diesel(sql_type = Bool)]
    is_new: bool,
}

async fn conversation_of(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    user_key: &str,
    contact: ContactId,
    at: DateTime<Utc>,
) -> Result<(ConversationId, bool), DbError> {
    let row: Upserted = diesel::sql_query(
        "INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at) \
         VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (channel_id, user_key) DO UPDATE SET contact_id = excluded.contact_id \
         RETURNING id, xmax = 0 AS is_new",
    )
    .bind::<SqlUuid, _>(ConversationId::generate())
    .bind::<SqlUuid, _>(channel)
    .bind::<diesel::sql_types::Text, _>(user_key)
    .bind::<SqlUuid, _>(contact)
    .bind::<Timestamptz, _>(at)
    .get_result(&mut **tx)
    .await?;
    Ok((row.id, row.is_new))
}

/// Counts the message and shows it, unless something newer is shown already.
/// A customer who says something opens what was closed or asleep.
async fn touch(
    tx: &mut Conn<Tenant>,
    conversation: ConversationId,
    id: MessageId,
    message: &InboundMessage,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE conversations SET \
             unread_count = unread_count + CASE WHEN $5 THEN 1 ELSE 0 END, \
             last_message_id = CASE WHEN $2 >= last_activity_at OR last_message_id IS NULL THEN $3 \
                               ELSE last_message_id END, \
             last_activity_at = GREATEST(last_activity_at, $2), \
             last_inbound_at = CASE WHEN $5 THEN GREATEST(last_inbound_at, $2) ELSE last_inbound_at END, \
             window_expires_at = GREATEST(window_expires_at, $4), \
             status = CASE WHEN $5 AND status IN ('closed', 'snoozed') THEN 'open' ELSE status END, \
             snoozed_until = CASE WHEN $5 THEN NULL ELSE snoozed_until END \
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(conversation)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(id)
    .bind::<Nullable<Timestamptz>, _>(message.opens_window.then_some(at + SERVICE_WINDOW))
    .bind::<Bool, _>(message.is_news)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// JSON text stored byte for byte. The `json` type keeps what `jsonb` and
/// serde's values would refuse or alter: `\u0000`, lone surrogates, big numbers.
#[derive(Debug, diesel::expression::AsExpression)]
#[diesel(sql_type = diesel::sql_types::Json)]
pub(super) struct RawJson<'a>(pub &'a str);

impl diesel::serialize::ToSql<diesel::sql_types::Json, diesel::pg::Pg> for RawJson<'_> {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(diesel::serialize::IsNull::No)
    }
}
