//! What the end of an attempt teaches about the customer: under which ids Meta knows him, that his
//! window has closed, that he wants no marketing, that answering him is free for a while.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use uuid::Uuid;

use super::{Outcome, Settlement};
use crate::{
    conversation::ConversationId,
    event::{EventKind, NewEvent},
    message::MessageId,
    outbox::SendClass,
    sql::{Sql, Statement},
};

/// More than 24 hours since the customer's last message (Meta, error codes).
const WINDOW_CLOSED: i32 = 131_047;
/// The customer stopped marketing messages from this business (Meta, error codes).
const MARKETING_STOPPED: i32 = 131_050;
/// Meta could not use the file (Meta, error codes).
const FILE_FAILED: i32 = 131_053;
/// How long after an answer to somebody who came from an advertisement messages are free
/// (Meta, "free entry points").
const ENTRY_POINT: TimeDelta = TimeDelta::hours(72);
/// How soon the answer must come.
const ANSWERED_WITHIN: TimeDelta = TimeDelta::hours(24);

pub(super) async fn learn(
    tx: &mut Conn<Tenant>,
    outcomes: &[&Outcome],
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    for outcome in outcomes {
        let thread = outcome.attempt.conversation;
        match &outcome.settlement {
            Settlement::Accepted { wa_id, user_id, .. } => {
                let other = wa_id
                    .as_deref()
                    .filter(|id| outcome.attempt.phone.as_deref() != Some(id));
                if let Some(wa_id) = other {
                    also_known_as(tx, thread, wa_id, false).await?;
                }
                let new = user_id.as_deref().filter(|_| outcome.attempt.bsuid.is_none());
                if let Some(user_id) = new {
                    also_known_as(tx, thread, user_id, true).await?;
                }
            }
            Settlement::Failed(why) => {
                let message = outcome.attempt.reference.message;
                meta_said(tx, message, thread, why.code, now, events).await?;
            }
            Settlement::Retry { .. } | Settlement::Unknown { .. } => {}
        }
    }
    let answered = outcomes.iter().filter(|outcome| {
        outcome.attempt.class != SendClass::Campaign
            && matches!(outcome.settlement, Settlement::Accepted { .. })
    });
    open_entry_points(
        tx,
        answered.map(|outcome| outcome.attempt.conversation),
        now,
        events,
    )
    .await
}

/// `$1`: the id, `$2`: the thread, `$3`: whether it is a user id. An id that somebody has already
/// stays his; should the two be one person, his next message shows it.
struct AlsoKnownAs;

impl Sql for AlsoKnownAs {
    const TEXT: &'static str = "\
        WITH key AS ( \
            INSERT INTO contact_keys (key, contact_id) \
            SELECT {}, contact_id FROM conversations WHERE id = {} \
            ON CONFLICT (key) DO NOTHING RETURNING contact_id, key \
        ) \
        UPDATE contacts SET bsuid = key.key FROM key \
        WHERE contacts.id = key.contact_id AND {} AND contacts.bsuid IS NULL";
}

async fn also_known_as(
    tx: &mut Conn<Tenant>,
    thread: ConversationId,
    key: &str,
    is_user_id: bool,
) -> Result<(), DbError> {
    Statement::<AlsoKnownAs>::new()
        .bind::<Text, _>(key)
        .bind::<SqlUuid, _>(thread)
        .bind::<Bool, _>(is_user_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

struct CloseWindow;

impl Sql for CloseWindow {
    const TEXT: &'static str = "\
        UPDATE conversations SET window_expires_at = {} WHERE id = {} AND window_expires_at > $1 RETURNING id";
}

struct OptOut;

impl Sql for OptOut {
    const TEXT: &'static str = "\
        UPDATE contacts SET marketing_opt_out_at = {}, marketing_preference_at = $1 FROM conversations AS thread \
        WHERE thread.id = {} AND contacts.id = thread.contact_id AND contacts.marketing_opt_out_at IS NULL \
        RETURNING thread.id";
}

/// Should the message be sent again, its file is uploaded again.
struct ForgetFile;

impl Sql for ForgetFile {
    const TEXT: &'static str = "\
        DELETE FROM wa_uploads AS known USING media \
        WHERE media.message_id = {} AND known.channel_id = media.channel_id \
          AND known.content_hash = media.content_hash";
}

#[derive(QueryableByName)]
struct Touched {
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
}

/// Takes Meta's word about a customer where an error tells more than that a message failed.
pub(crate) async fn meta_said(
    tx: &mut Conn<Tenant>,
    message: MessageId,
    thread: ConversationId,
    code: Option<i32>,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    let touched: Vec<Touched> = match code {
        Some(WINDOW_CLOSED) => {
            Statement::<CloseWindow>::new()
                .bind::<Timestamptz, _>(now)
                .bind::<SqlUuid, _>(thread)
                .get_results(&mut **tx)
                .await?
        }
        Some(MARKETING_STOPPED) => {
            Statement::<OptOut>::new()
                .bind::<Timestamptz, _>(now)
                .bind::<SqlUuid, _>(thread)
                .get_results(&mut **tx)
                .await?
        }
        Some(FILE_FAILED) => {
            Statement::<ForgetFile>::new()
                .bind::<SqlUuid, _>(message)
                .execute(&mut **tx)
                .await?;
            Vec::new()
        }
        _ => Vec::new(),
    };
    events.extend(touched.iter().map(updated));
    Ok(())
}

/// `$1`: until when it is free, `$2`: the threads, `$3`: since when an advertisement counts, `$4`: now.
/// One advertisement opens one entry point: what came before the last one began is of the past.
struct OpenEntryPoints;

impl Sql for OpenEntryPoints {
    const TEXT: &'static str = "\
        UPDATE conversations AS thread SET entry_point_expires_at = {} \
        WHERE thread.id = ANY ({}) AND EXISTS ( \
            SELECT FROM messages AS m WHERE m.conversation_id = thread.id AND m.direction = 'in' \
            AND m.occurred_at > {} AND m.payload ? 'referral' \
            AND m.occurred_at > COALESCE(thread.entry_point_expires_at - ($1 - {}), '-infinity')) \
        RETURNING thread.id";
}

async fn open_entry_points(
    tx: &mut Conn<Tenant>,
    threads: impl Iterator<Item = ConversationId>,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(), DbError> {
    let threads: Vec<Uuid> = threads.map(ConversationId::uuid).collect();
    if threads.is_empty() {
        return Ok(());
    }
    let touched: Vec<Touched> = Statement::<OpenEntryPoints>::new()
        .bind::<Timestamptz, _>(now + ENTRY_POINT)
        .bind::<Array<SqlUuid>, _>(threads)
        .bind::<Timestamptz, _>(now - ANSWERED_WITHIN)
        .bind::<Timestamptz, _>(now)
        .get_results(&mut **tx)
        .await?;
    events.extend(touched.iter().map(updated));
    Ok(())
}

fn updated(touched: &Touched) -> NewEvent {
    NewEvent {
        kind: EventKind::ConversationUpdated,
        conversation: touched.id,
        message: None,
    }
}
