//! An entry of the model as rows of the database, there and back.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use pg::{Conn, Tenant};
use tenant::{
    message::MessageId,
    outbox::{Attempt, AttemptRef, OutboxId, SendClass},
};
use uuid::Uuid;

use super::entry::{Entry, Report, State, Why};
use crate::common::{LINE, at};

/// When everything in the rows of [`put`] has happened, and leases end.
pub const NOW: i64 = 1_000;
/// When a scheduled message is due.
pub const DUE: i64 = 2_000;

/// The fence of attempt `n`, in rows that were put.
fn fence(n: u8) -> Uuid {
    Uuid::from_u128(7_000 + u128::from(n))
}

pub fn wamid(n: u8) -> String {
    format!("w{n}")
}

fn number(wamid: &str) -> u8 {
    wamid.strip_prefix('w').unwrap().parse().unwrap()
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Scheduled => "scheduled",
        State::Queued => "queued",
        State::Sending => "sending",
        State::Retry => "retry",
        State::Accepted => "accepted",
        State::Failed => "failed",
        State::Unknown => "unknown",
        State::Cancelled => "cancelled",
    }
}

const STATES: [State; 8] = [
    State::Scheduled,
    State::Queued,
    State::Sending,
    State::Retry,
    State::Accepted,
    State::Failed,
    State::Unknown,
    State::Cancelled,
];

pub fn title(why: Why) -> &'static str {
    match why {
        Why::Refused => "refused",
        Why::NotConfirmed => "not_confirmed",
        Why::Cancelled => "cancelled",
        Why::Reported => "undeliverable",
    }
}

/// Attempt `n` of a message, as its worker has it.
pub fn attempt(of: &Attempt, n: u8) -> Attempt {
    Attempt {
        attempt_id: fence(n),
        reference: AttemptRef {
            message: of.reference.message,
            attempt: i32::from(n),
        },
        ..of.clone()
    }
}

/// Makes the rows of `of` what `entry` says.
pub async fn put(tx: &mut Conn<Tenant>, of: &Attempt, entry: &Entry) {
    let or_null = |text: Option<String>| text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
    let moment = |is: bool, seconds| or_null(is.then(|| at(seconds).to_rfc3339()));
    let (message, outbox, thread) = (of.reference.message, of.outbox, of.conversation);
    // What an ended attempt leaves behind must not matter.
    let has_fence = matches!(entry.state, State::Sending | State::Unknown);
    let left = (!has_fence && entry.attempt > 0).then_some(entry.attempt);
    let message_state = match entry.state {
        State::Scheduled | State::Queued | State::Retry => "queued",
        State::Cancelled => "failed",
        other => state_name(other),
    };
    let mut all = format!(
        "UPDATE outbox SET class = '{class}', state = '{state}', attempt = {attempt}, repeated = {repeated}, \
             attempt_id = {fence}, lease_until = {lease}, unknown_at = {unknown}, unconfirmed = {unconfirmed}, \
             next_attempt_at = '{next}', created_at = '{created}' WHERE id = '{outbox}'; \
         UPDATE messages SET state = '{message_state}', wamid = {wamid}, delivered_at = {delivered}, \
             failed_at = {failed}, error_title = {why} WHERE id = '{message}'; \
         UPDATE conversations SET last_inbound_at = '{inbound}' WHERE id = '{thread}'; ",
        class = entry.class,
        state = state_name(entry.state),
        attempt = entry.attempt,
        repeated = entry.repeated,
        fence = or_null(entry.fence.or(left).map(|n| fence(n).to_string())),
        lease = moment(entry.state == State::Sending, NOW),
        unknown = moment(entry.unconfirmed.is_some(), NOW),
        unconfirmed = entry.unconfirmed.map_or("NULL".to_owned(), |n| n.to_string()),
        next = at(if entry.state == State::Scheduled { DUE } else { 10 }).to_rfc3339(),
        created = at(10).to_rfc3339(),
        wamid = or_null(entry.wamid.map(wamid)),
        delivered = moment(entry.delivered, 20),
        failed = moment(entry.failed.is_some(), 20),
        why = or_null(entry.failed.map(|why| title(why).to_owned())),
        inbound = at(if entry.stale { 15 } else { 5 }).to_rfc3339(),
    );
    all.extend(parked(entry));
    tx.batch_execute(&all).await.unwrap();
}

/// The reports that wait for their message, as a statement each.
fn parked(entry: &Entry) -> impl Iterator<Item = String> {
    [
        (Report::Delivered, "delivered", "NULL"),
        (Report::Failed, "failed", "'undeliverable'"),
    ]
    .into_iter()
    .flat_map(move |(report, name, why)| {
        let which = (0..8).filter(move |n| entry.parked[report as usize] & (1 << n) != 0);
        which.map(move |n| {
            format!(
                "INSERT INTO orphan_statuses (channel_id, wamid, status, at, error_title) \
                 VALUES ('{}', '{}', '{name}', '{}', {why}); ",
                LINE.0,
                wamid(n),
                at(20).to_rfc3339()
            )
        })
    })
}

/// Until when free-form messages may be sent.
pub async fn close_window(tx: &mut Conn<Tenant>, seconds: i64) {
    let until = at(seconds).to_rfc3339();
    tx.batch_execute(&format!("UPDATE conversations SET window_expires_at = '{until}'"))
        .await
        .unwrap();
}

#[derive(QueryableByName)]
#[expect(clippy::struct_excessive_bools, reason = "the columns are")]
struct Found {
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Integer)]
    attempt: i32,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    attempt_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    repeated: bool,
    #[diesel(sql_type = Bool)]
    has_lease: bool,
    #[diesel(sql_type = Bool)]
    has_unknown_at: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    unconfirmed: Option<i32>,
    #[diesel(sql_type = Bool)]
    stale: bool,
    #[diesel(sql_type = Nullable<Text>)]
    wamid: Option<String>,
    #[diesel(sql_type = Bool)]
    delivered: bool,
    #[diesel(sql_type = Bool)]
    failed: bool,
    #[diesel(sql_type = Nullable<Text>)]
    error_title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    parked: Option<String>,
    #[diesel(sql_type = BigInt)]
    jobs: i64,
}

/// Reads the rows back. Fences of attempts in `claimed` are those; others are those of [`put`].
pub async fn read(tx: &mut Conn<Tenant>, outbox: OutboxId, message: MessageId, claimed: &[Attempt]) -> Entry {
    let query = format!(
        "SELECT o.class, o.state, o.attempt, o.attempt_id, o.repeated, o.lease_until IS NOT NULL AS has_lease, \
             o.unknown_at IS NOT NULL AS has_unknown_at, o.unconfirmed, \
             thread.last_inbound_at > o.created_at AS stale, m.wamid, m.delivered_at IS NOT NULL AS delivered, \
             m.failed_at IS NOT NULL AS failed, m.error_title, \
             (SELECT string_agg(status || ' ' || wamid, ',') FROM orphan_statuses) AS parked, \
             (SELECT count(*) FROM outbox WHERE message_id = m.id) AS jobs \
         FROM outbox AS o JOIN messages AS m ON m.id = o.message_id \
         JOIN conversations AS thread ON thread.id = o.conversation_id \
         WHERE o.id = '{outbox}' AND m.id = '{message}'"
    );
    let found: Found = diesel::sql_query(query).get_result(&mut **tx).await.unwrap();
    let small = |n: i32| u8::try_from(n).unwrap();
    let state = *STATES
        .iter()
        .find(|state| state_name(**state) == found.state)
        .unwrap();
    assert_eq!(found.jobs, 1);
    assert_eq!(
        found.has_lease,
        state == State::Sending,
        "a lease is an attempt's"
    );
    assert_eq!(found.has_unknown_at, found.unconfirmed.is_some());
    let counts = matches!(state, State::Sending | State::Unknown);
    let fenced = |id: Uuid| {
        let known = claimed.iter().find(|attempt| attempt.attempt_id == id);
        let known = known.map(|attempt| small(attempt.reference.attempt));
        known.or_else(|| (0..8).find(|n| fence(*n) == id)).unwrap()
    };
    let mut parked = [0; 2];
    for row in found.parked.iter().flat_map(|all| all.split(',')) {
        let (status, wamid) = row.split_once(' ').unwrap();
        parked[usize::from(status == "failed")] |= 1 << number(wamid);
    }
    Entry {
        class: found.class.parse::<SendClass>().unwrap(),
        state,
        attempt: small(found.attempt),
        fence: found.attempt_id.filter(|_| counts).map(fenced),
        repeated: found.repeated,
        unconfirmed: found.unconfirmed.map(small),
        stale: found.stale,
        wamid: found.wamid.as_deref().map(number),
        delivered: found.delivered,
        failed: found.failed.then(|| match found.error_title.as_deref() {
            Some("not_confirmed") => Why::NotConfirmed,
            Some("cancelled") => Why::Cancelled,
            Some("undeliverable") => Why::Reported,
            Some("refused" | "window_closed") => Why::Refused,
            other => panic!("a failure without its reason: {other:?}"),
        }),
        parked,
    }
}
