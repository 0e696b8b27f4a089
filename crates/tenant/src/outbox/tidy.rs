//! What time brings: leases that end, messages whose time has come, and what is to become of those
//! of which nobody knows whether they arrived.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    dsl::case_when,
    prelude::*,
    sql_types::{Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use crate::{
    conversation::ConversationId,
    event::{self, EventKind, NewEvent},
    message::MessageId,
    schema::outbox,
    sql::{Sql, Statement},
};

/// How long a reply of the bot is waited for before it is sent once more.
pub(super) const BOT_WAITS: TimeDelta = TimeDelta::seconds(60);
/// How long a report of a campaign's message is waited for before it counts as failed.
pub(super) const CAMPAIGN_WAITS: TimeDelta = TimeDelta::hours(24);

/// What a [`tidy`] changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Attempts whose worker vanished: unknown from now on.
    pub lost: usize,
    /// Messages whose time has come.
    pub begun: usize,
    /// Replies of the bot that are sent once more.
    pub repeated: usize,
    /// Messages that are given up, since nobody knows whether they arrived.
    pub given_up: usize,
}

impl Tidied {
    /// Whether anything changed.
    pub fn anything(self) -> bool {
        self != Self::default()
    }
}

/// Does what time has brought, and tells everybody:
///
/// - An attempt whose worker vanished may have reached Meta: it is unknown and never goes back to
///   the queue by itself.
/// - A scheduled message joins the queue when its time has come; the claim judges it.
/// - A reply of the bot that stayed unknown for a minute is sent once more if the customer has
///   written nothing since, else given up: an old answer is worse than none.
/// - A campaign's message that stayed unknown for a day is given up, never sent again.
pub async fn tidy(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<Tidied, DbError> {
    if !is_untidy(conn, now).await? {
        return Ok(Tidied::default());
    }
    conn.transaction(async |tx| {
        let mut events = Vec::new();
        let lost = expire_leases(tx, now, &mut events).await?;
        let begun = begin_scheduled(tx, now, &mut events).await?;
        let (bots, campaigns) = (now - BOT_WAITS, now - CAMPAIGN_WAITS);
        let repeated = change::<Repeat>(tx, &[now, bots], &mut events).await?;
        let given_up = change::<GiveUp>(tx, &[bots, campaigns, now], &mut events).await?;
        event::append(tx, &events).await?;
        Ok(Tidied {
            lost,
            begun,
            repeated,
            given_up,
        })
    })
    .await
}

/// `$1`: now, `$2`: the bot's latest, `$3`: the campaign's. Four looks into small indexes: the answer is
/// nearly always no.
struct Untidy;

impl Sql for Untidy {
    const TEXT: &'static str = "\
        SELECT EXISTS (SELECT FROM outbox WHERE state = 'sending' AND lease_until < {}) \
            OR EXISTS (SELECT FROM outbox WHERE state = 'scheduled' AND next_attempt_at <= $1) \
            OR EXISTS (SELECT FROM outbox WHERE state = 'unknown' AND class = 'bot' AND unknown_at <= {}) \
            OR EXISTS (SELECT FROM outbox WHERE state = 'unknown' AND class = 'campaign' AND unknown_at <= {}) AS is_so";
}

async fn is_untidy(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<bool, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        is_so: bool,
    }
    let row: Row = Statement::<Untidy>::new()
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now - BOT_WAITS)
        .bind::<Timestamptz, _>(now - CAMPAIGN_WAITS)
        .get_result(&mut **conn)
        .await?;
    Ok(row.is_so)
}

async fn expire_leases(
    tx: &mut Conn<Tenant>,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<usize, DbError> {
    let lost: Vec<(MessageId, ConversationId)> = diesel::update(outbox::table)
        .filter(outbox::state.eq("sending").and(outbox::lease_until.lt(now)))
        .set((
            outbox::state.eq("unknown"),
            outbox::lease_until.eq(None::<DateTime<Utc>>),
            outbox::unknown_at.eq(now),
            outbox::unconfirmed.eq(
                case_when(outbox::unconfirmed.is_null(), outbox::attempt.nullable())
                    .otherwise(outbox::unconfirmed),
            ),
        ))
        .returning((outbox::message_id, outbox::conversation_id))
        .get_results(&mut **tx)
        .await?;
    let ids: Vec<MessageId> = lost.iter().map(|(message, _)| *message).collect();
    super::settle::set_state(tx, &ids, "unknown").await?;
    events.extend(
        lost.iter()
            .map(|(message, thread)| told(EventKind::MessageUpdated, *thread, *message)),
    );
    Ok(lost.len())
}

#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = SqlUuid)]
    message_id: MessageId,
    #[diesel(sql_type = SqlUuid)]
    conversation_id: ConversationId,
}

/// `$1`: now. The thread's row in the list shows the message from now on, unless something newer came.
struct Begin;

impl Sql for Begin {
    const TEXT: &'static str = "\
        WITH begun AS ( \
            UPDATE outbox SET state = 'queued' WHERE state = 'scheduled' AND next_attempt_at <= {} \
            RETURNING message_id, conversation_id \
        ), \
        newest AS ( \
            SELECT DISTINCT ON (begun.conversation_id) begun.conversation_id, m.id, m.occurred_at \
            FROM begun JOIN messages AS m ON m.id = begun.message_id \
            ORDER BY begun.conversation_id, m.occurred_at DESC, m.id DESC \
        ), \
        shown AS ( \
            UPDATE conversations AS thread SET last_message_id = newest.id, last_activity_at = newest.occurred_at, \
                status = CASE WHEN thread.status IN ('closed', 'snoozed') THEN 'open' ELSE thread.status END, \
                snoozed_until = NULL \
            FROM newest WHERE thread.id = newest.conversation_id AND thread.last_activity_at <= newest.occurred_at \
        ) \
        SELECT message_id, conversation_id FROM begun";
}

async fn begin_scheduled(
    tx: &mut Conn<Tenant>,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<usize, DbError> {
    let begun: Vec<Changed> = Statement::<Begin>::new()
        .bind::<Timestamptz, _>(now)
        .get_results(&mut **tx)
        .await?;
    for row in &begun {
        events.push(told(
            EventKind::MessageUpdated,
            row.conversation_id,
            row.message_id,
        ));
        events.push(told(
            EventKind::ConversationUpdated,
            row.conversation_id,
            row.message_id,
        ));
    }
    Ok(begun.len())
}

/// `$1`: now, `$2`: the bot's latest. An inbound message that is newer than the reply makes it stale.
struct Repeat;

impl Sql for Repeat {
    const TEXT: &'static str = "\
        WITH again AS ( \
            UPDATE outbox AS o SET state = 'queued', repeated = true, next_attempt_at = {} \
            FROM conversations AS thread \
            WHERE o.state = 'unknown' AND o.class = 'bot' AND NOT o.repeated AND o.unknown_at <= {} \
              AND thread.id = o.conversation_id AND COALESCE(thread.last_inbound_at <= o.created_at, true) \
            RETURNING o.message_id, o.conversation_id \
        ), \
        marked AS (UPDATE messages AS m SET state = 'queued' FROM again WHERE m.id = again.message_id) \
        SELECT message_id, conversation_id FROM again";
}

/// `$1`: the bot's latest, `$2`: the campaign's, `$3`: now.
struct GiveUp;

impl Sql for GiveUp {
    const TEXT: &'static str = "\
        WITH given_up AS ( \
            UPDATE outbox AS o SET state = 'failed' \
            FROM conversations AS thread \
            WHERE o.state = 'unknown' AND thread.id = o.conversation_id AND ( \
                (o.class = 'bot' AND o.unknown_at <= {} \
                 AND (o.repeated OR thread.last_inbound_at > o.created_at)) \
                OR (o.class = 'campaign' AND o.unknown_at <= {})) \
            RETURNING o.message_id, o.conversation_id \
        ), \
        marked AS ( \
            UPDATE messages AS m SET state = 'failed', failed_at = {}, error_title = 'not_confirmed' \
            FROM given_up WHERE m.id = given_up.message_id \
        ) \
        SELECT message_id, conversation_id FROM given_up";
}

/// A change that time brings, by one statement over moments.
async fn change<S: Sql>(
    tx: &mut Conn<Tenant>,
    moments: &[DateTime<Utc>],
    events: &mut Vec<NewEvent>,
) -> Result<usize, DbError> {
    let mut statement = Statement::<S>::new();
    for moment in moments {
        statement = statement.bind::<Timestamptz, _>(*moment);
    }
    let changed: Vec<Changed> = statement.get_results(&mut **tx).await?;
    events.extend(
        changed
            .iter()
            .map(|row| told(EventKind::MessageUpdated, row.conversation_id, row.message_id)),
    );
    Ok(changed.len())
}

fn told(kind: EventKind, conversation: ConversationId, message: MessageId) -> NewEvent {
    NewEvent {
        kind,
        conversation,
        message: Some(message),
    }
}
