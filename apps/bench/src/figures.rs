//! Numbers: latencies, CPU per message, and the few conversions between kinds of numbers.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest latency that is told apart, in microseconds.
const LONGEST: u64 = 120_000_000;

/// Latencies in microseconds, to three digits.
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        let made = Histogram::new_with_bounds(1, LONGEST, 3);
        Self(made.unwrap_or_else(|error| unreachable!("fixed bounds: {error}")))
    }
}

impl Latencies {
    /// Counts one.
    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(micros(latency));
    }

    /// What they come to; `None` when there are none.
    pub fn summary(&self) -> Option<Spread> {
        let milliseconds = |micros: u64| float(micros) / 1000.0;
        (!self.0.is_empty()).then(|| Spread {
            count: self.0.len(),
            p50: milliseconds(self.0.value_at_quantile(0.5)),
            p99: milliseconds(self.0.value_at_quantile(0.99)),
            max: milliseconds(self.0.max()),
        })
    }
}

/// Latencies in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// How many there were.
    pub count: u64,
    /// Half were below.
    pub p50: f64,
    /// All but one in a hundred were below.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// CPU time per message, in microseconds, by who used it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Cpu {
    /// The application: the server, or pgbench in its place.
    pub application: f64,
    /// All processes of Postgres.
    pub postgres: f64,
    /// What sent the load; not part of the sum.
    pub client: f64,
}

impl Cpu {
    /// What a message costs: application and Postgres.
    pub fn total(&self) -> f64 {
        self.application + self.postgres
    }
}

/// CPU time used so far, by who used it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    /// The application.
    pub application: Duration,
    /// Postgres.
    pub postgres: Duration,
    /// The load's sender.
    pub client: Duration,
}

impl Used {
    /// What was used since `before`, per each of `count`.
    pub fn since(self, before: Self, count: u64) -> Cpu {
        let each =
            |now: Duration, then: Duration| float(micros(now.saturating_sub(then))) / float(count.max(1));
        Cpu {
            application: each(self.application, before.application),
            postgres: each(self.postgres, before.postgres),
            client: each(self.client, before.client),
        }
    }
}

/// Whole microseconds.
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A count as a number to divide with.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// How many per second.
pub fn per_second(count: u64, window: Duration) -> f64 {
    float(count) / window.as_secs_f64().max(1e-9)
}

/// A number that is the same for the same `n` and looks random (the finalizer of `SplitMix64`).
pub fn scatter(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
