//! One try of something that may be guessed: let begin, and counted.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    problem::{Kind, Problem},
};

/// One try of something that is limited.
pub(crate) struct Gate {
    app: App,
    email: String,
    ip: Option<IpAddr>,
    now: DateTime<Utc>,
}

impl Gate {
    /// Lets a try begin, unless there were too many.
    pub fn new(app: &App, email: &str, ip: Option<IpAddr>) -> Result<Self, Problem> {
        let now = app.engine().clock().now();
        if let Some(seconds) = app.limiter().blocked(email, ip, now) {
            let told = "too many failed tries; wait, or ask for another password";
            return Err(Problem::new(Kind::TooManyRequests, told).with_retry_after(seconds));
        }
        Ok(Self {
            app: app.clone(),
            email: email.to_owned(),
            ip,
            now,
        })
    }

    /// The try failed.
    pub fn failed(&self) {
        self.app.limiter().failed(&self.email, self.ip, self.now);
    }

    /// The try succeeded.
    pub fn succeeded(&self) {
        self.app.limiter().succeeded(&self.email, self.ip);
    }
}
