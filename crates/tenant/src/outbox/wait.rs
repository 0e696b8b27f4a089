//! Messages whose attempt was given back because something of theirs was missing, once that is there
//! or will never be.

use chrono::{DateTime, Utc};
use diesel::{dsl::case_when, prelude::*, sql_types::Text};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::Attempt;
use crate::{
    event::{self, EventKind, NewEvent},
    schema::{messages, outbox},
    status::SendFailure,
};

/// The message waits until `at`, and no longer. False if it does not wait, or not yet.
pub async fn wait_until(
    conn: &mut Conn<Tenant>,
    attempt: &Attempt,
    at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let changed = diesel::update(outbox::table.find(attempt.outbox))
        .filter(outbox::attempt_id.eq(attempt.attempt_id))
        .filter(outbox::state.eq("retry"))
        .set(outbox::next_attempt_at.eq(at))
        .execute(&mut **conn)
        .await?;
    Ok(changed > 0)
}

/// What the message waits for will never be there. False if it does not wait, or not yet.
pub async fn give_up_waiting(
    conn: &mut Conn<Tenant>,
    attempt: &Attempt,
    why: &SendFailure,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        // While nobody knows whether an earlier attempt arrived, that stays so.
        let state = case_when(outbox::unknown_at.is_null(), "failed".into_sql::<Text>()).otherwise("unknown");
        let state: Option<String> = diesel::update(outbox::table.find(attempt.outbox))
            .filter(outbox::attempt_id.eq(attempt.attempt_id))
            .filter(outbox::state.eq("retry"))
            .set(outbox::state.eq(state))
            .returning(outbox::state)
            .get_result(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?;
        let Some(state) = state else {
            return Ok(false);
        };
        diesel::update(messages::table.find(attempt.reference.message))
            .set((
                messages::failed_at.eq((state == "failed").then_some(now)),
                messages::state.eq(state),
                messages::error_code.eq(why.code),
                messages::error_title.eq(&why.title),
                messages::error_detail.eq(&why.detail),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let told = NewEvent {
            kind: EventKind::MessageUpdated,
            conversation: attempt.conversation,
            message: Some(attempt.reference.message),
        };
        event::append(tx, &[told]).await?;
        Ok(true)
    })
    .await
}
