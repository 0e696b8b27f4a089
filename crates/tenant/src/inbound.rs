//! Applying what Meta delivers: messages and statuses, in batches, so that
//! order and repetition change nothing.

mod applier;
mod batch;
mod effects;
mod notice;
mod progress;
mod row;
mod status;
mod threads;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

pub use self::{
    applier::{Applier, apply},
    notice::SystemNotice,
};
pub(crate) use self::{effects::Effects, status::join_orphans};
use crate::{contact::Identity, media::InboundMedia, schema::dead_letters, status::StatusReport};

/// A message as it came.
#[derive(Debug, Clone)]
pub struct InboundMessage {
    /// Meta's id.
    pub wamid: String,
    /// Who wrote.
    pub from: Identity,
    /// Meta's type, or `unsupported`.
    pub kind: String,
    /// The text, if it has one.
    pub body: Option<String>,
    /// The message's JSON where it is shown as such, fit for `jsonb`.
    pub payload: Option<serde_json::Value>,
    /// The file it carries.
    pub media: Option<Box<InboundMedia>>,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// Meta's time, if it could be read.
    pub at: Option<DateTime<Utc>>,
    /// Whether the team has to look at it.
    pub counts_as_unread: bool,
    /// Whether free-form answers are allowed for 24 hours after it.
    pub opens_window: bool,
}

/// What an item is.
#[derive(Debug, Clone)]
pub enum InboundContent {
    /// A customer's message.
    Message(InboundMessage),
    /// A report about one of ours.
    Status(StatusReport),
    /// WhatsApp's own notice about a customer.
    Notice(SystemNotice),
    /// Something that could not be read; kept with the reason.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// One item of a webhook, with the bytes it came as.
#[derive(Debug, Clone)]
pub struct InboundItem {
    /// The line it came in on.
    pub channel: ChannelId,
    /// What it is.
    pub content: InboundContent,
    /// Its JSON, verbatim.
    pub raw: String,
}

impl InboundItem {
    /// Whether it brings a file to fetch.
    pub fn has_file(&self) -> bool {
        matches!(&self.content, InboundContent::Message(message) if message.media.is_some())
    }
}

/// Meta's time, kept within what can be true: webhooks are redelivered for up
/// to seven days, and clocks differ by minutes.
pub(crate) fn clamp(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    at.map_or(now, |at| {
        at.clamp(now - TimeDelta::days(8), now + TimeDelta::minutes(5))
    })
}

/// A lock id that nothing else in a tenant's database is likely to take: "inbound" in ASCII.
const APPLY_LOCK: i64 = 0x0069_6e62_6f75_6e64;

/// Keeps an item that cannot be applied, with the reason: once, however often it is delivered.
pub async fn set_aside(
    conn: &mut Conn<Tenant>,
    item: &InboundItem,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let kind = match item.content {
        InboundContent::Message(_) => "message",
        InboundContent::Status(_) => "status",
        InboundContent::Notice(_) => "notice",
        InboundContent::Unreadable { .. } => "unreadable",
    };
    diesel::insert_into(dead_letters::table)
        .values((
            dead_letters::id.eq(letter_id(item, kind)),
            dead_letters::channel_id.eq(item.channel),
            dead_letters::kind.eq(kind),
            dead_letters::reason.eq(reason.replace('\0', "\u{fffd}")),
            dead_letters::raw.eq(item.raw.as_bytes()),
            dead_letters::received_at.eq(now),
        ))
        .on_conflict(dead_letters::id)
        .do_nothing()
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// The same for the same item of the same line.
fn letter_id(item: &InboundItem, kind: &str) -> Uuid {
    let digest = crypto::token::digest(format!("{}|{kind}|{}", item.channel, item.raw));
    let mut bytes = [0; 16];
    for (byte, of_digest) in bytes.iter_mut().zip(digest) {
        *byte = of_digest;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
