//! Where mails go, and where their links lead: as configured.

use mail::{MailSetup, Mailer};

/// Where mails go, and where their links lead.
pub(crate) struct Post {
    mailer: Option<Mailer>,
    web_url: String,
}

impl Post {
    /// With what the configuration says.
    pub fn new(setup: Option<&MailSetup>, web_url: Option<&str>) -> Self {
        Self {
            mailer: setup.map(Mailer::new),
            web_url: web_url.unwrap_or_default().trim_end_matches('/').to_owned(),
        }
    }

    /// What takes mails, if anything does.
    pub fn mailer(&self) -> Option<&Mailer> {
        self.mailer.as_ref()
    }

    /// The web's address without a slash at its end; empty where none is configured.
    pub fn web_url(&self) -> &str {
        &self.web_url
    }
}
