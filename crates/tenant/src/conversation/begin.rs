//! A thread with somebody who need not have written: found, or begun.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::ConversationId;
use crate::{
    contact::{self, Identity},
    event::{EventKind, NewEvent},
    schema::conversations,
};

/// Finds or begins the thread with whoever has these ids, on this line. True where a key moved: raise
/// the epoch before the transaction ends.
pub(crate) async fn thread_with(
    tx: &mut Conn<Tenant>,
    channel: ChannelId,
    identity: &Identity,
    now: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<(ConversationId, bool), DbError> {
    let contact = contact::upsert(tx, identity, now, events).await?;
    let known: Option<ConversationId> = conversations::table
        .filter(conversations::channel_id.eq(channel))
        .filter(conversations::user_key.eq(&contact.user_key))
        .select(conversations::id)
        .first(&mut **tx)
        .await
        .optional()?;
    if let Some(known) = known {
        return Ok((known, contact.moved));
    }
    let begun: ConversationId = diesel::insert_into(conversations::table)
        .values((
            conversations::id.eq(ConversationId::generate()),
            conversations::channel_id.eq(channel),
            conversations::user_key.eq(&contact.user_key),
            conversations::contact_id.eq(contact.id),
            conversations::last_activity_at.eq(now),
        ))
        .returning(conversations::id)
        .get_result(&mut **tx)
        .await?;
    events.push(NewEvent {
        kind: EventKind::ConversationCreated,
        conversation: begun,
        message: None,
    });
    Ok((begun, contact.moved))
}
