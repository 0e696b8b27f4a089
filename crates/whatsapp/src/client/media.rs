//! Fetching a file that somebody sent: first its URL, then its bytes as they come.
//!
//! A URL comes in an answer, so it is not trusted: the token goes to the Graph API and to Meta's
//! own download hosts and nowhere else, whatever the answer or a redirect says.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Response, StatusCode, Url,
    header::{CONTENT_LENGTH, LOCATION},
};
use secrecy::SecretString;
use serde_json::value::RawValue;

use super::{Answer, Client, NotSentReason, SendError, TOTAL_TIMEOUT, answer::retry_after, authorize, push};
use crate::{error::GraphError, json::Object, webhook::sha256};

/// How long a whole download may take: Meta's largest file at half a megabyte a second.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(200);
/// Redirects followed, each to a host of Meta's.
const MAX_HOPS: usize = 2;
/// Where Meta keeps files; a name matches itself and what is under it. No address can: a name
/// that resolves to an inner address fails at the certificate.
const DOWNLOAD_HOSTS: &[&str] = &["fbsbx.com", "fbcdn.net", "whatsapp.net"];

/// What the Graph API says about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLocation {
    /// Where to fetch it, for five minutes.
    pub url: String,
    /// Its type.
    pub mime_type: Option<String>,
    /// Of its bytes.
    pub sha256: Option<[u8; 32]>,
    /// In bytes.
    pub file_size: Option<u64>,
}

/// Why a file did not come.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No connection, or it broke: trying again may help.
    #[error("the connection broke")]
    Lost,
    /// The Graph API said no.
    #[error("refused: {0}")]
    Refused(Box<GraphError>),
    /// The answer holds no URL.
    #[error("the answer is unreadable")]
    Unreadable,
    /// The token holds characters that no header may carry.
    #[error("the token is malformed")]
    Token,
    /// The URL is not Meta's. Nothing was sent to it.
    #[error("the file is said to be at a host that is not Meta's")]
    ForeignHost,
    /// The download host said no. It answers 404 to a URL whose five minutes are over.
    #[error("the download was answered with {status}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the answer asks to wait.
        retry_after: Option<Duration>,
    },
    /// More bytes than allowed.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// What is allowed.
        limit: u64,
    },
}

impl From<SendError> for MediaError {
    fn from(error: SendError) -> Self {
        // Asking twice does no harm: what counts as unknown for a message is only lost here.
        match error {
            SendError::Refused(error)
            | SendError::Unknown {
                error: Some(error), ..
            } => Self::Refused(error),
            SendError::NotSent(NotSentReason::Token) => Self::Token,
            SendError::NotSent(NotSentReason::Request) => Self::Unreadable,
            SendError::NotSent(NotSentReason::Connect) | SendError::Unknown { error: None, .. } => Self::Lost,
        }
    }
}

/// A file on its way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    limit: u64,
    received: u64,
}

impl Download {
    /// The next bytes; `None` at the end. More than the limit is an error, as is a body that
    /// breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MediaError> {
        let Some(chunk) = self.response.chunk().await.map_err(lost)? else {
            return Ok(None);
        };
        self.received = self
            .received
            .saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if self.received > self.limit {
            return Err(MediaError::TooLarge { limit: self.limit });
        }
        Ok(Some(chunk))
    }
}

impl Client {
    /// Where a file is and what it is: `GET /{media-id}`, once.
    pub async fn media_url(&self, media_id: &str, token: &SecretString) -> Result<MediaLocation, MediaError> {
        let mut url = Url::clone(&self.root);
        push(&mut url, [media_id]);
        let request = authorize(self.http.get(url), token)?.timeout(TOTAL_TIMEOUT);
        Answer::of(request).await?.media_location()
    }

    /// Opens a file's URL, once. At most `limit` bytes come; a file that says it is larger is
    /// refused before its first byte.
    pub async fn download(
        &self,
        url: &str,
        token: &SecretString,
        limit: u64,
    ) -> Result<Download, MediaError> {
        let mut url = Url::parse(url).or(Err(MediaError::Unreadable))?;
        let mut redirected = false;
        for _ in 0..=MAX_HOPS {
            if !self.is_metas(&url) {
                return Err(MediaError::ForeignHost);
            }
            let request = self.http.get(url.clone()).timeout(DOWNLOAD_TIMEOUT);
            // Where a redirect leads, the URL itself is the permission: the token stays here.
            let request = if redirected {
                request
            } else {
                authorize(request, token)?
            };
            let response = request.send().await.map_err(lost)?;
            if !response.status().is_redirection() {
                return opened(response, limit);
            }
            let location = response
                .headers()
                .get(LOCATION)
                .and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            url = next.ok_or(MediaError::Unreadable)?;
            redirected = true;
        }
        Err(MediaError::Unreadable)
    }

    /// Whether a file may be fetched there: the Graph API's own origin, or Meta's download hosts
    /// over TLS.
    fn is_metas(&self, url: &Url) -> bool {
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        if url.origin() == self.root.origin() {
            return true;
        }
        url.scheme() == "https"
            && url.port().is_none()
            && url.domain().is_some_and(|domain| {
                DOWNLOAD_HOSTS.iter().any(|host| {
                    domain
                        .strip_suffix(host)
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                })
            })
    }
}

impl Answer {
    fn media_location(&self) -> Result<MediaLocation, MediaError> {
        let raw: Option<&RawValue> = serde_json::from_slice(self.body()).ok();
        let answer = raw.and_then(Object::parse).ok_or(MediaError::Unreadable)?;
        Ok(MediaLocation {
            url: answer.text("url").ok_or(MediaError::Unreadable)?,
            mime_type: answer.text("mime_type"),
            sha256: answer.text("sha256").as_deref().and_then(sha256),
            file_size: answer.text("file_size").and_then(|size| size.parse().ok()),
        })
    }
}

fn opened(response: Response, limit: u64) -> Result<Download, MediaError> {
    if response.status() != StatusCode::OK {
        return Err(MediaError::Status {
            status: response.status().as_u16(),
            retry_after: retry_after(&response),
        });
    }
    let length = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if length
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|length| length > limit)
    {
        return Err(MediaError::TooLarge { limit });
    }
    Ok(Download {
        response,
        limit,
        received: 0,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err takes")]
fn lost(error: reqwest::Error) -> MediaError {
    if error.is_builder() {
        MediaError::Unreadable
    } else {
        MediaError::Lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{DEFAULT_BASE_URL, DEFAULT_VERSION, http_client};

    #[test]
    fn the_token_goes_to_meta_and_nowhere_else() {
        let client = |base| Client::new(base, DEFAULT_VERSION, http_client().unwrap()).unwrap();
        let may = |client: &Client, url: &str| client.is_metas(&Url::parse(url).unwrap());
        let meta = client(DEFAULT_BASE_URL);
        for url in [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
            "https://LOOKASIDE.fbsbx.com:443/x",
            "https://graph.facebook.com/x",
            "https://scontent.xx.fbcdn.net/x",
            "https://mmg.whatsapp.net/x",
        ] {
            assert!(may(&meta, url), "{url}");
        }
        for url in [
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://evilfbsbx.com/x",
            "https://lookaside.fbsbx.com.evil.example/x",
            "https://user@lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com@evil.example/x",
            "https://169.254.169.254/latest",
            "http://127.0.0.1/x",
            "https://[::1]/x",
            "https://2130706433/x",
            "https://localhost/x",
            "https://facebook.com/x",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            assert!(!may(&meta, url), "{url}");
        }
        let local = client("http://127.0.0.1:4010");
        assert!(may(&local, "http://127.0.0.1:4010/media/1"));
        assert!(!may(&local, "http://127.0.0.1:5432/media/1"));
        assert!(!may(&local, "http://localhost:4010/media/1"));
    }
}
