//! WhatsApp's own notices about a customer (`system` messages): the ids change, and
//! the thread shows that they did.

use chrono::{DateTime, Utc};
use pg::{ChannelId, Conn, DbError, Tenant};

use super::{
    Effects, clamp,
    row::{self, QuietRow},
};
use crate::{
    contact::{self, ChangedIds, Identity},
    message::{AuthorKind, Direction},
};

/// A notice as it came.
#[derive(Debug, Clone)]
pub struct SystemNotice {
    /// Meta's id.
    pub wamid: String,
    /// Whom it is about, as far as it says.
    pub about: Identity,
    /// What changed, if ids did.
    pub changed: Option<ChangedIds>,
    /// What WhatsApp says, in words.
    pub body: Option<String>,
    /// The notice's JSON, fit for `jsonb`.
    pub payload: Option<serde_json::Value>,
    /// Meta's time, if it could be read.
    pub at: Option<DateTime<Utc>>,
}

pub(super) async fn apply(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    notice: &SystemNotice,
    raw: &str,
    now: DateTime<Utc>,
    effects: &mut Effects,
) -> Result<(), DbError> {
    // Also because the ids may have changed again since.
    if row::known(tx, channel, &notice.wamid).await? {
        return Ok(());
    }
    let at = clamp(notice.at, now);
    let changed = match &notice.changed {
        Some(ids) => contact::rekey(tx, ids, at, &mut effects.events).await?,
        None => None,
    };
    let contact = match changed {
        Some(contact) => contact,
        None => contact::upsert(tx, &notice.about, at, &mut effects.events).await?,
    };
    effects.moved |= contact.moved;
    let row = QuietRow {
        channel,
        wamid: &notice.wamid,
        direction: Direction::In,
        author: AuthorKind::System,
        kind: "system",
        body: notice.body.as_deref(),
        payload: notice.payload.as_ref(),
        context_wamid: None,
        raw,
        at,
        begins: "closed",
    };
    row::add(tx, &contact, &row, now, effects).await?;
    Ok(())
}
