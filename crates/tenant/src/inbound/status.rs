//! One status report: each of the four times fills once, with the earliest.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::clamp;
use crate::{
    conversation::ConversationId,
    event::{EventKind, NewEvent},
    message::MessageId,
    outbox::settle_by_status,
    schema::orphan_statuses,
    status::{Delivery, SendFailure, StatusReport},
};

#[derive(QueryableByName)]
struct Touched {
    #[diesel(sql_type = SqlUuid)]
    id: MessageId,
    #[diesel(sql_type = SqlUuid)]
    conversation_id: ConversationId,
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
    if let Some(attempt) = report.attempt {
        settle_by_status(tx, attempt, &report.wamid).await?;
    }
    match fill(
        tx,
        channel,
        &report.wamid,
        report.delivery,
        at,
        report.failure.as_ref(),
    )
    .await?
    {
        Some(Touched { id, conversation_id }) => {
            events.push(NewEvent {
                kind: EventKind::MessageUpdated,
                conversation: conversation_id,
                message: Some(id),
            });
        }
        None => park(tx, channel, report, at).await?,
    }
    Ok(())
}

async fn fill(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    wamid: &str,
    delivery: Delivery,
    at: DateTime<Utc>,
    failure: Option<&SendFailure>,
) -> Result<Option<Touched>, DbError> {
    let only = |kind: Delivery| (delivery == kind).then_some(at);
    Ok(diesel::sql_query(
        "UPDATE messages SET \
             sent_at = LEAST(sent_at, $3), delivered_at = LEAST(delivered_at, $4), \
             read_at = LEAST(read_at, $5), failed_at = LEAST(failed_at, $6), \
             error_code = COALESCE(error_code, $7), error_title = COALESCE(error_title, $8), \
             error_detail = COALESCE(error_detail, $9) \
         WHERE channel_id = $1 AND wamid = $2 AND direction = 'out' \
         RETURNING id, conversation_id",
    )
    .bind::<SqlUuid, _>(channel)
    .bind::<Text, _>(wamid)
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
    diesel::insert_into(orphan_statuses::table)
        .values((
            orphan_statuses::channel_id.eq(channel),
            orphan_statuses::wamid.eq(&report.wamid),
            orphan_statuses::status.eq(report.delivery.as_str()),
            orphan_statuses::at.eq(at),
            orphan_statuses::error_code.eq(failure.and_then(|failure| failure.code)),
            orphan_statuses::error_title.eq(failure.map(|failure| &failure.title)),
            orphan_statuses::error_detail.eq(failure.and_then(|failure| failure.detail.as_ref())),
        ))
        .on_conflict_do_nothing()
        .execute(&mut **tx)
        .await?;
    Ok(())
}

type Parked = (String, DateTime<Utc>, Option<i32>, Option<String>, Option<String>);

/// Gives a message that has just learnt its wamid the reports that came before.
pub(crate) async fn join_orphans(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    wamid: &str,
) -> Result<(), DbError> {
    let parked: Vec<Parked> = diesel::delete(orphan_statuses::table)
        .filter(
            orphan_statuses::channel_id
                .eq(channel)
                .and(orphan_statuses::wamid.eq(wamid)),
        )
        .returning((
            orphan_statuses::status,
            orphan_statuses::at,
            orphan_statuses::error_code,
            orphan_statuses::error_title,
            orphan_statuses::error_detail,
        ))
        .get_results(&mut **tx)
        .await?;
    for (status, at, code, title, detail) in parked {
        if let Some(delivery) = Delivery::parse(&status) {
            let failure = title.map(|title| SendFailure { code, title, detail });
            fill(tx, channel, wamid, delivery, at, failure.as_ref()).await?;
        }
    }
    Ok(())
}
