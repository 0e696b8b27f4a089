//! One inbound message: contact, conversation, message, counters.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::{InboundMessage, clamp};
use crate::{
    contact::{self, ContactId},
    conversation::ConversationId,
    event::{EventKind, NewEvent},
    media::{self, NewMedia},
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
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    if known(tx, channel, &message.wamid).await? {
        return Ok(());
    }
    let at = clamp(message.at, now);
    let (contact, user_key) = contact::upsert(tx, &message.from).await?;
    let (conversation, is_new) = conversation_of(tx, channel, &user_key, contact, at).await?;
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
    if let Some(media) = &message.media {
        let new = NewMedia {
            message: id,
            channel,
            media,
            sent_at: at,
        };
        media::attach(tx, &[new], now).await?;
    }
    touch(tx, conversation, id, at).await?;
    let event = |kind, message| NewEvent {
        kind,
        conversation,
        message,
    };
    events.push(event(EventKind::MessageCreated, Some(id)));
    let kind = if is_new {
        EventKind::ConversationCreated
    } else {
        EventKind::ConversationUpdated
    };
    events.push(event(kind, None));
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
/// A customer who writes opens what was closed or asleep.
async fn touch(
    tx: &mut Conn<Tenant>,
    conversation: ConversationId,
    message: MessageId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE conversations SET \
             unread_count = unread_count + 1, \
             last_message_id = CASE WHEN $2 >= last_activity_at OR last_message_id IS NULL THEN $3 \
                               ELSE last_message_id END, \
             last_activity_at = GREATEST(last_activity_at, $2), \
             last_inbound_at = GREATEST(last_inbound_at, $2), \
             window_expires_at = GREATEST(window_expires_at, $4), \
             status = CASE WHEN status IN ('closed', 'snoozed') THEN 'open' ELSE status END, \
             snoozed_until = NULL \
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(conversation)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(message)
    .bind::<Timestamptz, _>(at + SERVICE_WINDOW)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// JSON text stored byte for byte. The `json` type keeps what `jsonb` and
/// serde's values would refuse or alter: `\u0000`, lone surrogates, big numbers.
#[derive(Debug, diesel::expression::AsExpression)]
#[diesel(sql_type = diesel::sql_types::Json)]
struct RawJson<'a>(&'a str);

impl diesel::serialize::ToSql<diesel::sql_types::Json, diesel::pg::Pg> for RawJson<'_> {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(diesel::serialize::IsNull::No)
    }
}
