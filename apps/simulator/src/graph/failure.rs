//! Error bodies as the Graph API writes them.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header::RETRY_AFTER},
};
use serde_json::{Value, json};

use crate::{
    codes,
    world::{identity::trace_id, token::MESSAGING},
};

/// A refusal.
#[derive(Debug)]
pub struct GraphFailure {
    status: StatusCode,
    code: i64,
    subcode: Option<i64>,
    kind: &'static str,
    message: String,
    details: Option<String>,
    retry_after: Option<u32>,
}

impl GraphFailure {
    /// A refusal with Meta's code, title and details.
    pub fn new(code: i64, title: &str, details: impl Into<Option<String>>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            subcode: None,
            kind: "OAuthException",
            message: format!("(#{code}) {title}"),
            details: details.into(),
            retry_after: None,
        }
    }

    /// A refusal with one of Meta's codes, in Meta's words.
    pub fn of_code(code: i64) -> Self {
        let wording = codes::wording(code);
        Self::told(code, wording.details.to_owned())
    }

    /// A refusal with one of Meta's codes and details of its own.
    pub fn told(code: i64, details: String) -> Self {
        let wording = codes::wording(code);
        Self {
            status: StatusCode::from_u16(wording.status).unwrap_or(StatusCode::BAD_REQUEST),
            ..Self::new(code, wording.title, details)
        }
    }

    /// Meta's code.
    pub fn code(&self) -> i64 {
        self.code
    }

    /// A property breaks a rule of Graph itself.
    pub fn parameter(rule: &str) -> Self {
        Self::new(100, rule, None)
    }

    /// A property of the message is missing.
    pub fn missing(details: String) -> Self {
        Self::told(131_008, details)
    }

    /// A property of the message has a wrong value.
    pub fn invalid(details: &str) -> Self {
        Self::told(131_009, details.to_owned())
    }

    /// The token is missing, wrong or expired.
    pub fn token(message: &str, subcode: Option<i64>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            subcode,
            message: message.to_owned(),
            ..Self::new(190, "", None)
        }
    }

    /// The token is not for this.
    pub fn without_scope(scope: &str) -> Self {
        let message = if scope == MESSAGING {
            "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp Business Account"
        } else {
            "(#200) You do not have permission to access this resource"
        };
        Self {
            status: StatusCode::FORBIDDEN,
            message: message.to_owned(),
            ..Self::new(200, "", None)
        }
    }

    /// The object does not exist, or the token may not see it: Meta does not tell which.
    pub fn unknown_object(id: &str, method: &str) -> Self {
        Self {
            subcode: Some(33),
            kind: "GraphMethodException",
            message: format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
            ),
            ..Self::new(100, "", None)
        }
    }

    /// Graph has no such path.
    pub fn unknown_path() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::new(2500, "Unknown path components", None)
        }
    }

    /// Too many messages, as gateways tell it: with 429 and a time to wait.
    pub fn rate_limit() -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(1),
            ..Self::of_code(130_429)
        }
    }

    /// Meta failed.
    pub fn internal() -> Self {
        Self::of_code(131_000)
    }

    fn body(&self) -> Value {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace_id(),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        json!({"error": error})
    }
}

impl fmt::Display for GraphFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl ResponseError for GraphFailure {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        response.json(self.body())
    }
}
