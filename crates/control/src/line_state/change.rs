//! Writing down what a check told, pausing a line, and ending the pause.
//!
//! Whoever asked Meta says which state of the line he asked for. If the line was
//! changed since, his news are of an old token or number and count for nothing:
//! a call that was under way while a token was replaced does not pause the line
//! again.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, Control, DbError};
use serde_json::{Value, json};

use super::{Cause, LineFacts, LineState, LineStates, MAX_WORDS, facts::write};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change,
    channel::{Channel, Channels},
    schema::line_states,
    tenant::Tenants,
    text,
};

/// A line as it was when Meta was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The line.
    pub channel: ChannelId,
    /// When it had been changed last.
    pub updated_at: DateTime<Utc>,
}

impl From<&Channel> for Seen {
    fn from(channel: &Channel) -> Self {
        Self {
            channel: channel.id,
            updated_at: channel.updated_at,
        }
    }
}

/// What came of asking Meta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nothing, and why: what was known before is kept.
    Nothing(String),
    /// These facts.
    Facts(Box<LineFacts>),
}

/// What a check means for the line's sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Leave,
    /// It is pointless.
    Pause(Cause),
    /// It works again.
    Resume {
        /// The pause that is meant, by its beginning: a later one stays.
        paused_at: DateTime<Utc>,
    },
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The line was changed or removed since Meta was asked: nothing was written.
    Stale,
    /// The line goes on as before.
    Unchanged,
    /// It is paused now.
    Paused,
    /// It is no longer paused.
    Resumed,
}

/// Writes down what a check told, and pauses or resumes the line accordingly.
#[tracing::instrument(name = "line.check", skip_all, fields(channel.id = %seen.channel))]
pub async fn record_check(
    conn: &mut Conn<Control>,
    seen: Seen,
    told: &Told,
    verdict: Verdict,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    conn.transaction(async |tx| {
        let Some((channel, before)) = opened(tx, seen).await? else {
            return Ok(Outcome::Stale);
        };
        let has_new_pace = write(tx, &before, told, now).await?;
        let outcome = match verdict {
            Verdict::Pause(cause) => pause(tx, &channel, &before, &cause, actor, now).await?,
            Verdict::Resume { paused_at } if before.paused_at == Some(paused_at) => {
                resume(tx, &channel, actor, now).await?
            }
            Verdict::Leave | Verdict::Resume { .. } => Outcome::Unchanged,
        };
        if has_new_pace || outcome != Outcome::Unchanged {
            change::notify(tx, channel.tenant_id).await?;
        }
        Ok(outcome)
    })
    .await
}

/// Pauses a line. One that is paused stays so, with its first cause and time.
#[tracing::instrument(name = "line.pause", skip_all, fields(channel.id = %seen.channel))]
pub async fn pause_line(
    conn: &mut Conn<Control>,
    seen: Seen,
    cause: &Cause,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    conn.transaction(async |tx| {
        let Some((channel, before)) = opened(tx, seen).await? else {
            return Ok(Outcome::Stale);
        };
        let outcome = pause(tx, &channel, &before, cause, actor, now).await?;
        if outcome == Outcome::Paused {
            change::notify(tx, channel.tenant_id).await?;
        }
        Ok(outcome)
    })
    .await
}

/// Forgets what is known of a line, and with it a pause: its token or number is another one.
pub(crate) async fn start_over(
    tx: &mut Conn<Control>,
    channel: &Channel,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let known = LineStates::new(tx).find(channel.id).await?;
    diesel::delete(line_states::table.find(channel.id))
        .execute(&mut **tx)
        .await?;
    if known.is_some_and(|known| known.paused_at.is_some()) {
        record(
            tx,
            channel,
            "channel.resumed",
            json!({ "by": "change" }),
            actor,
            now,
        )
        .await?;
    }
    Ok(())
}

/// The line with its row, made if there is none; `None` if it is not as it was seen. Changes to a
/// tenant's lines happen one after the other, and this is one.
async fn opened(tx: &mut Conn<Control>, seen: Seen) -> Result<Option<(Channel, LineState)>, DbError> {
    let Some(unlocked) = Channels::new(tx).find(seen.channel).await? else {
        return Ok(None);
    };
    Tenants::new(tx).lock(unlocked.tenant_id).await?;
    let found = Channels::new(tx).find(seen.channel).await?;
    let Some(channel) = found.filter(|channel| channel.updated_at == seen.updated_at) else {
        return Ok(None);
    };
    diesel::insert_into(line_states::table)
        .values(line_states::channel_id.eq(channel.id))
        .on_conflict_do_nothing()
        .execute(&mut **tx)
        .await?;
    let query = LineState::query().filter(line_states::channel_id.eq(channel.id));
    let state = query.first(&mut **tx).await?;
    Ok(Some((channel, state)))
}

async fn pause(
    tx: &mut Conn<Control>,
    channel: &Channel,
    before: &LineState,
    cause: &Cause,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    if before.paused_at.is_some() {
        return Ok(Outcome::Unchanged);
    }
    let hold = cause.code.hold(before.resumed_at, before.pause_hold_seconds, now);
    let message = cause
        .message
        .as_deref()
        .and_then(|words| text::clip(words, MAX_WORDS));
    let data = json!({ "code": cause.code.as_str(), "meta_code": cause.meta_code, "message": &message });
    diesel::update(line_states::table.find(channel.id))
        .set((
            line_states::paused_at.eq(now),
            line_states::pause_code.eq(cause.code.as_str()),
            line_states::pause_meta_code.eq(cause.meta_code),
            line_states::pause_message.eq(message),
            line_states::pause_hold_seconds.eq(hold),
        ))
        .execute(&mut **tx)
        .await?;
    record(tx, channel, "channel.paused", data, actor, now).await?;
    Ok(Outcome::Paused)
}

async fn resume(
    tx: &mut Conn<Control>,
    channel: &Channel,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Outcome, DbError> {
    diesel::update(line_states::table.find(channel.id))
        .set((
            line_states::paused_at.eq(None::<DateTime<Utc>>),
            line_states::pause_code.eq(None::<String>),
            line_states::pause_meta_code.eq(None::<i64>),
            line_states::pause_message.eq(None::<String>),
            line_states::resumed_at.eq(now),
        ))
        .execute(&mut **tx)
        .await?;
    record(
        tx,
        channel,
        "channel.resumed",
        json!({ "by": "check" }),
        actor,
        now,
    )
    .await?;
    Ok(Outcome::Resumed)
}

async fn record(
    tx: &mut Conn<Control>,
    channel: &Channel,
    action: &str,
    data: Value,
    actor: &Actor,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        at,
        actor,
        tenant_id: Some(channel.tenant_id),
        action,
        target: Some(channel.id.to_string()),
        data,
    };
    audit::record(tx, entry).await
}
