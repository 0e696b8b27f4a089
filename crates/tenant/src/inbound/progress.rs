//! How far messages of ours got, many reports in one statement: the common case,
//! where the message is known and its sending settled. What is not so simple is
//! left to [`super::status`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::{APPLY_LOCK, clamp};
use crate::{
    conversation::ConversationId,
    event::{EventKind, NewEvent},
    message::MessageId,
    outbox::AttemptRef,
    sql::{Sql, Statement},
    status::{Delivery, StatusReport},
};

/// A report as it came, with its line.
pub(super) type Report<'r> = (ChannelId, &'r StatusReport);

/// What several reports say together of one message: of each time, the earliest.
struct Progress<'r> {
    channel: ChannelId,
    wamid: &'r str,
    sent_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
    attempt: Option<AttemptRef>,
    reports: Vec<Report<'r>>,
}

/// Reports of progress, one entry for each message, and those that need a closer look.
#[derive(Default)]
pub(super) struct Sorted<'r> {
    progress: Vec<Progress<'r>>,
    /// Failures, and reports that name another attempt than their neighbours.
    others: Vec<Report<'r>>,
}

impl<'r> Sorted<'r> {
    pub(super) fn new(reports: Vec<Report<'r>>, now: DateTime<Utc>) -> Self {
        let mut sorted = Self {
            progress: Vec::new(),
            others: Vec::new(),
        };
        let mut places: HashMap<(ChannelId, &str), usize> = HashMap::new();
        for (channel, report) in reports {
            if report.delivery == Delivery::Failed {
                sorted.others.push((channel, report));
                continue;
            }
            let place = *places.entry((channel, &report.wamid)).or_insert_with(|| {
                sorted.progress.push(Progress {
                    channel,
                    wamid: &report.wamid,
                    sent_at: None,
                    delivered_at: None,
                    read_at: None,
                    attempt: None,
                    reports: Vec::new(),
                });
                sorted.progress.len() - 1
            });
            let progress = &mut sorted.progress[place];
            if progress.attempt.is_some() && report.attempt.is_some() && progress.attempt != report.attempt {
                sorted.others.push((channel, report));
                continue;
            }
            progress.add(channel, report, now);
        }
        sorted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.progress.is_empty() && self.others.is_empty()
    }

    /// Whether one statement may be enough.
    pub(super) fn is_plain(&self) -> bool {
        !self.progress.is_empty() && self.others.is_empty()
    }
}

impl<'r> Progress<'r> {
    fn add(&mut self, channel: ChannelId, report: &'r StatusReport, now: DateTime<Utc>) {
        let at = clamp(report.at, now);
        let time = match report.delivery {
            Delivery::Sent => &mut self.sent_at,
            Delivery::Delivered => &mut self.delivered_at,
            Delivery::Read | Delivery::Failed => &mut self.read_at,
        };
        *time = Some(time.map_or(at, |known| known.min(at)));
        self.attempt = self.attempt.or(report.attempt);
        self.reports.push((channel, report));
    }
}

macro_rules! filled {
    () => {
        "WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock({})), \
        new AS MATERIALIZED ( \
            SELECT * FROM unnest({}, {}, {}, {}, {}, {}, {}) WITH ORDINALITY \
                AS given (channel_id, wamid, sent_at, delivered_at, read_at, attempted, attempt, n) \
        ), \
        known AS MATERIALIZED ( \
            SELECT new.*, m.id FROM locked, new \
            JOIN messages AS m ON m.channel_id = new.channel_id AND m.wamid = new.wamid AND m.direction = 'out' \
            WHERE NOT EXISTS (SELECT FROM outbox AS o WHERE o.message_id = new.attempted \
                              AND o.attempt = new.attempt AND o.state IN ('sending', 'unknown', 'retry', 'queued')) \
        ), \
        filled AS ( \
            UPDATE messages AS m SET \
                sent_at = LEAST(m.sent_at, known.sent_at), \
                delivered_at = LEAST(m.delivered_at, known.delivered_at), \
                read_at = LEAST(m.read_at, known.read_at) \
            FROM known WHERE m.id = known.id AND (m.sent_at, m.delivered_at, m.read_at) IS DISTINCT FROM \
                (LEAST(m.sent_at, known.sent_at), LEAST(m.delivered_at, known.delivered_at), \
                 LEAST(m.read_at, known.read_at)) \
            RETURNING m.id, m.conversation_id, known.n \
        ) "
    };
}

/// As a transaction of its own, with its events.
struct Fill;

impl Sql for Fill {
    const TEXT: &'static str = concat!(
        filled!(),
        ", counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + (SELECT count(*) FROM filled) \
            WHERE (SELECT count(*) FROM filled) > 0 \
            RETURNING last_event - (SELECT count(*) FROM filled) AS base \
        ), \
        told AS ( \
            INSERT INTO events (seq, kind, conversation_id, message_id) \
            SELECT (SELECT base FROM counter) + row_number() OVER (ORDER BY n), {}, conversation_id, id FROM filled \
        ) \
        SELECT n, NULL::uuid AS id, NULL::uuid AS conversation_id FROM known"
    );
}

/// Inside a transaction that writes its events at its end.
struct FillQuietly;

impl Sql for FillQuietly {
    const TEXT: &'static str = concat!(
        filled!(),
        "SELECT n, id, conversation_id FROM filled UNION ALL SELECT n, NULL, NULL FROM known"
    );
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    n: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    id: Option<MessageId>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    conversation_id: Option<ConversationId>,
}

/// Fills in what `sorted` reports and writes the events, in a transaction of its
/// own. Returns the reports that found no settled message.
pub(super) async fn fill<'r>(
    conn: &mut Conn<Tenant>,
    sorted: Sorted<'r>,
) -> Result<Vec<Report<'r>>, DbError> {
    let known: Vec<Known> = arrays::<Fill>(&sorted.progress)
        .bind::<Text, _>(EventKind::MessageUpdated.as_str())
        .get_results(&mut **conn)
        .await?;
    Ok(sorted.without(&known))
}

/// The same inside a transaction; what has to be announced is added to `events`.
pub(super) async fn fill_quietly<'r>(
    tx: &mut Conn<Tenant>,
    sorted: Sorted<'r>,
    events: &mut Vec<NewEvent>,
) -> Result<Vec<Report<'r>>, DbError> {
    let known: Vec<Known> = arrays::<FillQuietly>(&sorted.progress)
        .get_results(&mut **tx)
        .await?;
    events.extend(known.iter().filter_map(|known| {
        Some(NewEvent {
            kind: EventKind::MessageUpdated,
            conversation: known.conversation_id?,
            message: Some(known.id?),
        })
    }));
    Ok(sorted.without(&known))
}

impl<'r> Sorted<'r> {
    fn without(self, known: &[Known]) -> Vec<Report<'r>> {
        let mut found = vec![false; self.progress.len()];
        for known in known {
            let place = usize::try_from(known.n - 1).unwrap_or(usize::MAX);
            if let Some(found) = found.get_mut(place) {
                *found = true;
            }
        }
        let unknown = self.progress.into_iter().zip(found).filter(|(_, found)| !found);
        let mut left = self.others;
        left.extend(unknown.flat_map(|(progress, _)| progress.reports));
        left
    }
}

fn arrays<'p, S: Sql>(progress: &'p [Progress<'p>]) -> Statement<'p, S> {
    fn column<'p, T>(progress: &'p [Progress<'p>], of: impl Fn(&'p Progress<'p>) -> T) -> Vec<T> {
        progress.iter().map(of).collect()
    }
    let attempt = |progress: &Progress<'_>| progress.attempt;
    Statement::new()
        .bind::<BigInt, _>(APPLY_LOCK)
        .bind::<Array<SqlUuid>, Vec<Uuid>>(column(progress, |of| of.channel.0))
        .bind::<Array<Text>, _>(column(progress, |of| of.wamid))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(progress, |of| of.sent_at))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(progress, |of| of.delivered_at))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(progress, |of| of.read_at))
        .bind::<Array<Nullable<SqlUuid>>, Vec<Option<Uuid>>>(column(progress, |of| {
            attempt(of).map(|attempt| attempt.message.uuid())
        }))
        .bind::<Array<Nullable<Integer>>, Vec<Option<i32>>>(column(progress, |of| {
            attempt(of).map(|attempt| attempt.attempt)
        }))
}
