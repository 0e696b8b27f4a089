//! Two contacts that are one person: everything of the younger moves to the older,
//! thread by thread and line by line.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{Contact, ContactId, keys};
use crate::{
    audit::{self, AuditEntry},
    event::{EventKind, NewEvent},
    id::ConversationId,
    schema::{contact_keys, contacts, conversations},
};

/// Events this old name a thread that is gone: whoever is that far behind reads everything again anyway.
const RECENT_EVENTS: i64 = 10_000;

pub(super) struct Merged {
    pub contact: Contact,
    pub merged: bool,
}

/// Makes one contact of all of `contacts`; `None` when there are none.
pub(super) async fn into_oldest(
    tx: &mut Conn<Tenant>,
    claims: &[&Contact],
    at: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<Option<Merged>, DbError> {
    let mut claims = claims.to_vec();
    claims.sort_by_key(|contact| (contact.created_at, contact.id));
    claims.dedup_by_key(|contact| contact.id);
    let Some((&oldest, younger)) = claims.split_first() else {
        return Ok(None);
    };
    let mut contact = oldest.clone();
    for loser in younger {
        contact = merge(tx, &contact, loser, at, events).await?;
    }
    Ok(Some(Merged {
        contact,
        merged: !younger.is_empty(),
    }))
}

/// Moves everything of `loser` to `winner` and removes `loser`. Where both wrote on
/// one line the two threads become one: messages, tags, outbox, counters and the
/// events of late go along. Afterwards the epoch must be raised.
async fn merge(
    tx: &mut Conn<Tenant>,
    winner: &Contact,
    loser: &Contact,
    at: DateTime<Utc>,
    events: &mut Vec<NewEvent>,
) -> Result<Contact, DbError> {
    for pair in shared_threads(tx, winner, loser).await? {
        join_threads(tx, &pair).await?;
        for conversation in [pair.winner, pair.loser] {
            events.push(NewEvent {
                kind: EventKind::ConversationUpdated,
                conversation,
                message: None,
            });
        }
    }
    let moved: Vec<ConversationId> =
        diesel::update(conversations::table.filter(conversations::contact_id.eq(loser.id)))
            .set((
                conversations::contact_id.eq(winner.id),
                conversations::user_key.eq(&winner.user_key),
            ))
            .returning(conversations::id)
            .get_results(&mut **tx)
            .await?;
    events.extend(moved.into_iter().map(|conversation| NewEvent {
        kind: EventKind::ConversationUpdated,
        conversation,
        message: None,
    }));
    diesel::update(contact_keys::table.filter(contact_keys::contact_id.eq(loser.id)))
        .set(contact_keys::contact_id.eq(winner.id))
        .execute(&mut **tx)
        .await?;
    if let (Some(kept), Some(other)) = (&winner.phone, &loser.phone)
        && kept != other
    {
        keys::leave(tx, other, winner.id, at).await?;
    }
    hand_over(tx, winner, loser).await?;
    let contact = absorb(tx, winner, loser).await?;
    diesel::delete(contacts::table.find(loser.id))
        .execute(&mut **tx)
        .await?;
    audit::record(
        tx,
        AuditEntry {
            actor: None,
            action: "contact.merged",
            target: Some(winner.id.to_string()),
            data: serde_json::json!({ "merged_id": loser.id.to_string() }),
        },
        at,
    )
    .await?;
    Ok(contact)
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = SqlUuid)]
    winner: ConversationId,
    #[diesel(sql_type = SqlUuid)]
    loser: ConversationId,
}

/// Per line on which both wrote: the two threads, locked, so that nobody answers in one that is about to go.
async fn shared_threads(
    tx: &mut Conn<Tenant>,
    winner: &Contact,
    loser: &Contact,
) -> Result<Vec<Pair>, DbError> {
    diesel::sql_query("SELECT id FROM conversations WHERE contact_id IN ($1, $2) ORDER BY id FOR UPDATE")
        .bind::<SqlUuid, _>(winner.id)
        .bind::<SqlUuid, _>(loser.id)
        .execute(&mut **tx)
        .await?;
    Ok(diesel::sql_query(
        "SELECT winner.id AS winner, loser.id AS loser \
         FROM conversations winner JOIN conversations loser USING (channel_id) \
         WHERE winner.contact_id = $1 AND loser.contact_id = $2",
    )
    .bind::<SqlUuid, _>(winner.id)
    .bind::<SqlUuid, _>(loser.id)
    .load(&mut **tx)
    .await?)
}

async fn join_threads(tx: &mut Conn<Tenant>, pair: &Pair) -> Result<(), DbError> {
    for statement in [
        "UPDATE messages SET conversation_id = $1 WHERE conversation_id = $2",
        "UPDATE outbox SET conversation_id = $1 WHERE conversation_id = $2",
        "UPDATE notifications SET conversation_id = $1 WHERE conversation_id = $2",
        "UPDATE drafts d SET conversation_id = $1 WHERE conversation_id = $2 AND NOT EXISTS \
         (SELECT FROM drafts kept WHERE kept.conversation_id = $1 AND kept.user_id = d.user_id AND kept.kind = d.kind)",
        "INSERT INTO conversation_tags (conversation_id, tag_id) \
         SELECT $1, tag_id FROM conversation_tags WHERE conversation_id = $2 ON CONFLICT DO NOTHING",
        // The more awake of the two states; the newer last message.
        "UPDATE conversations w SET \
             unread_count = w.unread_count + l.unread_count, \
             last_message_id = CASE WHEN w.last_message_id IS NULL OR l.last_activity_at > w.last_activity_at \
                               THEN COALESCE(l.last_message_id, w.last_message_id) ELSE w.last_message_id END, \
             last_activity_at = GREATEST(w.last_activity_at, l.last_activity_at), \
             last_inbound_at = GREATEST(w.last_inbound_at, l.last_inbound_at), \
             window_expires_at = GREATEST(w.window_expires_at, l.window_expires_at), \
             assignee_id = COALESCE(w.assignee_id, l.assignee_id), \
             created_at = LEAST(w.created_at, l.created_at), \
             status = CASE WHEN awake.l < awake.w THEN l.status ELSE w.status END, \
             snoozed_until = CASE WHEN awake.l < awake.w THEN l.snoozed_until ELSE w.snoozed_until END \
         FROM conversations l, LATERAL (SELECT \
             array_position(ARRAY['open', 'pending', 'snoozed', 'closed'], w2.status) AS w, \
             array_position(ARRAY['open', 'pending', 'snoozed', 'closed'], l.status) AS l \
             FROM conversations w2 WHERE w2.id = $1) AS awake \
         WHERE w.id = $1 AND l.id = $2",
        "DELETE FROM conversations WHERE id = $2 AND id <> $1",
    ] {
        diesel::sql_query(statement)
            .bind::<SqlUuid, _>(pair.winner)
            .bind::<SqlUuid, _>(pair.loser)
            .execute(&mut **tx)
            .await?;
    }
    diesel::sql_query(
        "UPDATE events SET conversation_id = $1 \
         WHERE conversation_id = $2 AND seq > (SELECT last_event FROM tenant_meta) - $3",
    )
    .bind::<SqlUuid, _>(pair.winner)
    .bind::<SqlUuid, _>(pair.loser)
    .bind::<BigInt, _>(RECENT_EVENTS)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the team wrote down of the younger, where it is turned away, and whoever is one person with it.
async fn hand_over(tx: &mut Conn<Tenant>, winner: &Contact, loser: &Contact) -> Result<(), DbError> {
    let others = |contact: &Contact, id: ContactId| contact.merged_into.filter(|into| *into != id);
    let into = others(winner, loser.id).or(others(loser, winner.id));
    let main = into.unwrap_or(winner.id);
    diesel::update(contacts::table)
        .filter(contacts::merged_into.eq_any([winner.id, loser.id]))
        .filter(contacts::id.ne(main))
        .set(contacts::merged_into.eq(main))
        .execute(&mut **tx)
        .await?;
    diesel::update(contacts::table.find(winner.id))
        .set(contacts::merged_into.eq(into))
        .execute(&mut **tx)
        .await?;
    for statement in [
        "UPDATE contacts w SET attributes = l.attributes || w.attributes, \
             blocked_at = LEAST(w.blocked_at, l.blocked_at) \
         FROM contacts l WHERE w.id = $1 AND l.id = $2",
        "INSERT INTO contact_blocks (contact_id, channel_id, blocked_at) \
         SELECT $1, channel_id, blocked_at FROM contact_blocks WHERE contact_id = $2 ON CONFLICT DO NOTHING",
    ] {
        diesel::sql_query(statement)
            .bind::<SqlUuid, _>(winner.id)
            .bind::<SqlUuid, _>(loser.id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// What the team or WhatsApp said of either of them.
async fn absorb(tx: &mut Conn<Tenant>, winner: &Contact, loser: &Contact) -> Result<Contact, DbError> {
    let either =
        |winners: &Option<String>, losers: &Option<String>| winners.clone().or_else(|| losers.clone());
    // Whoever said it last; of two at once, the one who wants none.
    let said = [winner, loser]
        .into_iter()
        .max_by_key(|contact| (contact.marketing_preference_at, contact.marketing_opt_out_at));
    let opt_out = said.and_then(|contact| contact.marketing_opt_out_at);
    let said_at = said.and_then(|contact| contact.marketing_preference_at);
    Ok(diesel::update(contacts::table.find(winner.id))
        .set((
            contacts::phone.eq(either(&winner.phone, &loser.phone)),
            contacts::bsuid.eq(either(&winner.bsuid, &loser.bsuid)),
            contacts::name.eq(either(&winner.name, &loser.name)),
            contacts::profile_name.eq(either(&winner.profile_name, &loser.profile_name)),
            contacts::username.eq(either(&winner.username, &loser.username)),
            contacts::parent_bsuid.eq(either(&winner.parent_bsuid, &loser.parent_bsuid)),
            contacts::marketing_opt_out_at.eq(opt_out),
            contacts::marketing_preference_at.eq(said_at),
            contacts::updated_at.eq(diesel::dsl::now),
        ))
        .returning(Contact::as_returning())
        .get_result(&mut **tx)
        .await?)
}
