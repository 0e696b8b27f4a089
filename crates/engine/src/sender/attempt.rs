//! One attempt: the call to Meta, and writing down how it ended.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use resolver::{Line, TenantHandle};
use tenant::{
    outbox::{self, Attempt, Settlement},
    status::SendFailure,
};
use whatsapp::{
    client::{NotSentReason, SendError, Sent},
    error::{ErrorClass, GraphError},
    outbound::{OutboundContent, OutboundMessage, Recipient},
};

use crate::Engine;

/// After so many attempts that Meta turned away, a person decides.
const MAX_ATTEMPTS: i32 = 8;
/// Tries to write down how a call ended; the lease outlasts them.
const SETTLE_TRIES: u32 = 5;

impl Engine {
    /// Makes the call that `attempt` permits, and settles it.
    pub(super) async fn make(&self, handle: &TenantHandle, attempt: Attempt) {
        let settlement = match self.line_for(handle, &attempt).await {
            Ok(line) => self.call(&line, &attempt).await,
            Err(settlement) => settlement,
        };
        let outcome = match &settlement {
            Settlement::Accepted { .. } => "accepted",
            Settlement::Retry { .. } => "retry",
            Settlement::Failed(_) => "failed",
            Settlement::Unknown => "unknown",
        };
        metrics::counter!("sends_total", "result" => outcome).increment(1);
        for attempt_no in 0..SETTLE_TRIES {
            match self.settle(handle, &attempt, &settlement).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(tenant.id = %handle.tenant.id, %error, "cannot write down how a send ended");
                    tokio::time::sleep(Duration::from_secs(1 << attempt_no)).await;
                }
            }
        }
        self.0.feeds.hint(handle.tenant.id);
    }

    async fn settle(
        &self,
        handle: &TenantHandle,
        attempt: &Attempt,
        settlement: &Settlement,
    ) -> Result<(), super::OutboxFailure> {
        let mut conn = handle.db().await?.conn().await?;
        let current = outbox::settle(&mut conn, attempt, settlement, self.clock().now()).await?;
        if !current {
            tracing::debug!(message.id = %attempt.reference.message, "the attempt had been settled otherwise");
        }
        Ok(())
    }

    async fn line_for(
        &self,
        handle: &TenantHandle,
        attempt: &Attempt,
    ) -> Result<std::sync::Arc<Line>, Settlement> {
        match self.resolver().line_of_channel(attempt.channel).await {
            // Whatever a tenant's database names, nothing goes out over a line of somebody else's.
            Ok(Some(line)) if line.channel.tenant_id != handle.tenant.id => Err(ours("channel_inactive")),
            Ok(Some(line)) if !line.channel.is_active => Err(ours("channel_inactive")),
            Ok(Some(line)) if line.token.is_none() => Err(ours("channel_without_token")),
            Ok(Some(line)) => Ok(line),
            Ok(None) => Err(ours("channel_inactive")),
            Err(error) => {
                tracing::warn!(%error, "cannot look the line up");
                Err(Settlement::Retry {
                    at: self.later(attempt, None),
                })
            }
        }
    }

    async fn call(&self, line: &Line, attempt: &Attempt) -> Settlement {
        let Some(token) = &line.token else {
            return ours("channel_without_token");
        };
        let message = OutboundMessage {
            recipient: recipient(attempt),
            content: OutboundContent::Text {
                body: attempt.body.clone(),
                preview_url: true,
            },
            context_wamid: attempt.context_wamid.clone(),
            callback_data: Some(attempt.reference.to_string()),
        };
        let sent = self
            .0
            .parts
            .graph
            .send_message(&line.channel.phone_number_id, token, &message)
            .await;
        self.judge(attempt, sent)
    }

    fn judge(&self, attempt: &Attempt, sent: Result<Sent, SendError>) -> Settlement {
        match sent {
            Ok(sent) => Settlement::Accepted { wamid: sent.wamid },
            Err(SendError::Unknown { reason, .. }) => {
                tracing::warn!(message.id = %attempt.reference.message, %reason, "nobody knows whether it was sent");
                Settlement::Unknown
            }
            Err(SendError::NotSent(NotSentReason::Connect)) if attempt.reference.attempt < MAX_ATTEMPTS => {
                Settlement::Retry {
                    at: self.later(attempt, None),
                }
            }
            Err(SendError::NotSent(NotSentReason::Connect)) => ours("meta_unreachable"),
            Err(SendError::NotSent(NotSentReason::Token)) => ours("token_malformed"),
            Err(SendError::NotSent(NotSentReason::Request)) => ours("request_invalid"),
            Err(SendError::Refused(error)) => match error.class() {
                ErrorClass::Ambiguous => Settlement::Unknown,
                ErrorClass::Retry if attempt.reference.attempt < MAX_ATTEMPTS => Settlement::Retry {
                    at: self.later(attempt, error.retry_after),
                },
                ErrorClass::Retry
                | ErrorClass::RetryLater
                | ErrorClass::Permanent
                | ErrorClass::PauseLine => Settlement::Failed(failure(&error)),
            },
        }
    }

    /// When to try again: what Meta asked for, else doubling from a second to
    /// five minutes, spread so that many do not come at once.
    fn later(&self, attempt: &Attempt, asked: Option<Duration>) -> DateTime<Utc> {
        let doubled =
            TimeDelta::seconds(1_i64 << attempt.reference.attempt.clamp(0, 8)).min(TimeDelta::minutes(5));
        let wait = asked
            .and_then(|asked| TimeDelta::from_std(asked).ok())
            .unwrap_or(doubled);
        // The attempt's id is as good as random in its last bytes.
        let spread = i64::from(attempt.attempt_id.as_bytes()[15]) * 4;
        self.clock().now() + wait + TimeDelta::milliseconds(spread)
    }
}

fn recipient(attempt: &Attempt) -> Recipient {
    match (&attempt.phone, &attempt.bsuid) {
        (Some(phone), _) => Recipient::Phone(phone.clone()),
        (None, Some(bsuid)) => Recipient::UserId(bsuid.clone()),
        (None, None) => Recipient::from_user_key(&attempt.user_key),
    }
}

fn ours(code: &str) -> Settlement {
    Settlement::Failed(SendFailure {
        code: None,
        title: code.to_owned(),
        detail: None,
    })
}

fn failure(error: &GraphError) -> SendFailure {
    SendFailure {
        code: error.code.and_then(|code| i32::try_from(code).ok()),
        title: error
            .message
            .clone()
            .unwrap_or_else(|| format!("HTTP {}", error.http_status)),
        detail: error.details.clone(),
    }
}
