//! One status report: each of the four times fills once, with the earliest.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::clamp;
use crate::{
    conversation::ConversationId,
    event::{EventKind, NewEvent},
    message::MessageId,
    outbox::{meta_said, settle_by_status},
    sql::{Sql, Statement},
    status::{Delivery, SendFailure, StatusReport},
};

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = SqlUuid)]
    id: MessageId,
    #[diesel(sql_type = SqlUuid)]
    conversation_id: ConversationId,
    /// Whether the report told anything new.
    #[diesel(sql_type = Bool)]
    is_news: bool,
}

pub(super) async fn apply(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    report: &StatusReport,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    let at = clamp(report.at, now);
    // Also where the message has its wamid already: a status may be what tells
    // that an attempt of unknown outcome arrived.
    let settled = match report.attempt {
        Some(attempt) => settle_by_status(tx, channel, attempt, report).await?,
        None => false,
    };
    let mut filled = fill(tx, channel, report, at).await?;
    if filled.is_none() {
        // The message may be learning its id at this moment.
        lock_wamid(tx, &report.wamid).await?;
        filled = fill(tx, channel, report, at).await?;
    }
    match filled {
        // Told again, there is nothing to announce.
        Some(known) if !settled && !known.is_news => {}
        Some(Known {
            id, conversation_id, ..
        }) => {
            events.push(NewEvent {
                kind: EventKind::MessageUpdated,
                conversation: conversation_id,
                message: Some(id),
            });
            let code = report.failure.as_ref().and_then(|failure| failure.code);
            meta_said(tx, id, conversation_id, code, now, events).await?;
        }
        None => park(tx, channel, report, at).await?,
    }
    Ok(())
}

/// Of two failures the earlier one tells why.
struct Fill;

impl Sql for Fill {
    const TEXT: &'static str = "\
        WITH told (channel_id, wamid, sent_at, delivered_at, read_at, failed_at, code, title, detail) AS ( \
            VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) \
        ), \
        known AS MATERIALIZED ( \
            SELECT m.id, m.conversation_id, m.sent_at, m.delivered_at, m.read_at, m.failed_at, \
                   m.error_code, m.error_title, m.error_detail \
            FROM messages AS m JOIN told USING (channel_id, wamid) WHERE m.direction = 'out' FOR UPDATE OF m \
        ), \
        filled AS ( \
            SELECT known.id, LEAST(known.sent_at, told.sent_at) AS sent_at, \
                   LEAST(known.delivered_at, told.delivered_at) AS delivered_at, \
                   LEAST(known.read_at, told.read_at) AS read_at, \
                   LEAST(known.failed_at, told.failed_at) AS failed_at, why.code, why.title, why.detail \
            FROM known CROSS JOIN told LEFT JOIN LATERAL ( \
                SELECT code, title, detail \
                FROM (VALUES (known.failed_at, known.error_code, known.error_title, known.error_detail), \
                             (told.failed_at, told.code, told.title, told.detail)) AS each (at, code, title, detail) \
                WHERE at IS NOT NULL ORDER BY at, code, title, detail LIMIT 1 \
            ) AS why ON true \
        ), \
        changed AS ( \
            UPDATE messages AS m SET \
                sent_at = filled.sent_at, delivered_at = filled.delivered_at, \
                read_at = filled.read_at, failed_at = filled.failed_at, \
                error_code = filled.code, error_title = filled.title, error_detail = filled.detail \
            FROM filled JOIN known USING (id) \
            WHERE m.id = filled.id AND filled IS DISTINCT FROM ROW (known.id, known.sent_at, known.delivered_at, \
                known.read_at, known.failed_at, known.error_code, known.error_title, known.error_detail) \
            RETURNING m.id \
        ) \
        SELECT id, conversation_id, EXISTS (SELECT FROM changed) AS is_news FROM known";
}

struct Park;

impl Sql for Park {
    const TEXT: &'static str = "\
        INSERT INTO orphan_statuses AS known \
            (channel_id, wamid, status, at, error_code, error_title, error_detail) \
        VALUES ({}, {}, {}, {}, {}, {}, {}) \
        ON CONFLICT (channel_id, wamid, status) DO UPDATE SET \
            at = LEAST(known.at, excluded.at), \
            (error_code, error_title, error_detail) = ( \
                SELECT code, title, detail \
                FROM (VALUES (known.at, known.error_code, known.error_title, known.error_detail), \
                             (excluded.at, excluded.error_code, excluded.error_title, excluded.error_detail)) \
                    AS told (at, code, title, detail) \
                ORDER BY at, code, title, detail LIMIT 1)";
}

struct LockWamid;

impl Sql for LockWamid {
    const TEXT: &'static str = "SELECT pg_advisory_xact_lock(hashtextextended({}, 0))";
}

async fn fill(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    report: &StatusReport,
    at: DateTime<Utc>,
) -> Result<Option<Known>, DbError> {
    let only = |kind: Delivery| (report.delivery == kind).then_some(at);
    let failure = report.failure.as_ref();
    Ok(Statement::<Fill>::new()
        .bind::<SqlUuid, _>(channel)
        .bind::<Text, _>(&report.wamid)
        .bind::<Nullable<Timestamptz>, _>(only(Delivery::Sent))
        .bind::<Nullable<Timestamptz>, _>(only(Delivery::Delivered))
        .bind::<Nullable<Timestamptz>, _>(only(Delivery::Read))
        .bind::<Nullable<Timestamptz>, _>(only(Delivery::Failed))
        .bind::<Nullable<Integer>, _>(failure.and_then(|failure| failure.code))
        .bind::<Nullable<Text>, _>(failure.map(|failure| failure.title.as_str()))
        .bind::<Nullable<Text>, _>(failure.and_then(|failure| failure.detail.as_deref()))
        .get_result(&mut **tx)
        .await
        .optional()?)
}

async fn park(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    report: &StatusReport,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let failure = report.failure.as_ref();
    Statement::<Park>::new()
        .bind::<SqlUuid, _>(channel)
        .bind::<Text, _>(&report.wamid)
        .bind::<Text, _>(report.delivery.as_str())
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<Integer>, _>(failure.and_then(|failure| failure.code))
        .bind::<Nullable<Text>, _>(failure.map(|failure| failure.title.as_str()))
        .bind::<Nullable<Text>, _>(failure.and_then(|failure| failure.detail.as_deref()))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Held until the transaction ends by whoever parks a report of this message and
/// by whoever tells the message its id: else each could miss the other.
async fn lock_wamid(tx: &mut Conn<Tenant>, wamid: &str) -> Result<(), DbError> {
    Statement::<LockWamid>::new()
        .bind::<Text, _>(wamid)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Parked {
    #[diesel(sql_type = SqlUuid)]
    channel_id: ChannelId,
    #[diesel(sql_type = Text)]
    wamid: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Integer>)]
    error_code: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    error_title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    error_detail: Option<String>,
}

/// The same as [`lock_wamid`] for many, always in one order.
struct LockWamids;

impl Sql for LockWamids {
    const TEXT: &'static str = "\
        SELECT pg_advisory_xact_lock(hashtextextended(wamid, 0)) FROM unnest({}) AS given (wamid)";
}

struct TakeParked;

impl Sql for TakeParked {
    const TEXT: &'static str = "\
        DELETE FROM orphan_statuses AS parked USING unnest({}, {}) AS given (channel_id, wamid) \
        WHERE parked.channel_id = given.channel_id AND parked.wamid = given.wamid \
        RETURNING parked.channel_id, parked.wamid, parked.status, parked.at, \
                  parked.error_code, parked.error_title, parked.error_detail";
}

/// Gives messages that have just learnt their wamids the reports that came before.
pub(crate) async fn join_orphans(tx: &mut Conn<Tenant>, learnt: &[(ChannelId, &str)]) -> Result<(), DbError> {
    if learnt.is_empty() {
        return Ok(());
    }
    let mut wamids: Vec<&str> = learnt.iter().map(|(_, wamid)| *wamid).collect();
    wamids.sort_unstable();
    Statement::<LockWamids>::new()
        .bind::<Array<Text>, _>(&wamids)
        .execute(&mut **tx)
        .await?;
    let parked: Vec<Parked> = Statement::<TakeParked>::new()
        .bind::<Array<SqlUuid>, Vec<Uuid>>(learnt.iter().map(|(channel, _)| channel.0).collect())
        .bind::<Array<Text>, Vec<&str>>(learnt.iter().map(|(_, wamid)| *wamid).collect())
        .get_results(&mut **tx)
        .await?;
    for row in parked {
        let Some(delivery) = Delivery::parse(&row.status) else {
            continue;
        };
        let (code, detail) = (row.error_code, row.error_detail);
        let report = StatusReport {
            wamid: row.wamid,
            delivery,
            at: Some(row.at),
            failure: row.error_title.map(|title| SendFailure { code, title, detail }),
            attempt: None,
        };
        fill(tx, row.channel_id, &report, row.at).await?;
    }
    Ok(())
}
