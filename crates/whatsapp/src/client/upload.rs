//! Giving Meta a file to send, and taking it back. Meta's page `business-phone-numbers/media`.
//!
//! Uploading twice does no harm: a file nobody refers to is gone after 30 days. So every end of
//! an attempt is either "try again" or "no".

use std::{error::Error, time::Duration};

use bytes::Bytes;
use futures_util::TryStream;
use reqwest::{
    Body, Url,
    multipart::{Form, Part},
};
use secrecy::SecretString;
use serde_json::value::RawValue;

use super::{Answer, Client, MediaError, NotSentReason, SendError, TOTAL_TIMEOUT, authorize, push};
use crate::{
    error::{ErrorClass, GraphError},
    json::Object,
};

/// How long a whole upload may take: Meta's largest file at half a megabyte a second.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(200);

/// A file to upload.
#[derive(Debug)]
pub struct Upload {
    body: Body,
    length: u64,
    mime_type: String,
    filename: String,
}

/// Meta's id of an uploaded file. It lives 30 days, and only the number that uploaded it may
/// send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaId(pub String);

/// Why a file was not uploaded.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No connection, it broke, no answer in time, or the file itself could not be read.
    #[error("the connection broke")]
    Lost,
    /// Meta cannot now: busy, or failing.
    #[error("not now: {0}")]
    NotNow(Box<GraphError>),
    /// Meta said no, and will again.
    #[error("refused: {0}")]
    Refused(Box<GraphError>),
    /// The answer holds no id.
    #[error("the answer is unreadable")]
    Unreadable,
    /// The token holds characters that no header may carry.
    #[error("the token is malformed")]
    Token,
    /// The type or the request as a whole cannot be written down.
    #[error("the request could not be built")]
    Request,
}

impl UploadError {
    /// Whether the same upload may succeed later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Lost | Self::NotNow(_) | Self::Unreadable => true,
            Self::Refused(_) | Self::Token | Self::Request => false,
        }
    }

    /// How long Meta asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NotNow(error) => error.retry_after,
            _ => None,
        }
    }
}

impl From<SendError> for UploadError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(error)
            | SendError::Unknown {
                error: Some(error), ..
            } => match error.class() {
                ErrorClass::Retry | ErrorClass::RetryLater | ErrorClass::Ambiguous => Self::NotNow(error),
                ErrorClass::Permanent | ErrorClass::PauseLine => Self::Refused(error),
            },
            SendError::NotSent(NotSentReason::Token) => Self::Token,
            SendError::NotSent(NotSentReason::Request) => Self::Request,
            SendError::NotSent(NotSentReason::Connect) | SendError::Unknown { error: None, .. } => Self::Lost,
        }
    }
}

impl Upload {
    /// A file in memory. `mime_type` is one that Meta takes, `filename` what it is called.
    pub fn bytes(bytes: impl Into<Bytes>, mime_type: &str, filename: &str) -> Self {
        let bytes = bytes.into();
        Self {
            length: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            body: Body::from(bytes),
            mime_type: mime_type.to_owned(),
            filename: filename.to_owned(),
        }
    }

    /// A file of `length` bytes that is read while it is sent.
    pub fn stream<S>(stream: S, length: u64, mime_type: &str, filename: &str) -> Self
    where
        S: TryStream<Ok = Bytes> + Send + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        Self {
            body: Body::wrap_stream(stream),
            length,
            mime_type: mime_type.to_owned(),
            filename: filename.to_owned(),
        }
    }

    fn form(self) -> Result<Form, UploadError> {
        let part = Part::stream_with_length(self.body, self.length)
            .file_name(self.filename)
            .mime_str(&self.mime_type)
            .or(Err(UploadError::Request))?;
        Ok(Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", self.mime_type)
            .part("file", part))
    }
}

impl Client {
    /// Uploads a file for messages of one number, once.
    pub async fn upload_media(
        &self,
        phone_number_id: &str,
        token: &SecretString,
        file: Upload,
    ) -> Result<MediaId, UploadError> {
        let mut url = Url::clone(&self.root);
        push(&mut url, [phone_number_id, "media"]);
        let request = authorize(self.http.post(url), token)?
            .multipart(file.form()?)
            .timeout(UPLOAD_TIMEOUT);
        Answer::of(request).await?.media_id()
    }

    /// Takes an uploaded file back, once: it can be sent no more. What was sent stays.
    pub async fn delete_media(&self, media_id: &str, token: &SecretString) -> Result<(), MediaError> {
        let mut url = Url::clone(&self.root);
        push(&mut url, [media_id]);
        let request = authorize(self.http.delete(url), token)?.timeout(TOTAL_TIMEOUT);
        Ok(Answer::of(request).await?.success()?)
    }
}

impl Answer {
    fn media_id(&self) -> Result<MediaId, UploadError> {
        let raw: Option<&RawValue> = serde_json::from_slice(self.body()).ok();
        let id = raw.and_then(Object::parse).and_then(|answer| answer.text("id"));
        id.map(MediaId).ok_or(UploadError::Unreadable)
    }
}
