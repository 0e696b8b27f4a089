//! What the team sends: checked against Meta's limits, the line and the files it names, then queued.

mod files;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use pg::{ChannelId, DbError};
use resolver::{ResolveError, TenantHandle};
use tenant::{
    conversation::Conversations,
    message::{Message, MessageId, Messages},
    outbox::{
        self, CancelError, Idempotency, NewContent, QueueMessage, QueueMessageError, RetryError, SendClass,
        Target,
    },
    user::UserId,
};
use whatsapp::outbound::{OutboundContent, ParsedOutbound, Problems};

pub use self::files::{AddFileError, NewFile};
use crate::Engine;

/// How far ahead a message may be scheduled.
const FARTHEST: TimeDelta = TimeDelta::days(365);

/// A message that a person sends.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Whom it is for.
    pub target: Target,
    /// Who writes.
    pub author: UserId,
    /// What; its files are ours, by the ids that [`Engine::add_file`] gave.
    pub message: ParsedOutbound,
    /// When it should go out; `None`: at once.
    pub send_at: Option<DateTime<Utc>>,
    /// Set when the client sent an idempotency key.
    pub idempotency: Option<Idempotency>,
}

/// Why a message was not queued, sent again or called off.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// Meta would refuse it.
    #[error(transparent)]
    Invalid(#[from] Problems),
    /// A file that it names cannot be sent with it.
    #[error("{reason}")]
    File {
        /// Where it is named (RFC 6901).
        pointer: String,
        /// A stable word.
        code: &'static str,
        /// What to do, in English.
        reason: String,
    },
    /// Not a time that a message can wait for.
    #[error("a message may be scheduled for a time within the next 365 days")]
    InvalidTime,
    /// The conversation's line was removed or switched off.
    #[error("this conversation's line is not active")]
    ChannelInactive,
    /// The line has no access token.
    #[error("this conversation's line has no access token")]
    ChannelWithoutToken,
    /// The tenant's own rules refuse it.
    #[error(transparent)]
    Queue(#[from] QueueMessageError),
    /// The tenant's own rules refuse to send it again.
    #[error(transparent)]
    Retry(#[from] RetryError),
    /// It does not wait any more.
    #[error(transparent)]
    Cancel(#[from] CancelError),
    /// The line cannot be looked up.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Queues a message on the line that its conversation belongs to.
    pub async fn reply(&self, handle: &Arc<TenantHandle>, mut reply: Reply) -> Result<Message, ReplyError> {
        let now = self.clock().now();
        if reply.send_at.is_some_and(|at| at <= now || at > now + FARTHEST) {
            return Err(ReplyError::InvalidTime);
        }
        reply.message.validate()?;
        let mut conn = handle.db().await?.conn().await?;
        let channel = match &reply.target {
            Target::Person { channel, .. } => *channel,
            Target::Thread(id) => {
                let conversation = Conversations::new(&mut conn)
                    .find(*id)
                    .await?
                    .ok_or(QueueMessageError::UnknownConversation)?;
                conversation.channel_id
            }
        };
        self.usable(handle, channel).await?;
        let file = files::known(&mut conn, &mut reply.message.content).await?;
        let new = QueueMessage {
            target: reply.target,
            class: SendClass::Agent,
            author: Some(reply.author),
            content: NewContent {
                file: file.as_ref(),
                ..content(&reply.message)
            },
            send_at: reply.send_at,
            idempotency: reply.idempotency,
        };
        let message = outbox::queue_message(&mut conn, &new, now).await?;
        self.queued(handle.tenant.id);
        Ok(message)
    }

    /// Sends a failed or unconfirmed message again, because `actor` asked for it.
    pub async fn retry(
        &self,
        handle: &Arc<TenantHandle>,
        message: MessageId,
        actor: UserId,
    ) -> Result<Message, ReplyError> {
        let mut conn = handle.db().await?.conn().await?;
        let known = Messages::new(&mut conn)
            .find(message)
            .await?
            .ok_or(RetryError::Unknown)?;
        self.usable(handle, known.channel_id).await?;
        let message = outbox::retry_message(&mut conn, message, actor, self.clock().now()).await?;
        self.queued(handle.tenant.id);
        Ok(message)
    }

    /// Calls a message off that still waits, because `actor` asked for it.
    pub async fn cancel(
        &self,
        handle: &Arc<TenantHandle>,
        message: MessageId,
        actor: UserId,
    ) -> Result<Message, ReplyError> {
        let mut conn = handle.db().await?.conn().await?;
        let message = outbox::cancel_message(&mut conn, message, actor, self.clock().now()).await?;
        self.hint(handle.tenant.id);
        Ok(message)
    }

    async fn usable(&self, handle: &TenantHandle, channel: ChannelId) -> Result<(), ReplyError> {
        let line = self.resolver().line_of_channel(channel).await?;
        match line.filter(|line| line.channel.tenant_id == handle.tenant.id) {
            Some(line) if line.channel.is_active && line.token.is_some() => Ok(()),
            Some(line) if line.channel.is_active => Err(ReplyError::ChannelWithoutToken),
            _ => Err(ReplyError::ChannelInactive),
        }
    }
}

/// What is stored of a message: the words, and Meta's object unless the words are all there is.
fn content(message: &ParsedOutbound) -> NewContent<'_> {
    let kind = message.content.kind();
    let (body, is_plain) = match &message.content {
        OutboundContent::Text(text) => (Some(text.body.clone()), text.preview_url != Some(false)),
        other => (other.summary(), false),
    };
    let mut value = message.to_value();
    let payload = (!is_plain).then(|| serde_json::json!({ kind: value[kind].take() }));
    let about = match &message.content {
        OutboundContent::Reaction(reaction) => Some(reaction.message_id.as_str()),
        _ => message.context_wamid.as_deref(),
    };
    NewContent {
        kind,
        body,
        payload,
        context_wamid: about,
        file: None,
    }
}
