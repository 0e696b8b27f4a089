//! How fast a line may write to one person (messages, "Pair rate limits"): one message per six
//! seconds; up to 45 at once, borrowed from the time to come.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::ChatKey;

const EACH: TimeDelta = TimeDelta::seconds(6);
const BURST: i32 = 45;

/// When the time that each chat has borrowed will have passed.
#[derive(Default)]
pub struct Pairs {
    until: HashMap<ChatKey, DateTime<Utc>>,
}

impl Pairs {
    /// Whether one more message fits.
    pub fn allows(&self, key: &ChatKey, now: DateTime<Utc>) -> bool {
        let until = self.until.get(key).copied().unwrap_or(now).max(now);
        until - now + EACH <= EACH * BURST
    }

    /// A message was sent.
    pub fn note(&mut self, key: &ChatKey, now: DateTime<Utc>) {
        let until = self.until.entry(key.clone()).or_insert(now);
        *until = (*until).max(now) + EACH;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_five_at_once_and_then_one_every_six_seconds() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let key = |phone: &str| ChatKey {
            line: "1".to_owned(),
            phone: phone.to_owned(),
        };
        let mut pairs = Pairs::default();
        for _ in 0..BURST {
            assert!(pairs.allows(&key("2"), now));
            pairs.note(&key("2"), now);
        }
        assert!(!pairs.allows(&key("2"), now + TimeDelta::seconds(5)));
        assert!(pairs.allows(&key("3"), now));
        let later = now + EACH;
        assert!(pairs.allows(&key("2"), later));
        pairs.note(&key("2"), later);
        assert!(!pairs.allows(&key("2"), later));
    }
}
