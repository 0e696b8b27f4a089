//! One tenant's turn: claims what is due on lines that have room, makes the calls side by side, and
//! settles together those that have ended.

use std::{collections::HashMap, sync::Arc, time::Duration};

use pg::ChannelId;
use resolver::{Line, TenantHandle};
use tenant::{
    conversation::wake_due,
    outbox::{self, Attempt, Held, Outcome, Room},
};
use tokio::{
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};

use super::{OutboxFailure, pace::Pace};
use crate::Engine;

/// A turn ends after so long if other tenants wait for theirs.
const SLICE: Duration = Duration::from_secs(2);
/// How often a long turn looks for what time has brought.
const TIDY: Duration = Duration::from_secs(5);
/// Calls under way on one line: half a second's worth, within these bounds.
const FEWEST: u32 = 8;
const MOST: u32 = 512;
/// What a line does whose speed is of no interest, since it cannot send at all.
const DEAD: u32 = 1_000;
/// Tries to write down how calls ended; the leases outlast them.
const SETTLE_TRIES: u32 = 5;

/// Why a turn stopped claiming.
pub(super) enum Stop {
    /// There may be more, but it is somebody else's turn, or not this process's business any more.
    Yields,
    /// Nothing is due.
    Idle {
        /// What was left alone.
        held: Held,
        /// When some of that may go on.
        again_at: Option<Instant>,
    },
}

/// A tenant's turn.
pub(super) struct Pump {
    engine: Engine,
    handle: Arc<TenantHandle>,
    pace: Arc<Pace>,
    calls: JoinSet<Outcome>,
    under_way: HashMap<ChannelId, u32>,
    /// Calls that have ended and are not written down yet.
    ended: Vec<Outcome>,
}

/// A line that has messages waiting.
enum Speed {
    /// It takes so many a second, over this line if there is one to use.
    Open(u32, Option<Arc<Line>>),
    /// It takes none until somebody mends it.
    Paused,
}

impl Pump {
    pub(super) fn new(engine: Engine, handle: Arc<TenantHandle>, pace: Arc<Pace>) -> Self {
        Self {
            engine,
            handle,
            pace,
            calls: JoinSet::new(),
            under_way: HashMap::new(),
            ended: Vec::new(),
        }
    }

    /// Claims and makes calls until nothing is due and none is under way, somebody else waits for a
    /// turn, or the lane is no longer held.
    pub(super) async fn run(&mut self) -> Result<Stop, OutboxFailure> {
        let mut yields_at = Instant::now() + SLICE;
        let mut tidies_at = Instant::now();
        loop {
            self.settle_ended().await?;
            let now = Instant::now();
            if now >= tidies_at {
                tidies_at = now + TIDY;
                self.tidy().await?;
            }
            if self.must_stop() {
                return Ok(Stop::Yields);
            }
            if now >= yields_at {
                if self.engine.0.turns.others_wait() {
                    return Ok(Stop::Yields);
                }
                yields_at = now + SLICE;
            }
            let look = self.look().await?;
            if look.claimed {
                continue;
            }
            if self.calls.is_empty() {
                let soon = look.again_at.filter(|at| *at <= now + SLICE);
                let Some(soon) = soon else {
                    return Ok(Stop::Idle {
                        held: look.held,
                        again_at: look.again_at,
                    });
                };
                self.wait_until(soon.min(tidies_at)).await;
            } else {
                let wake = look.again_at.unwrap_or(yields_at).min(yields_at);
                self.wait_until(wake).await;
            }
        }
    }

    fn must_stop(&self) -> bool {
        let inner = &self.engine.0;
        inner.turns.is_closed() || inner.leases.holds(self.handle.tenant.id).is_none()
    }

    async fn wait_until(&mut self, at: Instant) {
        let pace = Arc::clone(&self.pace);
        tokio::select! {
            Some(ended) = self.calls.join_next(), if !self.calls.is_empty() => self.take(ended),
            () = pace.woken() => {}
            () = sleep_until(at) => {}
        }
    }

    /// Sees the calls under way to their ends.
    pub(super) async fn finish(&mut self) -> Result<(), OutboxFailure> {
        let mut result = Ok(());
        while !self.calls.is_empty() {
            let ended = self.calls.join_next().await;
            if let Some(ended) = ended {
                self.take(ended);
            }
            result = result.and(self.settle_ended().await);
        }
        result
    }

    async fn tidy(&mut self) -> Result<(), OutboxFailure> {
        let now = self.engine.clock().now();
        let mut conn = self.handle.db().await?.conn().await?;
        let woken = wake_due(&mut conn, now).await?;
        let tidied = outbox::tidy(&mut conn, now).await?;
        if woken > 0 || tidied.anything() {
            self.engine.0.feeds.hint(self.handle.tenant.id);
        }
        Ok(())
    }
}

/// What one look at the outbox came to.
struct Look {
    claimed: bool,
    held: Held,
    again_at: Option<Instant>,
}

impl Pump {
    /// Claims as much as there is room for, and begins the calls.
    async fn look(&mut self) -> Result<Look, OutboxFailure> {
        let mut conn = self.handle.db().await?.conn().await?;
        let waiting = outbox::lines_due(&mut conn).await?;
        let now = Instant::now();
        let (threads, first_free) = self.pace.held(now);
        let mut look = Look {
            claimed: false,
            held: Held {
                channels: Vec::new(),
                threads,
            },
            again_at: first_free,
        };
        let mut lines = HashMap::new();
        let mut rooms = Vec::new();
        for channel in waiting {
            let (per_second, line) = match self.speed(channel).await? {
                Speed::Open(per_second, line) => (per_second, line),
                Speed::Paused => {
                    look.held.channels.push(channel);
                    continue;
                }
            };
            lines.insert(channel, (per_second, line));
            match self.room(channel, per_second, now) {
                Ok(0) => {}
                Ok(room) => rooms.push(Room {
                    channel,
                    messages: i32::try_from(room).unwrap_or(i32::MAX),
                }),
                Err(later) => {
                    look.held.channels.push(channel);
                    look.again_at = Some(look.again_at.map_or(later, |at| at.min(later)));
                }
            }
        }
        if rooms.is_empty() {
            return Ok(look);
        }
        let claimed = outbox::claim(&mut conn, &rooms, &look.held.threads, self.engine.clock().now()).await?;
        drop(conn);
        look.claimed = claimed.refused > 0 || !claimed.attempts.is_empty();
        if claimed.refused > 0 {
            metrics::counter!("sends_total", "result" => "not_allowed").increment(claimed.refused as u64);
            self.engine.0.feeds.hint(self.handle.tenant.id);
        }
        for attempt in claimed.attempts {
            if let Some((per_second, line)) = lines.get(&attempt.channel) {
                self.begin(attempt, *per_second, line.clone()).await;
            }
        }
        Ok(look)
    }

    /// Room below the line's speed and below the number of calls that may be under way on it.
    fn room(&self, channel: ChannelId, per_second: u32, now: Instant) -> Result<u32, Instant> {
        let most = (per_second / 2).clamp(FEWEST, MOST);
        let free = most.saturating_sub(self.under_way.get(&channel).copied().unwrap_or_default());
        self.pace
            .room(channel, per_second, now)
            .map(|room| room.min(free))
    }

    async fn speed(&self, channel: ChannelId) -> Result<Speed, OutboxFailure> {
        let line = self.engine.resolver().line_of_channel(channel).await?;
        Ok(match line {
            Some(line) if line.channel.tenant_id == self.handle.tenant.id => {
                if line.pause.is_some() {
                    Speed::Paused
                } else {
                    Speed::Open(line.messages_per_second, Some(line))
                }
            }
            _ => Speed::Open(DEAD, None),
        })
    }

    async fn begin(&mut self, attempt: Attempt, per_second: u32, line: Option<Arc<Line>>) {
        // The place in the rhythm is taken when nothing is left to wait for.
        let permit = Arc::clone(&self.engine.0.calls).acquire_owned().await;
        let now = Instant::now();
        let at = self
            .pace
            .reserve(attempt.channel, per_second, attempt.conversation, now);
        *self.under_way.entry(attempt.channel).or_default() += 1;
        let (engine, handle, pace) = (
            self.engine.clone(),
            Arc::clone(&self.handle),
            Arc::clone(&self.pace),
        );
        self.calls.spawn(async move {
            sleep_until(at).await;
            let settlement = engine.make(&handle, &pace, line.as_ref(), &attempt).await;
            drop(permit);
            Outcome { attempt, settlement }
        });
    }

    fn take(&mut self, ended: Result<Outcome, JoinError>) {
        match ended {
            Ok(outcome) => {
                if let Some(under_way) = self.under_way.get_mut(&outcome.attempt.channel) {
                    *under_way = under_way.saturating_sub(1);
                }
                self.ended.push(outcome);
            }
            // Its lease ends, and then it counts as unknown.
            Err(error) => tracing::error!(%error, "a call broke off"),
        }
    }

    /// Writes down how the calls ended that have ended.
    async fn settle_ended(&mut self) -> Result<(), OutboxFailure> {
        while let Some(ended) = self.calls.try_join_next() {
            self.take(ended);
        }
        if self.ended.is_empty() {
            return Ok(());
        }
        let mut tried = 0;
        loop {
            match self.settle().await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(tenant.id = %self.handle.tenant.id, %error, "cannot write down how sends ended");
                    tried += 1;
                    if tried == SETTLE_TRIES {
                        self.ended.clear();
                        return Err(error);
                    }
                    tokio::time::sleep(Duration::from_secs(1 << (tried - 1))).await;
                }
            }
        }
        self.ended.clear();
        self.engine.0.feeds.hint(self.handle.tenant.id);
        Ok(())
    }

    async fn settle(&self) -> Result<(), OutboxFailure> {
        let mut conn = self.handle.db().await?.conn().await?;
        let settled = outbox::settle(&mut conn, &self.ended, self.engine.clock().now()).await?;
        for outcome in &self.ended {
            if !settled.contains(&outcome.attempt.outbox) {
                let message = outcome.attempt.reference.message;
                tracing::debug!(message.id = %message, "the attempt had been settled otherwise");
            }
        }
        Ok(())
    }
}
