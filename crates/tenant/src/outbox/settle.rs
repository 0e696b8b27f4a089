//! Writing down how an attempt ended.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::Attempt;
use crate::{
    event::{self, EventKind, NewEvent},
    inbound,
    message::MessageId,
    schema::{messages, outbox},
    status::{Delivery, SendFailure, StatusReport},
};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Meta took the message under this wamid.
    Accepted {
        /// Its id at Meta.
        wamid: String,
    },
    /// Certainly not sent; to be tried again then.
    Retry {
        /// When.
        at: DateTime<Utc>,
    },
    /// Certainly not sent, and trying again would not help.
    Failed(SendFailure),
    /// It may have been sent.
    Unknown,
}

/// Settles `attempt`. False when it is no longer the current one: it expired,
/// or a status webhook settled it first.
pub async fn settle(
    conn: &mut Conn<Tenant>,
    attempt: &Attempt,
    settlement: &Settlement,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let (state, next) = match settlement {
            Settlement::Accepted { .. } => ("accepted", None),
            Settlement::Retry { at } => ("retry", Some(*at)),
            Settlement::Failed(_) => ("failed", None),
            Settlement::Unknown => ("unknown", None),
        };
        let current = diesel::update(outbox::table.find(attempt.outbox))
            .filter(outbox::attempt_id.eq(attempt.attempt_id))
            .filter(outbox::state.eq_any(["sending", "unknown"]))
            .set((
                outbox::state.eq(state),
                outbox::lease_until.eq(None::<DateTime<Utc>>),
                next.map(|at| outbox::next_attempt_at.eq(at)),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        if current == 0 {
            return Ok(false);
        }
        let message = attempt.reference.message;
        match settlement {
            Settlement::Accepted { wamid } => {
                diesel::update(messages::table.find(message))
                    .set((messages::state.eq("accepted"), messages::wamid.eq(wamid)))
                    .execute(&mut **tx)
                    .await
                    .map_err(DbError::from)?;
                inbound::join_orphans(tx, attempt.channel, wamid).await?;
            }
            Settlement::Retry { .. } => set_state(tx, &[message], "queued").await?,
            Settlement::Unknown => set_state(tx, &[message], "unknown").await?,
            Settlement::Failed(failure) => {
                diesel::update(messages::table.find(message))
                    .set((
                        messages::state.eq("failed"),
                        messages::failed_at.eq(now),
                        messages::error_code.eq(failure.code),
                        messages::error_title.eq(&failure.title),
                        messages::error_detail.eq(&failure.detail),
                    ))
                    .execute(&mut **tx)
                    .await
                    .map_err(DbError::from)?;
            }
        }
        let new = NewEvent {
            kind: EventKind::MessageUpdated,
            conversation: attempt.conversation,
            message: Some(message),
        };
        event::append(tx, &[new]).await?;
        Ok(true)
    })
    .await
}

/// Settles an attempt that a status webhook names, whatever the call's own
/// answer was. Does nothing when another attempt has begun since; a repetition
/// that has not begun is called off, unless the report says that it is needed.
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
    let settled = diesel::update(outbox::table)
        .filter(
            outbox::message_id
                .eq(attempt.message)
                .and(outbox::attempt.eq(attempt.attempt))
                .and(outbox::attempt.gt(0)),
        )
        .filter(outbox::state.eq_any(open))
        .set((
            outbox::state.eq("accepted"),
            outbox::lease_until.eq(None::<DateTime<Utc>>),
            outbox::attempt_id.eq(None::<Uuid>),
        ))
        .execute(&mut **tx)
        .await?;
    if settled == 0 {
        return Ok(false);
    }
    diesel::update(messages::table.find(attempt.message))
        .filter(messages::wamid.is_null())
        .set((messages::state.eq("accepted"), messages::wamid.eq(&report.wamid)))
        .execute(&mut **tx)
        .await?;
    inbound::join_orphans(tx, channel, &report.wamid).await?;
    Ok(true)
}

pub(crate) async fn set_state(tx: &mut Conn<Tenant>, ids: &[MessageId], state: &str) -> Result<(), DbError> {
    diesel::update(messages::table.filter(messages::id.eq_any(ids)))
        .set(messages::state.eq(state))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
