//! Which thread somebody's message belongs to: remembered between batches, looked
//! up for many at once, made where there is none.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use super::{Effects, InboundMessage, clamp};
use crate::{
    contact::{self, ContactId, Identity},
    conversation::ConversationId,
    event::EventKind,
    sql::{Sql, Statement},
};

/// More threads than this are forgotten all at once; looking them up again is one statement.
const CAPACITY: usize = 1024;

/// Contacts are gone through again when some were merged on the way.
const PASSES: usize = 3;

/// What a message shows of its sender, on which line. A digest, since names are long.
pub(super) type Sender = [u8; 16];

/// The threads of recent senders, as they were at one value of the tenant's
/// identity epoch. Whoever shows anything new is not among them.
#[derive(Debug, Default)]
pub(super) struct Threads {
    known: HashMap<Sender, ConversationId>,
    /// `None` until the first look-up.
    pub(super) epoch: Option<i64>,
}

impl Threads {
    pub(super) fn get(&self, channel: ChannelId, from: &Identity) -> Option<ConversationId> {
        self.known.get(&sender(channel, from)).copied()
    }

    /// Remembers what a committed transaction found, at the epoch that it ended with.
    pub(super) fn learn(&mut self, found: &Found, epoch: i64) {
        if self.epoch != Some(epoch) || self.known.len() + found.len() > CAPACITY {
            self.known.clear();
        }
        self.epoch = Some(epoch);
        self.known.extend(
            found
                .iter()
                .map(|(sender, thread)| (*sender, *thread))
                .take(CAPACITY),
        );
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Senders and their threads, as one transaction sees them.
pub(super) type Found = HashMap<Sender, ConversationId>;

pub(super) fn sender(channel: ChannelId, from: &Identity) -> Sender {
    let parts = [
        Some(&from.user_key),
        from.phone.as_ref(),
        from.bsuid.as_ref(),
        from.profile_name.as_ref(),
        from.username.as_ref(),
        from.parent_bsuid.as_ref(),
    ];
    let mut text = channel.0.as_bytes().to_vec();
    for part in parts {
        let length = part.map_or(u32::MAX, |part| u32::try_from(part.len()).unwrap_or(u32::MAX));
        text.extend(length.to_be_bytes());
        text.extend(part.map_or(&[][..], |part| part.as_bytes()));
    }
    let digest = crypto::token::digest(&text);
    let mut sender = Sender::default();
    sender.copy_from_slice(&digest[..16]);
    sender
}

struct LookUp;

/// Every id that is shown must be in use by one contact, and nothing told of it may
/// be new: the same rule as in [`contact::find`]. Somebody is a stranger if nobody
/// ever had any of the ids.
impl Sql for LookUp {
    const TEXT: &'static str = "\
        SELECT given.n, found.id, (SELECT identity_epoch FROM tenant_meta) AS epoch \
        FROM unnest({}, {}, {}, {}, {}, {}, {}) WITH ORDINALITY \
            AS given (channel_id, user_key, phone, bsuid, profile_name, username, parent_bsuid, n) \
        LEFT JOIN LATERAL ( \
            SELECT thread.id FROM contact_keys AS known \
            JOIN contacts AS contact ON contact.id = known.contact_id \
            JOIN conversations AS thread \
                ON thread.channel_id = given.channel_id AND thread.user_key = contact.user_key \
            WHERE known.key = given.user_key AND known.left_at IS NULL \
              AND (given.phone IS NULL OR EXISTS (SELECT FROM contact_keys AS also WHERE also.key = given.phone \
                                                  AND also.contact_id = contact.id AND also.left_at IS NULL)) \
              AND (given.bsuid IS NULL OR EXISTS (SELECT FROM contact_keys AS also WHERE also.key = given.bsuid \
                                                  AND also.contact_id = contact.id AND also.left_at IS NULL)) \
              AND (given.profile_name IS NULL OR given.profile_name = contact.profile_name) \
              AND (given.username IS NULL OR given.username = contact.username) \
              AND (given.parent_bsuid IS NULL OR given.parent_bsuid = contact.parent_bsuid) \
        ) AS found ON true \
        WHERE found.id IS NOT NULL \
           OR NOT EXISTS (SELECT FROM contact_keys AS had \
                          WHERE had.key = ANY (ARRAY[given.user_key, given.phone, given.bsuid]))";
}

/// What a look-up came to.
#[derive(Debug, Default)]
pub(super) struct LookedUp {
    /// The threads of those who are known and tell nothing new.
    pub(super) known: Found,
    /// Those whose every id is new.
    pub(super) strangers: HashSet<Sender>,
    /// The epoch at which that holds; `None` if all are neither.
    pub(super) epoch: Option<i64>,
}

/// Who of these senders is known and tells nothing new, and who is a stranger. Reads only.
pub(super) async fn look_up(
    conn: &mut Conn<Tenant>,
    wanted: &[(ChannelId, &Identity)],
) -> Result<LookedUp, DbError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        id: Option<ConversationId>,
        #[diesel(sql_type = BigInt)]
        epoch: i64,
    }
    fn column<'i>(
        wanted: &[(ChannelId, &'i Identity)],
        of: impl Fn(&'i Identity) -> &'i Option<String>,
    ) -> Vec<Option<&'i str>> {
        wanted.iter().map(|(_, from)| of(from).as_deref()).collect()
    }
    let rows: Vec<Row> = Statement::<LookUp>::new()
        .bind::<Array<SqlUuid>, Vec<Uuid>>(wanted.iter().map(|(channel, _)| channel.0).collect())
        .bind::<Array<Text>, Vec<&str>>(wanted.iter().map(|(_, from)| from.user_key.as_str()).collect())
        .bind::<Array<Nullable<Text>>, _>(column(wanted, |from| &from.phone))
        .bind::<Array<Nullable<Text>>, _>(column(wanted, |from| &from.bsuid))
        .bind::<Array<Nullable<Text>>, _>(column(wanted, |from| &from.profile_name))
        .bind::<Array<Nullable<Text>>, _>(column(wanted, |from| &from.username))
        .bind::<Array<Nullable<Text>>, _>(column(wanted, |from| &from.parent_bsuid))
        .get_results(&mut **conn)
        .await?;
    let mut looked_up = LookedUp::default();
    for row in rows {
        looked_up.epoch = Some(row.epoch);
        let place = usize::try_from(row.n - 1).ok().and_then(|n| wanted.get(n));
        let Some((channel, from)) = place else { continue };
        let sender = sender(*channel, from);
        match row.id {
            Some(thread) => {
                looked_up.known.insert(sender, thread);
            }
            None => {
                looked_up.strangers.insert(sender);
            }
        }
    }
    Ok(looked_up)
}

/// The messages among `new` that are stored already: the common redelivery, which
/// must not even touch a contact.
pub(super) async fn stored<'m>(
    tx: &mut Conn<Tenant>,
    new: impl Iterator<Item = (ChannelId, &'m InboundMessage)>,
) -> Result<HashSet<(ChannelId, String)>, DbError> {
    #[derive(QueryableByName)]
    struct Stored {
        #[diesel(sql_type = SqlUuid)]
        channel_id: ChannelId,
        #[diesel(sql_type = Text)]
        wamid: String,
    }
    struct Find;
    impl Sql for Find {
        const TEXT: &'static str = "SELECT channel_id, wamid FROM messages \
            JOIN unnest({}, {}) AS given (channel_id, wamid) USING (channel_id, wamid)";
    }
    let (channels, wamids): (Vec<Uuid>, Vec<&str>) = new
        .map(|(channel, message)| (channel.0, message.wamid.as_str()))
        .unzip();
    let rows: Vec<Stored> = Statement::<Find>::new()
        .bind::<Array<SqlUuid>, _>(channels)
        .bind::<Array<Text>, _>(wamids)
        .get_results(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.channel_id, row.wamid)).collect())
}

/// A sender whose thread is wanted, and since when.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'m> {
    pub(super) channel: ChannelId,
    pub(super) from: &'m Identity,
    pub(super) at: DateTime<Utc>,
}

impl<'m> Wanted<'m> {
    pub(super) fn of(channel: ChannelId, message: &'m InboundMessage, now: DateTime<Utc>) -> Self {
        Self {
            channel,
            from: &message.from,
            at: clamp(message.at, now),
        }
    }
}

/// Finds or makes the contact and the thread of each of `wanted`.
pub(super) async fn settle(
    tx: &mut Conn<Tenant>,
    wanted: &[Wanted<'_>],
    found: &mut Found,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let mut wanted: Vec<(Sender, Wanted<'_>)> = wanted
        .iter()
        .map(|wanted| (sender(wanted.channel, wanted.from), *wanted))
        .collect();
    let mut seen = HashSet::new();
    wanted.retain(|(sender, _)| seen.insert(*sender));
    for pass in 0..PASSES {
        let identities: Vec<&Identity> = wanted.iter().map(|(_, wanted)| wanted.from).collect();
        let mut contacts = Vec::with_capacity(wanted.len());
        let mut moved_now = false;
        for (known, (_, wanted)) in contact::find::find_all(tx, &identities)
            .await?
            .into_iter()
            .zip(&wanted)
        {
            if let Some(known) = known {
                contacts.push((known.id, known.user_key));
                continue;
            }
            let settled = contact::upsert(tx, wanted.from, wanted.at, &mut effects.events).await?;
            moved_now |= settled.moved;
            contacts.push((settled.id, settled.user_key));
        }
        effects.moved |= moved_now;
        // Whoever was found before a merge may be gone since; told again, nothing moves any more.
        if !moved_now || pass + 1 == PASSES {
            threads(tx, &wanted, contacts, found, effects).await?;
            break;
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Thread {
    #[diesel(sql_type = SqlUuid)]
    channel_id: ChannelId,
    #[diesel(sql_type = Text)]
    user_key: String,
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
}

struct FindThreads;

impl Sql for FindThreads {
    const TEXT: &'static str = "SELECT channel_id, user_key, id FROM conversations \
        JOIN unnest({}, {}) AS given (channel_id, user_key) USING (channel_id, user_key)";
}

struct MakeThreads;

impl Sql for MakeThreads {
    const TEXT: &'static str = "INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at) \
        SELECT * FROM unnest({}, {}, {}, {}, {}) RETURNING channel_id, user_key, id";
}

async fn threads(
    tx: &mut Conn<Tenant>,
    wanted: &[(Sender, Wanted<'_>)],
    contacts: Vec<(ContactId, String)>,
    found: &mut Found,
    effects: &mut Effects,
) -> Result<(), DbError> {
    let known: Vec<Thread> = Statement::<FindThreads>::new()
        .bind::<Array<SqlUuid>, Vec<Uuid>>(wanted.iter().map(|(_, wanted)| wanted.channel.0).collect())
        .bind::<Array<Text>, Vec<&str>>(contacts.iter().map(|(_, key)| key.as_str()).collect())
        .get_results(&mut **tx)
        .await?;
    let mut of: HashMap<(ChannelId, String), ConversationId> = known
        .into_iter()
        .map(|row| ((row.channel_id, row.user_key), row.id))
        .collect();
    // Two senders may be one contact: under its phone and under its user id.
    let mut missing: HashMap<(ChannelId, &str), (ContactId, DateTime<Utc>)> = HashMap::new();
    for ((_, wanted), (contact, key)) in wanted.iter().zip(&contacts) {
        if !of.contains_key(&(wanted.channel, key.clone())) {
            missing.insert((wanted.channel, key), (*contact, wanted.at));
        }
    }
    if !missing.is_empty() {
        let each: Vec<_> = missing.into_iter().collect();
        let made: Vec<Thread> = Statement::<MakeThreads>::new()
            .bind::<Array<SqlUuid>, Vec<Uuid>>(
                each.iter().map(|_| ConversationId::generate().uuid()).collect(),
            )
            .bind::<Array<SqlUuid>, Vec<Uuid>>(each.iter().map(|((channel, _), _)| channel.0).collect())
            .bind::<Array<Text>, Vec<&str>>(each.iter().map(|((_, key), _)| *key).collect())
            .bind::<Array<SqlUuid>, Vec<Uuid>>(each.iter().map(|(_, (contact, _))| contact.uuid()).collect())
            .bind::<Array<Timestamptz>, Vec<DateTime<Utc>>>(each.iter().map(|(_, (_, at))| *at).collect())
            .get_results(&mut **tx)
            .await?;
        for row in &made {
            effects.tell(EventKind::ConversationCreated, row.id, None);
        }
        of.extend(
            made.into_iter()
                .map(|row| ((row.channel_id, row.user_key), row.id)),
        );
    }
    for ((sender, wanted), (_, key)) in wanted.iter().zip(contacts) {
        if let Some(thread) = of.get(&(wanted.channel, key)) {
            found.insert(*sender, *thread);
        }
    }
    Ok(())
}
