//! What the outbox has for later: when to look again, which lines have something due, and what is
//! to be done about messages whose time has come or whose fate stays unknown.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    dsl::case_when,
    prelude::*,
    sql_types::{Array, Bool, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use crate::{
    conversation::ConversationId,
    event::{self, EventKind, NewEvent},
    message::MessageId,
    schema::outbox,
    sql::{Sql, Statement},
};

/// How long a reply of the bot is waited for before it is sent once more.
const BOT_WAITS: TimeDelta = TimeDelta::seconds(60);
/// How long a report of a campaign's message is waited for before it counts as failed.
const CAMPAIGN_WAITS: TimeDelta = TimeDelta::hours(24);

/// What is left alone for now.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Lines that cannot send.
    pub channels: Vec<ChannelId>,
    /// Threads whose customer was written to enough.
    pub threads: Vec<ConversationId>,
}

struct Lines;

/// One look into the index for each line, however many messages wait.
impl Sql for Lines {
    const TEXT: &'static str = "\
        WITH RECURSIVE line AS ( \
            (SELECT channel_id FROM outbox WHERE state IN ('queued', 'retry') ORDER BY channel_id LIMIT 1) \
            UNION ALL \
            SELECT (SELECT o.channel_id FROM outbox AS o WHERE o.state IN ('queued', 'retry') \
                    AND o.channel_id > line.channel_id ORDER BY o.channel_id LIMIT 1) \
            FROM line WHERE line.channel_id IS NOT NULL \
        ) \
        SELECT channel_id AS id FROM line WHERE channel_id IS NOT NULL";
}

/// The lines that have messages waiting, due or not.
pub async fn lines_due(conn: &mut Conn<Tenant>) -> Result<Vec<ChannelId>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: ChannelId,
    }
    let rows: Vec<Row> = Statement::<Lines>::new().get_results(&mut **conn).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

struct Due;

/// What waits for its predecessor is not due, however old it is.
impl Sql for Due {
    const TEXT: &'static str = "\
        SELECT LEAST( \
            (SELECT o.next_attempt_at FROM outbox AS o WHERE o.state IN ('queued', 'retry') \
             AND o.channel_id <> ALL ({}) AND o.conversation_id <> ALL ({}) \
             AND NOT EXISTS (SELECT FROM outbox AS earlier WHERE earlier.conversation_id = o.conversation_id \
                 AND earlier.state IN ('queued', 'retry', 'sending') AND earlier.id <> o.id \
                 AND (earlier.state = 'sending' OR (earlier.class, earlier.id) < (o.class, o.id))) \
             ORDER BY o.next_attempt_at LIMIT 1), \
            (SELECT min(next_attempt_at) FROM outbox WHERE state = 'scheduled'), \
            (SELECT min(lease_until) FROM outbox WHERE state = 'sending') \
        ) AS due, \
        (SELECT min(unknown_at) FROM outbox WHERE state = 'unknown' AND class = 'bot') AS bot, \
        (SELECT min(unknown_at) FROM outbox WHERE state = 'unknown' AND class = 'campaign') AS campaign";
}

/// When something is due next, or a lease ends; `None` when nothing waits. What is `held` does not count.
pub async fn next_due(conn: &mut Conn<Tenant>, held: &Held) -> Result<Option<DateTime<Utc>>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Timestamptz>)]
        due: Option<DateTime<Utc>>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        bot: Option<DateTime<Utc>>,
        #[diesel(sql_type = Nullable<Timestamptz>)]
        campaign: Option<DateTime<Utc>>,
    }
    let row: Row = Statement::<Due>::new()
        .bind::<Array<SqlUuid>, Vec<Uuid>>(held.channels.iter().map(|channel| channel.0).collect())
        .bind::<Array<SqlUuid>, Vec<Uuid>>(held.threads.iter().map(|thread| thread.uuid()).collect())
        .get_result(&mut **conn)
        .await?;
    let all = [
        row.due,
        row.bot.map(|since| since + BOT_WAITS),
        row.campaign.map(|since| since + CAMPAIGN_WAITS),
    ];
    Ok(all.into_iter().flatten().min())
}

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
