//! Hours and holidays as they are written.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tenant::settings::hours::{BusinessHours, DayHours, Holiday, InvalidHours, WrongRange};
use utoipa::ToSchema;

use crate::problem::Problem;

/// From a minute up to another, without it.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = OpenRange)]
#[serde(deny_unknown_fields)]
pub(crate) struct RangeBody {
    /// HH:MM
    from: String,
    /// HH:MM, up to 24:00
    to: String,
}

/// When the tenant is open, by weekday; the wall clock of its zone counts.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = BusinessHours)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeekBody {
    #[serde(default)]
    #[schema(required)]
    mon: Vec<RangeBody>,
    #[serde(default)]
    #[schema(required)]
    tue: Vec<RangeBody>,
    #[serde(default)]
    #[schema(required)]
    wed: Vec<RangeBody>,
    #[serde(default)]
    #[schema(required)]
    thu: Vec<RangeBody>,
    #[serde(default)]
    #[schema(required)]
    fri: Vec<RangeBody>,
    #[serde(default)]
    #[schema(required)]
    sat: Vec<RangeBody>,
    #[serde(default)]
    #[schema(required)]
    sun: Vec<RangeBody>,
}

/// A day that is not like its weekday.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Holiday)]
#[serde(deny_unknown_fields)]
pub(crate) struct HolidayBody {
    /// YYYY-MM-DD
    date: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// When the tenant is open all the same.
    #[serde(default)]
    #[schema(required)]
    open: Vec<RangeBody>,
}

fn shown(day: &DayHours) -> Vec<RangeBody> {
    let ranges = day.ranges().iter().map(|range| RangeBody {
        from: range.from.to_string(),
        to: range.to.to_string(),
    });
    ranges.collect()
}

fn parse(pointer: &str, ranges: &[RangeBody]) -> Result<DayHours, Problem> {
    let pairs = ranges
        .iter()
        .map(|range| (range.from.as_str(), range.to.as_str()));
    DayHours::parse(pairs).map_err(|wrong: WrongRange| {
        let code = match wrong.reason {
            InvalidHours::Time => "invalid_time",
            InvalidHours::Order => "end_before_beginning",
            InvalidHours::Overlap => "overlap",
            InvalidHours::TooManyRanges => "too_many",
        };
        let end = wrong.end.map_or_else(String::new, |end| format!("/{end}"));
        Problem::field(&format!("{pointer}/{}{end}", wrong.place), code, wrong.reason)
    })
}

impl From<&BusinessHours> for WeekBody {
    fn from(hours: &BusinessHours) -> Self {
        Self {
            mon: shown(&hours.mon),
            tue: shown(&hours.tue),
            wed: shown(&hours.wed),
            thu: shown(&hours.thu),
            fri: shown(&hours.fri),
            sat: shown(&hours.sat),
            sun: shown(&hours.sun),
        }
    }
}

impl WeekBody {
    /// The hours; `pointer` is where they stand in the body.
    pub(super) fn parse(self, pointer: &str) -> Result<BusinessHours, Problem> {
        let day = |name: &str, ranges: &[RangeBody]| parse(&format!("{pointer}/{name}"), ranges);
        Ok(BusinessHours {
            mon: day("mon", &self.mon)?,
            tue: day("tue", &self.tue)?,
            wed: day("wed", &self.wed)?,
            thu: day("thu", &self.thu)?,
            fri: day("fri", &self.fri)?,
            sat: day("sat", &self.sat)?,
            sun: day("sun", &self.sun)?,
        })
    }
}

impl From<&Holiday> for HolidayBody {
    fn from(holiday: &Holiday) -> Self {
        Self {
            date: holiday.date.to_string(),
            name: holiday.name.clone(),
            open: shown(&holiday.open),
        }
    }
}

/// A date as `YYYY-MM-DD`; `pointer` is where it stands.
pub(in crate::routes) fn date(pointer: &str, text: &str) -> Result<NaiveDate, Problem> {
    // chrono alone would take years of any length.
    let parsed = text.parse().ok().filter(|_date| text.len() == "2026-11-30".len());
    parsed.ok_or_else(|| Problem::field(pointer, "invalid_date", "a date is written YYYY-MM-DD"))
}

/// Holidays of a body that has them under `/holidays`.
pub(super) fn holidays(bodies: Vec<HolidayBody>) -> Result<Vec<Holiday>, Problem> {
    let holiday = |(place, body): (usize, HolidayBody)| {
        let pointer = format!("/holidays/{place}");
        Ok(Holiday {
            date: date(&format!("{pointer}/date"), &body.date)?,
            open: parse(&format!("{pointer}/open"), &body.open)?,
            name: body.name,
        })
    };
    bodies.into_iter().enumerate().map(holiday).collect()
}
