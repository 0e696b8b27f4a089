//! An agent's answer: checked against the line and Meta's limits, then queued.

use std::sync::Arc;

use pg::DbError;
use resolver::{ResolveError, TenantHandle};
use tenant::{
    conversation::Conversations,
    message::{Message, MessageId, Messages},
    outbox::{self, QueueMessage, QueueMessageError, RetryError, Target},
    user::UserId,
};
use whatsapp::outbound::{OutboundMessage, Problems, Recipient};

use crate::Engine;

/// Why an answer was not queued.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// Meta would refuse it.
    #[error(transparent)]
    Invalid(#[from] Problems),
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
    /// The line cannot be looked up.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Queues a message on the line that its conversation belongs to.
    pub async fn reply(
        &self,
        handle: &Arc<TenantHandle>,
        new: &QueueMessage<'_>,
    ) -> Result<Message, ReplyError> {
        let mut conn = handle.db().await?.conn().await?;
        let channel = match &new.target {
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
        let message = outbox::queue_message(&mut conn, new, self.clock().now()).await?;
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

    async fn usable(&self, handle: &TenantHandle, channel: pg::ChannelId) -> Result<(), ReplyError> {
        let line = self.resolver().line_of_channel(channel).await?;
        match line.filter(|line| line.channel.tenant_id == handle.tenant.id) {
            Some(line) if line.channel.is_active && line.token.is_some() => Ok(()),
            Some(line) if line.channel.is_active => Err(ReplyError::ChannelWithoutToken),
            _ => Err(ReplyError::ChannelInactive),
        }
    }
}
