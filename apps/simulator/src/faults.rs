//! What goes wrong on purpose.

mod change;
mod dice;
mod kinds;

use std::collections::BTreeMap;

use serde::Serialize;

use self::dice::Dice;
pub use self::{
    change::FaultsChange,
    kinds::{Batching, Failing, MediaFault, Outcome, SendFault, Share},
};

/// Everything that goes wrong at the moment.
#[derive(Clone, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that are thrown one by one"
)]
pub struct Faults {
    /// What happens to sends.
    pub send: SendFault,
    /// How many sends it still happens to; all of them when absent.
    pub times: Option<u32>,
    /// The only line it happens to; all of them when absent.
    pub phone_number_id: Option<String>,
    /// What happens by chance to sends that `send` leaves alone.
    pub shares: Vec<Share>,
    /// What chance began with.
    pub seed: u64,
    #[serde(skip)]
    dice: Dice,
    /// How often each fault has happened to a send.
    pub happened: BTreeMap<String, u64>,
    /// How long the answer to any send takes, in milliseconds. What happens to the message
    /// happens before.
    pub latency_ms: u64,
    /// What happens to files.
    pub media: MediaFault,
    /// How many files it still happens to; all of them when absent.
    pub media_times: Option<u32>,
    /// How long the answer to an upload takes, in milliseconds.
    pub upload_ms: u64,
    /// How long a download takes to begin, in milliseconds.
    pub download_ms: u64,
    /// Every status comes twice.
    pub duplicate_statuses: bool,
    /// This part of the statuses comes twice.
    pub duplicate_share: f64,
    /// Statuses come in reverse order.
    pub reorder_statuses: bool,
    /// This part of the messages has its statuses in reverse order.
    pub reorder_share: f64,
    /// Statuses do not come.
    pub drop_statuses: bool,
    /// This part of the statuses does not come.
    pub drop_share: f64,
    /// How much later than it happened a status comes, in milliseconds.
    pub status_delay_ms: u64,
    /// How statuses are put together.
    pub batch_statuses: Batching,
    /// Messages that are taken and fail afterwards.
    pub fail: Failing,
    /// People read everything at once. Otherwise a message is read when its chat is on screen.
    pub auto_read: bool,
    /// Numbers, in digits, that have no WhatsApp.
    pub unreachable: Vec<String>,
}

/// What becomes of one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// How many times it comes.
    pub copies: u8,
    /// How much later, in milliseconds.
    pub delay_ms: u64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            send: SendFault::None,
            times: None,
            phone_number_id: None,
            shares: Vec::new(),
            seed: 0,
            dice: Dice::default(),
            happened: BTreeMap::new(),
            latency_ms: 0,
            media: MediaFault::None,
            media_times: None,
            upload_ms: 0,
            download_ms: 0,
            duplicate_statuses: false,
            duplicate_share: 0.0,
            reorder_statuses: false,
            reorder_share: 0.0,
            drop_statuses: false,
            drop_share: 0.0,
            status_delay_ms: 0,
            batch_statuses: Batching::default(),
            fail: Failing {
                code: 131_000,
                share: 0.0,
            },
            auto_read: true,
            unreachable: Vec::new(),
        }
    }
}

impl Faults {
    /// The fault of the next file, if it is one of `possible` here; counts it.
    pub fn take_media(&mut self, possible: &[MediaFault]) -> MediaFault {
        let fault = self.media;
        if !possible.contains(&fault) {
            return MediaFault::None;
        }
        if let Some(times) = &mut self.media_times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.media = MediaFault::None;
                self.media_times = None;
            }
        }
        fault
    }

    /// The fault of the next send on a line; counts it.
    pub fn take(&mut self, phone_number_id: &str) -> SendFault {
        let fault = match self.ordered(phone_number_id) {
            SendFault::None => self.by_chance(phone_number_id),
            fault => fault,
        };
        if fault != SendFault::None {
            *self.happened.entry(fault.name()).or_default() += 1;
        }
        fault
    }

    /// What becomes of the next status.
    pub fn fate(&mut self) -> Fate {
        let dropped = self.drop_statuses || self.dice.hits(self.drop_share);
        let doubled = self.duplicate_statuses || self.dice.hits(self.duplicate_share);
        Fate {
            copies: match (dropped, doubled) {
                (true, _) => 0,
                (false, true) => 2,
                (false, false) => 1,
            },
            delay_ms: self.status_delay_ms,
        }
    }

    /// Whether the next message has its statuses in reverse order.
    pub fn reorders(&mut self) -> bool {
        self.reorder_statuses || self.dice.hits(self.reorder_share)
    }

    /// The code that the next message fails with after it was taken, if it does.
    pub fn fails(&mut self) -> Option<i64> {
        self.dice.hits(self.fail.share).then_some(self.fail.code)
    }

    fn ordered(&mut self, phone_number_id: &str) -> SendFault {
        let only = self.phone_number_id.as_deref();
        if only.is_some_and(|line| line != phone_number_id) {
            return SendFault::None;
        }
        let fault = self.send;
        if let Some(times) = &mut self.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.send = SendFault::None;
                self.times = None;
            }
        }
        fault
    }

    fn by_chance(&mut self, phone_number_id: &str) -> SendFault {
        let concerned = |share: &&Share| {
            let only = share.phone_number_id.as_deref();
            only.is_none_or(|line| line == phone_number_id)
        };
        if self.shares.is_empty() {
            return SendFault::None;
        }
        let mut left = self.dice.throw();
        for share in self.shares.iter().filter(concerned) {
            if left < share.share {
                return share.fault;
            }
            left -= share.share;
        }
        SendFault::None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(change: serde_json::Value) -> Faults {
        let mut faults = Faults::default();
        faults.apply(serde_json::from_value(change).unwrap());
        faults
    }

    #[test]
    fn a_counted_fault_ends_by_itself() {
        let mut faults = changed(json!({"send": "429", "times": 2, "phone_number_id": "1"}));
        let taken = ["1", "2", "1", "1"].map(|line| faults.take(line));
        let expected = [
            SendFault::RateLimit,
            SendFault::None,
            SendFault::RateLimit,
            SendFault::None,
        ];
        assert_eq!(taken, expected);
        assert_eq!(faults.happened["429"], 2);
    }

    #[test]
    fn shares_are_kept_and_the_same_seed_gives_the_same_sends() {
        let shares = json!({"seed": 3, "shares": [
            {"fault": "reset_after", "share": 0.2}, {"fault": {"code": 131_056}, "share": 0.1}]});
        let run = || {
            let mut faults = changed(shares.clone());
            let taken: Vec<_> = (0..2000).map(|_| faults.take("1")).collect();
            (taken, faults.happened)
        };
        let (taken, happened) = run();
        assert!((340..460).contains(&happened["reset_after"]), "{happened:?}");
        assert!((150..250).contains(&happened["131056"]), "{happened:?}");
        assert_eq!(taken, run().0);
    }

    #[test]
    fn a_share_of_one_line_leaves_the_others_alone() {
        let share = json!({"fault": "500", "share": 1.0, "phone_number_id": "1"});
        let mut faults = changed(json!({ "shares": [share] }));
        assert_eq!(
            (faults.take("2"), faults.take("1")),
            (SendFault::None, SendFault::ServerError)
        );
    }
}
