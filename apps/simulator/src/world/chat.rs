//! A chat between a line and a person, as the person's phone shows it.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many messages of a chat are remembered.
const REMEMBERED: usize = 500;

/// Which chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ChatKey {
    /// The line's `phone_number_id`.
    #[serde(rename = "phone_number_id")]
    pub line: String,
    /// The person's number in digits.
    #[serde(rename = "from")]
    pub phone: String,
}

/// The messages of a chat.
#[derive(Default, Serialize, Deserialize)]
pub struct Chat {
    /// When the person last wrote.
    pub last_inbound: Option<DateTime<Utc>>,
    /// The messages, oldest first.
    pub messages: VecDeque<Bubble>,
}

/// One message.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bubble {
    /// Meta's id.
    pub wamid: String,
    /// Who wrote it.
    pub direction: Direction,
    /// The message in Meta's shape.
    pub payload: Value,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// How far it got: Meta's words.
    pub status: String,
    /// Why it failed.
    #[serde(default)]
    pub error_code: Option<i64>,
    /// What the business sent along.
    #[serde(default)]
    pub callback_data: Option<String>,
    /// Whether the business wrote to the user id instead of the phone.
    #[serde(default)]
    pub by_user_id: bool,
}

/// Who wrote.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The person.
    In,
    /// The business.
    Out,
}

impl Chat {
    /// Appends a message and returns the id of the one forgotten for it.
    pub(super) fn push(&mut self, bubble: Bubble) -> Option<String> {
        self.messages.push_back(bubble);
        if self.messages.len() > REMEMBERED {
            return self.messages.pop_front().map(|bubble| bubble.wamid);
        }
        None
    }

    /// Marks the person's messages up to `wamid` as read; false when it is not the person's.
    pub(super) fn mark_read(&mut self, wamid: &str) -> bool {
        let is_it = |bubble: &Bubble| bubble.wamid == wamid && bubble.direction == Direction::In;
        let Some(last) = self.messages.iter().position(is_it) else {
            return false;
        };
        for bubble in self.messages.iter_mut().take(last + 1) {
            if bubble.direction == Direction::In {
                "read".clone_into(&mut bubble.status);
            }
        }
        true
    }
}
