//! The counters as they are told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Accepted, Ledger, LineCount};

/// Every accepted send, in short.
#[derive(Serialize)]
pub struct Sends {
    /// Every accepted message.
    pub total: u64,
    /// Accepted messages by their `biz_opaque_callback_data`.
    pub by_callback: BTreeMap<String, u64>,
}

/// Something that was accepted more than once.
#[derive(Serialize)]
pub struct Repeated {
    /// The callback data, or the message it names.
    pub name: String,
    /// How often.
    pub count: usize,
    /// Each time, in order.
    pub sends: Vec<Accepted>,
}

/// A second of the clock.
#[derive(Serialize)]
pub struct Second {
    /// Seconds since 1970.
    pub second: i64,
    /// Sends that were accepted.
    pub accepted: u32,
}

/// The counters of a line.
#[derive(Serialize)]
pub struct LineReport {
    /// The line.
    pub phone_number_id: String,
    /// Calls to send, whatever became of them.
    pub calls: u64,
    /// Sends that were accepted.
    pub accepted: u64,
    /// Those of them that carried no callback data.
    pub without_callback: u64,
    /// Refused calls by Meta's code. What was never answered is in none of these.
    pub refused: BTreeMap<i64, u64>,
    /// The most sends that were accepted in any one second, wherever it begins.
    pub most_in_a_second: usize,
    /// The most calls in any one second.
    pub most_calls_in_a_second: usize,
    /// The most messages in both directions in any one second.
    pub most_traffic_in_a_second: usize,
    /// Accepted sends in each second of the clock in which there were some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub per_second: Vec<Second>,
}

/// Everything, or what concerns one line.
#[derive(Serialize)]
pub struct Report {
    /// Every accepted message.
    pub total: u64,
    /// How many different callback data were accepted.
    pub callbacks: usize,
    /// How many different messages their callback data name.
    pub messages: usize,
    /// Callback data that were accepted more than once.
    pub repeated_callbacks: Vec<Repeated>,
    /// Messages that were accepted more than once, whatever the attempt.
    pub repeated_messages: Vec<Repeated>,
    /// The lines that something was sent or received on.
    pub lines: Vec<LineReport>,
    /// Accepted messages by their `biz_opaque_callback_data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_callback: Option<BTreeMap<String, u64>>,
}

impl Ledger {
    /// Every accepted send, in short.
    pub fn sends(&self) -> Sends {
        Sends {
            total: self.accepted,
            by_callback: self.by_callback.clone(),
        }
    }

    /// The counters, of one line or of all; `brief` leaves out what grows with every send.
    pub fn report(&self, line: Option<&str>, brief: bool) -> Report {
        let concerned = |id: &str| line.is_none_or(|line| line == id);
        let lines = self.lines.iter().filter(|(id, _)| concerned(id));
        let lines: Vec<_> = lines.map(|(id, count)| count.report(id, brief)).collect();
        let repeated_messages: Vec<_> = self.repeated(&concerned);
        let repeated_callbacks = repeated_messages.iter().flat_map(same_attempt).collect();
        let (callbacks, messages, by_callback) = match line {
            None => (
                self.by_callback.len(),
                self.by_message.len(),
                (!brief).then(|| self.by_callback.clone()),
            ),
            Some(line) => self.of_line(line, brief),
        };
        Report {
            total: lines.iter().map(|line| line.accepted).sum(),
            callbacks,
            messages,
            repeated_callbacks,
            repeated_messages,
            lines,
            by_callback,
        }
    }

    /// Counts anew, on one line or on all.
    pub fn forget(&mut self, line: Option<&str>) {
        let Some(line) = line else {
            *self = Self::default();
            return;
        };
        let gone = self.lines.remove(line).map_or(0, |count| count.accepted);
        self.accepted -= gone.min(self.accepted);
        for sends in self.by_message.values_mut() {
            for send in sends.iter().filter(|send| send.phone_number_id == line) {
                if let Some(count) = self.by_callback.get_mut(&send.callback) {
                    *count -= 1;
                }
            }
            sends.retain(|send| send.phone_number_id != line);
        }
        self.by_message.retain(|_, sends| !sends.is_empty());
        self.by_callback.retain(|_, count| *count > 0);
        let by_message = &self.by_message;
        self.twice
            .retain(|name| by_message.get(name).is_some_and(|sends| sends.len() > 1));
    }

    /// The messages that were accepted more than once and once at least on a line concerned.
    fn repeated(&self, concerned: &impl Fn(&str) -> bool) -> Vec<Repeated> {
        let sends = self
            .twice
            .iter()
            .filter_map(|name| Some((name, self.by_message.get(name)?)));
        let sends = sends.filter(|(_, sends)| sends.iter().any(|send| concerned(&send.phone_number_id)));
        sends
            .map(|(name, sends)| Repeated::new(name, sends.clone()))
            .collect()
    }

    /// How many callback data and messages a line has accepted, and which.
    fn of_line(&self, line: &str, brief: bool) -> (usize, usize, Option<BTreeMap<String, u64>>) {
        let mut by_callback = BTreeMap::<&str, u64>::new();
        let mut messages = 0;
        for sends in self.by_message.values() {
            let mut own = sends
                .iter()
                .filter(|send| send.phone_number_id == line)
                .peekable();
            messages += usize::from(own.peek().is_some());
            for send in own {
                *by_callback.entry(&send.callback).or_default() += 1;
            }
        }
        let owned = |(name, count): (&&str, &u64)| ((*name).to_owned(), *count);
        let listed = (!brief).then(|| by_callback.iter().map(owned).collect());
        (by_callback.len(), messages, listed)
    }
}

impl Repeated {
    fn new(name: &str, sends: Vec<Accepted>) -> Self {
        Self {
            name: name.to_owned(),
            count: sends.len(),
            sends,
        }
    }
}

/// The attempts of a message that were accepted more than once.
fn same_attempt(message: &Repeated) -> Vec<Repeated> {
    let mut attempts = BTreeMap::<&str, Vec<Accepted>>::new();
    for send in &message.sends {
        attempts.entry(&send.callback).or_default().push(send.clone());
    }
    let repeated = attempts.into_iter().filter(|(_, sends)| sends.len() > 1);
    repeated
        .map(|(callback, sends)| Repeated::new(callback, sends))
        .collect()
}

impl LineCount {
    fn report(&self, id: &str, brief: bool) -> LineReport {
        let second = |&(second, accepted): &(i64, u32)| Second { second, accepted };
        let seconds = if brief { &[] } else { self.sent.seconds() };
        LineReport {
            phone_number_id: id.to_owned(),
            calls: self.calls,
            accepted: self.accepted,
            without_callback: self.without_callback,
            refused: self.refused.clone(),
            most_in_a_second: self.sent.most(),
            most_calls_in_a_second: self.called.most(),
            most_traffic_in_a_second: self.traffic.most(),
            per_second: seconds.iter().map(second).collect(),
        }
    }
}
