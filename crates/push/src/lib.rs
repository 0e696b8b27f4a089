//! Messages to browsers that are closed (RFC 8030): encrypted for the browser alone (RFC 8291), signed with the
//! installation's key (VAPID, RFC 8292).
//!
//! Where a browser wants its messages it says itself, so the address is judged before every connection and the
//! connection goes to the addresses that were judged; redirections are not followed. Knows nothing of databases
//! of ours. May use `egress` alone of our crates.

mod key;
mod receiver;

use std::time::Duration;

use chrono::{DateTime, Utc};
use egress::HostError;
pub use egress::HostPolicy;
use reqwest::{StatusCode, header};
use url::Url;

pub use self::{
    key::{InvalidKey, Key},
    receiver::{InvalidReceiver, Receiver},
};

/// A call does not take longer, from the first byte to the last.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a service keeps a message for a browser that is away: what is older than a day nobody wants to hear.
const KEPT: Duration = Duration::from_hours(24);
/// The longest message, in bytes: services take 4,096 with what encryption adds (RFC 8030, 7.2).
pub const MOST_BYTES: usize = 3_000;

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The browser wants it at a host that is not to be connected to.
    #[error(transparent)]
    Host(#[from] HostError),
    /// It is longer than [`MOST_BYTES`], or cannot be encrypted for this browser.
    #[error("the message cannot be encrypted for this browser")]
    Message,
    /// The service cannot be reached, or not in time.
    #[error("the browser's push service cannot be reached")]
    Unreachable,
    /// The browser does not want messages any more.
    #[error("the browser does not want messages any more")]
    Gone,
    /// The service refused it, with this status.
    #[error("the browser's push service refused the message with {0}")]
    Refused(u16),
}

/// Which addresses may be used, and who answers for what is sent.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Which hosts.
    pub hosts: HostPolicy,
    /// Whether `http://` will do: in development.
    pub allows_http: bool,
    /// Where a service finds whoever runs this: `https:` or `mailto:` (RFC 8292, 2.1).
    pub contact: String,
}

/// Sends to browsers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client(Rules);

impl Client {
    /// A client that keeps to these rules.
    pub fn new(rules: Rules) -> Self {
        Self(rules)
    }

    /// Where a browser wants its messages, if that can be at all; whether it may be connected to shows when it is.
    pub fn receiver(&self, endpoint: &str, p256dh: &str, auth: &str) -> Result<Receiver, InvalidReceiver> {
        Receiver::new(endpoint, p256dh, auth, self.0.allows_http)
    }

    /// Hands a message to the browser's service.
    ///
    /// # Errors
    /// Its host may not be used, cannot be reached, or does not take the message. After [`PushError::Gone`] the
    /// receiver is to be forgotten.
    pub async fn send(
        &self,
        key: &Key,
        to: &Receiver,
        message: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), PushError> {
        if message.len() > MOST_BYTES {
            return Err(PushError::Message);
        }
        let body = to.encrypt(message)?;
        let http = self.http(&to.endpoint).await?;
        let sent = http
            .post(to.endpoint.clone())
            .header(
                header::AUTHORIZATION,
                key.vouch(&to.endpoint, &self.0.contact, now),
            )
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("TTL", KEPT.as_secs())
            .header("Urgency", "high")
            .body(body)
            .send()
            .await
            .map_err(|_lost| PushError::Unreachable)?;
        match sent.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(PushError::Gone),
            status => Err(PushError::Refused(status.as_u16())),
        }
    }

    /// A client that connects to the addresses that were judged and to no other.
    async fn http(&self, endpoint: &Url) -> Result<reqwest::Client, PushError> {
        let host = endpoint.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = endpoint.port_or_known_default().unwrap_or(443);
        let judged = self.0.hosts.resolve(bare, port).await?;
        let addresses: Vec<_> = judged.into_iter().map(|address| (address, port).into()).collect();
        // Fails only when a provider is installed already, which then serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .resolve_to_addrs(bare, &addresses)
            .build()
            .map_err(|_broken| PushError::Unreachable)
    }
}
