//! Writing down how attempts ended: by their own calls, and by status webhooks.

mod after;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::{Attempt, OutboxId};
use crate::{
    event::{self, EventKind, NewEvent},
    inbound,
    message::MessageId,
    schema::{messages, outbox},
    sql::{Sql, Statement},
    status::{Delivery, SendFailure, StatusReport},
};
pub(crate) use after::meta_said;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Meta took the message.
    Accepted {
        /// Its id at Meta.
        wamid: String,
        /// The phone number that Meta knows the customer by, where it is another than was dialled.
        wa_id: Option<String>,
        /// The customer's business-scoped user id, where Meta told it.
        user_id: Option<String>,
    },
    /// Certainly not sent; to be tried again then.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// What Meta said, if it said anything.
        why: Option<SendFailure>,
    },
    /// Certainly not sent, and trying again would not help.
    Failed(SendFailure),
    /// It may have been sent.
    Unknown {
        /// What Meta said, if it said anything.
        why: Option<SendFailure>,
    },
}

/// An attempt and how it ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Which.
    pub attempt: Attempt,
    /// How.
    pub settlement: Settlement,
}

impl Settlement {
    fn state(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Retry { .. } => "retry",
            Self::Failed(_) => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }

    fn wamid(&self) -> Option<&str> {
        match self {
            Self::Accepted { wamid, .. } => Some(wamid),
            _ => None,
        }
    }

    fn why(&self) -> Option<&SendFailure> {
        match self {
            Self::Failed(why) => Some(why),
            Self::Retry { why, .. } | Self::Unknown { why } => why.as_ref(),
            Self::Accepted { .. } => None,
        }
    }

    fn next_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Retry { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// `$1` to `$8`: entries, fences, states, next attempts, wamids, codes, titles, details; `$9`: now.
///
/// An entry that a status webhook is settling at this moment is passed over, so that two
/// transactions over several messages never wait for each other in a circle.
///
/// A refusal speaks for its own attempt: while nobody knows whether an earlier one arrived, the message
/// stays unknown.
struct Settle;

impl Sql for Settle {
    const TEXT: &'static str = "\
        WITH given AS MATERIALIZED ( \
            SELECT * FROM unnest({}, {}, {}, {}, {}, {}, {}, {}) \
                AS given (id, attempt_id, state, next_at, wamid, code, title, detail) \
        ), \
        current AS MATERIALIZED ( \
            SELECT o.id FROM outbox AS o JOIN given ON given.id = o.id AND given.attempt_id = o.attempt_id \
            WHERE o.state IN ('sending', 'unknown') ORDER BY o.id FOR UPDATE OF o SKIP LOCKED \
        ), \
        settled AS ( \
            UPDATE outbox AS o SET lease_until = NULL, \
                state = CASE WHEN given.state = 'failed' AND o.unconfirmed < o.attempt THEN 'unknown' \
                        ELSE given.state END, \
                next_attempt_at = COALESCE(given.next_at, o.next_attempt_at), \
                unknown_at = CASE WHEN given.state = 'unknown' \
                                  THEN CASE o.state WHEN 'unknown' THEN o.unknown_at ELSE {} END \
                                  WHEN given.state <> 'accepted' AND o.unconfirmed < o.attempt THEN o.unknown_at END, \
                unconfirmed = CASE WHEN given.state = 'unknown' THEN COALESCE(o.unconfirmed, o.attempt) \
                                   WHEN given.state <> 'accepted' AND o.unconfirmed < o.attempt THEN o.unconfirmed END \
            FROM given JOIN current USING (id) WHERE o.id = given.id \
            RETURNING o.id, o.message_id, o.state \
        ), \
        marked AS ( \
            UPDATE messages AS m SET \
                state = CASE settled.state WHEN 'retry' THEN 'queued' ELSE settled.state END, \
                wamid = COALESCE(given.wamid, m.wamid), \
                failed_at = CASE settled.state WHEN 'failed' THEN $9 ELSE m.failed_at END, \
                error_code = CASE given.state WHEN 'accepted' THEN m.error_code ELSE given.code END, \
                error_title = CASE given.state WHEN 'accepted' THEN m.error_title ELSE given.title END, \
                error_detail = CASE given.state WHEN 'accepted' THEN m.error_detail ELSE given.detail END \
            FROM settled JOIN given USING (id) WHERE m.id = settled.message_id \
        ) \
        SELECT id FROM settled";
}

/// Settles attempts together, and tells everybody. Returns the entries that were settled: an attempt
/// that is no longer the current one, since it expired and was asked for again or a status webhook
/// settled it, changes nothing.
pub async fn settle(
    conn: &mut Conn<Tenant>,
    outcomes: &[Outcome],
    now: DateTime<Utc>,
) -> Result<HashSet<OutboxId>, DbError> {
    let mut settled = together(conn, outcomes, now).await?;
    // What was passed over has the webhook's transaction to wait for, one by one.
    for outcome in outcomes {
        if !settled.contains(&outcome.attempt.outbox) && is_open(conn, &outcome.attempt).await? {
            settled.extend(together(conn, std::slice::from_ref(outcome), now).await?);
        }
    }
    Ok(settled)
}

/// Waits for whoever is settling the entry; then tells whether the attempt is still to be settled.
async fn is_open(conn: &mut Conn<Tenant>, attempt: &Attempt) -> Result<bool, DbError> {
    let open: Option<OutboxId> = outbox::table
        .find(attempt.outbox)
        .filter(outbox::attempt_id.eq(attempt.attempt_id))
        .filter(outbox::state.eq_any(["sending", "unknown"]))
        .select(outbox::id)
        .for_update()
        .first(&mut **conn)
        .await
        .optional()?;
    Ok(open.is_some())
}

async fn together(
    conn: &mut Conn<Tenant>,
    outcomes: &[Outcome],
    now: DateTime<Utc>,
) -> Result<HashSet<OutboxId>, DbError> {
    conn.transaction(async |tx| {
        let settled = mark(tx, outcomes, now).await?;
        let current: Vec<&Outcome> = outcomes
            .iter()
            .filter(|outcome| settled.contains(&outcome.attempt.outbox))
            .collect();
        let sent: Vec<(ChannelId, &str)> = current
            .iter()
            .filter_map(|outcome| Some((outcome.attempt.channel, outcome.settlement.wamid()?)))
            .collect();
        inbound::join_orphans(tx, &sent).await?;
        let mut events: Vec<NewEvent> = current
            .iter()
            .map(|outcome| NewEvent {
                kind: EventKind::MessageUpdated,
                conversation: outcome.attempt.conversation,
                message: Some(outcome.attempt.reference.message),
            })
            .collect();
        after::learn(tx, &current, now, &mut events).await?;
        event::append(tx, &events).await?;
        Ok(settled)
    })
    .await
}

async fn mark(
    tx: &mut Conn<Tenant>,
    outcomes: &[Outcome],
    now: DateTime<Utc>,
) -> Result<HashSet<OutboxId>, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: OutboxId,
    }
    let why = |of: fn(&SendFailure) -> Option<&str>| -> Vec<Option<&str>> {
        outcomes
            .iter()
            .map(|outcome| outcome.settlement.why().and_then(of))
            .collect()
    };
    let codes: Vec<Option<i32>> = outcomes
        .iter()
        .map(|outcome| outcome.settlement.why().and_then(|why| why.code))
        .collect();
    let rows: Vec<Row> = Statement::<Settle>::new()
        .bind::<Array<SqlUuid>, Vec<Uuid>>(outcomes.iter().map(|o| o.attempt.outbox.uuid()).collect())
        .bind::<Array<SqlUuid>, Vec<Uuid>>(outcomes.iter().map(|o| o.attempt.attempt_id).collect())
        .bind::<Array<Text>, Vec<&str>>(outcomes.iter().map(|o| o.settlement.state()).collect())
        .bind::<Array<Nullable<Timestamptz>>, Vec<_>>(
            outcomes.iter().map(|o| o.settlement.next_at()).collect(),
        )
        .bind::<Array<Nullable<Text>>, Vec<_>>(outcomes.iter().map(|o| o.settlement.wamid()).collect())
        .bind::<Array<Nullable<Integer>>, _>(codes)
        .bind::<Array<Nullable<Text>>, _>(why(|why| Some(&why.title)))
        .bind::<Array<Nullable<Text>>, _>(why(|why| why.detail.as_deref()))
        .bind::<Timestamptz, _>(now)
        .get_results(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Settles an attempt that a status webhook names, whatever the call's own
/// answer was. A repetition that has not begun is called off, unless the report
/// says that it is needed. What was given up because nobody knew is known now.
/// Where another attempt has begun since, it counts if nobody knew of the earlier
/// one, and if it arrived.
pub(crate) async fn settle_by_status(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    attempt: super::AttemptRef,
    report: &StatusReport,
) -> Result<bool, DbError> {
    let open: &[&str] = match report.delivery {
        Delivery::Failed => &["sending", "unknown"],
        Delivery::Sent | Delivery::Delivered | Delivery::Read => &["sending", "unknown", "retry", "queued"],
    };
    let given_up = outbox::state.eq("failed").and(outbox::unknown_at.is_not_null());
    let arrived = report.delivery != Delivery::Failed;
    let unconfirmed = outbox::attempt
        .gt(attempt.attempt)
        .and(outbox::unconfirmed.le(attempt.attempt))
        .and(arrived.into_sql::<Bool>());
    let settled = diesel::update(outbox::table)
        .filter(outbox::message_id.eq(attempt.message).and(outbox::attempt.gt(0)))
        .filter(outbox::attempt.eq(attempt.attempt).or(unconfirmed))
        .filter(outbox::state.eq_any(open).or(given_up))
        .set((
            outbox::state.eq("accepted"),
            outbox::lease_until.eq(None::<DateTime<Utc>>),
            outbox::unknown_at.eq(None::<DateTime<Utc>>),
            outbox::unconfirmed.eq(None::<i32>),
            outbox::attempt_id.eq(None::<Uuid>),
        ))
        .execute(&mut **tx)
        .await?;
    if settled == 0 {
        return Ok(false);
    }
    diesel::update(messages::table.find(attempt.message))
        .filter(messages::wamid.is_null())
        .set((
            messages::state.eq("accepted"),
            messages::wamid.eq(&report.wamid),
            messages::failed_at.eq(None::<DateTime<Utc>>),
            messages::error_code.eq(None::<i32>),
            messages::error_title.eq(None::<String>),
            messages::error_detail.eq(None::<String>),
        ))
        .execute(&mut **tx)
        .await?;
    inbound::join_orphans(tx, &[(channel, &report.wamid)]).await?;
    Ok(true)
}

pub(crate) async fn set_state(tx: &mut Conn<Tenant>, ids: &[MessageId], state: &str) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::update(messages::table.filter(messages::id.eq_any(ids)))
        .set(messages::state.eq(state))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
