//! From Meta's errors to why a line is paused. Pure.

use control::line_state::{Cause, PauseCode};
use crypto::{ExposeSecret, SecretString};
use whatsapp::{client::ReadError, error::GraphError};

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
}
