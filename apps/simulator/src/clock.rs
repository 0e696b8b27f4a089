//! The simulator's clock.

use chrono::{DateTime, Utc};

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this program that reads it"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
