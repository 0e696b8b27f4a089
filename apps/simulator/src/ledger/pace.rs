//! How fast something happens: per second of the clock, and in the fastest second that begins
//! anywhere.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

const SECOND: TimeDelta = TimeDelta::seconds(1);

/// What happened within the last second.
#[derive(Default)]
pub struct Sliding {
    latest: VecDeque<DateTime<Utc>>,
}

/// A count that keeps its fastest second.
#[derive(Default)]
pub struct Pace {
    sliding: Sliding,
    most: usize,
    /// Seconds since 1970 with how often it happened in them, in order.
    seconds: Vec<(i64, u32)>,
}

impl Sliding {
    /// It happens now; says how often it has in the second that ends now.
    pub fn note(&mut self, now: DateTime<Utc>) -> usize {
        self.latest.push_back(now);
        self.within(now)
    }

    /// How often it happened in the second that ends now.
    pub fn within(&mut self, now: DateTime<Utc>) -> usize {
        while self.latest.front().is_some_and(|first| now - *first >= SECOND) {
            self.latest.pop_front();
        }
        self.latest.len()
    }
}

impl Pace {
    /// It happens now.
    pub fn note(&mut self, now: DateTime<Utc>) {
        self.most = self.most.max(self.sliding.note(now));
        let second = now.timestamp();
        match self.seconds.last_mut() {
            Some((last, count)) if *last >= second => *count += 1,
            _ => self.seconds.push((second, 1)),
        }
    }

    /// How often it happened in the second that ends now.
    pub fn within(&mut self, now: DateTime<Utc>) -> usize {
        self.sliding.within(now)
    }

    /// How often it happened in its fastest second, wherever that began.
    pub fn most(&self) -> usize {
        self.most
    }

    /// How often it happened in each second of the clock in which it did.
    pub fn seconds(&self) -> &[(i64, u32)] {
        &self.seconds
    }
}
