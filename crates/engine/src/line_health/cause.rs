//! From Meta's errors to why a line is paused, and from a check to when it goes on. Pure.

use chrono::{DateTime, Utc};
use control::line_state::{Cause, LineFacts, LineState, PauseCode, Told, Verdict};
use crypto::{ExposeSecret, SecretString};
use whatsapp::{client::ReadError, error::GraphError};

use super::{
    LineAdvice,
    ask::{Answer, MESSAGING},
    report::{is_approved, is_connected, is_restricted},
};

/// Of a token so many characters are enough to know it by.
const TELLTALE: usize = 12;

/// Why a line that got this error is paused.
pub(super) fn cause_of(error: &GraphError, token: Option<&SecretString>) -> Cause {
    // Meta's table of codes: <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>.
    let code = match (error.code, error.subcode) {
        (Some(100), Some(33)) | (Some(33), _) => PauseCode::NumberMissing,
        (Some(0 | 190), _) => PauseCode::TokenInvalid,
        (Some(3 | 10 | 200..=299 | 131_005), _) => PauseCode::PermissionMissing,
        (Some(131_045 | 133_005 | 133_006 | 133_010), _) => PauseCode::NumberNotRegistered,
        (Some(131_037), _) => PauseCode::NameNotApproved,
        (Some(368 | 131_031), _) => PauseCode::AccountRestricted,
        (None, _) if error.http_status == 401 => PauseCode::TokenInvalid,
        _ => PauseCode::Refused,
    };
    Cause {
        code,
        meta_code: error.code,
        message: words(error, token),
    }
}

/// Meta's refusal, if there was one.
pub(super) fn refusal(error: &ReadError) -> Option<&GraphError> {
    match error {
        ReadError::Refused(error) => Some(error),
        ReadError::Lost | ReadError::Unreadable | ReadError::Token => None,
    }
}

/// Meta's words, unless the token is among them: it is quoted back when it is malformed.
fn words(error: &GraphError, token: Option<&SecretString>) -> Option<String> {
    let words = error.details.as_ref().or(error.message.as_ref())?;
    let secret = token.map_or("", |token| token.expose_secret());
    let telltale = secret.get(..TELLTALE).unwrap_or(secret);
    (telltale.is_empty() || !words.contains(telltale)).then(|| words.clone())
}

/// The same, or at least the HTTP status.
pub(super) fn words_or_status(error: &GraphError, token: Option<&SecretString>) -> String {
    let status = || match error.code {
        Some(code) => format!("HTTP {}, code {code}", error.http_status),
        None => format!("HTTP {}", error.http_status),
    };
    words(error, token).unwrap_or_else(status)
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

/// What a person can do about a pause.
pub fn pause_advice(code: PauseCode) -> LineAdvice {
    match code {
        PauseCode::TokenInvalid => LineAdvice::ReplaceToken,
        PauseCode::PermissionMissing => LineAdvice::GrantPermissions,
        PauseCode::NumberMissing => LineAdvice::CheckNumber,
        PauseCode::NumberNotRegistered => LineAdvice::RegisterNumber,
        PauseCode::NameNotApproved => LineAdvice::CheckName,
        PauseCode::AccountRestricted | PauseCode::Refused => LineAdvice::ContactSupport,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(http_status: u16, code: Option<i64>, subcode: Option<i64>) -> GraphError {
        GraphError {
            http_status,
            code,
            subcode,
            message: Some("Malformed access token EAAB0123456789secret".to_owned()),
            details: None,
            fbtrace_id: None,
            retry_after: None,
        }
    }

    #[test]
    fn every_error_that_stops_a_line_has_a_cause() {
        let cases = [
            (401, Some(190), Some(463), "token_invalid"),
            (401, Some(0), None, "token_invalid"),
            (401, None, None, "token_invalid"),
            (403, Some(10), None, "permission_missing"),
            (403, Some(299), None, "permission_missing"),
            (403, Some(131_005), None, "permission_missing"),
            (400, Some(100), Some(33), "number_missing"),
            (400, Some(33), None, "number_missing"),
            (400, Some(133_010), None, "number_not_registered"),
            (500, Some(131_045), None, "number_not_registered"),
            (400, Some(131_037), None, "name_not_approved"),
            (403, Some(368), None, "account_restricted"),
            (403, Some(131_031), None, "account_restricted"),
            (400, Some(999_999), None, "refused"),
        ];
        for (status, code, subcode, expected) in cases {
            let cause = cause_of(&error(status, code, subcode), None);
            assert_eq!(
                (cause.code.as_str(), cause.meta_code),
                (expected, code),
                "{code:?}"
            );
        }
    }

    #[test]
    fn metas_words_are_not_kept_when_they_quote_the_token() {
        let error = error(401, Some(190), None);
        let (whole, other) = (
            SecretString::from("EAAB0123456789secretandmore"),
            SecretString::from("EAAC"),
        );
        assert_eq!(cause_of(&error, Some(&whole)).message, None);
        assert!(cause_of(&error, Some(&other)).message.is_some());
        assert_eq!(words_or_status(&error, Some(&whole)), "HTTP 401, code 190");
    }

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
