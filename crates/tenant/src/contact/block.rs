//! Whom nobody writes to any more. Here that holds at once; whether WhatsApp turns the customer away as well is
//! known line by line.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use serde_json::json;

use super::{Contact, ContactId, change::tell};
use crate::{
    audit::{self, AuditEntry},
    schema::{contact_blocks, contacts, conversations},
    user::UserId,
};

/// Somebody to be blocked or let in again, and the lines that he wrote on.
#[derive(Debug, Clone)]
pub struct Blockable {
    /// The customer.
    pub contact: Contact,
    /// The lines.
    pub lines: Vec<ChannelId>,
}

/// Blocks a contact, or lets it in again, and tells everybody; `None` if there is no such contact. Doing it twice
/// changes nothing.
pub async fn set_blocked(
    conn: &mut Conn<Tenant>,
    id: ContactId,
    blocked: bool,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Option<Blockable>, DbError> {
    conn.transaction(async |tx| {
        let found: Option<Contact> = contacts::table
            .find(id)
            .for_update()
            .select(Contact::as_select())
            .first(&mut **tx)
            .await
            .optional()?;
        let Some(contact) = found else { return Ok(None) };
        let lines = conversations::table
            .filter(conversations::contact_id.eq(id))
            .select(conversations::channel_id)
            .distinct()
            .order(conversations::channel_id)
            .load(&mut **tx)
            .await?;
        if contact.blocked_at.is_some() != blocked {
            diesel::update(contacts::table.find(id))
                .set((
                    contacts::blocked_at.eq(blocked.then_some(now)),
                    contacts::updated_at.eq(now),
                ))
                .execute(&mut **tx)
                .await?;
            let entry = AuditEntry {
                actor: Some(actor),
                action: if blocked {
                    "contact.blocked"
                } else {
                    "contact.unblocked"
                },
                target: Some(id.to_string()),
                data: json!({}),
            };
            audit::record(tx, entry, now).await?;
            tell(tx, &[id]).await?;
        }
        Ok(Some(Blockable { contact, lines }))
    })
    .await
}

/// Writes down whether WhatsApp turns the contact away on a line.
pub async fn note_blocked_at_meta(
    conn: &mut Conn<Tenant>,
    contact: ContactId,
    line: ChannelId,
    blocked: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if blocked {
        diesel::insert_into(contact_blocks::table)
            .values((
                contact_blocks::contact_id.eq(contact),
                contact_blocks::channel_id.eq(line),
                contact_blocks::blocked_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(&mut **conn)
            .await?;
    } else {
        diesel::delete(contact_blocks::table.find((contact, line)))
            .execute(&mut **conn)
            .await?;
    }
    Ok(())
}
