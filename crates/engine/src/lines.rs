//! Taking a line off the platform.

use control::{
    Actor,
    channel::{Channels, DeleteChannelError, delete_channel},
};
use pg::{ChannelId, DbError};
use resolver::{ResolveError, Unready};
use tenant::conversation::Conversations;

use crate::Engine;

/// Why a line was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveLineError {
    /// It was used: its conversations refer to it.
    #[error("this line has conversations; deactivate it instead")]
    InUse,
    /// The control plane's own rules refuse it.
    #[error(transparent)]
    Delete(#[from] DeleteChannelError),
    /// Whether it was used cannot be told now.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Removes a line that was never used. Takes effect at once.
    pub async fn remove_line(&self, id: ChannelId, actor: &Actor) -> Result<(), RemoveLineError> {
        let mut conn = self.resolver().control().conn().await?;
        let found = Channels::new(&mut conn).find(id).await?;
        let channel = found.ok_or(DeleteChannelError::UnknownChannel)?;
        let handle = match self.resolver().tenant(channel.tenant_id).await {
            // Without a database there is no conversation; a database that cannot be asked may hold some.
            Err(ResolveError::TenantNotReady(Unready::NotAttached)) => None,
            handle => handle?,
        };
        if let Some(handle) = handle {
            let mut tenant = handle.db().await?.conn().await?;
            if Conversations::new(&mut tenant).any_on(id).await? {
                return Err(RemoveLineError::InUse);
            }
        }
        delete_channel(&mut conn, id, actor, self.clock().now()).await?;
        self.resolver().forget();
        Ok(())
    }
}
