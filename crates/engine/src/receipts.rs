//! Telling the customer that his messages were seen, and that somebody writes. A courtesy: it is done
//! once, beside the request, and nothing depends on it.

use std::sync::Arc;

use chrono::TimeDelta;
use resolver::{ResolveError, TenantHandle};
use tenant::{
    conversation::{ConversationId, Conversations},
    message::Messages,
};

use crate::Engine;

/// How old a message may be to be marked as read (Cloud API, mark messages as read).
const OLDEST: TimeDelta = TimeDelta::days(30);

#[derive(Debug, thiserror::Error)]
enum SeenError {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Db(#[from] pg::DbError),
    #[error(transparent)]
    Send(#[from] whatsapp::client::SendError),
}

impl Engine {
    /// The newest message of a thread's customer, and with it all before, was seen; with `typing`
    /// somebody is writing an answer. Returns at once.
    pub fn seen(&self, handle: &Arc<TenantHandle>, thread: ConversationId, typing: bool) {
        let Ok(permit) = Arc::clone(&self.0.calls).try_acquire_owned() else {
            // Messages go first.
            return;
        };
        let (engine, handle) = (self.clone(), Arc::clone(handle));
        tokio::spawn(async move {
            if let Err(error) = engine.tell_seen(&handle, thread, typing).await {
                tracing::debug!(tenant.id = %handle.tenant.id, %error, "a read receipt was not sent");
            }
            drop(permit);
        });
    }

    async fn tell_seen(
        &self,
        handle: &TenantHandle,
        thread: ConversationId,
        typing: bool,
    ) -> Result<(), SeenError> {
        let mut conn = handle.db().await?.conn().await?;
        let Some(conversation) = Conversations::new(&mut conn).find(thread).await? else {
            return Ok(());
        };
        let since = self.clock().now() - OLDEST;
        let newest = Messages::new(&mut conn).newest_inbound(thread, since).await?;
        drop(conn);
        let line = self.resolver().line_of_channel(conversation.channel_id).await?;
        let line = line.filter(|line| line.channel.tenant_id == handle.tenant.id && line.channel.is_active);
        if let (Some(wamid), Some(line)) = (newest, line)
            && let Some(token) = &line.token
        {
            let graph = &self.0.parts.graph;
            graph
                .mark_read(&line.channel.phone_number_id, token, &wamid, typing)
                .await?;
        }
        Ok(())
    }
}
