//! Leaves a tenant's database alone while it fails: a circuit breaker, as a
//! state machine that is told the time and reads no clock. Depends on nothing.
//!
//! ```text
//!  closed ──3 failures in a row, or half of 20 in 10 s──► open
//!    ▲                                                    │ 1 s · 2ⁿ, at most 60 s, ± 20 %
//!    └────────── the probe succeeds ─── half-open ◄───────┘
//! ```

use std::time::{Duration, Instant};

/// Failures in a row that open it.
const IN_A_ROW: u32 = 3;
/// Calls within the window before their share counts.
const CALLS: u32 = 20;
/// Seconds that the window covers.
const WINDOW: usize = 10;
/// The first rest; each further one is twice as long.
const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest rest, before the jitter.
const LONGEST_REST: Duration = Duration::from_mins(1);
/// A probe of which nothing is heard for this long is taken for lost.
const PROBE: Duration = Duration::from_secs(30);

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Yes.
    Go,
    /// No.
    Rest,
}

/// What the breaker does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything goes through.
    Closed,
    /// Nothing goes through.
    Open,
    /// One call is trying how things are.
    HalfOpen,
}

impl BreakerState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Instant },
    HalfOpen { since: Instant },
}

/// Calls that ended within one second.
#[derive(Debug, Clone, Copy, Default)]
struct Second {
    number: u64,
    calls: u32,
    failures: u32,
}

/// One tenant's breaker.
#[derive(Debug)]
pub(crate) struct Breaker {
    state: State,
    /// Times it opened since it was last closed.
    opened: u32,
    in_a_row: u32,
    born: Instant,
    seconds: [Second; WINDOW],
}

impl Breaker {
    /// A closed one.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            state: State::Closed,
            opened: 0,
            in_a_row: 0,
            born: now,
            seconds: [Second::default(); WINDOW],
        }
    }

    /// What it does now.
    pub(crate) fn state(&self) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// Asks to make a call. After a rest the first to ask is the probe.
    pub(crate) fn admit(&mut self, now: Instant) -> Admission {
        match self.state {
            State::Closed => Admission::Go,
            State::Open { until } if now < until => Admission::Rest,
            State::HalfOpen { since } if now < since + PROBE => Admission::Rest,
            State::Open { .. } | State::HalfOpen { .. } => {
                self.state = State::HalfOpen { since: now };
                Admission::Go
            }
        }
    }

    /// A call succeeded; true if that closes the breaker.
    pub(crate) fn succeeded(&mut self, now: Instant) -> bool {
        self.in_a_row = 0;
        match self.state {
            State::Closed => {
                self.second(now).calls += 1;
                false
            }
            // A call from before the rest tells nothing about now.
            State::Open { .. } => false,
            State::HalfOpen { .. } => {
                *self = Self::new(now);
                true
            }
        }
    }

    /// A call failed because the database was not available. `jitter` from -1 to 1 spreads
    /// the rests of many servers.
    pub(crate) fn failed(&mut self, now: Instant, jitter: f64) {
        match self.state {
            State::Closed => {
                self.in_a_row += 1;
                let second = self.second(now);
                second.calls += 1;
                second.failures += 1;
                if self.in_a_row >= IN_A_ROW || self.half_failed(now) {
                    self.open(now, jitter);
                }
            }
            State::Open { .. } => {}
            State::HalfOpen { .. } => self.open(now, jitter),
        }
    }

    fn open(&mut self, now: Instant, jitter: f64) {
        let doubled = FIRST_REST
            .saturating_mul(1 << self.opened.min(6))
            .min(LONGEST_REST);
        let until = now + doubled.mul_f64(1.0 + 0.2 * jitter.clamp(-1.0, 1.0));
        self.state = State::Open { until };
        self.opened += 1;
        self.in_a_row = 0;
    }

    fn number(&self, now: Instant) -> u64 {
        // From 1, so that a second that was never used belongs to no window.
        now.saturating_duration_since(self.born).as_secs() + 1
    }

    fn second(&mut self, now: Instant) -> &mut Second {
        let number = self.number(now);
        let place = usize::try_from(number).unwrap_or_default() % WINDOW;
        let second = &mut self.seconds[place];
        if second.number != number {
            *second = Second {
                number,
                ..Second::default()
            };
        }
        second
    }

    fn half_failed(&self, now: Instant) -> bool {
        let number = self.number(now);
        let recent = self
            .seconds
            .iter()
            .filter(|second| second.number > 0 && second.number + WINDOW as u64 > number);
        let (calls, failures) = recent.fold((0, 0), |(calls, failures), second| {
            (calls + second.calls, failures + second.failures)
        });
        calls >= CALLS && failures * 2 >= calls
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    fn opened(start: Instant) -> Breaker {
        let mut breaker = Breaker::new(start);
        for _ in 0..IN_A_ROW {
            breaker.failed(start, 0.0);
        }
        assert_eq!(breaker.state(), BreakerState::Open);
        breaker
    }

    #[test]
    fn a_few_failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        for _ in 0..5 {
            breaker.failed(start, 0.0);
            breaker.failed(start, 0.0);
            breaker.succeeded(start);
            breaker.succeeded(start);
            breaker.succeeded(start);
        }
        assert_eq!(breaker.state(), BreakerState::Closed);
        opened(start);
    }

    #[test]
    fn half_of_twenty_within_ten_seconds_open_it_and_old_ones_are_forgotten() {
        let start = Instant::now();
        let run = |gap: u64| {
            let mut breaker = Breaker::new(start);
            for n in 0..10 {
                breaker.succeeded(after(start, n * gap));
                breaker.failed(after(start, n * gap), 0.0);
            }
            breaker.state()
        };
        assert_eq!(run(900), BreakerState::Open);
        assert_eq!(run(2_000), BreakerState::Closed);
    }

    #[test]
    fn after_the_rest_one_call_is_let_through_and_decides() {
        let start = Instant::now();
        let mut breaker = opened(start);
        assert_eq!(breaker.admit(after(start, 999)), Admission::Rest);
        assert_eq!(breaker.admit(after(start, 1_000)), Admission::Go);
        assert_eq!(breaker.admit(after(start, 1_001)), Admission::Rest);
        breaker.failed(after(start, 1_100), 0.0);
        assert_eq!(breaker.admit(after(start, 3_099)), Admission::Rest);
        assert_eq!(breaker.admit(after(start, 3_100)), Admission::Go);
        assert!(breaker.succeeded(after(start, 3_200)));
        assert_eq!(breaker.admit(after(start, 3_201)), Admission::Go);
        assert_eq!(breaker.admit(after(start, 3_201)), Admission::Go);
    }

    #[test]
    fn a_probe_that_never_ends_is_followed_by_another() {
        let start = Instant::now();
        let mut breaker = opened(start);
        assert_eq!(breaker.admit(after(start, 1_000)), Admission::Go);
        assert_eq!(breaker.admit(after(start, 30_999)), Admission::Rest);
        assert_eq!(breaker.admit(after(start, 31_000)), Admission::Go);
    }

    #[test]
    fn what_ends_during_a_rest_changes_nothing() {
        let start = Instant::now();
        let mut breaker = opened(start);
        assert!(!breaker.succeeded(after(start, 10)));
        breaker.failed(after(start, 900), 0.0);
        assert_eq!(breaker.admit(after(start, 999)), Admission::Rest);
        assert_eq!(breaker.admit(after(start, 1_000)), Admission::Go);
    }

    proptest! {
        #[test]
        fn a_rest_is_never_longer_than_72_seconds_nor_shorter_than_800_milliseconds(
            jitters in prop::collection::vec(-1.0_f64..1.0, 1..40),
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut breaker = opened(start);
            now += Duration::from_secs(73);
            for jitter in jitters {
                prop_assert_eq!(breaker.admit(now), Admission::Go);
                breaker.failed(now, jitter);
                prop_assert_eq!(breaker.admit(now + Duration::from_millis(799)), Admission::Rest);
                now += Duration::from_secs(73);
            }
        }

        #[test]
        fn however_calls_end_it_lets_one_through_in_the_end(
            ends in prop::collection::vec((any::<bool>(), 0_u64..5_000), 0..200),
        ) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(now);
            for (well, gap) in ends {
                now += Duration::from_millis(gap);
                if breaker.admit(now) == Admission::Go {
                    if well {
                        breaker.succeeded(now);
                        prop_assert_eq!(breaker.state(), BreakerState::Closed);
                    } else {
                        breaker.failed(now, 0.5);
                    }
                }
            }
            prop_assert_eq!(breaker.admit(now + Duration::from_secs(73)), Admission::Go);
        }
    }
}
