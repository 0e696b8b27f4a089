//! Spoils what was stored, to show that the check would tell.

use anyhow::bail;
use clap::ValueEnum;

use crate::{provision::Tenant, sql};

/// What is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sabotage {
    /// A message is taken away.
    Lose,
    /// A message is there twice.
    Double,
    /// A status of a message is forgotten.
    Forget,
    /// An event's number is missing.
    Gap,
    /// A counter is wrong.
    Miscount,
}

impl Sabotage {
    /// Spoils one row of the tenant's.
    pub async fn commit(self, tenant: &Tenant) -> anyhow::Result<()> {
        let statement = match self {
            Self::Lose => {
                "WITH gone AS (SELECT id FROM messages WHERE direction = 'in' AND id NOT IN
                     (SELECT last_message_id FROM conversations WHERE last_message_id IS NOT NULL) LIMIT 1)
                 DELETE FROM messages WHERE id IN (SELECT id FROM gone)"
            }
            Self::Double => {
                "INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, author_kind, occurred_at)
                 SELECT gen_random_uuid(), conversation_id, gen_random_uuid(), wamid, direction, kind, body, author_kind, occurred_at
                 FROM messages WHERE direction = 'in' LIMIT 1"
            }
            Self::Forget => {
                "UPDATE messages SET sent_at = NULL WHERE id IN
                     (SELECT id FROM messages WHERE sent_at IS NOT NULL LIMIT 1)"
            }
            Self::Gap => "DELETE FROM events WHERE seq = (SELECT max(seq) / 2 FROM events)",
            Self::Miscount => {
                "UPDATE conversations SET unread_count = unread_count + 1 WHERE id IN
                     (SELECT id FROM conversations LIMIT 1)"
            }
        };
        let client = sql::connect(&tenant.url).await?;
        if client.execute(statement, &[]).await? != 1 {
            bail!("there was nothing to spoil");
        }
        Ok(())
    }
}
