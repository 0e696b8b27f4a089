//! What goes wrong on purpose.

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
}

/// When a faulty send is really processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The message goes out.
    GoesOut,
    /// The message is lost.
    Lost,
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
            | Self::BadGateway => Outcome::Lost,
        }
    }
}

/// Everything that goes wrong at the moment.
#[derive(Clone, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that are thrown one by one"
)]
pub struct Faults {
    /// What happens to sends.
    pub send: SendFault,
    /// How many sends it still happens to; all of them when absent.
    pub times: Option<u32>,
    /// The only line it happens to; all of them when absent.
    pub phone_number_id: Option<String>,
    /// What happens to files.
    pub media: MediaFault,
    /// How many files it still happens to; all of them when absent.
    pub media_times: Option<u32>,
    /// Every status comes twice.
    pub duplicate_statuses: bool,
    /// Statuses come in reverse order.
    pub reorder_statuses: bool,
    /// Statuses do not come.
    pub drop_statuses: bool,
    /// People read everything at once. Otherwise a message is read when its chat is on screen.
    pub auto_read: bool,
    /// Numbers, in digits, that have no WhatsApp.
    pub unreachable: Vec<String>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            send: SendFault::None,
            times: None,
            phone_number_id: None,
            media: MediaFault::None,
            media_times: None,
            duplicate_statuses: false,
            reorder_statuses: false,
            drop_statuses: false,
            auto_read: true,
            unreachable: Vec::new(),
        }
    }
}

/// A change of the faults: what is absent stays as it is, except that `send` brings its own
/// `times` and `phone_number_id`, and `media` its own `media_times`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultsChange {
    send: Option<SendFault>,
    media: Option<MediaFault>,
    media_times: Option<u32>,
    times: Option<u32>,
    phone_number_id: Option<String>,
    duplicate_statuses: Option<bool>,
    reorder_statuses: Option<bool>,
    drop_statuses: Option<bool>,
    auto_read: Option<bool>,
    unreachable: Option<Vec<String>>,
}

impl Faults {
    /// Applies a change.
    pub fn apply(&mut self, change: FaultsChange) {
        if let Some(send) = change.send {
            self.send = send;
            self.times = change.times;
            self.phone_number_id = change.phone_number_id;
        }
        if let Some(media) = change.media {
            self.media = media;
            self.media_times = change.media_times;
        }
        self.duplicate_statuses = change.duplicate_statuses.unwrap_or(self.duplicate_statuses);
        self.reorder_statuses = change.reorder_statuses.unwrap_or(self.reorder_statuses);
        self.drop_statuses = change.drop_statuses.unwrap_or(self.drop_statuses);
        self.auto_read = change.auto_read.unwrap_or(self.auto_read);
        if let Some(unreachable) = change.unreachable {
            let digits = |phone: String| phone.chars().filter(char::is_ascii_digit).collect();
            self.unreachable = unreachable.into_iter().map(digits).collect();
        }
    }

    /// The fault of the next file, if it is one of `possible` here; counts it.
    pub fn take_media(&mut self, possible: &[MediaFault]) -> MediaFault {
        let fault = self.media;
        if !possible.contains(&fault) {
            return MediaFault::None;
        }
        if let Some(times) = &mut self.media_times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.media = MediaFault::None;
                self.media_times = None;
            }
        }
        fault
    }

    /// The fault of the next send on a line; counts it.
    pub fn take(&mut self, phone_number_id: &str) -> SendFault {
        if self
            .phone_number_id
            .as_deref()
            .is_some_and(|line| line != phone_number_id)
        {
            return SendFault::None;
        }
        let fault = self.send;
        if let Some(times) = &mut self.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.send = SendFault::None;
                self.times = None;
            }
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_ends_by_itself() {
        let mut faults = Faults::default();
        let change = FaultsChange {
            send: Some(SendFault::RateLimit),
            times: Some(2),
            phone_number_id: Some("1".to_owned()),
            ..FaultsChange::default()
        };
        faults.apply(change);
        let taken = ["1", "2", "1", "1"].map(|line| faults.take(line));
        let expected = [
            SendFault::RateLimit,
            SendFault::None,
            SendFault::RateLimit,
            SendFault::None,
        ];
        assert_eq!(taken, expected);
    }
}
