//! What WhatsApp tells of a line or its account that is no message: kept as it came,
//! once, and acted upon where there is something to do.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, InvalidCursor, Page, PageRequest, Tenant};

pub use crate::id::LineEventId;
use crate::{
    contact::{self, Identity},
    event::EventKind,
    id::ConversationId,
    inbound::Effects,
    schema::{contacts, conversations, line_events, line_health},
};

/// An event as it came.
#[derive(Debug, Clone)]
pub struct NewLineEvent {
    /// Its id, made of its contents.
    pub id: LineEventId,
    /// The line, if it concerns one.
    pub channel: Option<ChannelId>,
    /// The WhatsApp Business account.
    pub waba_id: Option<String>,
    /// The webhook field.
    pub field: String,
    /// Meta's word for it.
    pub kind: String,
    /// Meta's time, if it said one.
    pub at: Option<DateTime<Utc>>,
    /// The JSON, fit for `jsonb`.
    pub payload: serde_json::Value,
    /// What to do about it.
    pub act: LineAct,
}

/// What an event asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineAct {
    /// To be remembered.
    Keep,
    /// A customer wants no marketing messages, or wants them again.
    Marketing {
        /// Who.
        who: Identity,
        /// Whether he wants none.
        stop: bool,
    },
    /// Somebody, or a group, has this name.
    Named {
        /// Who; the name is the profile's.
        who: Identity,
    },
    /// The number's quality or limit changed.
    Quality {
        /// The messaging limit, in Meta's words.
        limit: Option<String>,
    },
    /// Meta decided on the number's name.
    Name {
        /// The decision, in Meta's words.
        decision: String,
        /// The name asked for.
        name: Option<String>,
    },
}

/// An event as read back.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = line_events)]
#[expect(missing_docs, reason = "the columns are commented in the migration")]
pub struct LineEvent {
    pub id: LineEventId,
    pub channel_id: Option<ChannelId>,
    pub waba_id: Option<String>,
    pub field: String,
    pub kind: String,
    pub occurred_at: Option<DateTime<Utc>>,
    pub received_at: DateTime<Utc>,
    pub payload: serde_json::Value,
}

/// The newest that is known of a line's number.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = line_health)]
#[expect(missing_docs, reason = "the table is commented in the migration")]
pub struct LineHealth {
    pub channel_id: ChannelId,
    pub quality: Option<String>,
    pub messaging_limit: Option<String>,
    pub quality_at: Option<DateTime<Utc>>,
    pub name_decision: Option<String>,
    pub requested_name: Option<String>,
    pub name_at: Option<DateTime<Utc>>,
}

/// Queries over `line_events` and `line_health`.
pub struct LineEvents<'c>(&'c mut Conn<Tenant>);

impl<'c> LineEvents<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// The events, the newest first; only those of `field`, if given.
    pub async fn list(
        &mut self,
        field: Option<&str>,
        page: &PageRequest,
    ) -> Result<Result<Page<LineEvent>, InvalidCursor>, DbError> {
        let after = match page.after::<(DateTime<Utc>, LineEventId)>() {
            Ok(after) => after,
            Err(invalid) => return Ok(Err(invalid)),
        };
        let mut query = line_events::table
            .order((line_events::received_at.desc(), line_events::id.desc()))
            .limit(page.fetch_limit())
            .select(LineEvent::as_select())
            .into_boxed();
        if let Some(field) = field {
            query = query.filter(line_events::field.eq(field));
        }
        if let Some((at, id)) = after {
            query = query.filter(
                line_events::received_at
                    .lt(at)
                    .or(line_events::received_at.eq(at).and(line_events::id.lt(id))),
            );
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Ok(Page::from_rows(rows, page.limit, |row: &LineEvent| {
            (row.received_at, row.id)
        })))
    }

    /// What is known of each line's number.
    pub async fn health(&mut self) -> Result<Vec<LineHealth>, DbError> {
        Ok(line_health::table
            .order(line_health::channel_id)
            .select(LineHealth::as_select())
            .load(&mut **self.0)
            .await?)
    }
}

/// Keeps the event and does what it asks for: once, however often it is delivered.
pub(crate) async fn apply(
    tx: &mut Conn<Tenant>,
    event: &NewLineEvent,
    now: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let inserted = diesel::insert_into(line_events::table)
        .values((
            line_events::id.eq(event.id),
            line_events::channel_id.eq(event.channel),
            line_events::waba_id.eq(&event.waba_id),
            line_events::field.eq(&event.field),
            line_events::kind.eq(&event.kind),
            line_events::occurred_at.eq(event.at),
            line_events::received_at.eq(now),
            line_events::payload.eq(&event.payload),
        ))
        .on_conflict(line_events::id)
        .do_nothing()
        .execute(&mut **tx)
        .await?;
    if inserted == 0 {
        return Ok(());
    }
    let at = event.at.map_or(now, |at| at.min(now));
    match (&event.act, event.channel) {
        (LineAct::Marketing { who, stop }, _) => marketing(tx, who, *stop, at, effects).await,
        (LineAct::Named { who }, _) => {
            let settled = contact::upsert(tx, who, at, &mut effects.events).await?;
            effects.moved |= settled.moved;
            Ok(())
        }
        (LineAct::Quality { limit }, Some(channel)) => {
            quality(tx, channel, &event.kind, limit.as_deref(), at).await
        }
        (LineAct::Name { decision, name }, Some(channel)) => {
            named(tx, channel, decision, name.as_deref(), at).await
        }
        (LineAct::Keep | LineAct::Quality { .. } | LineAct::Name { .. }, _) => Ok(()),
    }
}

async fn marketing(
    tx: &mut Conn<Tenant>,
    who: &Identity,
    stop: bool,
    at: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let settled = contact::upsert(tx, who, at, &mut effects.events).await?;
    effects.moved |= settled.moved;
    diesel::sql_query(
        "UPDATE contacts SET marketing_preference_at = $2, \
             marketing_opt_out_at = CASE WHEN $3 THEN $2 END, updated_at = now() \
         WHERE id = $1 AND (marketing_preference_at IS NULL OR marketing_preference_at < $2 \
             OR (marketing_preference_at = $2 AND $3))",
    )
    .bind::<SqlUuid, _>(settled.id)
    .bind::<Timestamptz, _>(at)
    .bind::<Bool, _>(stop)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a contact the name of the business's address book, unless the team gave it one.
pub(crate) async fn address_book(
    tx: &mut Conn<Tenant>,
    who: &Identity,
    name: &str,
    now: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let settled = contact::upsert(tx, who, now, &mut effects.events).await?;
    effects.moved |= settled.moved;
    let named = diesel::update(contacts::table.find(settled.id).filter(contacts::name.is_null()))
        .set((contacts::name.eq(name), contacts::updated_at.eq(diesel::dsl::now)))
        .execute(&mut **tx)
        .await?;
    if named > 0 {
        // The list shows the name, and the search knows it by this.
        let threads: Vec<ConversationId> = conversations::table
            .filter(conversations::contact_id.eq(settled.id))
            .select(conversations::id)
            .load(&mut **tx)
            .await?;
        for thread in threads {
            effects.tell(EventKind::ConversationUpdated, thread, None);
        }
    }
    Ok(())
}

async fn quality(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    quality: &str,
    limit: Option<&str>,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO line_health AS known (channel_id, quality, messaging_limit, quality_at) \
         VALUES ($1, $2, $3, $4) \
         ON CONFLICT (channel_id) DO UPDATE SET quality = excluded.quality, \
             messaging_limit = COALESCE(excluded.messaging_limit, known.messaging_limit), \
             quality_at = excluded.quality_at \
         WHERE known.quality_at IS NULL OR known.quality_at < excluded.quality_at",
    )
    .bind::<SqlUuid, _>(channel)
    .bind::<Text, _>(quality)
    .bind::<Nullable<Text>, _>(limit)
    .bind::<Timestamptz, _>(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn named(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    decision: &str,
    name: Option<&str>,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO line_health AS known (channel_id, name_decision, requested_name, name_at) \
         VALUES ($1, $2, $3, $4) \
         ON CONFLICT (channel_id) DO UPDATE SET name_decision = excluded.name_decision, \
             requested_name = excluded.requested_name, name_at = excluded.name_at \
         WHERE known.name_at IS NULL OR known.name_at < excluded.name_at",
    )
    .bind::<SqlUuid, _>(channel)
    .bind::<Text, _>(decision)
    .bind::<Nullable<Text>, _>(name)
    .bind::<Timestamptz, _>(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
