//! Applying a batch: by one statement where that is enough, else by a transaction
//! of several.

use chrono::{DateTime, Utc};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{
    APPLY_LOCK, Effects, InboundContent, InboundItem, InboundMessage,
    batch::{self, NewMessage},
    notice, outside, progress, set_aside, status,
    threads::{self, Threads, Wanted},
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
    /// Applies `items` in one transaction: all of them, or none on an error.
    /// Statuses whose message is not known yet may take a second one.
    pub async fn apply(
        &mut self,
        conn: &mut Conn<Tenant>,
        items: &[&InboundItem],
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        match self.try_apply(conn, items, now).await {
            Err(error) if batch::is_stale(&error) => {
                self.threads.forget();
                self.try_apply(conn, items, now).await
            }
            applied => applied,
        }
    }

    async fn try_apply(
        &mut self,
        conn: &mut Conn<Tenant>,
        items: &[&InboundItem],
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let sorted = Sorted::new(items, now);
        if !sorted.others.is_empty() {
            return self.apply_all(conn, sorted, now).await;
        }
        if sorted.messages.is_empty() {
            if sorted.reports.is_plain() {
                let left = progress::fill(conn, sorted.reports).await?;
                if left.is_empty() {
                    return Ok(());
                }
                let rest = Sorted::of_reports(left, now);
                return self.apply_all(conn, rest, now).await;
            }
        } else if sorted.reports.is_empty()
            && sorted.messages.iter().all(|(_, message)| message.media.is_none())
        {
            self.look_up(conn, &sorted.messages).await?;
            if let Some((new, epoch)) = self.placed(&sorted.messages) {
                return batch::store(conn, &new, epoch, now).await;
            }
        }
        self.apply_all(conn, sorted, now).await
    }

    /// Remembers the threads of those who are known and were not remembered.
    async fn look_up(&mut self, conn: &mut Conn<Tenant>, messages: &[Message<'_>]) -> Result<(), DbError> {
        let wanted: Vec<_> = messages
            .iter()
            .map(|(item, message)| (item.channel, &message.from))
            .filter(|(channel, from)| self.threads.get(*channel, from).is_none())
            .collect();
        if !wanted.is_empty()
            && let Some((found, epoch)) = threads::look_up(conn, &wanted).await?
        {
            self.threads.learn(&found, epoch);
        }
        Ok(())
    }

    /// The messages with their threads, if all of these are remembered and one statement does for all.
    fn placed<'m>(&self, messages: &[Message<'m>]) -> Option<(Vec<NewMessage<'m>>, i64)> {
        let epoch = self.threads.epoch?;
        let placed = messages.iter().map(|(item, message)| {
            let thread = self.threads.get(item.channel, &message.from)?;
            Some(NewMessage::new(item, message, thread))
        });
        let placed: Vec<NewMessage<'m>> = placed.collect::<Option<_>>()?;
        let alike = placed.iter().all(|new| new.weight() == placed[0].weight());
        alike.then_some((placed, epoch))
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

type Message<'i> = (&'i InboundItem, &'i InboundMessage);

/// A batch by what has to be done with its items.
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

    fn of_reports(reports: Vec<progress::Report<'i>>, now: DateTime<Utc>) -> Self {
        Self {
            messages: Vec::new(),
            reports: progress::Sorted::new(reports, now),
            others: Vec::new(),
        }
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
