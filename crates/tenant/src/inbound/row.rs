//! A message that is no customer's new word: it joins its thread without counting
//! as unread, without opening a window, and without waking anybody.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::Effects;
use crate::{
    contact::Settled,
    event::EventKind,
    id::{ConversationId, MessageId},
    message::{AuthorKind, Direction, MessageStatus},
    schema::messages,
};

/// A row about to be written.
pub(super) struct QuietRow<'a> {
    pub channel: ChannelId,
    pub wamid: &'a str,
    pub direction: Direction,
    pub author: AuthorKind,
    pub kind: &'a str,
    pub body: Option<&'a str>,
    pub payload: Option<&'a serde_json::Value>,
    pub context_wamid: Option<&'a str>,
    pub raw: &'a str,
    pub at: DateTime<Utc>,
    /// The status of a thread that begins with this row.
    pub begins: &'a str,
}

pub(super) async fn known(tx: &mut Conn<Tenant>, channel: ChannelId, wamid: &str) -> Result<bool, DbError> {
    Ok(diesel::select(diesel::dsl::exists(
        messages::table.filter(messages::channel_id.eq(channel).and(messages::wamid.eq(wamid))),
    ))
    .get_result(&mut **tx)
    .await?)
}

/// Writes the row into the thread of `contact` on that line. `None` if it was there already.
pub(super) async fn add(
    tx: &mut Conn<Tenant>,
    contact: &Settled,
    row: &QuietRow<'_>,
    now: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<Option<MessageId>, DbError> {
    let thread = thread_of(tx, contact, row).await?;
    let state = (row.direction == Direction::Out).then_some(MessageStatus::Accepted.as_str());
    let inserted: Option<MessageId> = diesel::insert_into(messages::table)
        .values((
            messages::id.eq(MessageId::generate()),
            messages::conversation_id.eq(thread.id),
            messages::channel_id.eq(row.channel),
            messages::wamid.eq(row.wamid),
            messages::direction.eq(row.direction.as_str()),
            messages::kind.eq(row.kind),
            messages::body.eq(row.body),
            messages::payload.eq(row.payload),
            messages::raw.eq(RawJson(row.raw)),
            messages::author_kind.eq(row.author.as_str()),
            messages::context_wamid.eq(row.context_wamid),
            messages::state.eq(state),
            messages::occurred_at.eq(row.at),
            messages::created_at.eq(now),
        ))
        .on_conflict((messages::channel_id, messages::wamid))
        .do_nothing()
        .returning(messages::id)
        .get_result(&mut **tx)
        .await
        .optional()?;
    let Some(id) = inserted else { return Ok(None) };
    show(tx, thread.id, id, row.at).await?;
    effects.tell(EventKind::MessageCreated, thread.id, Some(id));
    let kind = if thread.is_new {
        EventKind::ConversationCreated
    } else {
        EventKind::ConversationUpdated
    };
    effects.tell(kind, thread.id, None);
    Ok(Some(id))
}

#[derive(QueryableByName)]
struct Thread {
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
    #[diesel(sql_type = Bool)]
    is_new: bool,
}

async fn thread_of(tx: &mut Conn<Tenant>, contact: &Settled, row: &QuietRow<'_>) -> Result<Thread, DbError> {
    Ok(diesel::sql_query(
        "INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at, status) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (channel_id, user_key) DO UPDATE SET contact_id = excluded.contact_id \
         RETURNING id, xmax = 0 AS is_new",
    )
    .bind::<SqlUuid, _>(ConversationId::generate())
    .bind::<SqlUuid, _>(row.channel)
    .bind::<Text, _>(&contact.user_key)
    .bind::<SqlUuid, _>(contact.id)
    .bind::<Timestamptz, _>(row.at)
    .bind::<Text, _>(row.begins)
    .get_result(&mut **tx)
    .await?)
}

async fn show(
    tx: &mut Conn<Tenant>,
    conversation: ConversationId,
    message: MessageId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE conversations SET \
             last_message_id = CASE WHEN $2 >= last_activity_at OR last_message_id IS NULL THEN $3 \
                               ELSE last_message_id END, \
             last_activity_at = GREATEST(last_activity_at, $2) \
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(conversation)
    .bind::<Timestamptz, _>(at)
    .bind::<SqlUuid, _>(message)
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
