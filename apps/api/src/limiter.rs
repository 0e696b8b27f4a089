//! Slows down guessing of passwords: failures are counted by e-mail and
//! address together, and by e-mail alone at a higher number, so that one
//! person's mistakes do not lock out an office behind one address.

use std::{net::IpAddr, time::Duration};

use moka::sync::Cache;

/// How long a failure counts.
const WINDOW: Duration = Duration::from_mins(5);
/// Failures of one e-mail from one address.
const PER_PLACE: u32 = 10;
/// Failures of one e-mail from anywhere.
const PER_EMAIL: u32 = 100;

/// Counts failed logins.
pub struct LoginLimiter {
    places: Cache<(String, Option<IpAddr>), u32>,
    emails: Cache<String, u32>,
}

impl LoginLimiter {
    /// With no failure yet.
    pub fn new() -> Self {
        let places = Cache::builder()
            .max_capacity(100_000)
            .time_to_live(WINDOW)
            .build();
        let emails = Cache::builder()
            .max_capacity(100_000)
            .time_to_live(WINDOW)
            .build();
        Self { places, emails }
    }

    /// Seconds to wait before this e-mail may be tried again from there, if any.
    pub fn blocked(&self, email: &str, ip: Option<IpAddr>) -> Option<u64> {
        let place = self.places.get(&(email.to_owned(), ip)).unwrap_or_default();
        let anywhere = self.emails.get(email).unwrap_or_default();
        (place >= PER_PLACE || anywhere >= PER_EMAIL).then_some(WINDOW.as_secs())
    }

    /// Counts a failure.
    pub fn failed(&self, email: &str, ip: Option<IpAddr>) {
        let one_more = |count: Option<moka::Entry<_, u32>>| {
            count.map_or(1, |entry| entry.into_value().saturating_add(1))
        };
        self.places
            .entry((email.to_owned(), ip))
            .and_upsert_with(one_more);
        let one_more = |count: Option<moka::Entry<_, u32>>| {
            count.map_or(1, |entry| entry.into_value().saturating_add(1))
        };
        self.emails.entry(email.to_owned()).and_upsert_with(one_more);
    }

    /// Forgets the failures of whoever got in.
    pub fn succeeded(&self, email: &str, ip: Option<IpAddr>) {
        self.places.invalidate(&(email.to_owned(), ip));
    }
}
