//! What Meta reports of a message after it took it. The four times only ever
//! fill, each with the earliest report, so any order and any repetition of the
//! same reports ends in the same state.

use chrono::{DateTime, Utc};

/// A kind of report that changes a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Left Meta's servers.
    Sent,
    /// Reached a device.
    Delivered,
    /// Shown in an open chat.
    Read,
    /// Not sent, or not delivered.
    Failed,
}

impl Delivery {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Sent, Self::Delivered, Self::Read, Self::Failed]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Why a message failed, in Meta's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendFailure {
    /// Meta's error code; `None` when the failure is our own.
    pub code: Option<i32>,
    /// Short title.
    pub title: String,
    /// Details, if any.
    pub detail: Option<String>,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReport {
    /// The message it is about.
    pub wamid: String,
    /// What happened.
    pub delivery: Delivery,
    /// When, as Meta says, if it could be read.
    pub at: Option<DateTime<Utc>>,
    /// Why, for a failure.
    pub failure: Option<SendFailure>,
    /// The attempt that our own callback data names, if it came along.
    pub attempt: Option<crate::attempt_ref::AttemptRef>,
}
