//! What concerns a line in the control plane and in the tenant's database at once: its name, and its end.

use control::{
    Actor,
    channel::{
        ChannelChanges, Channels, DeleteChannelError, UpdateChannelError, delete_channel, update_channel,
    },
};
use pg::{ChannelId, DbError};
use resolver::{ResolveError, TenantHandle, Unready};
use tenant::{
    audit::{self, AuditEntry},
    conversation::Conversations,
    user::UserId,
};

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

/// Why a line was not renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameLineError {
    /// The tenant has no such line.
    #[error("there is no such line")]
    Unknown,
    /// The control plane's own rules refuse it.
    #[error(transparent)]
    Update(#[from] UpdateChannelError),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Calls one of a tenant's lines otherwise, and writes it down on both sides. The tenant's entry is
    /// committed last: should the server end between the two commits, the platform's entry alone tells of it.
    pub async fn rename_line(
        &self,
        handle: &TenantHandle,
        id: ChannelId,
        name: &str,
        by: UserId,
        actor: &Actor,
    ) -> Result<(), RenameLineError> {
        let name = name.trim();
        let mut control = self.resolver().control().conn().await?;
        let found = Channels::new(&mut control).find(id).await?;
        let line = found
            .filter(|line| line.tenant_id == handle.tenant.id)
            .ok_or(RenameLineError::Unknown)?;
        if line.display_name == name {
            return Ok(());
        }
        let now = self.clock().now();
        let changes = ChannelChanges {
            display_name: Some(name.to_owned()),
            ..ChannelChanges::default()
        };
        let mut tenant = handle.db().await?.conn().await?;
        tenant
            .transaction(async |tx| {
                let entry = AuditEntry {
                    actor: Some(by),
                    action: "line.renamed",
                    target: Some(id.to_string()),
                    data: serde_json::json!({ "display_name": { "from": line.display_name, "to": name } }),
                };
                audit::record(tx, entry, now).await?;
                let keyring = self.resolver().keyring();
                update_channel(&mut control, keyring, id, changes, actor, now).await?;
                Ok::<_, RenameLineError>(())
            })
            .await?;
        self.resolver().forget();
        Ok(())
    }

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
