//! Walks the runbook's checklist against the live installation: what is right, what is wrong,
//! and what to do about it. Looks only; nothing but what was seen of databases is written.

mod lines;
mod outside;
mod platform;
mod tenants;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub(crate) use self::{
    lines::look_at_lines,
    outside::{look_at_odoo, look_from_outside, odoo_of},
    platform::look_at_platform,
    tenants::look_at_tenant,
};

/// How long one thing is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How something does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Ok,
    Warning,
    Fault,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

/// One line of the checklist.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// What was looked at, or what is wrong: a stable word.
    pub(crate) code: String,
    /// How it does.
    pub(crate) state: State,
    /// The tenant or line that it is about; `None`: the installation.
    pub(crate) about: Option<String>,
    /// What was found, in a sentence.
    pub(crate) says: String,
    /// What to do; `None` where there is nothing to do.
    pub(crate) remedy: Option<String>,
}

/// The whole checklist, in the order in which it was walked.
pub(crate) struct Findings {
    pub(crate) now: DateTime<Utc>,
    pub(crate) found: Vec<Finding>,
}

impl Findings {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            found: Vec::new(),
        }
    }

    pub(crate) fn ok(&mut self, code: &str, about: Option<&str>, says: impl Into<String>) {
        self.add(State::Ok, code, about, says.into(), None);
    }

    pub(crate) fn warn(&mut self, code: &str, about: Option<&str>, says: impl Into<String>, remedy: &str) {
        self.add(State::Warning, code, about, says.into(), Some(remedy));
    }

    pub(crate) fn fault(&mut self, code: &str, about: Option<&str>, says: impl Into<String>, remedy: &str) {
        self.add(State::Fault, code, about, says.into(), Some(remedy));
    }

    fn add(&mut self, state: State, code: &str, about: Option<&str>, says: String, remedy: Option<&str>) {
        self.found.push(Finding {
            code: code.to_owned(),
            state,
            about: about.map(str::to_owned),
            says,
            remedy: remedy.map(str::to_owned),
        });
    }

    /// How many are in this state.
    pub(crate) fn count(&self, state: State) -> usize {
        self.found.iter().filter(|finding| finding.state == state).count()
    }
}

impl Finding {
    /// For people.
    pub(crate) fn line(&self) -> String {
        let about = self
            .about
            .as_ref()
            .map_or(String::new(), |about| format!(" {about}:"));
        let remedy = self
            .remedy
            .as_ref()
            .map_or(String::new(), |remedy| format!(" → {remedy}"));
        format!(
            "{:7} [{}]{about} {}{remedy}",
            self.state.as_str(),
            self.code,
            self.says
        )
    }

    /// For programs.
    pub(crate) fn face(&self) -> Value {
        json!({
            "check": self.code, "state": self.state.as_str(), "about": self.about,
            "says": self.says, "remedy": self.remedy,
        })
    }
}
