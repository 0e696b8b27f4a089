//! How fast messages may go: per line below what Meta takes in a second, per customer below its pair
//! limit. In memory, since one process works on a tenant at a time; what another process did before
//! shows as Meta's own refusal, which is heeded here too.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pg::{ChannelId, TenantId};
use tenant::conversation::ConversationId;
use tokio::{sync::Notify, time::Instant};

/// The share of a line's limit that is used: what is sent evenly arrives unevenly, and no second may
/// hold more than the limit.
const SHARE: f64 = 0.965;
/// How much lost time is made up for by sending closer together.
const CATCH_UP: Duration = Duration::from_millis(10);
/// How far ahead messages are claimed: whatever is more urgent waits so long at most.
const AHEAD: Duration = Duration::from_millis(100);
/// How long a line rests that Meta says is too fast, when it does not say how long; doubled each time.
const REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_mins(1);
/// After so long without a complaint a line goes faster again.
const EASE: Duration = Duration::from_secs(3);
const FASTER: f64 = 1.5;
const SLOWER: f64 = 0.7;
const SLOWEST: f64 = 0.25;
/// One message to one person every six seconds, and some borrowed from the future: Meta lends 45
/// ("pair rate limit"), a few of which stay for what another process sent.
const PAIR_EVERY: Duration = Duration::from_secs(6);
const PAIR_BURST: u32 = 40;
/// Customers that were last written to long enough ago are forgotten beyond so many.
const PAIRS: usize = 20_000;

/// The rhythm of one line.
#[derive(Debug)]
struct LinePace {
    /// When the next message may go.
    next: Instant,
    /// The part of its speed that the line goes at.
    speed: f64,
    /// Nothing before this.
    rests_until: Instant,
    rest: Duration,
    complained_at: Instant,
}

impl LinePace {
    fn new(now: Instant) -> Self {
        Self {
            next: now,
            speed: 1.0,
            rests_until: now,
            rest: REST,
            complained_at: now,
        }
    }

    fn interval(&self, per_second: u32) -> Duration {
        Duration::from_secs_f64(1.0 / (f64::from(per_second.max(1)) * SHARE * self.speed))
    }

    fn reserve(&mut self, per_second: u32, now: Instant) -> Instant {
        self.ease(now);
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now).max(self.rests_until);
        let at = self.next.max(earliest);
        self.next = at + self.interval(per_second);
        at
    }

    /// How many more may be claimed now, or when to ask again.
    fn room(&self, per_second: u32, now: Instant) -> Result<u32, Instant> {
        let next = self.next.max(self.rests_until);
        let end = now + AHEAD;
        if next > now && next >= end {
            // Not for one place only: a claim costs more than a message.
            return Err(next.checked_sub(AHEAD / 2).unwrap_or(next).max(self.rests_until));
        }
        if self.rests_until > now {
            return Err(self.rests_until);
        }
        let free = end.saturating_duration_since(next.max(now));
        let messages = free.as_secs_f64() / self.interval(per_second).as_secs_f64();
        // Whole and far below 2³²: a tenth of a second's worth.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "see above"
        )]
        let messages = messages.floor().clamp(1.0, 1_000.0) as u32;
        Ok(messages)
    }

    fn complain(&mut self, asked: Option<Duration>, now: Instant) -> Instant {
        // Several calls that were under way complain of the same.
        if now >= self.rests_until {
            self.speed = (self.speed * SLOWER).max(SLOWEST);
            let rest = asked.unwrap_or(self.rest);
            self.rest = (self.rest * 2).min(LONGEST_REST);
            self.rests_until = now + rest;
        } else if let Some(asked) = asked {
            self.rests_until = self.rests_until.max(now + asked);
        }
        self.complained_at = now;
        self.rests_until
    }

    fn ease(&mut self, now: Instant) {
        if self.speed < 1.0 && now >= self.complained_at + EASE {
            self.speed = (self.speed * FASTER).min(1.0);
            self.complained_at = now;
            if self.speed >= 1.0 {
                self.rest = REST;
            }
        }
    }
}

#[derive(Default)]
struct State {
    lines: HashMap<ChannelId, LinePace>,
    /// When each customer's debt is paid.
    pairs: HashMap<ConversationId, Instant>,
    /// Who must not be written to before when.
    over: HashMap<ConversationId, Instant>,
}

/// The rhythms of one tenant.
#[derive(Default)]
pub(super) struct Pace {
    state: Mutex<State>,
    woken: Notify,
}

impl Pace {
    /// When the message may go; the place is taken. Counts it for the customer too.
    pub(super) fn reserve(
        &self,
        line: ChannelId,
        per_second: u32,
        thread: ConversationId,
        now: Instant,
    ) -> Instant {
        let mut state = self.state();
        let at = line_of(&mut state, line, now).reserve(per_second, now);
        if state.pairs.len() >= PAIRS {
            state.pairs.retain(|_, paid| *paid > now);
        }
        let paid = state.pairs.entry(thread).or_insert(now);
        *paid = (*paid).max(now) + PAIR_EVERY;
        let free = paid.checked_sub(PAIR_EVERY * (PAIR_BURST - 1)).unwrap_or(now);
        if free > now {
            state.over.insert(thread, free);
        }
        at
    }

    /// How many messages of this line may be claimed now, or when to ask again.
    pub(super) fn room(&self, line: ChannelId, per_second: u32, now: Instant) -> Result<u32, Instant> {
        line_of(&mut self.state(), line, now).room(per_second, now)
    }

    /// Meta says that the line is too fast: it rests and goes slower. Returns until when.
    pub(super) fn too_fast(&self, line: ChannelId, asked: Option<Duration>, now: Instant) -> Instant {
        line_of(&mut self.state(), line, now).complain(asked, now)
    }

    /// Meta says that the customer was written to too often.
    pub(super) fn too_often(&self, thread: ConversationId, until: Instant) {
        self.state().over.insert(thread, until);
    }

    /// Customers who must not be written to now, and when the first of them may be again.
    pub(super) fn held(&self, now: Instant) -> (Vec<ConversationId>, Option<Instant>) {
        let mut state = self.state();
        state.over.retain(|_, until| *until > now);
        let first = state.over.values().min().copied();
        (state.over.keys().copied().collect(), first)
    }

    /// There may be something new.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Waits until there may be something new.
    pub(super) async fn woken(&self) {
        self.woken.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line_of(state: &mut State, line: ChannelId, now: Instant) -> &mut LinePace {
    state.lines.entry(line).or_insert_with(|| LinePace::new(now))
}

/// The rhythms of every tenant that was worked on here.
#[derive(Default)]
pub(crate) struct Paces(Mutex<HashMap<TenantId, Arc<Pace>>>);

impl Paces {
    pub(super) fn of(&self, tenant: TenantId) -> Arc<Pace> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(tenant).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn per_second(times: &[Instant], window: Duration) -> usize {
        let within = |first: &Instant| {
            times
                .iter()
                .filter(|at| **at >= *first && **at < *first + window)
                .count()
        };
        times.iter().map(within).max().unwrap_or_default()
    }

    #[test]
    fn no_second_holds_more_than_the_limit_and_hardly_less() {
        for limit in [20, 80, 1_000] {
            let (pace, line, start) = (Pace::default(), ChannelId::generate(), Instant::now());
            let mut now = start;
            let mut times = Vec::new();
            while now < start + Duration::from_secs(3) {
                match pace.room(line, limit, now) {
                    Ok(room) => times.extend(
                        (0..room).map(|_| pace.reserve(line, limit, ConversationId::generate(), now)),
                    ),
                    Err(later) => now = later.max(now + Duration::from_millis(1)),
                }
            }
            let most = per_second(&times, Duration::from_secs(1));
            assert!(most <= usize::try_from(limit).unwrap(), "{most} of {limit}");
            let all = times
                .iter()
                .filter(|at| **at < start + Duration::from_secs(3))
                .count();
            let wanted = f64::from(limit) * 3.0 * 0.95;
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let all = all as f64;
            assert!(all >= wanted, "{all} of {wanted}");
        }
    }

    #[test]
    fn lost_time_is_made_up_for_a_little_only() {
        let (pace, line, start) = (Pace::default(), ChannelId::generate(), Instant::now());
        let late = start + Duration::from_mins(1);
        pace.reserve(line, 80, ConversationId::generate(), start);
        let times: Vec<_> = (0..80)
            .map(|_| pace.reserve(line, 80, ConversationId::generate(), late))
            .collect();
        assert!(times[0] < late && times[79] > late + Duration::from_millis(980));
    }

    #[test]
    fn a_customer_gets_a_burst_and_then_one_message_in_six_seconds() {
        let (pace, line, start) = (Pace::default(), ChannelId::generate(), Instant::now());
        let thread = ConversationId::generate();
        for n in 1..=PAIR_BURST {
            assert_eq!(pace.held(start).0.len(), 0, "{n}");
            pace.reserve(line, 1_000, thread, start);
        }
        let (held, until) = pace.held(start);
        assert_eq!((held, until), (vec![thread], Some(start + PAIR_EVERY)));
        let later = start + PAIR_EVERY;
        assert!(pace.held(later).0.is_empty());
        pace.reserve(line, 1_000, thread, later);
        assert_eq!(pace.held(later).1, Some(later + PAIR_EVERY));
    }

    #[test]
    fn a_line_that_was_too_fast_rests_goes_slower_and_recovers() {
        let (pace, line, start) = (Pace::default(), ChannelId::generate(), Instant::now());
        let full = pace.room(line, 1_000, start).unwrap();
        let until = pace.too_fast(line, None, start);
        // The complaint of a call that was under way is the same one.
        assert_eq!(
            pace.too_fast(line, None, start + Duration::from_millis(100)),
            until
        );
        assert_eq!(pace.room(line, 1_000, start), Err(until));
        assert!(pace.room(line, 1_000, until).unwrap() < full * 3 / 4);
        assert!(pace.too_fast(line, None, until) >= until + REST * 2);
        let asked = Duration::from_secs(40);
        let again = until + Duration::from_secs(10);
        assert_eq!(pace.too_fast(line, Some(asked), again), again + asked);
        let mut now = again + asked;
        for _ in 0..30 {
            pace.reserve(line, 1_000, ConversationId::generate(), now);
            now += EASE;
        }
        assert_eq!(pace.room(line, 1_000, now), Ok(full));
    }
}
