//! What a token is worth: until when, and for what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The permission to send and to receive.
pub const MESSAGING: &str = "whatsapp_business_messaging";
/// The permission to read and change numbers, accounts and templates.
pub const MANAGEMENT: &str = "whatsapp_business_management";

/// The state of a token; whatever is not said otherwise is in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenState {
    /// Seconds since 1970; never when 0.
    pub expires_at: i64,
    /// Whether somebody took it back.
    pub revoked: bool,
    /// What it is for.
    pub scopes: Vec<String>,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dead {
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

impl Default for TokenState {
    fn default() -> Self {
        Self {
            expires_at: 0,
            revoked: false,
            scopes: vec![MANAGEMENT.to_owned(), MESSAGING.to_owned()],
        }
    }
}

impl TokenState {
    /// Why it opens nothing, if it does not.
    pub fn dead(&self, now: DateTime<Utc>) -> Option<Dead> {
        if self.revoked {
            return Some(Dead::Revoked);
        }
        let over = self.expires_at != 0 && self.expires_at <= now.timestamp();
        over.then_some(Dead::Expired)
    }

    /// Whether it is for something.
    pub fn allows(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

impl Dead {
    /// Meta's subcode of code 190.
    pub fn subcode(self) -> i64 {
        match self {
            Self::Expired => 463,
            Self::Revoked => 467,
        }
    }

    /// Meta's words.
    pub fn message(self) -> &'static str {
        match self {
            Self::Expired => "Error validating access token: Session has expired.",
            Self::Revoked => {
                "Error validating access token: The session is invalid because the user logged out."
            }
        }
    }
}
