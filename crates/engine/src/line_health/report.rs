//! What is to be said of a line, and what a person can do about it. Pure: what is known goes in.

mod problems;

use chrono::{DateTime, Utc};
use control::{
    channel::Channel,
    line_state::{LineFacts, LineState, Pause},
};
use tenant::line_event::LineHealth;

use self::problems::problems;
use super::advice::{LineAdvice, pause_advice};

/// How a line does, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineCondition {
    /// Nothing is wrong.
    Ok,
    /// It works, but somebody should look.
    Attention,
    /// Nothing is sent.
    Paused,
    /// Meta has not been heard yet.
    Unknown,
}

impl LineCondition {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[Self::Ok, Self::Attention, Self::Paused, Self::Unknown];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Attention => "attention",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work.
    Error,
    /// Something will not work soon, or not fully.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// Every one of them, the worst first.
    pub const ALL: &'static [Self] = &[Self::Error, Self::Warning, Self::Info];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Something about a line that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// What it is: a stable word.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What to do.
    pub advice: LineAdvice,
    /// Meta's code, if it gave one.
    pub meta_code: Option<i64>,
    /// What it is about here: a permission, a date, Meta's own words.
    pub detail: Option<String>,
}

/// All that is to be said of a line.
#[derive(Debug, Clone)]
pub struct LineReport {
    /// The line.
    pub channel: Channel,
    /// How it does.
    pub condition: LineCondition,
    /// Why nothing is sent, if so.
    pub pause: Option<Pause>,
    /// What should be known, the worst first.
    pub problems: Vec<LineProblem>,
    /// What Meta told last, by checks and by webhooks.
    pub facts: LineFacts,
    /// When a check last told something.
    pub checked_at: Option<DateTime<Utc>>,
    /// When Meta was last asked.
    pub tried_at: Option<DateTime<Utc>>,
}

impl LineReport {
    /// The report on a line; `opens` says whether its token can be unsealed, `news` is what
    /// webhooks told.
    pub(super) fn new(
        channel: Channel,
        opens: bool,
        state: Option<LineState>,
        news: Option<&LineHealth>,
        now: DateTime<Utc>,
    ) -> Self {
        let pause = state.as_ref().and_then(LineState::pause);
        let (tried_at, checked_at, error) = state.as_ref().map_or((None, None, None), |state| {
            (state.tried_at, state.checked_at, state.check_error.clone())
        });
        let facts = state.map(|state| state.facts).unwrap_or_default();
        let facts = with_news(facts, checked_at, news);
        let known = Known {
            channel: &channel,
            opens,
            facts: &facts,
            is_checked: checked_at.is_some(),
            check_error: error,
            now,
        };
        let problems = problems(known);
        Self {
            condition: condition(pause.is_some(), checked_at.is_some(), &problems),
            channel,
            pause,
            problems,
            facts,
            checked_at,
            tried_at,
        }
    }

    /// The report on a line that was asked about just now; `None` if it could not be.
    pub(super) fn asked(
        channel: Channel,
        opens: bool,
        told: Option<Result<LineFacts, String>>,
        now: DateTime<Utc>,
    ) -> Self {
        let (facts, check_error) = match told {
            Some(Ok(facts)) => (Some(facts), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        };
        let checked_at = facts.as_ref().map(|_| now);
        let facts = facts.unwrap_or_default();
        let problems = problems(Known {
            channel: &channel,
            opens,
            facts: &facts,
            is_checked: checked_at.is_some(),
            check_error,
            now,
        });
        Self {
            condition: condition(false, checked_at.is_some(), &problems),
            channel,
            pause: None,
            problems,
            facts,
            checked_at,
            tried_at: Some(now),
        }
    }

    /// The one thing to say where there is room for one: the pause, else the worst problem.
    pub fn headline(&self) -> Option<(&'static str, LineAdvice)> {
        if let Some(pause) = &self.pause {
            return Some((pause.cause.code.as_str(), pause_advice(pause.cause.code)));
        }
        let worst = self.problems.first()?;
        (worst.severity != Severity::Info).then_some((worst.code, worst.advice))
    }
}

/// What problems are found in.
struct Known<'a> {
    channel: &'a Channel,
    opens: bool,
    facts: &'a LineFacts,
    is_checked: bool,
    check_error: Option<String>,
    now: DateTime<Utc>,
}

fn condition(is_paused: bool, is_checked: bool, problems: &[LineProblem]) -> LineCondition {
    let needs_somebody = |problem: &LineProblem| {
        problem.severity != Severity::Info && (is_checked || problem.code != problems::CHECK_FAILED)
    };
    if is_paused {
        LineCondition::Paused
    } else if problems.iter().any(needs_somebody) {
        LineCondition::Attention
    } else if is_checked {
        LineCondition::Ok
    } else {
        LineCondition::Unknown
    }
}

/// What webhooks told after the check is newer than what it told.
fn with_news(facts: LineFacts, checked_at: Option<DateTime<Utc>>, news: Option<&LineHealth>) -> LineFacts {
    let Some(news) = news else { return facts };
    let is_newer =
        |at: Option<DateTime<Utc>>| at.is_some_and(|at| checked_at.is_none_or(|checked| at > checked));
    let mut facts = facts;
    if is_newer(news.quality_at) {
        facts.messaging_limit = news.messaging_limit.clone().or(facts.messaging_limit);
        // <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/phone_number_quality_update>
        match news.quality.as_deref() {
            Some("THROUGHPUT_UPGRADE") => facts.throughput = Some("HIGH".to_owned()),
            Some("FLAGGED") => facts.quality = Some("RED".to_owned()),
            // No longer low; what it is now was not said.
            Some("UNFLAGGED") => facts.quality = None,
            _ => {}
        }
    }
    if is_newer(news.name_at) {
        match news.name_decision.as_deref() {
            Some("APPROVED") => facts.name_status = Some("APPROVED".to_owned()),
            Some("REJECTED") => facts.name_status = Some("DECLINED".to_owned()),
            Some("DEFERRED") => facts.name_status = Some("PENDING_REVIEW".to_owned()),
            _ => {}
        }
    }
    facts
}
