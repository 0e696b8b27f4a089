//! The configuration file: where webhooks go and which lines exist.

use serde::{Deserialize, Serialize};

/// The configuration file.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where webhooks are posted; none are posted without it.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// What the handshake sends as `hub.verify_token`.
    #[serde(default)]
    pub verify_token: String,
    /// The version whose webhooks are imitated.
    #[serde(default = "default_version")]
    pub version: String,
    /// The lines.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// How long things take.
    #[serde(default)]
    pub timing: Timing,
}

/// One business phone number.
#[derive(Clone, Serialize, Deserialize)]
pub struct Line {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The account it belongs to.
    pub waba_id: String,
    /// The number as people see it.
    pub display_phone_number: String,
    /// The business's name.
    #[serde(default)]
    pub verified_name: String,
    /// The token that may use it.
    pub token: String,
    /// The secret that signs its webhooks; without one they are not signed.
    #[serde(default)]
    pub app_secret: Option<String>,
}

/// How long things take, in milliseconds.
#[derive(Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timing {
    /// The shortest pause before each status.
    pub status_min_ms: u64,
    /// The longest pause before each status.
    pub status_max_ms: u64,
    /// The pause before a webhook's second attempt; it doubles from there.
    pub retry_ms: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            status_min_ms: 100,
            status_max_ms: 300,
            retry_ms: 1000,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            callback_url: None,
            verify_token: String::new(),
            version: default_version(),
            lines: Vec::new(),
            timing: Timing::default(),
        }
    }
}

impl Line {
    /// The number in digits, as webhooks write it.
    pub fn digits(&self) -> String {
        self.display_phone_number
            .chars()
            .filter(char::is_ascii_digit)
            .collect()
    }
}

fn default_version() -> String {
    whatsapp::client::DEFAULT_VERSION.to_owned()
}
