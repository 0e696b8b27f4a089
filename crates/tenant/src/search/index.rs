//! Filling the tables that are searched.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::fold;
use crate::{
    id::{ContactId, MessageId},
    sql::{Sql, Statement},
};

/// Events, or rows that were there before, that one transaction takes in.
const BATCH: i64 = 1_000;
/// Batches that somebody who searches waits for; whatever is behind further than that is found a little later.
const BATCHES_WAITED_FOR: usize = 3;
/// The shortest end of a name that is found.
const SHORTEST_END: usize = 2;

#[derive(QueryableByName)]
struct Progress {
    #[diesel(sql_type = BigInt)]
    done: i64,
    #[diesel(sql_type = BigInt)]
    newest: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    messages_before: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contacts_before: Option<Uuid>,
}

struct Look;

impl Sql for Look {
    const TEXT: &'static str = "SELECT p.last_event AS done, m.last_event AS newest, messages_before, \
        contacts_before FROM search_progress p, tenant_meta m";
}

struct Lock;

impl Sql for Lock {
    const TEXT: &'static str = "SELECT p.last_event AS done, m.last_event AS newest, messages_before, \
        contacts_before FROM search_progress p, tenant_meta m FOR UPDATE OF p";
}

/// Takes in what has happened since whoever did it last, and then a part of what was there before there was a
/// search. Returns whether there is more to do.
pub async fn advance(conn: &mut Conn<Tenant>) -> Result<bool, DbError> {
    let seen: Progress = Statement::<Look>::new().get_result(&mut **conn).await?;
    if seen.is_done() {
        return Ok(false);
    }
    conn.transaction(async |tx| {
        let mut progress: Progress = Statement::<Lock>::new().get_result(&mut **tx).await?;
        if progress.done < progress.newest {
            let until = progress.newest.min(progress.done + BATCH);
            take_in(tx, progress.done, until).await?;
            progress.done = until;
        } else if let Some(before) = progress.contacts_before {
            progress.contacts_before = old_contacts(tx, before).await?;
        } else if let Some(before) = progress.messages_before {
            progress.messages_before = old_messages(tx, before).await?;
        }
        Statement::<WriteProgress>::new()
            .bind::<BigInt, _>(progress.done)
            .bind::<Nullable<SqlUuid>, _>(progress.messages_before)
            .bind::<Nullable<SqlUuid>, _>(progress.contacts_before)
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        Ok(!progress.is_done())
    })
    .await
}

/// Lets the tables catch up with what has just happened, as far as somebody can wait for it.
pub async fn catch_up(conn: &mut Conn<Tenant>) -> Result<(), DbError> {
    for _ in 0..BATCHES_WAITED_FOR {
        if !advance(conn).await? {
            break;
        }
    }
    Ok(())
}

impl Progress {
    fn is_done(&self) -> bool {
        self.done >= self.newest && self.messages_before.is_none() && self.contacts_before.is_none()
    }
}

struct WriteProgress;

impl Sql for WriteProgress {
    const TEXT: &'static str =
        "UPDATE search_progress SET last_event = {}, messages_before = {}, contacts_before = {}";
}

/// What a message is made searchable from.
#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = SqlUuid)]
    id: MessageId,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
    #[diesel(sql_type = SqlUuid)]
    channel_id: ChannelId,
    #[diesel(sql_type = Nullable<Text>)]
    context_wamid: Option<String>,
}

/// What a contact is made searchable from.
#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: ContactId,
    #[diesel(sql_type = SqlUuid)]
    source: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    profile_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    username: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Text)]
    user_key: String,
}

struct SaidSince;

impl Sql for SaidSince {
    const TEXT: &'static str = "SELECT id, occurred_at, kind, body, channel_id, context_wamid FROM messages \
        WHERE id IN (SELECT message_id FROM events WHERE seq > {} AND seq <= {} AND kind = 'message.created')";
}

struct NamedSince;

impl Sql for NamedSince {
    const TEXT: &'static str = "SELECT * FROM (SELECT c.id, s.source AS known, c.name, \
            c.profile_name, c.username, c.phone, c.user_key, md5(concat_ws(chr(31), c.name, c.profile_name, c.username, \
            c.phone, c.user_key))::uuid AS source \
        FROM contacts c LEFT JOIN contact_search s ON s.contact_id = c.id \
        WHERE c.id IN (SELECT contact_id FROM conversations WHERE id IN (SELECT conversation_id FROM events \
            WHERE seq > {} AND seq <= {} AND kind <> 'message.updated'))) AS named \
        WHERE known IS DISTINCT FROM source";
}

async fn take_in(tx: &mut Conn<Tenant>, after: i64, until: i64) -> Result<(), DbError> {
    let named: Vec<Named> = Statement::<NamedSince>::new()
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(until)
        .load(&mut **tx)
        .await?;
    put_contacts(tx, &named).await?;
    let said: Vec<Said> = Statement::<SaidSince>::new()
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(until)
        .load(&mut **tx)
        .await?;
    put_messages(tx, &said).await?;
    forget_revoked(tx, &said).await
}

struct OldMessages;

impl Sql for OldMessages {
    const TEXT: &'static str = "SELECT id, occurred_at, kind, body, channel_id, context_wamid FROM messages \
        WHERE id < {} ORDER BY id DESC LIMIT {}";
}

/// Takes in the next messages below `before`; where to go on, if there are more.
async fn old_messages(tx: &mut Conn<Tenant>, before: Uuid) -> Result<Option<Uuid>, DbError> {
    let said: Vec<Said> = Statement::<OldMessages>::new()
        .bind::<SqlUuid, _>(before)
        .bind::<BigInt, _>(BATCH)
        .load(&mut **tx)
        .await?;
    put_messages(tx, &said).await?;
    let last = said.last().map(|last| last.id.uuid());
    if last.is_none() {
        // Going downwards, each revocation came before what it takes back.
        Statement::<ForgetAll>::new().execute(&mut **tx).await?;
    }
    Ok(last)
}

struct OldContacts;

impl Sql for OldContacts {
    const TEXT: &'static str = "SELECT c.id, c.name, c.profile_name, c.username, c.phone, c.user_key, \
            md5(concat_ws(chr(31), c.name, c.profile_name, c.username, c.phone, c.user_key))::uuid AS source \
        FROM contacts c WHERE id < {} ORDER BY id DESC LIMIT {}";
}

async fn old_contacts(tx: &mut Conn<Tenant>, before: Uuid) -> Result<Option<Uuid>, DbError> {
    let named: Vec<Named> = Statement::<OldContacts>::new()
        .bind::<SqlUuid, _>(before)
        .bind::<BigInt, _>(BATCH)
        .load(&mut **tx)
        .await?;
    put_contacts(tx, &named).await?;
    Ok(named.last().map(|last| last.id.uuid()))
}

struct PutMessages;

impl Sql for PutMessages {
    const TEXT: &'static str = "INSERT INTO message_search (at, message_id, words) \
        SELECT at, id, array_to_tsvector(string_to_array(words, ' ')) FROM unnest({}, {}, {}) AS new (at, id, words) \
        ON CONFLICT DO NOTHING";
}

async fn put_messages(tx: &mut Conn<Tenant>, said: &[Said]) -> Result<(), DbError> {
    let rows: Vec<(DateTime<Utc>, Uuid, String)> = said
        .iter()
        .filter(|said| !matches!(said.kind.as_str(), "reaction" | "revoke" | "system"))
        .map(|said| {
            let words = said.body.as_deref().map(fold::word_list).unwrap_or_default();
            (said.occurred_at, said.id.uuid(), words)
        })
        .filter(|(.., words)| !words.is_empty())
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    Statement::<PutMessages>::new()
        .bind::<Array<Timestamptz>, _>(rows.iter().map(|(at, ..)| *at).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(rows.iter().map(|(_, id, _)| *id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(rows.iter().map(|(.., words)| words.as_str()).collect::<Vec<_>>())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

struct ForgetAll;

impl Sql for ForgetAll {
    const TEXT: &'static str = "DELETE FROM message_search s USING messages m, messages gone \
        WHERE gone.kind = 'revoke' AND m.channel_id = gone.channel_id AND m.wamid = gone.context_wamid \
        AND s.at = m.occurred_at AND s.message_id = m.id";
}

struct Forget;

impl Sql for Forget {
    const TEXT: &'static str = "DELETE FROM message_search s USING messages m, unnest({}, {}) AS gone (channel_id, wamid) \
        WHERE m.channel_id = gone.channel_id AND m.wamid = gone.wamid AND s.at = m.occurred_at AND s.message_id = m.id";
}

/// What its writer deleted is not found any more.
async fn forget_revoked(tx: &mut Conn<Tenant>, said: &[Said]) -> Result<(), DbError> {
    let gone: Vec<(Uuid, &str)> = said
        .iter()
        .filter(|said| said.kind == "revoke")
        .filter_map(|said| Some((said.channel_id.uuid(), said.context_wamid.as_deref()?)))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    Statement::<Forget>::new()
        .bind::<Array<SqlUuid>, _>(gone.iter().map(|(channel, _)| *channel).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(gone.iter().map(|(_, wamid)| *wamid).collect::<Vec<_>>())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

struct PutContacts;

impl Sql for PutContacts {
    const TEXT: &'static str = "INSERT INTO contact_search (contact_id, source, words) \
        SELECT id, source, array_to_tsvector(string_to_array(words, ' ')) \
        FROM unnest({}, {}, {}) AS new (id, source, words) \
        ON CONFLICT (contact_id) DO UPDATE SET source = excluded.source, words = excluded.words";
}

async fn put_contacts(tx: &mut Conn<Tenant>, named: &[Named]) -> Result<(), DbError> {
    if named.is_empty() {
        return Ok(());
    }
    Statement::<PutContacts>::new()
        .bind::<Array<SqlUuid>, _>(named.iter().map(|one| one.id.uuid()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(named.iter().map(|one| one.source).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(named.iter().map(Named::words).collect::<Vec<_>>())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Named {
    /// Every word with its ends: whatever stands in a word begins one of its ends.
    fn words(&self) -> String {
        let names = [&self.name, &self.profile_name, &self.username, &self.phone];
        let mut all = BTreeSet::new();
        for text in names.into_iter().flatten().chain([&self.user_key]) {
            for word in fold::words(text) {
                let letters: Vec<char> = word.folded.chars().collect();
                for start in 0..letters.len().saturating_sub(SHORTEST_END - 1).max(1) {
                    all.insert(letters[start..].iter().collect::<String>());
                }
            }
        }
        let words: Vec<String> = all.into_iter().collect();
        words.join(" ")
    }
}
