//! The first messages of those who never wrote before: contact, keys, thread,
//! messages and events in one statement, which is its own transaction. Whoever has
//! a key that anybody holds or held is no stranger.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::{
    batch::{self, NewMessage},
    threads::{Found, Sender},
};
use crate::{
    contact::{ContactId, Identity},
    conversation::ConversationId,
    event::EventKind,
    sql::Sql,
};

/// Somebody new on a line, and the ids that contact and thread get.
struct Stranger<'m> {
    contact: ContactId,
    thread: ConversationId,
    channel: ChannelId,
    from: &'m Identity,
}

/// The strangers of a batch, each once.
#[derive(Default)]
pub(super) struct Strangers<'m> {
    each: HashMap<Sender, Stranger<'m>>,
    keys: HashSet<&'m str>,
}

impl<'m> Strangers<'m> {
    /// Takes somebody in, and says which thread is to be his. `None` if he shares a
    /// key with another one here: then the two have to be gone through one after the other.
    pub(super) fn add(
        &mut self,
        sender: Sender,
        channel: ChannelId,
        from: &'m Identity,
    ) -> Option<ConversationId> {
        if let Some(known) = self.each.get(&sender) {
            return Some(known.thread);
        }
        if !from.keys().all(|key| self.keys.insert(key)) {
            return None;
        }
        let thread = ConversationId::generate();
        let stranger = Stranger {
            contact: ContactId::generate(),
            thread,
            channel,
            from,
        };
        self.each.insert(sender, stranger);
        Some(thread)
    }

    /// Who they are, and their threads.
    pub(super) fn found(&self) -> Found {
        self.each
            .iter()
            .map(|(sender, stranger)| (*sender, stranger.thread))
            .collect()
    }
}

struct First;

impl Sql for First {
    const TEXT: &'static str = concat!(
        batch::summed!(),
        "stranger AS MATERIALIZED ( \
            SELECT * FROM unnest({}, {}, {}, {}, {}, {}, {}, {}, {}) \
                AS given (contact_id, thread_id, channel_id, user_key, phone, bsuid, profile_name, username, \
                          parent_bsuid) \
            JOIN summed ON summed.conversation_id = given.thread_id \
        ), known AS ( \
            INSERT INTO contacts (id, user_key, phone, bsuid, profile_name, username, parent_bsuid) \
            SELECT contact_id, user_key, phone, bsuid, profile_name, username, parent_bsuid FROM stranger \
        ), keyed AS ( \
            INSERT INTO contact_keys (key, contact_id) \
            SELECT DISTINCT shown.key, contact_id FROM stranger, \
                LATERAL (VALUES (user_key), (phone), (bsuid)) AS shown (key) WHERE shown.key IS NOT NULL \
        ), begun AS ( \
            INSERT INTO conversations (id, channel_id, user_key, contact_id, unread_count, last_message_id, \
                                       last_activity_at, last_inbound_at, window_expires_at) \
            SELECT thread_id, channel_id, user_key, contact_id, unread, newest, at, news_at, \
                   opened_at + interval '24 hours' \
            FROM stranger RETURNING id \
        ), told AS ( \
            SELECT id AS thread, NULL::uuid AS message, {} AS kind, 0 AS turn FROM begun \
            UNION ALL SELECT conversation_id, id, {}, 1 FROM inserted \
        ), counter AS ( \
            UPDATE tenant_meta SET last_event = last_event + (SELECT count(*) FROM told) \
            WHERE identity_epoch = {} AND (SELECT count(*) FROM begun) > 0 \
            RETURNING last_event - (SELECT count(*) FROM told) AS base \
        ) \
        INSERT INTO events (seq, kind, conversation_id, message_id) \
        SELECT (SELECT base FROM counter) + row_number() OVER (ORDER BY turn, message, thread), kind, thread, message \
        FROM told"
    );
}

/// Stores the first messages of `strangers`, all of one weight and each in the
/// thread that [`Strangers::add`] gave, with everything that they bring.
///
/// # Errors
/// Beside the usual ones, what [`batch::is_stale`] tells: somebody is a stranger no more.
pub(super) async fn welcome(
    conn: &mut Conn<Tenant>,
    strangers: &Strangers<'_>,
    messages: &[NewMessage<'_>],
    epoch: i64,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    fn told<'s>(each: &[&Stranger<'s>], of: fn(&'s Identity) -> &'s Option<String>) -> Vec<Option<&'s str>> {
        each.iter().map(|one| of(one.from).as_deref()).collect()
    }
    let each: Vec<&Stranger<'_>> = strangers.each.values().collect();
    let ids = |of: fn(&Stranger<'_>) -> Uuid| -> Vec<Uuid> { each.iter().map(|one| of(one)).collect() };
    let keys: Vec<&str> = each.iter().map(|one| one.from.user_key.as_str()).collect();
    batch::arrays::<First>(messages, now)
        .bind::<Array<SqlUuid>, _>(ids(|one| one.contact.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|one| one.thread.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|one| one.channel.0))
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Nullable<Text>>, _>(told(&each, |from| &from.phone))
        .bind::<Array<Nullable<Text>>, _>(told(&each, |from| &from.bsuid))
        .bind::<Array<Nullable<Text>>, _>(told(&each, |from| &from.profile_name))
        .bind::<Array<Nullable<Text>>, _>(told(&each, |from| &from.username))
        .bind::<Array<Nullable<Text>>, _>(told(&each, |from| &from.parent_bsuid))
        .bind::<Text, _>(EventKind::ConversationCreated.as_str())
        .bind::<Text, _>(EventKind::MessageCreated.as_str())
        .bind::<BigInt, _>(epoch)
        .execute(&mut **conn)
        .await?;
    Ok(())
}
