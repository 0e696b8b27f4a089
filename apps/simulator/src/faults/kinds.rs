//! The things that can go wrong with a send or a file.

use serde::{Deserialize, Serialize};

/// What happens to the next sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendFault {
    /// Nothing.
    #[default]
    None,
    /// Refused: too many messages (130429), with `Retry-After`.
    #[serde(rename = "429")]
    RateLimit,
    /// Refused by a server error (131000); the message does not go out.
    #[serde(rename = "500")]
    ServerError,
    /// A server error, and yet the message goes out.
    #[serde(rename = "500_after")]
    ServerErrorAfter,
    /// Never answered; the message goes out.
    Timeout,
    /// Never answered; the message does not go out.
    TimeoutBefore,
    /// The connection breaks; the message does not go out.
    ResetBefore,
    /// The connection breaks; the message goes out.
    ResetAfter,
    /// Refused: the token has expired (190).
    TokenExpired,
    /// A proxy's HTML page with status 502; the message does not go out.
    BadGateway,
    /// Accepted with an answer that holds no message id.
    Unreadable,
    /// Refused with one of Meta's codes: `{"code": 131056}`.
    Code(i64),
}

/// What happens to the next files that are fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaFault {
    /// Nothing.
    #[default]
    None,
    /// The id is unknown (100, subcode 33).
    Missing,
    /// Too many requests (130429), with `Retry-After`.
    #[serde(rename = "429")]
    RateLimit,
    /// The URL is answered with 404, as after its five minutes.
    ExpiredUrl,
    /// The bytes are not those of the hash.
    WrongHash,
    /// The second half of the bytes takes its time.
    Slow,
    /// The file is said to be larger than Meta takes.
    TooLarge,
    /// An upload is answered with a server error (131000); the file is not kept.
    UploadError,
    /// The connection of an upload breaks; the file is kept, its id is lost.
    UploadReset,
}

/// When a faulty send is really processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The message goes out.
    GoesOut,
    /// The message is lost.
    Lost,
}

/// A part of the sends that something happens to, picked by chance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// What happens.
    pub fault: SendFault,
    /// To how many of them, from 0 to 1.
    pub share: f64,
    /// The only line it happens to; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
}

/// How statuses are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batching {
    /// How many statuses one webhook holds; with 0 or 1 each has its own.
    pub size: usize,
    /// How long the first of them waits for company, in milliseconds.
    #[serde(default = "within")]
    pub within_ms: u64,
}

/// Messages that Meta takes and then fails to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failing {
    /// The code that the `failed` status carries.
    pub code: i64,
    /// How many of the messages, from 0 to 1.
    pub share: f64,
}

impl SendFault {
    /// Whether the message goes out in spite of the fault.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::None | Self::ServerErrorAfter | Self::Timeout | Self::ResetAfter | Self::Unreadable => {
                Outcome::GoesOut
            }
            Self::RateLimit
            | Self::ServerError
            | Self::TimeoutBefore
            | Self::ResetBefore
            | Self::TokenExpired
            | Self::BadGateway
            | Self::Code(_) => Outcome::Lost,
        }
    }

    /// The word for it: a code's is its number.
    pub fn name(self) -> String {
        match (self, serde_json::to_value(self)) {
            (Self::Code(code), _) => code.to_string(),
            (_, Ok(serde_json::Value::String(name))) => name,
            _ => "unnamed".to_owned(),
        }
    }
}

impl Default for Batching {
    fn default() -> Self {
        Self {
            size: 1,
            within_ms: within(),
        }
    }
}

fn within() -> u64 {
    50
}
