//! What an error of the Graph API means for whoever sent the request. Pure: a body and a table.

mod table;

use std::{fmt, time::Duration};

use serde_json::value::RawValue;

use crate::json::Object;

/// What to do with the request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Refused before it was processed: send the same again after a pause.
    Retry,
    /// Refused for now: much later, or when a person has acted.
    RetryLater,
    /// It may have been processed: never send again without knowing.
    Ambiguous,
    /// Refused for good: the same request will fail again.
    Permanent,
    /// The line cannot send at all: stop it and tell someone.
    PauseLine,
}

/// What a person can do about it: a stable word that user interfaces translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Send it again.
    Retry,
    /// Wait.
    Wait,
    /// The window is closed: only a template may be sent.
    UseTemplate,
    /// Renew the token or its permissions.
    CheckToken,
    /// Look at the number's registration or the account's state.
    CheckNumber,
    /// This person cannot be reached here.
    ContactUnreachable,
    /// Only support can help.
    ContactSupport,
    /// Nothing in particular.
    None,
}

impl Advice {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Wait => "wait",
            Self::UseTemplate => "use_template",
            Self::CheckToken => "check_token",
            Self::CheckNumber => "check_number",
            Self::ContactUnreachable => "contact_unreachable",
            Self::ContactSupport => "contact_support",
            Self::None => "none",
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The meaning of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What to do with the request.
    pub class: ErrorClass,
    /// What a person can do.
    pub advice: Advice,
}

impl Verdict {
    /// The meaning of a documented code; `None` for codes the table does not know.
    pub fn of_code(code: Option<i64>) -> Option<Self> {
        table::lookup(code?)
    }
}

/// An error answer of the Graph API, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// The HTTP status. Meta's is not reliable: branch on the code.
    pub http_status: u16,
    /// Meta's code; absent when the body is no Graph error (an HTML page, say).
    pub code: Option<i64>,
    /// Meta's deprecated subcode.
    pub subcode: Option<i64>,
    /// Meta's text, usually `(#code) title`.
    pub message: Option<String>,
    /// Meta's long text.
    pub details: Option<String>,
    /// The id to quote to Meta's support.
    pub fbtrace_id: Option<String>,
    /// How long the answer asks to wait.
    pub retry_after: Option<Duration>,
}

impl GraphError {
    /// Reads an answer, whatever its body holds.
    pub fn from_response(http_status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let raw: Option<&RawValue> = serde_json::from_slice(body).ok();
        let error = raw.and_then(Object::parse).and_then(|body| body.object("error"));
        let text = |key: &str| error.as_ref().and_then(|error| error.text(key));
        let integer = |key: &str| error.as_ref().and_then(|error| error.integer(key));
        let data = error.as_ref().and_then(|error| error.object("error_data"));
        Self {
            http_status,
            code: integer("code"),
            subcode: integer("error_subcode"),
            message: text("message"),
            details: data
                .and_then(|data| data.text("details"))
                .or_else(|| text("error_user_msg")),
            fbtrace_id: text("fbtrace_id"),
            retry_after,
        }
    }

    /// What to do with the request.
    pub fn class(&self) -> ErrorClass {
        self.verdict().class
    }

    /// What a person can do about it.
    pub fn advice(&self) -> Advice {
        self.verdict().advice
    }

    fn verdict(&self) -> Verdict {
        if (self.code, self.subcode) == (Some(100), Some(33)) {
            return table::MISSING_OBJECT;
        }
        match (self.code, Verdict::of_code(self.code)) {
            (_, Some(verdict)) => verdict,
            // Meta said something that nobody has written down: whether it took the message is open.
            (Some(_), None) => table::UNLISTED,
            (None, None) => table::by_status(self.http_status),
        }
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.http_status)?;
        if let Some(code) = self.code {
            write!(f, ", code {code}")?;
        }
        match self.details.as_ref().or(self.message.as_ref()) {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for GraphError {}
