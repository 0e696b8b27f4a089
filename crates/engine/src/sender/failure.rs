//! Why a message was not sent, as it is kept: Meta's words, or a word of ours that user interfaces
//! translate.

use tenant::status::SendFailure;
use whatsapp::error::GraphError;

/// One of our own words.
pub(super) fn ours(code: &str) -> SendFailure {
    SendFailure {
        code: None,
        title: code.to_owned(),
        detail: None,
    }
}

/// What Meta said.
pub(super) fn of_meta(error: &GraphError) -> SendFailure {
    SendFailure {
        code: error.code.and_then(|code| i32::try_from(code).ok()),
        title: error
            .message
            .clone()
            .unwrap_or_else(|| format!("HTTP {}", error.http_status)),
        detail: error.details.clone(),
    }
}
