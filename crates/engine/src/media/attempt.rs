//! One attempt: from Meta's id to bytes in the store, and writing down how it ended.

use std::time::Duration;

use ::media::{ContentHash, Received, StoreError, safe_type};
use chrono::{DateTime, TimeDelta, Utc};
use pg::TenantId;
use resolver::{Line, TenantHandle};
use tenant::media::{self, MediaAttempt, MediaOutcome, MediaState};
use tokio::time::timeout;
use whatsapp::{
    client::{MediaError, MediaLocation},
    error::{ErrorClass, GraphError},
};

use crate::Engine;

/// The largest file that Meta passes on (error 131052). Its limits per type are for what a
/// business sends; a customer's file that WhatsApp took is taken here too.
const MAX_BYTES: u64 = 100 * 1024 * 1024;
/// A download that brings nothing for this long is given up.
const STALLED: Duration = Duration::from_secs(20);
/// The longest pause between two attempts.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);
/// Attempts after which bytes that are not what Meta announced are believed to stay so.
const MAX_WRONG: i32 = 5;
/// Tries to write down how an attempt ended; the lease outlasts them.
const SETTLE_TRIES: u32 = 5;

/// Why an attempt brought nothing.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{reason}")]
    GivenUp {
        state: MediaState,
        reason: &'static str,
        size: Option<u64>,
    },
    #[error(transparent)]
    Meta(#[from] MediaError),
    #[error("the bytes are not those that were announced")]
    WrongHash,
    #[error("nothing came for {} seconds", STALLED.as_secs())]
    Stalled,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the line cannot be looked up now")]
    Line(#[from] resolver::ResolveError),
}

fn given_up(state: MediaState, reason: &'static str) -> Fault {
    Fault::GivenUp {
        state,
        reason,
        size: None,
    }
}

fn too_large(size: Option<u64>) -> Fault {
    Fault::GivenUp {
        state: MediaState::TooLarge,
        reason: "media_too_large",
        size,
    }
}

impl Engine {
    /// Makes the calls that `attempt` permits, and settles it.
    pub(super) async fn fetch(&self, handle: &TenantHandle, attempt: MediaAttempt) {
        let tenant = handle.tenant.id;
        let outcome = match self.fetched(tenant, &attempt).await {
            Ok(outcome) => outcome,
            Err(fault) => {
                tracing::warn!(tenant.id = %tenant, message.id = %attempt.message_id, %fault, "a file did not come");
                self.judge_fault(&attempt, fault)
            }
        };
        let result = match &outcome {
            MediaOutcome::Stored { .. } => "stored",
            MediaOutcome::Retry { .. } => "retry",
            MediaOutcome::GivenUp { state, .. } => state.as_str(),
        };
        metrics::counter!("media_fetches_total", "result" => result).increment(1);
        for attempt_no in 0..SETTLE_TRIES {
            match self.settle_file(handle, &attempt, &outcome).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, %error, "cannot write down how a fetch ended");
                    tokio::time::sleep(Duration::from_secs(1 << attempt_no)).await;
                }
            }
        }
        self.0.feeds.hint(tenant);
    }

    async fn settle_file(
        &self,
        handle: &TenantHandle,
        attempt: &MediaAttempt,
        outcome: &MediaOutcome,
    ) -> Result<(), super::FetchFailure> {
        let mut conn = handle.db().await?.conn().await?;
        if !media::settle(&mut conn, attempt, outcome).await? {
            tracing::debug!(message.id = %attempt.message_id, "the file's attempt had been taken over");
        }
        Ok(())
    }

    async fn fetched(&self, tenant: TenantId, attempt: &MediaAttempt) -> Result<MediaOutcome, Fault> {
        if attempt.expires_at <= self.clock().now() {
            return Err(given_up(MediaState::Expired, "media_expired"));
        }
        let Some(id) = &attempt.wa_media_id else {
            return Err(given_up(MediaState::Failed, "media_id_missing"));
        };
        let line = self.resolver().line_of_channel(attempt.channel_id).await?;
        // The id of the line comes from the tenant's database, which may be somebody else's
        // server: another tenant's token is never used for it.
        let line = line.filter(|line: &std::sync::Arc<Line>| line.channel.tenant_id == tenant);
        let token = line.as_ref().and_then(|line| line.token.as_ref());
        let Some(token) = token else {
            return Err(given_up(MediaState::Failed, "channel_without_token"));
        };
        let graph = &self.0.parts.graph;
        let location = graph.media_url(id, token).await?;
        if location.file_size.is_some_and(|size| size > MAX_BYTES) {
            return Err(too_large(location.file_size));
        }
        let mut download = graph.download(&location.url, token, MAX_BYTES).await?;
        let mut writer = self.0.parts.store.writer(tenant, attempt.attempt_id);
        let copied = async {
            while let Some(bytes) = timeout(STALLED, download.chunk())
                .await
                .or(Err(Fault::Stalled))??
            {
                writer.write(bytes).await?;
            }
            Ok::<_, Fault>(())
        };
        if let Err(fault) = copied.await {
            if let Err(error) = writer.abort().await {
                tracing::warn!(%error, "cannot clear what came of a file");
            }
            return Err(fault);
        }
        self.kept(attempt, &location, &writer.close().await?).await
    }

    /// Checks what came, and gives it its name.
    async fn kept(
        &self,
        attempt: &MediaAttempt,
        location: &MediaLocation,
        received: &Received,
    ) -> Result<MediaOutcome, Fault> {
        let announced = attempt.sha256.as_deref().and_then(ContentHash::from_slice);
        let announced = announced.or_else(|| location.sha256.and_then(|hash| ContentHash::from_slice(&hash)));
        if announced.is_some_and(|announced| announced != received.hash) {
            received.discard().await?;
            return Err(Fault::WrongHash);
        }
        received.keep().await?;
        let declared = attempt.mime_type.as_deref().or(location.mime_type.as_deref());
        let content_type = safe_type(&attempt.kind, declared, &received.head);
        Ok(MediaOutcome::Stored {
            content_hash: *received.hash.as_bytes(),
            content_type: content_type.map(str::to_owned),
            size: i64::try_from(received.size).unwrap_or(i64::MAX),
        })
    }

    fn judge_fault(&self, attempt: &MediaAttempt, fault: Fault) -> MediaOutcome {
        let give_up = |state, reason, size: Option<u64>| MediaOutcome::GivenUp {
            state,
            reason,
            size: size.and_then(|size| i64::try_from(size).ok()),
        };
        let retry = |reason, asked| MediaOutcome::Retry {
            at: self.next_try(attempt, asked),
            reason,
        };
        match fault {
            Fault::GivenUp { state, reason, size } => give_up(state, reason, size),
            Fault::WrongHash if attempt.attempts >= MAX_WRONG => {
                give_up(MediaState::Failed, "media_wrong_hash", None)
            }
            Fault::WrongHash => retry("media_wrong_hash", None),
            Fault::Stalled => retry("meta_unreachable", None),
            Fault::Store(_) => retry("store_unavailable", None),
            Fault::Line(_) => retry("unavailable", None),
            Fault::Meta(error) => match error {
                MediaError::TooLarge { .. } => give_up(MediaState::TooLarge, "media_too_large", None),
                MediaError::Token => give_up(MediaState::Failed, "token_malformed", None),
                MediaError::ForeignHost => give_up(MediaState::Refused, "media_foreign_host", None),
                MediaError::Lost => retry("meta_unreachable", None),
                MediaError::Unreadable => retry("meta_unreadable", None),
                // The URL's five minutes may be over: the next attempt asks for another.
                MediaError::Status { retry_after, .. } => retry("meta_refused_download", retry_after),
                MediaError::Refused(error) => match refusal(&error) {
                    Some(reason) => give_up(MediaState::Refused, reason, None),
                    None => retry("meta_unavailable", error.retry_after),
                },
            },
        }
    }

    /// When to try again: what Meta asked for, else doubling from two seconds to an hour, spread
    /// so that many do not come at once. Until the id expires: an outage at Meta costs no file.
    fn next_try(&self, attempt: &MediaAttempt, asked: Option<Duration>) -> DateTime<Utc> {
        let doubled = TimeDelta::seconds(1_i64 << attempt.attempts.clamp(0, 12)).min(LONGEST_WAIT);
        let wait = asked
            .and_then(|asked| TimeDelta::from_std(asked).ok())
            .map_or(doubled, |asked| asked.min(LONGEST_WAIT));
        // The attempt's id is as good as random in its last bytes: up to a quarter more.
        let spread = wait * i32::from(attempt.attempt_id.as_bytes()[15]) / 1024;
        self.clock().now() + wait + spread
    }
}

/// Why Meta will not give the file, or `None` when it may later.
fn refusal(error: &GraphError) -> Option<&'static str> {
    // For a file, "does not exist, or missing permissions" speaks of the file, not of the line.
    if (error.code, error.subcode) == (Some(100), Some(33)) {
        return Some("meta_refused");
    }
    match error.class() {
        ErrorClass::Retry | ErrorClass::RetryLater | ErrorClass::Ambiguous => None,
        ErrorClass::PauseLine => Some("token_refused"),
        ErrorClass::Permanent => Some("meta_refused"),
    }
}
