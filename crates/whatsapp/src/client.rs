//! One attempt at the Graph API over HTTP. Depends on reqwest with rustls and ring.
//!
//! The client never retries: only the caller knows whether a message may be sent twice. What it
//! does is say precisely how an attempt ended (see [`SendError`]).

mod answer;
mod block;
mod health;
mod media;
mod templates;
mod upload;

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    RequestBuilder, Url,
    header::{AUTHORIZATION, HeaderValue},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use self::answer::Answer;
pub use self::{
    health::{Access, NumberIssue, NumberState, ReadError, Scope, SubscribedApp, TokenState},
    media::{Download, MediaError, MediaLocation},
    templates::ListedTemplate,
    upload::{MediaId, Upload, UploadError},
};
use crate::{error::GraphError, outbound::OutboundMessage};

/// Where Meta answers.
pub const DEFAULT_BASE_URL: &str = "https://graph.facebook.com";
/// The version asked for unless configured otherwise: served until July 2028.
pub const DEFAULT_VERSION: &str = "v25.0";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);

/// A client of one Graph API. Cheap to clone; tokens are given per call.
#[derive(Clone)]
pub struct Client {
    root: Arc<Url>,
    http: reqwest::Client,
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base URL is not an absolute http or https URL.
    #[error("the Graph base URL must be an absolute http or https URL")]
    BaseUrl,
    /// The version does not look like `v25.0`.
    #[error("the Graph version must look like v25.0")]
    Version,
    /// TLS could not be set up.
    #[error("the HTTP client could not be built")]
    Http(#[from] reqwest::Error),
}

/// Meta accepted a message. Its fate comes later, by webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Meta's id of the message.
    pub wamid: String,
    /// The recipient's WhatsApp id: may differ from the number we wrote to.
    pub wa_id: Option<String>,
    /// The recipient's business-scoped user id.
    pub user_id: Option<String>,
}

/// How an attempt ended that was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Nothing left this machine. Trying again is safe.
    #[error("not sent: {0}")]
    NotSent(NotSentReason),
    /// Meta said no, and the message will not go out.
    #[error("refused: {0}")]
    Refused(Box<GraphError>),
    /// It may have gone out. Only a status webhook can tell.
    #[error("unknown: {reason}")]
    Unknown {
        /// How the answer was lost.
        reason: UnknownReason,
        /// The answer, when there was one.
        error: Option<Box<GraphError>>,
    },
}

/// Why nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSentReason {
    /// No connection to the Graph API.
    #[error("no connection")]
    Connect,
    /// The token holds characters that no header may carry.
    #[error("the token is malformed")]
    Token,
    /// The request could not be built.
    #[error("the request could not be built")]
    Request,
}

/// Why nobody knows whether a message was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReason {
    /// The answer did not come in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke after the request had left.
    #[error("the connection broke")]
    ConnectionLost,
    /// The server failed while it worked on the request.
    #[error("the server failed")]
    ServerError,
    /// The server said yes, but without a message id.
    #[error("the answer is unreadable")]
    Unreadable,
}

/// An HTTP client fit for [`Client::new`]: rustls on ring, no redirects (a token must never follow
/// one), and a short wait for the connection.
pub fn http_client() -> Result<reqwest::Client, ClientError> {
    // Fails only when a provider is installed already, which then serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .redirect(Policy::none())
        .build()?;
    Ok(client)
}

impl Client {
    /// A client of the Graph API at `base_url`, for example [`DEFAULT_BASE_URL`] and
    /// [`DEFAULT_VERSION`].
    pub fn new(base_url: &str, version: &str, http: reqwest::Client) -> Result<Self, ClientError> {
        let Ok(mut root) = Url::parse(base_url) else {
            return Err(ClientError::BaseUrl);
        };
        if !matches!(root.scheme(), "http" | "https") || !root.has_host() {
            return Err(ClientError::BaseUrl);
        }
        if !is_version(version) {
            return Err(ClientError::Version);
        }
        root.set_query(None);
        root.set_fragment(None);
        push(&mut root, [version]);
        Ok(Self {
            root: Arc::new(root),
            http,
        })
    }

    /// Sends one message, once. The caller validates it first.
    pub async fn send_message(
        &self,
        phone_number_id: &str,
        token: &SecretString,
        message: &OutboundMessage,
    ) -> Result<Sent, SendError> {
        let endpoint = match message.marketing {
            Some(_) => "marketing_messages",
            None => "messages",
        };
        self.post(phone_number_id, endpoint, token, message).await?.sent()
    }

    /// Marks an inbound message, and those before it, as read; with `typing` it also shows the
    /// person that an answer is being written.
    pub async fn mark_read(
        &self,
        phone_number_id: &str,
        token: &SecretString,
        wamid: &str,
        typing: bool,
    ) -> Result<(), SendError> {
        let receipt = Receipt {
            messaging_product: "whatsapp",
            status: "read",
            message_id: wamid,
            typing_indicator: typing.then_some(Typing { kind: "text" }),
        };
        self.post(phone_number_id, "messages", token, &receipt)
            .await?
            .success()
    }

    async fn post(
        &self,
        phone_number_id: &str,
        endpoint: &str,
        token: &SecretString,
        body: &impl Serialize,
    ) -> Result<Answer, SendError> {
        let mut url = Url::clone(&self.root);
        push(&mut url, [phone_number_id, endpoint]);
        let request = authorize(self.http.post(url), token)?
            .json(body)
            .timeout(TOTAL_TIMEOUT);
        Answer::of(request).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("root", &self.root.as_str())
            .finish_non_exhaustive()
    }
}

fn authorize(request: RequestBuilder, token: &SecretString) -> Result<RequestBuilder, SendError> {
    let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) else {
        return Err(SendError::NotSent(NotSentReason::Token));
    };
    value.set_sensitive(true);
    Ok(request.header(AUTHORIZATION, value))
}

/// Appends path segments, escaped: an id from outside never changes the path's shape.
fn push<const N: usize>(url: &mut Url, segments: [&str; N]) {
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
}

fn is_version(version: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    version
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

#[derive(Serialize)]
struct Receipt<'a> {
    messaging_product: &'a str,
    status: &'a str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typing_indicator: Option<Typing<'a>>,
}

#[derive(Serialize)]
struct Typing<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
}
