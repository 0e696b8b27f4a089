//! Applying a batch: by single statements where these are enough, else by a
//! transaction of several.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{
    APPLY_LOCK, Effects, InboundContent, InboundItem, InboundMessage,
    batch::{self, NewMessage},
    notice, outside, progress, set_aside, status,
    strangers::{self, Strangers},
    threads::{self, Sender, Threads, Wanted},
};
use crate::{
    contact, line_event,
    sql::{Sql, Statement},
};

/// Applies batches to one tenant's database, remembering who writes in which
/// thread. Any number of appliers may work on one database at once.
#[derive(Debug, Default)]
pub struct Applier {
    threads: Threads,
}

impl Applier {
    /// Applies `items`, in one transaction where that is possible and in a few where
    /// not. On an error some may be applied; applied again, nothing changes.
    pub async fn apply(
        &mut self,
        conn: &mut Conn<Tenant>,
        items: &[&InboundItem],
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let sorted = Sorted::new(items, now);
        match self.apply_simply(conn, sorted, now).await {
            Ok(None) => Ok(()),
            Ok(Some(rest)) => self.apply_all(conn, rest, now).await,
            Err(error) if batch::is_stale(&error) => {
                self.threads.forget();
                self.apply_all(conn, Sorted::new(items, now), now).await
            }
            Err(error) => Err(error),
        }
    }

    /// Applies what a statement can do alone, and gives back what takes more.
    async fn apply_simply<'i>(
        &mut self,
        conn: &mut Conn<Tenant>,
        sorted: Sorted<'i>,
        now: DateTime<Utc>,
    ) -> Result<Option<Sorted<'i>>, DbError> {
        if !sorted.others.is_empty() {
            return Ok(Some(sorted));
        }
        let Sorted {
            messages, reports, ..
        } = sorted;
        let mut rest = Sorted::default();
        if !messages.is_empty() && !self.store(conn, &messages, now).await? {
            rest.messages = messages;
        }
        if reports.is_plain() {
            let left = progress::fill(conn, reports).await?;
            rest.reports = progress::Sorted::new(left, now);
        } else {
            rest.reports = reports;
        }
        Ok((!rest.is_empty()).then_some(rest))
    }

    /// Stores the messages, if each is of somebody who is known or a stranger, and
    /// brings no file. False: nothing is done.
    async fn store(
        &mut self,
        conn: &mut Conn<Tenant>,
        messages: &[Message<'_>],
        now: DateTime<Utc>,
    ) -> Result<bool, DbError> {
        if messages.iter().any(|(_, message)| message.media.is_some()) {
            return Ok(false);
        }
        let new_here = self.look_up(conn, messages).await?;
        let Some(mut placed) = self.placed(messages, &new_here) else {
            return Ok(false);
        };
        for alike in batch::by_weight(&mut placed.known) {
            batch::store(conn, alike, placed.epoch, now).await?;
        }
        if !placed.first.is_empty() {
            strangers::welcome(conn, &placed.strangers, &placed.first, placed.epoch, now).await?;
            self.threads.learn(&placed.strangers.found(), placed.epoch);
        }
        Ok(true)
    }

    /// Remembers the threads of those who are known and were not remembered, and
    /// says who is a stranger.
    async fn look_up(
        &mut self,
        conn: &mut Conn<Tenant>,
        messages: &[Message<'_>],
    ) -> Result<HashSet<Sender>, DbError> {
        let wanted: Vec<_> = messages
            .iter()
            .map(|(item, message)| (item.channel, &message.from))
            .filter(|(channel, from)| self.threads.get(*channel, from).is_none())
            .collect();
        if wanted.is_empty() {
            return Ok(HashSet::new());
        }
        let looked_up = threads::look_up(conn, &wanted).await?;
        if let Some(epoch) = looked_up.epoch {
            self.threads.learn(&looked_up.known, epoch);
        }
        Ok(looked_up.strangers)
    }

    /// The messages with their threads; `None` if that takes a closer look.
    fn placed<'m>(&self, messages: &[Message<'m>], new_here: &HashSet<Sender>) -> Option<Placed<'m>> {
        let mut placed = Placed {
            epoch: self.threads.epoch?,
            known: Vec::new(),
            first: Vec::new(),
            strangers: Strangers::default(),
        };
        for (item, message) in messages {
            if let Some(thread) = self.threads.get(item.channel, &message.from) {
                placed.known.push(NewMessage::new(item, message, thread));
                continue;
            }
            let sender = threads::sender(item.channel, &message.from);
            if !new_here.contains(&sender) {
                return None;
            }
            let thread = placed.strangers.add(sender, item.channel, &message.from)?;
            placed.first.push(NewMessage::new(item, message, thread));
        }
        let weight = placed.first.as_slice().first().map(NewMessage::weight);
        let alike = placed.first.iter().all(|new| Some(new.weight()) == weight);
        alike.then_some(placed)
    }

    async fn apply_all(
        &mut self,
        conn: &mut Conn<Tenant>,
        sorted: Sorted<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let (found, epoch) = conn
            .transaction(async |tx| apply_in(tx, sorted, now).await)
            .await?;
        self.threads.learn(&found, epoch);
        Ok(())
    }
}

/// Messages in their threads.
struct Placed<'m> {
    epoch: i64,
    known: Vec<NewMessage<'m>>,
    /// Those of strangers.
    first: Vec<NewMessage<'m>>,
    strangers: Strangers<'m>,
}

type Message<'i> = (&'i InboundItem, &'i InboundMessage);

/// A batch by what has to be done with its items.
#[derive(Default)]
struct Sorted<'i> {
    messages: Vec<Message<'i>>,
    reports: progress::Sorted<'i>,
    others: Vec<&'i InboundItem>,
}

impl<'i> Sorted<'i> {
    fn new(items: &[&'i InboundItem], now: DateTime<Utc>) -> Self {
        let (mut messages, mut reports, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            match &item.content {
                InboundContent::Message(message) => messages.push((*item, message)),
                InboundContent::Status(report) => reports.push((item.channel, report)),
                _ => others.push(*item),
            }
        }
        let reports = progress::Sorted::new(reports, now);
        Self {
            messages,
            reports,
            others,
        }
    }

    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.reports.is_empty() && self.others.is_empty()
    }
}

/// Everything about a batch, inside a transaction. What takes the events' counter
/// comes last: whoever answers takes it after a conversation, never before.
async fn apply_in(
    tx: &mut Conn<Tenant>,
    sorted: Sorted<'_>,
    now: DateTime<Utc>,
) -> Result<(threads::Found, i64), DbError> {
    // One batch at a time, also of several servers: they name the same customers
    // in any order, and would stop each other half-way.
    Statement::<Lock>::new()
        .bind::<BigInt, _>(APPLY_LOCK)
        .execute(&mut **tx)
        .await
        .map_err(DbError::from)?;
    let mut effects = Effects::default();
    let mut found = threads::Found::new();
    for item in sorted.others {
        match &item.content {
            InboundContent::Notice(notice) => {
                notice::apply(tx, item.channel, notice, &item.raw, now, &mut effects).await?;
            }
            InboundContent::Outside(message) => {
                outside::apply(tx, item.channel, message, &item.raw, now, &mut effects).await?;
            }
            InboundContent::AddressBook { who, name } => {
                line_event::address_book(tx, who, name, now, &mut effects).await?;
            }
            InboundContent::LineEvent(event) => line_event::apply(tx, event, now, &mut effects).await?,
            InboundContent::Unreadable { reason } => set_aside(tx, item, reason, now).await?,
            InboundContent::Message(_) | InboundContent::Status(_) => {}
        }
    }
    if !sorted.messages.is_empty() {
        let named = sorted
            .messages
            .iter()
            .map(|(item, message)| (item.channel, *message));
        let stored = threads::stored(tx, named).await?;
        let fresh: Vec<Message<'_>> = sorted
            .messages
            .into_iter()
            .filter(|(item, message)| !stored.contains(&(item.channel, message.wamid.clone())))
            .collect();
        let wanted: Vec<_> = fresh
            .iter()
            .map(|(item, message)| Wanted::of(item.channel, message, now))
            .collect();
        if !wanted.is_empty() {
            threads::settle(tx, &wanted, &mut found, &mut effects).await?;
        }
        let new: Vec<NewMessage<'_>> = fresh
            .iter()
            .filter_map(|(item, message)| {
                let thread = found.get(&threads::sender(item.channel, &message.from))?;
                Some(NewMessage::new(item, message, *thread))
            })
            .collect();
        batch::store_quietly(tx, new, now, &mut effects.events).await?;
    }
    if !sorted.reports.is_empty() {
        for (channel, report) in progress::fill_quietly(tx, sorted.reports, &mut effects.events).await? {
            status::apply(tx, channel, report, now, &mut effects.events).await?;
        }
    }
    effects.write(tx).await?;
    let epoch = contact::identity_epoch(tx).await?;
    Ok((found, epoch))
}

struct Lock;

impl Sql for Lock {
    const TEXT: &'static str = "SELECT pg_advisory_xact_lock({})";
}

/// Applies `items` once, without remembering anything.
pub async fn apply(
    conn: &mut Conn<Tenant>,
    items: &[InboundItem],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let items: Vec<&InboundItem> = items.iter().collect();
    Applier::default().apply(conn, &items, now).await
}
