//! Slows down guessing: of passwords, codes and links, and asking for mails.
//!
//! Failures are counted by e-mail and address together: after some of them each
//! further one doubles the wait, so that one person's mistakes do not lock out an
//! office behind one address, nor a stranger elsewhere the person. Two higher
//! numbers stop guessing at one e-mail from many addresses, and at many e-mails
//! from one address; whoever has the right password at hand never meets them.
//!
//! Counted in this process and in bounded memory. A restart forgets it, and each
//! server counts for itself: the waits grow fast enough that neither helps a guesser.

use std::{net::IpAddr, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

/// How long a failure counts after the last one.
const MEMORY: Duration = Duration::from_hours(1);
/// The most that is remembered of each kind.
const ENTRIES: u64 = 100_000;
/// The longest wait.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

/// How failures under one key turn into waits.
#[derive(Clone, Copy)]
struct Rule {
    /// Failures without a wait.
    free: u32,
    /// The first wait; each further failure doubles it.
    first: TimeDelta,
}

/// One e-mail from one address.
const PLACE: Rule = Rule {
    free: 4,
    first: TimeDelta::seconds(5),
};
/// One e-mail from anywhere.
const EMAIL: Rule = Rule {
    free: 99,
    first: TimeDelta::seconds(30),
};
/// One address with whatever e-mails.
const ADDRESS: Rule = Rule {
    free: 299,
    first: TimeDelta::seconds(30),
};

#[derive(Clone, Copy, Default)]
struct Failures {
    count: u32,
    until: Option<DateTime<Utc>>,
}

impl Rule {
    fn after_one_more(self, before: Failures, now: DateTime<Utc>) -> Failures {
        let count = before.count.saturating_add(1);
        let beyond = count.saturating_sub(self.free);
        let until = beyond.checked_sub(1).map(|doublings| {
            let factor = 1_i32.checked_shl(doublings).filter(|factor| *factor > 0);
            let wait = factor.and_then(|factor| self.first.checked_mul(factor));
            now + wait.unwrap_or(LONGEST).min(LONGEST)
        });
        Failures { count, until }
    }
}

/// Counts failures.
pub struct Limiter {
    places: Cache<(String, Option<IpAddr>), Failures>,
    emails: Cache<String, Failures>,
    addresses: Cache<IpAddr, Failures>,
}

fn table<K: std::hash::Hash + Eq + Send + Sync + 'static>() -> Cache<K, Failures> {
    Cache::builder()
        .max_capacity(ENTRIES)
        .time_to_idle(MEMORY)
        .build()
}

fn count<K>(table: &Cache<K, Failures>, key: K, rule: Rule, now: DateTime<Utc>)
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
{
    table.entry(key).and_upsert_with(|known| {
        let before = known.map(moka::Entry::into_value).unwrap_or_default();
        rule.after_one_more(before, now)
    });
}

impl Limiter {
    /// With no failure yet.
    pub fn new() -> Self {
        Self {
            places: table(),
            emails: table(),
            addresses: table(),
        }
    }

    /// Seconds to wait before this e-mail may be tried again from there, if any.
    pub fn blocked(&self, email: &str, ip: Option<IpAddr>, now: DateTime<Utc>) -> Option<u64> {
        let place = self.places.get(&(email.to_owned(), ip));
        let anywhere = self.emails.get(email);
        let address = ip.and_then(|ip| self.addresses.get(&ip));
        let known = [place, anywhere, address].into_iter().flatten();
        let left = known.filter_map(|failures| failures.until).max()? - now;
        (left > TimeDelta::zero()).then(|| left.num_seconds().unsigned_abs() + 1)
    }

    /// Counts a failure.
    pub fn failed(&self, email: &str, ip: Option<IpAddr>, now: DateTime<Utc>) {
        count(&self.places, (email.to_owned(), ip), PLACE, now);
        count(&self.emails, email.to_owned(), EMAIL, now);
        if let Some(ip) = ip {
            count(&self.addresses, ip, ADDRESS, now);
        }
    }

    /// Forgets the failures of whoever got in from there.
    pub fn succeeded(&self, email: &str, ip: Option<IpAddr>) {
        self.places.invalidate(&(email.to_owned(), ip));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)));

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(1_790_000_000 + seconds)
    }

    fn elsewhere(place: u8) -> IpAddr {
        IpAddr::from([10, 1, 0, place])
    }

    #[test]
    fn each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        let limiter = Limiter::new();
        let mut waits = Vec::new();
        for _ in 0..40 {
            limiter.failed("ana@x.example", HERE, at(0));
            waits.push(limiter.blocked("ana@x.example", HERE, at(0)).unwrap_or_default());
        }
        assert_eq!(waits[..7], [0, 0, 0, 0, 6, 11, 21]);
        assert_eq!(waits.last(), Some(&901));
        assert_eq!(limiter.blocked("ana@x.example", HERE, at(900)), None);
    }

    #[test]
    fn a_colleague_behind_the_same_address_and_oneself_elsewhere_go_on() {
        let limiter = Limiter::new();
        for _ in 0..40 {
            limiter.failed("ana@x.example", HERE, at(0));
        }
        assert_eq!(limiter.blocked("beto@x.example", HERE, at(0)), None);
        assert_eq!(limiter.blocked("ana@x.example", Some(elsewhere(1)), at(0)), None);
        limiter.succeeded("ana@x.example", HERE);
        assert_eq!(limiter.blocked("ana@x.example", HERE, at(0)), None);
    }

    #[test]
    fn guessing_from_many_places_or_at_many_people_is_stopped_in_the_end() {
        let limiter = Limiter::new();
        for place in 0..100 {
            limiter.failed("ana@x.example", Some(elsewhere(place)), at(0));
        }
        assert!(limiter.blocked("ana@x.example", HERE, at(0)).is_some());
        for person in 0..300 {
            limiter.failed(&format!("{person}@x.example"), HERE, at(0));
        }
        assert!(limiter.blocked("beto@x.example", HERE, at(0)).is_some());
        assert_eq!(limiter.blocked("beto@x.example", Some(elsewhere(1)), at(0)), None);
    }
}
