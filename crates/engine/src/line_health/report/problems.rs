//! What is wrong with a line, one rule after the other. The codes are public: never rename one.

use chrono::{DateTime, TimeDelta, Utc};
use control::line_state::LineFacts;
use serde_json::Value;

use super::{Known, LineProblem, Severity};
use crate::line_health::{
    advice::LineAdvice,
    words::{MANAGEMENT, MESSAGING, is_restricted},
};

/// So long before a token's end a new one is asked for.
const SOON: TimeDelta = TimeDelta::days(7);
/// The last check told nothing.
pub(super) const CHECK_FAILED: &str = "check_failed";
/// The account's payment, among what `health_status` names.
const PAYMENT: i64 = 141_006;

fn problem(code: &'static str, severity: Severity, advice: LineAdvice) -> LineProblem {
    LineProblem {
        code,
        severity,
        advice,
        meta_code: None,
        detail: None,
    }
}

impl LineProblem {
    fn detailed(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }
}

/// All that is wrong, the worst first.
pub(super) fn problems(known: Known<'_>) -> Vec<LineProblem> {
    let mut found = Vec::new();
    if known.channel.has_token() {
        if !known.opens {
            found.push(problem(
                "token_unreadable",
                Severity::Error,
                LineAdvice::RestoreKey,
            ));
        }
    } else {
        found.push(problem("token_missing", Severity::Error, LineAdvice::SetToken));
    }
    if known.channel.waba_id.is_none() {
        found.push(problem(
            "account_unknown",
            Severity::Warning,
            LineAdvice::SetAccount,
        ));
    }
    if known.is_checked {
        of_token(known.facts, known.now, &mut found);
        of_subscription(known.facts, &mut found);
        of_sending(known.facts, &mut found);
    }
    // Webhooks tell of these two as well.
    of_number(known.facts, &mut found);
    if let Some(error) = known.check_error {
        let failed = problem(CHECK_FAILED, Severity::Warning, LineAdvice::Wait);
        found.push(failed.detailed(Some(error)));
    }
    found.sort_by_key(|problem| problem.severity);
    found
}

fn of_token(facts: &LineFacts, now: DateTime<Utc>, found: &mut Vec<LineProblem>) {
    if facts.token_valid == Some(false) {
        let invalid = problem("token_invalid", Severity::Error, LineAdvice::ReplaceToken);
        found.push(invalid.detailed(facts.token_error.clone()));
        return;
    }
    if let Some(end) = facts.token_expires_at.filter(|end| *end - now < SOON) {
        let severity = if end <= now {
            Severity::Error
        } else {
            Severity::Warning
        };
        let soon = problem("token_expires_soon", severity, LineAdvice::ReplaceToken);
        found.push(soon.detailed(Some(end.to_rfc3339())));
    }
    found.extend(facts.missing_scopes.iter().map(|scope| {
        // Without the other one the line is blind, but sends.
        let severity = if scope == MESSAGING {
            Severity::Error
        } else {
            Severity::Warning
        };
        let missing = problem("scope_missing", severity, LineAdvice::GrantPermissions);
        missing.detailed(Some(scope.clone()))
    }));
    if facts.app_secret_fits == Some(false) {
        let other = problem(
            "app_secret_mismatch",
            Severity::Warning,
            LineAdvice::CheckAppSecret,
        );
        found.push(other);
    }
}

fn of_subscription(facts: &LineFacts, found: &mut Vec<LineProblem>) {
    if facts.is_subscribed == Some(false) {
        found.push(problem(
            "app_not_subscribed",
            Severity::Error,
            LineAdvice::SubscribeApp,
        ));
    }
}

fn of_number(facts: &LineFacts, found: &mut Vec<LineProblem>) {
    let quality = facts.quality.as_deref();
    if matches!(quality, Some("RED" | "YELLOW")) || facts.number_status.as_deref() == Some("FLAGGED") {
        let low = problem("quality_low", Severity::Warning, LineAdvice::ImproveQuality);
        found.push(low.detailed(facts.quality.clone()));
    }
    let (severity, advice) = match facts.name_status.as_deref() {
        Some("DECLINED" | "EXPIRED") => (Severity::Warning, LineAdvice::CheckName),
        Some("PENDING_REVIEW") => (Severity::Info, LineAdvice::Wait),
        _ => return,
    };
    let name = problem("name_not_approved", severity, advice);
    found.push(name.detailed(facts.name_status.clone()));
}

fn of_sending(facts: &LineFacts, found: &mut Vec<LineProblem>) {
    if let Some(words) = &facts.number_error {
        // Without the permission to read it nothing follows from that.
        let is_blind = facts.missing_scopes.iter().any(|scope| scope == MANAGEMENT);
        let (severity, advice) = if is_blind {
            (Severity::Warning, LineAdvice::GrantPermissions)
        } else {
            (Severity::Error, LineAdvice::CheckNumber)
        };
        let unreadable = problem("number_unreadable", severity, advice);
        found.push(unreadable.detailed(Some(words.clone())));
    }
    // A word that is not known says nothing.
    let of_status = match facts.number_status.as_deref() {
        Some("DISCONNECTED" | "UNLINKED" | "PENDING" | "UNVERIFIED" | "OFFLINE") => Some(problem(
            "number_not_registered",
            Severity::Error,
            LineAdvice::RegisterNumber,
        )),
        Some("RATE_LIMITED") => Some(problem("number_limited", Severity::Warning, LineAdvice::Wait)),
        Some(status) if is_restricted(status) => Some(problem(
            "number_restricted",
            Severity::Error,
            LineAdvice::ContactSupport,
        )),
        _ => None,
    };
    found.extend(of_status.map(|problem| problem.detailed(facts.number_status.clone())));
    let severity = match facts.can_send.as_deref() {
        Some("BLOCKED") => Severity::Error,
        Some("LIMITED") => Severity::Warning,
        _ => return,
    };
    let issues = facts.issues.as_array().map_or(&[][..], Vec::as_slice);
    found.extend(issues.iter().map(|issue| of_issue(issue, severity)));
    if issues.is_empty() {
        found.push(problem("sending_limited", severity, LineAdvice::ContactSupport));
    }
}

/// Something that Meta names; as bad as it says, and at most as bad as the whole.
fn of_issue(issue: &Value, whole: Severity) -> LineProblem {
    let text = |key: &str| issue[key].as_str().map(str::to_owned);
    let own = match issue["can_send"].as_str() {
        Some("BLOCKED") => Severity::Error,
        Some("LIMITED") => Severity::Warning,
        _ => Severity::Info,
    };
    let meta_code = issue["code"].as_i64();
    let advice = if meta_code == Some(PAYMENT) {
        LineAdvice::AddPayment
    } else {
        LineAdvice::ContactSupport
    };
    let said = [text("description"), text("solution")];
    let said: Vec<String> = said.into_iter().flatten().collect();
    LineProblem {
        meta_code,
        detail: (!said.is_empty()).then(|| said.join(" ")),
        ..problem("sending_limited", own.max(whole), advice)
    }
}
