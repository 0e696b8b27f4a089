//! Hours of the day, and which of them belong to whom.

use std::{fmt, str::FromStr};

use chrono::{NaiveDate, NaiveTime, Timelike, Weekday};
use serde::{Deserialize, Serialize};

/// Ranges of one day at most.
pub const MAX_RANGES: usize = 12;
/// Holidays at most: some years of them.
pub const MAX_HOLIDAYS: usize = 200;
/// The longest name of a holiday, in characters.
pub const MAX_HOLIDAY_NAME: usize = 120;

const MINUTES_OF_DAY: u16 = 24 * 60;

/// A time on the wall clock in minutes since midnight, up to and with 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// Hours of a day or a holiday have a value they cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// Not `HH:MM`.
    #[error("a time is written HH:MM, from 00:00 to 24:00")]
    Time,
    /// It does not end after it begins.
    #[error("the end must be after the beginning")]
    Order,
    /// Two ranges share minutes.
    #[error("two ranges of the day overlap")]
    Overlap,
    /// More than [`MAX_RANGES`].
    #[error("a day has at most {MAX_RANGES} ranges")]
    TooManyRanges,
}

impl TimeOfDay {
    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// The minute that `time` is in.
    pub(super) fn of(time: NaiveTime) -> Self {
        let minutes = time.hour() * 60 + time.minute();
        Self(u16::try_from(minutes).unwrap_or(MINUTES_OF_DAY))
    }

    /// How many minutes are left until midnight.
    pub(super) fn left(self) -> u16 {
        MINUTES_OF_DAY - self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let part = |text: &str| match text.as_bytes() {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
            }
            _ => None,
        };
        let (hours, minutes) = text.split_once(':').ok_or(InvalidHours::Time)?;
        match (part(hours), part(minutes)) {
            (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => Ok(Self(hours * 60 + minutes)),
            (Some(24), Some(0)) => Ok(Self(MINUTES_OF_DAY)),
            _ => Err(InvalidHours::Time),
        }
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = InvalidHours;

    fn try_from(text: String) -> Result<Self, InvalidHours> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// From a minute up to another, without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRange {
    /// Its first minute.
    pub from: TimeOfDay,
    /// The first minute after it.
    pub to: TimeOfDay,
}

/// What is wrong with one of a day's ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongRange {
    /// Its place in the list.
    pub place: usize,
    /// Which of its ends; `None` for the range as a whole.
    pub end: Option<&'static str>,
    /// What is wrong.
    pub reason: InvalidHours,
}

/// The ranges of a day by their beginnings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DayHours(Vec<OpenRange>);

impl DayHours {
    /// Reads `(from, to)` pairs, in whatever order they come.
    pub fn parse<'t>(pairs: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, WrongRange> {
        let mut ranges: Vec<(usize, OpenRange)> = Vec::new();
        for (place, (from, to)) in pairs.into_iter().enumerate() {
            let wrong = |end, reason| WrongRange { place, end, reason };
            if place == MAX_RANGES {
                return Err(wrong(None, InvalidHours::TooManyRanges));
            }
            let range = OpenRange {
                from: from.parse().map_err(|reason| wrong(Some("from"), reason))?,
                to: to.parse().map_err(|reason| wrong(Some("to"), reason))?,
            };
            if range.to <= range.from {
                return Err(wrong(Some("to"), InvalidHours::Order));
            }
            ranges.push((place, range));
        }
        ranges.sort_by_key(|(_, range)| range.from);
        if let Some(pair) = ranges.windows(2).find(|pair| pair[1].1.from < pair[0].1.to) {
            return Err(WrongRange {
                place: pair[0].0.max(pair[1].0),
                end: None,
                reason: InvalidHours::Overlap,
            });
        }
        Ok(Self(ranges.into_iter().map(|(_, range)| range).collect()))
    }

    /// The ranges.
    pub fn ranges(&self) -> &[OpenRange] {
        &self.0
    }

    pub(super) fn contains(&self, time: TimeOfDay) -> bool {
        self.0.iter().any(|range| range.from <= time && time < range.to)
    }
}

/// When the tenant is open, by weekday.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessHours {
    /// Monday's.
    pub mon: DayHours,
    /// Tuesday's.
    pub tue: DayHours,
    /// Wednesday's.
    pub wed: DayHours,
    /// Thursday's.
    pub thu: DayHours,
    /// Friday's.
    pub fri: DayHours,
    /// Saturday's.
    pub sat: DayHours,
    /// Sunday's.
    pub sun: DayHours,
}

impl BusinessHours {
    /// Those of one weekday.
    pub fn on(&self, day: Weekday) -> &DayHours {
        match day {
            Weekday::Mon => &self.mon,
            Weekday::Tue => &self.tue,
            Weekday::Wed => &self.wed,
            Weekday::Thu => &self.thu,
            Weekday::Fri => &self.fri,
            Weekday::Sat => &self.sat,
            Weekday::Sun => &self.sun,
        }
    }
}

/// A day that is not like its weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// On the tenant's calendar.
    pub date: NaiveDate,
    /// What people call it.
    pub name: String,
    /// When the tenant is open all the same.
    #[serde(default)]
    pub open: DayHours,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_two_digits_and_two_digits_up_to_midnight() {
        for (text, minutes) in [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)] {
            let time: TimeOfDay = text.parse().unwrap();
            assert_eq!((time.minutes(), time.to_string().as_str()), (minutes, text));
        }
        for bad in [
            "",
            "9:00",
            "09:60",
            "24:01",
            "25:00",
            "0900",
            "09:00:00",
            "+9:00",
            "٠٩:٠٠",
        ] {
            assert_eq!(bad.parse::<TimeOfDay>(), Err(InvalidHours::Time), "{bad}");
        }
    }

    #[test]
    fn ranges_are_put_in_order_and_may_touch() {
        let day = DayHours::parse([("14:00", "24:00"), ("08:00", "12:00"), ("12:00", "14:00")]).unwrap();
        let begins: Vec<String> = day.ranges().iter().map(|range| range.from.to_string()).collect();
        assert_eq!(begins, ["08:00", "12:00", "14:00"]);
    }

    #[test]
    fn a_wrong_range_is_named_by_its_place() {
        let wrong = |pairs: &[(&'static str, &'static str)]| {
            let wrong = DayHours::parse(pairs.iter().copied()).unwrap_err();
            (wrong.place, wrong.end, wrong.reason)
        };
        assert_eq!(
            wrong(&[("08:00", "12:00"), ("x", "13:00")]),
            (1, Some("from"), InvalidHours::Time)
        );
        assert_eq!(wrong(&[("08:00", "08:00")]), (0, Some("to"), InvalidHours::Order));
        assert_eq!(wrong(&[("22:00", "02:00")]), (0, Some("to"), InvalidHours::Order));
        assert_eq!(
            wrong(&[("13:00", "15:00"), ("08:00", "13:01")]),
            (1, None, InvalidHours::Overlap)
        );
        let many = [("08:00", "09:00"); MAX_RANGES + 1];
        assert_eq!(wrong(&many), (MAX_RANGES, None, InvalidHours::TooManyRanges));
    }
}
