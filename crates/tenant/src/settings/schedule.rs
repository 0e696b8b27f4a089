//! Whether the tenant is open, and when it opens: hours, holidays and zone together. Pure.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::hours::{BusinessHours, DayHours, Holiday, TimeOfDay};

/// How far ahead an opening is looked for: longer than a year, so that one on a yearly holiday is found.
const HORIZON: TimeDelta = TimeDelta::days(400);

/// Minutes that a clock leaps over at most: a whole day, where a zone changed sides of the date line.
const LONGEST_LEAP: usize = 24 * 60;

/// When the tenant is open.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// By weekday; `None`: always, but for the holidays.
    pub hours: Option<BusinessHours>,
    /// Days that are not like their weekday.
    pub holidays: Vec<Holiday>,
    /// Whose wall clock counts.
    pub zone: Tz,
}

/// What holds on a date.
enum Day<'s> {
    Ranges(&'s DayHours),
    Always,
}

impl Schedule {
    /// Whether the tenant is open at this instant, as the wall clock of its zone shows it.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        let local = now.with_timezone(&self.zone);
        match self.day(local.date_naive()) {
            Day::Always => true,
            Day::Ranges(ranges) => ranges.contains(TimeOfDay::of(local.time())),
        }
    }

    /// The first instant from `now` on at which the tenant is open; `None` when there is none within 400 days.
    pub fn next_opening(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(now) {
            return Some(now);
        }
        let end = now + HORIZON;
        // Wall clocks of all zones tick their minutes together with UTC's, so only whole ones are looked at.
        let mut at = now
            - TimeDelta::seconds(i64::from(now.second()))
            - TimeDelta::nanoseconds(i64::from(now.nanosecond()));
        while at < end {
            at = self.next_look(at);
            if self.is_open(at) {
                return Some(at);
            }
        }
        None
    }

    /// The next instant at which what holds may change: the next beginning of a range or midnight on
    /// the wall clock or, where the clock is changed on the way there, the next minute.
    fn next_look(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let local = at.with_timezone(&self.zone);
        let time = TimeOfDay::of(local.time());
        let beginnings = match self.day(local.date_naive()) {
            Day::Always => &[][..],
            Day::Ranges(day) => day.ranges(),
        };
        let next = beginnings.iter().find(|range| range.from > time);
        let minutes = next.map_or(time.left(), |range| range.from.minutes() - time.minutes());
        let there = at + TimeDelta::minutes(i64::from(minutes));
        let arrives = there.with_timezone(&self.zone).naive_local();
        if arrives - local.naive_local() == there - at {
            there
        } else {
            at + TimeDelta::minutes(1)
        }
    }

    fn day(&self, date: NaiveDate) -> Day<'_> {
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.date == date) {
            return Day::Ranges(&holiday.open);
        }
        match &self.hours {
            None => Day::Always,
            Some(hours) => Day::Ranges(hours.on(date.weekday())),
        }
    }
}

/// When a date begins in a zone: its first instant, be it midnight or, where the clock leaps over
/// midnight, where it lands.
pub fn day_begins(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    let mut local = date.and_time(NaiveTime::MIN);
    for _minute in 0..=LONGEST_LEAP {
        if let Some(begins) = zone.from_local_datetime(&local).earliest() {
            return begins.to_utc();
        }
        local += TimeDelta::minutes(1);
    }
    local.and_utc()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WEEK: &str = r#"{"mon":[{"from":"09:00","to":"13:00"},{"from":"15:00","to":"24:00"}],
        "tue":[{"from":"00:00","to":"01:30"}],"sun":[{"from":"02:15","to":"02:45"}]}"#;

    fn schedule(zone: Tz, hours: &str, holidays: &str) -> Schedule {
        Schedule {
            hours: serde_json::from_str(hours).unwrap(),
            holidays: serde_json::from_str(holidays).unwrap(),
            zone,
        }
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_open_within_a_range_on_the_wall_clock_of_the_zone() {
        let lima = schedule(Tz::America__Lima, WEEK, "[]");
        // Lima is five hours behind; 2026-11-30 is a Monday.
        for (at, open) in [
            ("2026-11-30T13:59:59Z", false),
            ("2026-11-30T14:00:00Z", true),
            ("2026-11-30T17:59:59Z", true),
            ("2026-11-30T18:00:00Z", false),
            ("2026-12-01T04:59:59Z", true),
            ("2026-12-01T05:00:00Z", true),
            ("2026-12-01T06:30:00Z", false),
        ] {
            assert_eq!(lima.is_open(utc(at)), open, "{at}");
        }
        let next = |at: &str| lima.next_opening(utc(at)).unwrap().to_rfc3339();
        assert_eq!(next("2026-11-30T18:00:30Z"), "2026-11-30T20:00:00+00:00");
        assert_eq!(next("2026-12-01T06:30:00Z"), "2026-12-06T07:15:00+00:00");
        assert_eq!(next("2026-11-30T14:30:10Z"), "2026-11-30T14:30:10+00:00");
    }

    #[test]
    fn a_holiday_takes_the_place_of_its_weekday() {
        let closed = r#"[{"date":"2026-11-30","name":"San Andrés"},
            {"date":"2026-12-02","name":"Feria","open":[{"from":"10:00","to":"11:00"}]}]"#;
        let lima = schedule(Tz::America__Lima, WEEK, closed);
        assert!(!lima.is_open(utc("2026-11-30T14:00:00Z")));
        assert!(lima.is_open(utc("2026-12-02T15:00:00Z")));
        // Without hours it is always open, but for the holidays.
        let always = schedule(Tz::America__Lima, "null", closed);
        assert!(always.is_open(utc("2026-11-30T04:59:00Z")));
        let next = always.next_opening(utc("2026-11-30T05:00:00Z")).unwrap();
        assert_eq!(next, utc("2026-12-01T05:00:00Z"));
    }

    #[test]
    fn what_never_opens_has_no_next_opening_and_a_yearly_day_is_found() {
        let never = schedule(Tz::UTC, "{}", "[]");
        assert_eq!(never.next_opening(utc("2026-11-30T00:00:00Z")), None);
        let yearly = r#"[{"date":"2027-11-29","name":"Aniversario","open":[{"from":"08:00","to":"09:00"}]}]"#;
        let once = schedule(Tz::UTC, "{}", yearly);
        assert_eq!(
            once.next_opening(utc("2026-11-30T00:00:00Z")),
            Some(utc("2027-11-29T08:00:00Z"))
        );
    }

    #[test]
    fn a_beginning_that_the_clock_leaps_over_is_when_it_lands() {
        // Madrid leaps from 02:00 to 03:00 on 2026-03-29, a Sunday.
        let into = r#"{"sun":[{"from":"02:30","to":"04:00"}]}"#;
        let madrid = schedule(Tz::Europe__Madrid, into, "[]");
        let next = madrid.next_opening(utc("2026-03-29T00:00:00Z")).unwrap();
        assert_eq!(next, utc("2026-03-29T01:00:00Z"));
        // A range within the leap does not happen that day.
        let within = schedule(Tz::Europe__Madrid, WEEK, "[]");
        let next = within.next_opening(utc("2026-03-29T00:00:00Z")).unwrap();
        assert_eq!(next, utc("2026-03-30T07:00:00Z"));
    }

    #[test]
    fn an_hour_that_comes_twice_is_open_twice() {
        // Madrid goes back from 03:00 to 02:00 on 2026-10-25, a Sunday.
        let madrid = schedule(Tz::Europe__Madrid, WEEK, "[]");
        let next = |at: &str| madrid.next_opening(utc(at)).unwrap();
        assert_eq!(next("2026-10-25T00:00:00Z"), utc("2026-10-25T00:15:00Z"));
        assert_eq!(next("2026-10-25T00:45:00Z"), utc("2026-10-25T01:15:00Z"));
    }

    #[test]
    fn a_date_begins_at_midnight_or_where_the_clock_lands() {
        let begins = |zone, date: &str| day_begins(zone, date.parse().unwrap());
        assert_eq!(
            begins(Tz::America__Lima, "2026-11-30"),
            utc("2026-11-30T05:00:00Z")
        );
        // Asunción leapt from midnight to 01:00; Apia left out 30 December 2011.
        assert_eq!(
            begins(Tz::America__Asuncion, "2023-10-01"),
            utc("2023-10-01T04:00:00Z")
        );
        assert_eq!(
            begins(Tz::Pacific__Apia, "2011-12-30"),
            utc("2011-12-30T10:00:00Z")
        );
    }

    fn day() -> impl Strategy<Value = DayHours> {
        proptest::collection::vec((0u16..96, 1u16..24), 0..4).prop_map(|ranges| {
            let mut text = Vec::new();
            let mut free = 0;
            for (skip, length) in ranges {
                let from = free + skip % 24;
                let to = (from + length).min(96);
                if from < to {
                    text.push((quarter(from), quarter(to)));
                    free = to;
                }
            }
            DayHours::parse(text.iter().map(|(from, to)| (from.as_str(), to.as_str()))).unwrap()
        })
    }

    fn quarter(place: u16) -> String {
        format!("{:02}:{:02}", place / 4, place % 4 * 15)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Looking at every minute finds the same opening, in zones that change their clocks by an hour, by
        /// half an hour, at midnight, and not at all.
        #[test]
        fn the_next_opening_is_the_first_open_minute(
            zone in prop::sample::select(vec![
                Tz::Europe__Madrid, Tz::America__New_York, Tz::Australia__Lord_Howe, Tz::America__Asuncion,
                Tz::America__Santiago, Tz::Asia__Kathmandu, Tz::America__Lima,
            ]),
            // Within the weeks in which somebody changes the clocks.
            start in prop::sample::select(vec![
                "2023-03-24T00:00:00Z", "2023-03-10T00:00:00Z", "2023-09-29T00:00:00Z", "2023-10-27T00:00:00Z",
                "2023-11-03T00:00:00Z", "2023-09-01T00:00:00Z", "2023-03-31T00:00:00Z",
            ]),
            seconds in 0i64..200_000,
            days in proptest::collection::vec(day(), 7),
            holiday in day(),
        ) {
            let now = utc(start) + TimeDelta::seconds(seconds);
            let [mon, tue, wed, thu, fri, sat, sun]: [DayHours; 7] = days.try_into().unwrap();
            let date = (now + TimeDelta::days(1)).with_timezone(&zone).date_naive();
            let schedule = Schedule {
                hours: Some(BusinessHours { mon, tue, wed, thu, fri, sat, sun }),
                holidays: vec![Holiday { date, name: "Feriado".to_owned(), open: holiday }],
                zone,
            };
            let whole = now - TimeDelta::seconds(i64::from(now.second()));
            let minutes = (1..9 * 24 * 60).map(|minute| whole + TimeDelta::minutes(minute));
            let first = std::iter::once(now).chain(minutes).find(|at| schedule.is_open(*at));
            if let Some(first) = first {
                prop_assert_eq!(schedule.next_opening(now), Some(first));
            } else if let Some(later) = schedule.next_opening(now) {
                prop_assert!(later >= whole + TimeDelta::days(9) - TimeDelta::minutes(1));
            }
        }
    }
}
