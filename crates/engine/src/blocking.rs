//! Turning customers away: here at once, and at WhatsApp on each line that they wrote on.
//!
//! What is blocked here is durable before Meta is asked. Where Meta does not do it, nobody writes to the customer all
//! the same, and what he writes still comes; asking again later does what is left.

use std::sync::Arc;

use pg::{ChannelId, DbError};
use resolver::{ResolveError, TenantHandle};
use tenant::{
    contact::{Blockable, ContactId, note_blocked_at_meta, set_blocked},
    user::UserId,
};
use whatsapp::client::SendError;

use crate::Engine;

/// How it went at WhatsApp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtMeta {
    /// WhatsApp turns the customer away, or lets him in again.
    Done,
    /// WhatsApp refuses. It turns away only whoever wrote within the last 24 hours.
    Refused,
    /// WhatsApp cannot be reached.
    Unreachable,
    /// The line is not active or has no token.
    LineUnusable,
}

impl AtMeta {
    /// A stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::LineUnusable => "line_unusable",
        }
    }
}

/// Why a contact was not blocked or let in again.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// There is no such contact.
    #[error("there is no such contact")]
    Unknown,
    /// The line cannot be looked up.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Blocks a contact, or lets it in again, and tells how that went at WhatsApp on each line he wrote on.
    pub async fn block_contact(
        &self,
        handle: &Arc<TenantHandle>,
        contact: ContactId,
        blocked: bool,
        actor: UserId,
    ) -> Result<Vec<(ChannelId, AtMeta)>, BlockError> {
        let now = self.clock().now();
        let db = handle.db().await?;
        let done = set_blocked(&mut db.conn().await?, contact, blocked, actor, now).await?;
        let blockable = done.ok_or(BlockError::Unknown)?;
        self.hint(handle.tenant.id);
        let mut lines = Vec::with_capacity(blockable.lines.len());
        for line in &blockable.lines {
            let told = self.block_on(handle, &blockable, *line, blocked).await?;
            if told == AtMeta::Done {
                note_blocked_at_meta(&mut db.conn().await?, contact, *line, blocked, now).await?;
            }
            lines.push((*line, told));
        }
        Ok(lines)
    }

    async fn block_on(
        &self,
        handle: &TenantHandle,
        blockable: &Blockable,
        line: ChannelId,
        blocked: bool,
    ) -> Result<AtMeta, BlockError> {
        let line = self.resolver().line_of_channel(line).await?;
        let line = line.filter(|line| line.channel.tenant_id == handle.tenant.id && line.channel.is_active);
        let Some((line, token)) = line.as_ref().and_then(|line| Some((line, line.token.as_ref()?))) else {
            return Ok(AtMeta::LineUnusable);
        };
        let contact = &blockable.contact;
        let phone = contact.phone.as_ref().map(|phone| format!("+{phone}"));
        let Some(user) = phone.as_deref().or(contact.bsuid.as_deref()) else {
            return Ok(AtMeta::Refused);
        };
        let graph = &self.0.parts.graph;
        let asked = graph.set_blocked(&line.channel.phone_number_id, token, user, blocked);
        Ok(match asked.await {
            Ok(()) => AtMeta::Done,
            Err(error) if refuses(&error) => {
                tracing::info!(tenant.id = %handle.tenant.id, %error, "WhatsApp did not change a block");
                AtMeta::Refused
            }
            Err(_) => AtMeta::Unreachable,
        })
    }
}

/// Whether Meta said no. Of a message an answer like 139100 would leave open whether it went out; blocking twice
/// does no harm, so that it is a plain no.
fn refuses(error: &SendError) -> bool {
    match error {
        SendError::Refused(_) => true,
        SendError::Unknown { error, .. } => error
            .as_ref()
            .is_some_and(|error| (400..500).contains(&error.http_status)),
        SendError::NotSent(_) => false,
    }
}
