//! Asking Meta about a line from outside any server: nothing is written down, paused or resumed.

use chrono::{DateTime, Utc};
use control::{
    channel::Channel,
    line_state::{LineFacts, Told},
};
use crypto::{Keyring, SecretString};
use whatsapp::client::{Client, ClientError, DEFAULT_BASE_URL, DEFAULT_VERSION, http_client};

use super::{LineReport, ask::ask};

/// Asks Meta about lines.
pub struct Examiner<'a> {
    graph: Client,
    keyring: &'a Keyring,
}

impl<'a> Examiner<'a> {
    /// Over the Graph API at `base_url` in `version`, Meta's own if not said.
    pub fn new(
        base_url: Option<&str>,
        version: Option<&str>,
        keyring: &'a Keyring,
    ) -> Result<Self, ClientError> {
        let base_url = base_url.unwrap_or(DEFAULT_BASE_URL);
        let version = version.unwrap_or(DEFAULT_VERSION);
        Ok(Self {
            graph: Client::new(base_url, version, http_client()?)?,
            keyring,
        })
    }

    /// All that is to be said of the line now. `app_secret` is the secret of the app that signs
    /// for it where it has none of its own.
    pub async fn examine(
        &self,
        channel: Channel,
        app_secret: Option<&SecretString>,
        now: DateTime<Utc>,
    ) -> LineReport {
        let token = channel.token(self.keyring);
        let opens = token.is_ok();
        let Some(token) = token.unwrap_or_default() else {
            return LineReport::asked(channel, opens, None, now);
        };
        let own = channel.app_secret(self.keyring).unwrap_or_default();
        let secret = own.as_ref().or(app_secret);
        let answer = ask(&self.graph, secret, &channel, &token).await;
        let told: Result<LineFacts, String> = match answer.told {
            Told::Facts(facts) => Ok(*facts),
            Told::Nothing(why) => Err(why),
        };
        LineReport::asked(channel, opens, Some(told), now)
    }
}
