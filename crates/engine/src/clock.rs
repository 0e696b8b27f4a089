//! The one place where system time is read.

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    ahead: TimeDelta,
}

impl Clock {
    /// A clock that goes ahead of the system's: what a test sets to see tomorrow.
    pub fn ahead(ahead: TimeDelta) -> Self {
        Self { ahead }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads it")]
    pub fn now(self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }
}
