//! The templates that a line may send, as Meta has them: asked when somebody wants to choose one, and remembered for
//! a moment.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use pg::{ChannelId, TenantId};
use resolver::ResolveError;
use whatsapp::client::{ListedTemplate, ReadError};

use crate::Engine;

/// How long an answer is believed: whoever has just had one approved looks again within a minute.
const BELIEVED: Duration = Duration::from_mins(1);
/// Accounts whose answers are remembered.
const MOST_ACCOUNTS: u64 = 500;
/// What may be sent.
const SENDABLE: &str = "APPROVED";

/// Why there are no templates to choose from.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    /// The tenant has no such line.
    #[error("there is no such line")]
    Unknown,
    /// It is not active.
    #[error("the line is not active")]
    Inactive,
    /// It has no token, or nobody said which account it belongs to.
    #[error("the line has no token, or its WhatsApp account (WABA) is not known")]
    WithoutToken,
    /// Meta said no; its own words.
    #[error("WhatsApp does not tell its templates: {0}")]
    Refused(String),
    /// Meta cannot be reached.
    #[error("WhatsApp cannot be reached")]
    Unreachable,
    /// The line cannot be looked up.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
}

/// What accounts have said.
pub(crate) struct Templates(Cache<(TenantId, String), Arc<Vec<ListedTemplate>>>);

impl Default for Templates {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(MOST_ACCOUNTS)
                .time_to_live(BELIEVED)
                .build(),
        )
    }
}

impl Engine {
    /// The templates that a tenant's line may send.
    pub async fn templates(
        &self,
        tenant: TenantId,
        channel: ChannelId,
    ) -> Result<Arc<Vec<ListedTemplate>>, TemplatesError> {
        let line = self.resolver().line_of_channel(channel).await?;
        let line = line
            .filter(|line| line.channel.tenant_id == tenant)
            .ok_or(TemplatesError::Unknown)?;
        if !line.channel.is_active {
            return Err(TemplatesError::Inactive);
        }
        let (Some(account), Some(token)) = (&line.channel.waba_id, &line.token) else {
            return Err(TemplatesError::WithoutToken);
        };
        let key = (tenant, account.clone());
        if let Some(known) = self.0.templates.0.get(&key) {
            return Ok(known);
        }
        let asked = self.0.parts.graph.templates(account, token, SENDABLE).await;
        let mut found = asked.map_err(|error| match error {
            ReadError::Refused(error) => TemplatesError::Refused(error.to_string()),
            ReadError::Token => TemplatesError::WithoutToken,
            ReadError::Lost | ReadError::Unreadable => TemplatesError::Unreachable,
        })?;
        found.sort_by(|a, b| (&a.name, &a.language).cmp(&(&b.name, &b.language)));
        let found = Arc::new(found);
        self.0.templates.0.insert(key, Arc::clone(&found));
        Ok(found)
    }
}
