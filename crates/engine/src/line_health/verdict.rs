//! From a check to whether a line is paused or goes on. Pure.

use chrono::{DateTime, Utc};
use control::line_state::{Cause, LineFacts, LineState, PauseCode, Told, Verdict};

use super::words::{MESSAGING, is_approved, is_connected, is_restricted};

/// What Meta said.
pub(super) struct Answer {
    pub(super) told: Told,
    /// Why no message can be sent, if the token is dead.
    pub(super) dead: Option<Cause>,
}

/// What a check means for a line of which so much was known before.
pub(super) fn verdict(
    answer: &Answer,
    known: Option<&LineState>,
    is_asked_by_person: bool,
    now: DateTime<Utc>,
) -> Verdict {
    let pause = known.and_then(LineState::pause);
    match (&answer.told, &answer.dead, pause) {
        (Told::Facts(_), Some(cause), None) => Verdict::Pause(cause.clone()),
        (Told::Facts(facts), None, Some(pause)) => {
            let is_held = known
                .and_then(LineState::held_until)
                .is_some_and(|until| now < until);
            if is_gone(pause.cause.code, facts) && (is_asked_by_person || !is_held) {
                Verdict::Resume { paused_at: pause.at }
            } else {
                Verdict::Leave
            }
        }
        _ => Verdict::Leave,
    }
}

/// Whether nothing that can be read speaks for this cause any more.
fn is_gone(code: PauseCode, facts: &LineFacts) -> bool {
    let is_valid = facts.token_valid == Some(true);
    let reads = is_valid && facts.number_error.is_none();
    let status = facts.number_status.as_deref();
    match code {
        PauseCode::TokenInvalid => is_valid,
        PauseCode::PermissionMissing => reads && !facts.missing_scopes.iter().any(|scope| scope == MESSAGING),
        PauseCode::NumberMissing => reads,
        PauseCode::NumberNotRegistered => reads && status.is_none_or(is_connected),
        PauseCode::NameNotApproved => reads && facts.name_status.as_deref().is_none_or(is_approved),
        PauseCode::AccountRestricted | PauseCode::Refused => {
            reads && !status.is_some_and(is_restricted) && facts.can_send.as_deref() != Some("BLOCKED")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_only_when_its_own_cause_is_gone() {
        let well = LineFacts {
            token_valid: Some(true),
            number_status: Some("CONNECTED".to_owned()),
            can_send: Some("AVAILABLE".to_owned()),
            name_status: Some("APPROVED".to_owned()),
            ..LineFacts::default()
        };
        assert!(PauseCode::ALL.iter().all(|code| is_gone(*code, &well)));
        let gone = |change: fn(&mut LineFacts)| {
            let mut facts = well.clone();
            change(&mut facts);
            let gone = PauseCode::ALL.iter().filter(|code| is_gone(**code, &facts));
            gone.map(|code| code.as_str()).collect::<Vec<_>>()
        };
        assert!(gone(|facts| facts.token_valid = Some(false)).is_empty());
        assert_eq!(
            gone(|facts| facts.number_error = Some("no".into())),
            ["token_invalid"]
        );
        let unregistered = gone(|facts| facts.number_status = Some("DISCONNECTED".into()));
        assert!(!unregistered.contains(&"number_not_registered") && unregistered.contains(&"refused"));
        let blocked = gone(|facts| facts.can_send = Some("BLOCKED".into()));
        assert!(!blocked.contains(&"account_restricted") && blocked.contains(&"number_missing"));
        let unnamed = gone(|facts| facts.name_status = Some("DECLINED".into()));
        assert!(!unnamed.contains(&"name_not_approved") && unnamed.contains(&"token_invalid"));
        let powerless = gone(|facts| facts.missing_scopes = vec![MESSAGING.to_owned()]);
        assert!(!powerless.contains(&"permission_missing") && powerless.contains(&"token_invalid"));
    }
}
