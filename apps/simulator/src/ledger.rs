//! What was sent, counted so that whoever drills the product can be told the truth: what was
//! accepted, what was accepted twice, and how fast each line went. Pure state: no clock, no I/O.
//! Nothing here takes longer because much was sent before.

mod pace;
mod report;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use self::pace::Pace;
pub use self::report::{LineReport, Repeated, Report, Sends};

/// One accepted send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The line it went out on.
    pub phone_number_id: String,
    /// The id it was given.
    pub wamid: String,
    /// Its `biz_opaque_callback_data`.
    pub callback: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// All counters.
#[derive(Default, Serialize, Deserialize)]
pub struct Ledger {
    accepted: u64,
    by_callback: BTreeMap<String, u64>,
    by_message: HashMap<String, Vec<Accepted>>,
    /// The keys of `by_message` that were accepted more than once.
    twice: Vec<String>,
    lines: BTreeMap<String, LineCount>,
}

/// The counters of a line.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct LineCount {
    calls: u64,
    accepted: u64,
    without_callback: u64,
    refused: BTreeMap<i64, u64>,
    #[serde(skip)]
    called: Pace,
    #[serde(skip)]
    sent: Pace,
    /// Accepted sends and inbound messages together, as Meta counts its throughput.
    #[serde(skip)]
    traffic: Pace,
}

impl Ledger {
    /// Somebody calls to send on a line.
    pub fn call(&mut self, line: &str, now: DateTime<Utc>) {
        let count = self.line(line);
        count.calls += 1;
        count.called.note(now);
    }

    /// A call was refused.
    pub fn refuse(&mut self, line: &str, code: i64) {
        *self.line(line).refused.entry(code).or_default() += 1;
    }

    /// A customer wrote to a line, which takes of its throughput.
    pub fn inbound(&mut self, line: &str, now: DateTime<Utc>) {
        self.line(line).traffic.note(now);
    }

    /// How many messages a line has sent and received in the second before `now`.
    pub fn traffic(&mut self, line: &str, now: DateTime<Utc>) -> usize {
        self.line(line).traffic.within(now)
    }

    /// A send was accepted.
    pub fn accept(&mut self, line: &str, wamid: &str, callback: Option<&str>, now: DateTime<Utc>) {
        self.accepted += 1;
        let count = self.line(line);
        count.accepted += 1;
        count.sent.note(now);
        count.traffic.note(now);
        let Some(callback) = callback else {
            count.without_callback += 1;
            return;
        };
        *self.by_callback.entry(callback.to_owned()).or_default() += 1;
        let message = message_of(callback);
        let sends = self.by_message.entry(message.to_owned()).or_default();
        sends.push(Accepted {
            phone_number_id: line.to_owned(),
            wamid: wamid.to_owned(),
            callback: callback.to_owned(),
            at: now,
        });
        if sends.len() == 2 {
            self.twice.push(message.to_owned());
        }
    }

    fn line(&mut self, line: &str) -> &mut LineCount {
        self.lines.entry(line.to_owned()).or_default()
    }
}

/// The message that callback data names, without the attempt: `o1:<message>:<attempt>` and
/// whatever else ends in a number after a colon. Anything else names itself.
pub fn message_of(callback: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match callback.rsplit_once(':') {
        Some((rest, attempt)) if is_number(attempt) => rest.strip_prefix("o1:").unwrap_or(rest),
        _ => callback,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::milliseconds(millis)
    }

    #[test]
    fn attempts_of_a_message_are_the_same_message() {
        assert_eq!(message_of("o1:0193-ab:3"), "0193-ab");
        assert_eq!(message_of("mine:7"), "mine");
        for whole in ["ours-1", "o1:0193:x", "", "o1:"] {
            assert_eq!(message_of(whole), whole);
        }
    }

    #[test]
    fn what_went_out_twice_is_named_with_every_attempt() {
        let mut ledger = Ledger::default();
        for (n, callback) in ["o1:a:1", "o1:b:1", "o1:a:2", "o1:b:1", "o1:c:1"]
            .iter()
            .enumerate()
        {
            let wamid = format!("w{n}");
            ledger.accept("1", &wamid, Some(callback), at(0));
        }
        ledger.accept("2", "w9", None, at(0));
        let report = ledger.report(None, true);
        assert_eq!((report.total, report.callbacks, report.messages), (6, 4, 3));
        let names = |repeated: &[Repeated]| repeated.iter().map(|r| r.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&report.repeated_callbacks), ["o1:b:1"]);
        assert_eq!(names(&report.repeated_messages), ["a", "b"]);
        assert_eq!(report.repeated_messages[0].sends[1].wamid, "w2");
        let other = ledger.report(Some("2"), true);
        assert_eq!((other.total, other.repeated_messages.len()), (1, 0));
        assert_eq!(other.lines[0].without_callback, 1);
        ledger.forget(Some("1"));
        assert_eq!(ledger.report(None, true).total, 1);
        assert!(ledger.report(None, true).repeated_messages.is_empty());
    }

    #[test]
    fn the_fastest_second_may_begin_anywhere() {
        let mut ledger = Ledger::default();
        for millis in [0, 900, 950, 1_000, 1_899, 3_000] {
            ledger.call("1", at(millis));
            ledger.accept("1", "w", None, at(millis));
        }
        ledger.inbound("1", at(1_000));
        let report = ledger.report(Some("1"), false);
        let line = &report.lines[0];
        assert_eq!((line.most_in_a_second, line.most_calls_in_a_second), (4, 4));
        let seconds: Vec<_> = line.per_second.iter().map(|second| second.accepted).collect();
        assert_eq!(seconds, [3, 2, 1]);
    }
}
