//! Meta's handshake: a URL is taken for webhooks when it gives the challenge back.

use std::time::Duration;

use crate::world::{Callback, identity};

const TIMEOUT: Duration = Duration::from_secs(10);

/// How the handshake went.
pub struct Outcome {
    /// Whether the URL may be used.
    pub success: bool,
    /// The HTTP status, when anybody answered.
    pub status: Option<u16>,
    /// Whether there is a URL to ask at all.
    pub is_url: bool,
}

/// Asks the URL for the challenge.
pub async fn passes(http: &reqwest::Client, callback: &Callback) -> Outcome {
    let challenge = identity::challenge();
    let Ok(mut url) = reqwest::Url::parse(&callback.url) else {
        return Outcome {
            success: false,
            status: None,
            is_url: false,
        };
    };
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", &callback.verify_token);
    let (status, body) = match http.get(url).timeout(TIMEOUT).send().await {
        Ok(answer) => (
            Some(answer.status().as_u16()),
            answer.text().await.unwrap_or_default(),
        ),
        Err(_) => (None, String::new()),
    };
    Outcome {
        success: status == Some(200) && body == challenge,
        status,
        is_url: true,
    }
}
