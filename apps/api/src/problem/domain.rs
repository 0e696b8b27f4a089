//! Errors of the inbox and of login.

use access::{LoginError, RefreshError};
use control::push_key::PushKeyError;
use engine::{
    dead_letters::ReplayError,
    ingest::IngestError,
    media::{FetchAgainError, OpenMediaError},
    pushing::PushKeyFailure,
    reply::{AddFileError, ReplyError},
};
use pg::{DbError, InvalidCursor};
use resolver::{ResolveError, Unready};
use tenant::{
    conversation::ChangeError,
    dead_letter::DiscardLetterError,
    media,
    message::AddNoteError,
    outbox::{CancelError, QueueMessageError, RetryError},
    tag::SaveTagError,
};

use super::{ChoiceBody, FieldError, Kind, Problem};

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) => Self::caused(Kind::Unavailable, error),
            DbError::Value(_) => Self::new(Kind::InvalidRequest, "a value cannot be stored"),
            DbError::Conflict { .. } => Self::new(Kind::Conflict, "the change collides with another one"),
            DbError::Query(_) => Self::caused(Kind::Internal, error),
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Unavailable(_) => Self::caused(Kind::Unavailable, error),
            ResolveError::TenantNotReady(Unready::NotAttached) => Self::bare(Kind::DatabaseNotAttached),
            ResolveError::TenantNotReady(_) => Self::caused(Kind::TenantNotReady, error),
        }
    }
}

impl From<InvalidCursor> for Problem {
    fn from(error: InvalidCursor) -> Self {
        Self::field("/cursor", "invalid_cursor", error)
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Malformed(_) => Self::new(Kind::InvalidWebhook, error),
            IngestError::BadSignature => Self::new(Kind::BadSignature, error),
            IngestError::AppWithoutSecret => Self::new(Kind::AppWithoutSecret, error),
            IngestError::Unavailable => Self::new(Kind::Unavailable, error),
        }
    }
}

impl From<LoginError> for Problem {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::InvalidCredentials => Self::new(Kind::InvalidCredentials, error),
            LoginError::TotpRequired => Self::new(Kind::TotpRequired, error),
            LoginError::InvalidCode => Self::new(Kind::InvalidCode, error),
            LoginError::SecondFactor(error) => error.into(),
            LoginError::TenantSuspended => Self::new(Kind::TenantSuspended, error),
            LoginError::TenantNotReady(_) => Self::caused(Kind::TenantNotReady, error),
            LoginError::Db(error) => error.into(),
            LoginError::TenantRequired(choices) => {
                let choices = choices.into_iter().map(|choice| ChoiceBody {
                    slug: choice.slug,
                    name: choice.name,
                });
                Self::new(
                    Kind::TenantRequired,
                    "the e-mail and password fit several companies",
                )
                .with_choices(choices.collect())
            }
        }
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Ended => Self::new(Kind::SessionExpired, error),
            RefreshError::Resolve(error) => error.into(),
            RefreshError::Db(error) => error.into(),
        }
    }
}

impl From<ReplyError> for Problem {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Invalid(problems) => Self::fields(
                problems
                    .into_iter()
                    .map(|problem| FieldError {
                        pointer: problem.pointer,
                        code: problem.code.into(),
                        message: problem.reason,
                    })
                    .collect(),
            ),
            ReplyError::File {
                pointer,
                code,
                reason,
            } => Self::field(&pointer, code, reason),
            ReplyError::InvalidTime => Self::field("/send_at", "out_of_range", error),
            ReplyError::ChannelInactive => Self::new(Kind::ChannelInactive, error),
            ReplyError::ChannelWithoutToken => Self::new(Kind::ChannelWithoutToken, error),
            ReplyError::Queue(error) => error.into(),
            ReplyError::Retry(error) => error.into(),
            ReplyError::Cancel(error) => error.into(),
            ReplyError::Resolve(error) => error.into(),
            ReplyError::Db(error) => error.into(),
        }
    }
}

impl From<QueueMessageError> for Problem {
    fn from(error: QueueMessageError) -> Self {
        match error {
            QueueMessageError::UnknownConversation => Self::new(Kind::NotFound, error),
            QueueMessageError::WindowClosed { since } => window_closed(since),
            QueueMessageError::Blocked => Self::new(Kind::ContactBlocked, error),
            QueueMessageError::OptedOut => Self::new(Kind::ContactOptedOut, error),
            QueueMessageError::IdempotencyMismatch => Self::new(Kind::IdempotencyMismatch, error),
            QueueMessageError::Db(error) => error.into(),
        }
    }
}

impl From<RetryError> for Problem {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::Unknown => Self::new(Kind::NotFound, error),
            RetryError::NotFailed => Self::new(Kind::NotFailed, error),
            RetryError::Refused(error) => error.into(),
            RetryError::Db(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::Unknown => Self::new(Kind::NotFound, error),
            CancelError::TooLate => Self::new(Kind::TooLate, error),
            CancelError::Db(error) => error.into(),
        }
    }
}

fn window_closed(since: Option<chrono::DateTime<chrono::Utc>>) -> Problem {
    let when = since.map_or_else(
        || "the customer has not written yet".to_owned(),
        |since| format!("the 24-hour window closed at {}", since.to_rfc3339()),
    );
    Problem::new(
        Kind::WindowClosed,
        format!("{when}; only an approved template may be sent"),
    )
}

impl From<AddFileError> for Problem {
    fn from(error: AddFileError) -> Self {
        match error {
            AddFileError::Refused(refusal) => Self::field("/file", refusal.code(), refusal),
            AddFileError::BrokeOff => Self::new(Kind::InvalidRequest, error),
            AddFileError::Store(error) => Self::caused(Kind::Unavailable, error),
            AddFileError::Resolve(error) => error.into(),
            AddFileError::Db(error) => error.into(),
        }
    }
}

impl From<OpenMediaError> for Problem {
    fn from(error: OpenMediaError) -> Self {
        match error {
            OpenMediaError::Unknown => Self::new(Kind::NotFound, error),
            OpenMediaError::Pending => Self::new(Kind::MediaPending, error),
            OpenMediaError::Failed(_) => Self::new(Kind::MediaFailed, error),
            OpenMediaError::Expired => Self::new(Kind::MediaExpired, error),
            OpenMediaError::Store(error) => Self::caused(Kind::Unavailable, error),
            OpenMediaError::Resolve(error) => error.into(),
            OpenMediaError::Db(error) => error.into(),
        }
    }
}

impl From<FetchAgainError> for Problem {
    fn from(error: FetchAgainError) -> Self {
        match error {
            FetchAgainError::Media(error) => match error {
                media::FetchAgainError::Unknown => Self::new(Kind::NotFound, error),
                media::FetchAgainError::NotFailed => Self::new(Kind::NotFailed, error),
                media::FetchAgainError::TooLarge => Self::new(Kind::MediaFailed, error),
                media::FetchAgainError::Expired => Self::new(Kind::MediaExpired, error),
                media::FetchAgainError::Db(error) => error.into(),
            },
            FetchAgainError::Resolve(error) => error.into(),
            FetchAgainError::Db(error) => error.into(),
        }
    }
}

impl From<AddNoteError> for Problem {
    fn from(error: AddNoteError) -> Self {
        match error {
            AddNoteError::UnknownConversation => Self::new(Kind::NotFound, error),
            AddNoteError::InvalidMention { place } => {
                Self::field(&format!("/mentions/{place}"), "invalid_mention", error)
            }
            AddNoteError::Db(error) => error.into(),
        }
    }
}

impl From<PushKeyFailure> for Problem {
    fn from(error: PushKeyFailure) -> Self {
        match error {
            PushKeyFailure::Db(error) | PushKeyFailure::Kept(PushKeyError::Db(error)) => error.into(),
            error => Self::caused(Kind::Internal, error),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Unknown => Self::new(Kind::NotFound, error),
            ChangeError::OwnedMeanwhile => Self::new(Kind::ConversationChanged, error),
            ChangeError::InvalidAssignee => Self::field("/assignee_id", "invalid_assignee", error),
            ChangeError::InvalidSnooze => Self::field("/snoozed_until", "invalid_snooze", error),
            ChangeError::Tag(error) => error.into(),
            ChangeError::Db(error) => error.into(),
        }
    }
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Unknown => Self::new(Kind::NotFound, error),
            ReplayError::Closed => Self::new(Kind::Conflict, error),
            ReplayError::Resolve(error) => error.into(),
            ReplayError::Db(error) => error.into(),
        }
    }
}

impl From<DiscardLetterError> for Problem {
    fn from(error: DiscardLetterError) -> Self {
        match error {
            DiscardLetterError::Unknown => Self::new(Kind::NotFound, error),
            DiscardLetterError::Closed => Self::new(Kind::Conflict, error),
            DiscardLetterError::InvalidReason => Self::field("/reason", "invalid_reason", error),
            DiscardLetterError::Db(error) => error.into(),
        }
    }
}

impl From<SaveTagError> for Problem {
    fn from(error: SaveTagError) -> Self {
        match error {
            SaveTagError::InvalidName => Self::field("/name", "invalid_name", error),
            SaveTagError::InvalidColor => Self::field("/color", "invalid_color", error),
            SaveTagError::NameTaken => Self::new(Kind::TagNameTaken, error),
            SaveTagError::Db(error) => error.into(),
        }
    }
}
