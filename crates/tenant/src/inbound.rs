//! Applying what Meta delivers: messages and statuses, in batches, so that
//! order and repetition change nothing.

mod applier;
mod batch;
mod effects;
mod notice;
mod outside;
mod progress;
mod row;
mod status;
mod strangers;
mod threads;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

pub use self::{
    applier::{Applier, apply},
    notice::SystemNotice,
    outside::OutsideMessage,
};
pub(crate) use self::{effects::Effects, status::join_orphans};
use crate::{
    contact::Identity, line_event::NewLineEvent, media::InboundMedia, schema::dead_letters,
    status::StatusReport,
};

/// A message as it came.
#[derive(Debug, Clone)]
pub struct InboundMessage {
    /// Meta's id.
    pub wamid: String,
    /// Who wrote.
    pub from: Identity,
    /// Meta's type; `unknown` where it said none that is a word.
    pub kind: String,
    /// The words in it: text, caption, the title of what was chosen…
    pub body: Option<String>,
    /// Its JSON without what every message has, fit for `jsonb`; `None` for a plain text.
    pub payload: Option<serde_json::Value>,
    /// The file it carries.
    pub media: Option<Box<InboundMedia>>,
    /// The message it answers, reacts to, edits or takes back.
    pub context_wamid: Option<String>,
    /// Whether somebody said something: it counts as unread and wakes the thread.
    pub is_news: bool,
    /// Whether free-form answers may be sent for a day.
    pub opens_window: bool,
    /// Meta's time, if it could be read.
    pub at: Option<DateTime<Utc>>,
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
    /// Said without us: from the business's phone, or in the past.
    Outside(OutsideMessage),
    /// What the business's address book calls a customer.
    AddressBook {
        /// Who.
        who: Identity,
        /// The name.
        name: String,
    },
    /// Anything else of the line or its account.
    LineEvent(NewLineEvent),
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
        InboundContent::Outside(_) => "outside",
        InboundContent::AddressBook { .. } => "address_book",
        InboundContent::LineEvent(_) => "line_event",
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
    crate::id::of_contents(&format!("{}|{kind}|{}", item.channel, item.raw))
}
