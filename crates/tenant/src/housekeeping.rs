//! Deleting what nobody needs any more, in small batches.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

/// How long dead letters stay after they were replayed or discarded, statuses of messages that
/// never came, and the keys under which requests may be repeated: longer than the seven days for which Meta delivers a webhook again.
pub const KEPT: TimeDelta = TimeDelta::days(14);

/// Rows of a table that one statement deletes at most.
const BATCH: i64 = 500;

const BATCHES: [&str; 4] = [
    "DELETE FROM dead_letters WHERE id IN (
        SELECT id FROM dead_letters WHERE state <> 'open' AND closed_at < $1 ORDER BY closed_at LIMIT $2)",
    "DELETE FROM orphan_statuses WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM orphan_statuses WHERE received_at < $1 LIMIT $2))",
    "DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency_keys WHERE created_at < $1 LIMIT $2))",
    "DELETE FROM wa_uploads WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM wa_uploads WHERE expires_at < $1 LIMIT $2))",
];

/// Deletes closed dead letters, statuses of unknown messages, idempotency keys and WhatsApp's ids of
/// our files that are older than [`KEPT`]; returns how many. Open dead letters stay.
pub async fn clean(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<usize, DbError> {
    let mut all = 0;
    for batch in BATCHES {
        loop {
            let deleted = diesel::sql_query(batch)
                .bind::<Timestamptz, _>(now - KEPT)
                .bind::<BigInt, _>(BATCH)
                .execute(&mut **conn)
                .await?;
            all += deleted;
            if i64::try_from(deleted).unwrap_or(i64::MAX) < BATCH {
                break;
            }
        }
    }
    Ok(all)
}
