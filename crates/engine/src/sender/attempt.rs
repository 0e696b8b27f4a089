//! One attempt: the call to Meta, and what its end means.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use resolver::{Line, TenantHandle};
use tenant::{
    outbox::{Attempt, Settlement},
    status::SendFailure,
};
use tokio::time::Instant;
use whatsapp::{
    client::{NotSentReason, SendError, Sent},
    error::{ErrorClass, GraphError},
};

use super::{
    compose, failure,
    files::{self, Files},
    pace::Pace,
};
use crate::Engine;

/// After so many tries that Meta turned away, a person decides: some 20 minutes.
const MAX_TRIES: i32 = 12;
/// Too many messages to one person: its own rule for when to try again.
const PAIR_LIMIT: i64 = 131_056;
/// Refusals that are about the line, its account or the app, not about the message.
const TOO_FAST: [i64; 5] = [4, 80_007, 130_429, 131_057, 2_494_100];

impl Engine {
    /// Makes the call that `attempt` permits and says how it ended.
    pub(super) async fn make(
        &self,
        handle: &Arc<TenantHandle>,
        pace: &Arc<Pace>,
        line: Option<&Arc<Line>>,
        attempt: &Attempt,
    ) -> Settlement {
        let settlement = match line {
            // Whatever a tenant's database names, nothing goes out over a line of somebody else's.
            Some(line) if line.channel.tenant_id == handle.tenant.id && line.channel.is_active => {
                self.call(handle, pace, line, attempt).await
            }
            _ => refused("channel_inactive"),
        };
        let result = match &settlement {
            Settlement::Accepted { .. } => "accepted",
            Settlement::Retry { .. } => "retry",
            Settlement::Failed(_) => "failed",
            Settlement::Unknown { .. } => "unknown",
        };
        metrics::counter!("sends_total", "result" => result).increment(1);
        settlement
    }

    async fn call(
        &self,
        handle: &Arc<TenantHandle>,
        pace: &Arc<Pace>,
        line: &Arc<Line>,
        attempt: &Attempt,
    ) -> Settlement {
        let Some(token) = &line.token else {
            return refused("channel_without_token");
        };
        let mut message = match compose::message(attempt) {
            Ok(message) => message,
            Err(problems) => {
                let detail = Some(problems.to_string());
                return Settlement::Failed(SendFailure {
                    detail,
                    ..failure::ours("request_invalid")
                });
            }
        };
        match self
            .name_files(handle, line.channel.id, &mut message.content)
            .await
        {
            Ok(Files::There) => {}
            Ok(Files::Unknown) => return refused("file_missing"),
            Ok(Files::Missing(missing)) => {
                self.bring(handle, pace, line, attempt, missing);
                return Settlement::Retry {
                    at: self.later(attempt, Some(files::PATIENCE)),
                    why: None,
                };
            }
            Err(error) => {
                tracing::warn!(%error, "cannot look for a message's files");
                return Settlement::Retry {
                    at: self.later(attempt, None),
                    why: None,
                };
            }
        }
        let graph = &self.0.parts.graph;
        let sent = graph
            .send_message(&line.channel.phone_number_id, token, &message)
            .await;
        match sent {
            Ok(Sent {
                wamid,
                wa_id,
                user_id,
            }) => Settlement::Accepted {
                wamid,
                wa_id,
                user_id,
            },
            Err(error) => {
                if let SendError::Refused(error) = &error
                    && error.class() == ErrorClass::PauseLine
                {
                    self.pause_line(line, error).await;
                }
                self.judge(pace, attempt, error)
            }
        }
    }

    fn judge(&self, pace: &Pace, attempt: &Attempt, error: SendError) -> Settlement {
        match error {
            SendError::Unknown { reason, error } => {
                tracing::warn!(message.id = %attempt.reference.message, %reason, "nobody knows whether it was sent");
                Settlement::Unknown {
                    why: error.as_deref().map(failure::of_meta),
                }
            }
            SendError::NotSent(NotSentReason::Connect) if attempt.tries < MAX_TRIES => Settlement::Retry {
                at: self.later(attempt, None),
                why: None,
            },
            SendError::NotSent(NotSentReason::Connect) => refused("meta_unreachable"),
            SendError::NotSent(NotSentReason::Token) => refused("token_malformed"),
            SendError::NotSent(NotSentReason::Request) => refused("request_invalid"),
            SendError::Refused(error) => match error.class() {
                ErrorClass::Ambiguous => Settlement::Unknown {
                    why: Some(failure::of_meta(&error)),
                },
                ErrorClass::Retry if attempt.tries < MAX_TRIES => Settlement::Retry {
                    at: self.turned_away(pace, attempt, &error),
                    why: Some(failure::of_meta(&error)),
                },
                // The line is paused: what it was to send waits until somebody mends it.
                ErrorClass::PauseLine => Settlement::Retry {
                    at: self.later(attempt, None),
                    why: Some(failure::of_meta(&error)),
                },
                ErrorClass::Retry | ErrorClass::RetryLater | ErrorClass::Permanent => {
                    Settlement::Failed(failure::of_meta(&error))
                }
            },
        }
    }

    /// When to try again what Meta turned away; whoever else is concerned waits too.
    fn turned_away(&self, pace: &Pace, attempt: &Attempt, error: &GraphError) -> DateTime<Utc> {
        let now = Instant::now();
        match error.code {
            Some(PAIR_LIMIT) => {
                // 1, 4, 16… seconds (Cloud API, pair rate limit).
                let doublings = u32::try_from(attempt.tries - 1).unwrap_or_default().min(4);
                let wait = error
                    .retry_after
                    .unwrap_or(Duration::from_secs(4_u64.pow(doublings)));
                pace.too_often(attempt.conversation, now + wait);
                self.later(attempt, Some(wait))
            }
            Some(code) if TOO_FAST.contains(&code) => {
                let until = pace.too_fast(attempt.channel, error.retry_after, now);
                self.later(attempt, Some(until.saturating_duration_since(now)))
            }
            _ => self.later(attempt, error.retry_after),
        }
    }

    /// When to try again: what Meta asked for, else doubling from a second to
    /// five minutes, spread so that many do not come at once.
    fn later(&self, attempt: &Attempt, asked: Option<Duration>) -> DateTime<Utc> {
        let doubled = TimeDelta::seconds(1_i64 << (attempt.tries - 1).clamp(0, 9)).min(TimeDelta::minutes(5));
        let wait = asked
            .and_then(|asked| TimeDelta::from_std(asked).ok())
            .unwrap_or(doubled);
        // An id is as good as random in its last bytes.
        let spread = i64::from(attempt.outbox.uuid().as_bytes()[15]) * 4;
        self.clock().now() + wait + TimeDelta::milliseconds(spread)
    }
}

fn refused(code: &str) -> Settlement {
    Settlement::Failed(failure::ours(code))
}
