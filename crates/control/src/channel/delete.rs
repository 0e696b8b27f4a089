//! Removes a line.

use chrono::{DateTime, Utc};
use pg::{ChannelId, Conn, Control, DbError};
use serde_json::json;

use super::repo::Channels;
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change,
};

/// Why a line was not removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteChannelError {
    /// There is no such line.
    #[error("there is no such line")]
    UnknownChannel,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Removes a line. Whether the tenant has conversations on it is not to be
/// seen from here: the caller has made sure that it has none.
#[tracing::instrument(name = "channel.delete", skip_all, fields(channel.id = %id))]
pub async fn delete_channel(
    conn: &mut Conn<Control>,
    id: ChannelId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DeleteChannelError> {
    conn.transaction(async |tx| {
        let mut channels = Channels::new(tx);
        let channel = channels
            .find(id)
            .await?
            .ok_or(DeleteChannelError::UnknownChannel)?;
        if !channels.delete(id).await? {
            return Err(DeleteChannelError::UnknownChannel);
        }
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(channel.tenant_id),
                action: "channel.deleted",
                target: Some(id.to_string()),
                data: json!({
                    "phone_number_id": channel.phone_number_id,
                    "display_name": channel.display_name,
                }),
            },
        )
        .await?;
        change::notify(tx, channel.tenant_id).await?;
        Ok(())
    })
    .await
}
