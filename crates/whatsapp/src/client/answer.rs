//! How an attempt ended: the one place that decides between refused and unknown.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header::RETRY_AFTER};
use serde_json::value::RawValue;

use super::{NotSentReason, SendError, Sent, UnknownReason};
use crate::{
    error::{ErrorClass, GraphError},
    json::Object,
};

/// Far above any real answer: a stranger behind the URL cannot fill the memory.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// A 2xx answer, body included.
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    pub(super) async fn of(request: RequestBuilder) -> Result<Self, SendError> {
        let mut response = request.send().await.map_err(|error| lost(&error))?;
        let status = response.status();
        let retry_after = retry_after(&response);
        // Once a status says no, a body that breaks off takes only the explanation with it.
        let body = match read(&mut response).await {
            Err(error) if status.is_success() => return Err(error),
            body => body.unwrap_or_default(),
        };
        if status.is_success() {
            return Ok(Self { status, body });
        }
        Err(refusal(GraphError::from_response(
            status.as_u16(),
            retry_after,
            &body,
        )))
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(super) fn sent(self) -> Result<Sent, SendError> {
        let raw: Option<&RawValue> = serde_json::from_slice(&self.body).ok();
        let answer = raw.and_then(Object::parse);
        let first = |key| {
            answer
                .as_ref()?
                .list(key)
                .first()
                .copied()
                .and_then(Object::parse)
        };
        let Some(wamid) = first("messages").and_then(|message| message.text("id")) else {
            return Err(self.unreadable());
        };
        let contact = first("contacts");
        let of_contact = |key| contact.as_ref().and_then(|contact| contact.text(key));
        Ok(Sent {
            wamid,
            wa_id: of_contact("wa_id"),
            user_id: of_contact("user_id"),
        })
    }

    pub(super) fn success(self) -> Result<(), SendError> {
        let raw: Option<&RawValue> = serde_json::from_slice(&self.body).ok();
        let success = raw
            .and_then(Object::parse)
            .and_then(|answer| answer.get("success"));
        if success.is_some_and(|success| success.get() == "true") {
            Ok(())
        } else {
            Err(self.unreadable())
        }
    }

    pub(super) fn unreadable(&self) -> SendError {
        let error = GraphError::from_response(self.status.as_u16(), None, &self.body);
        if error.code.is_some() {
            return refusal(error);
        }
        SendError::Unknown {
            reason: UnknownReason::Unreadable,
            error: Some(Box::new(error)),
        }
    }
}

fn refusal(error: GraphError) -> SendError {
    match error.class() {
        ErrorClass::Ambiguous => SendError::Unknown {
            reason: UnknownReason::ServerError,
            error: Some(Box::new(error)),
        },
        ErrorClass::Retry | ErrorClass::RetryLater | ErrorClass::Permanent | ErrorClass::PauseLine => {
            SendError::Refused(Box::new(error))
        }
    }
}

fn lost(error: &reqwest::Error) -> SendError {
    if error.is_connect() {
        SendError::NotSent(NotSentReason::Connect)
    } else if error.is_builder() {
        SendError::NotSent(NotSentReason::Request)
    } else {
        let reason = if error.is_timeout() {
            UnknownReason::Timeout
        } else {
            UnknownReason::ConnectionLost
        };
        SendError::Unknown { reason, error: None }
    }
}

async fn read(response: &mut Response) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(SendError::Unknown {
                reason: UnknownReason::Unreadable,
                error: None,
            });
        }
    }
    Ok(body)
}

pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}
