//! Remembers when something last came in on each line until it is written down: at most once a
//! minute and line, whatever the load.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use control::traffic::LineTraffic;
use pg::ChannelId;
use tenant::{inbound::InboundContent, status::Delivery};

use crate::spool::Part;

/// What was written this short a time ago is near enough.
const NEAR: TimeDelta = TimeDelta::minutes(1);

/// What a webhook brought for one line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    message: bool,
    delivered: bool,
}

struct Noted {
    written: LineTraffic,
    is_new: bool,
}

#[derive(Default)]
pub(crate) struct Traffic(Mutex<HashMap<ChannelId, Noted>>);

/// What these parts of a webhook bring, line by line.
pub(super) fn seen<'a>(parts: impl Iterator<Item = &'a Part<'a>>) -> BTreeMap<ChannelId, Seen> {
    let mut lines: BTreeMap<ChannelId, Seen> = BTreeMap::new();
    for item in parts.flat_map(Part::items) {
        let line = lines.entry(item.channel).or_default();
        match &item.content {
            InboundContent::Message(message) => line.message |= message.is_news,
            InboundContent::Status(report) => {
                line.delivered |= matches!(report.delivery, Delivery::Delivered | Delivery::Read);
            }
            _ => {}
        }
    }
    lines
}

impl Traffic {
    pub(super) fn note(&self, seen: BTreeMap<ChannelId, Seen>, now: DateTime<Utc>) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (channel, seen) in seen {
            let line = noted.entry(channel).or_insert_with(|| Noted {
                written: LineTraffic::none(channel),
                is_new: false,
            });
            let times = [
                (true, &mut line.written.webhook_at),
                (seen.message, &mut line.written.message_at),
                (seen.delivered, &mut line.written.delivered_at),
            ];
            for (came, at) in times {
                if came && at.is_none_or(|at| now - at >= NEAR) {
                    *at = Some(now);
                    line.is_new = true;
                }
            }
        }
    }

    /// What is to be written down.
    pub(super) fn take(&self) -> Vec<LineTraffic> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = noted.values_mut().filter(|line| line.is_new);
        new.map(|line| {
            line.is_new = false;
            line.written
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_down_once_a_minute_and_at_once_when_something_is_new() {
        let traffic = Traffic::default();
        let line = ChannelId::generate();
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let came = |message, seconds: i64| {
            let seen = Seen {
                message,
                delivered: false,
            };
            traffic.note(
                BTreeMap::from([(line, seen)]),
                start + TimeDelta::seconds(seconds),
            );
            let written = traffic.take().pop();
            written.map(|line| (line.webhook_at.is_some(), line.message_at.is_some()))
        };
        assert_eq!(came(false, 0), Some((true, false)));
        assert_eq!(came(false, 30), None);
        assert_eq!(came(true, 40), Some((true, true)));
        assert_eq!(came(true, 59), None);
        assert_eq!(came(true, 60), Some((true, true)));
    }
}
