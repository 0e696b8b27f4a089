//! Refusals of the simulator's own paths.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;

/// Why a request of the simulator's own was refused.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No line has this id.
    #[error("no line has the id {0}")]
    UnknownLine(String),
    /// No business sent a message with this id.
    #[error("no business sent a message with the id {0}")]
    UnknownMessage(String),
    /// A property is missing or wrong.
    #[error("{0}")]
    Invalid(&'static str),
    /// The body is not what it should be.
    #[error("the body is not understood: {0}")]
    Unreadable(String),
}

impl ResponseError for ControlError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::UnknownLine(_) | Self::UnknownMessage(_) => StatusCode::NOT_FOUND,
            Self::Invalid(_) | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(json!({"error": self.to_string()}))
    }
}
