//! Letting the app of a line's token hear of the line's account. Without it everything looks well and
//! nothing arrives.

use control::{
    Actor,
    audit::{self, AuditEntry},
    channel::Channel,
    line_state::Told,
};
use pg::{ChannelId, DbError};
use serde_json::json;
use whatsapp::client::Access;

use super::{
    LineReport,
    cause::{refusal, words_or_status},
};
use crate::Engine;

/// Why a line's account was not subscribed.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeLineError {
    /// There is no such line.
    #[error("there is no such line")]
    Unknown,
    /// It has no token to do it with.
    #[error("this line has no access token")]
    WithoutToken,
    /// Whose account it is, is not known.
    #[error("this line has no WhatsApp Business account id")]
    WithoutAccount,
    /// Meta refuses.
    #[error("WhatsApp refused: {0}")]
    Refused(String),
    /// Meta cannot be reached.
    #[error("WhatsApp cannot be reached now")]
    Unreachable,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Lets the app of a line's token hear of its account's events, unless it does already, and
    /// checks the line.
    pub async fn subscribe_line(
        &self,
        id: ChannelId,
        actor: &Actor,
    ) -> Result<LineReport, SubscribeLineError> {
        let known = self.known_line(id).await?;
        let (channel, known) = known.ok_or(SubscribeLineError::Unknown)?;
        let token = channel.token(self.resolver().keyring()).unwrap_or_default();
        let token = token.ok_or(SubscribeLineError::WithoutToken)?;
        let waba_id = channel.waba_id.as_deref();
        let waba_id = waba_id.ok_or(SubscribeLineError::WithoutAccount)?;
        // Asking for it again would clear a callback that the account has of its own.
        let checked = self.check(&channel, known.as_ref(), &token, Some(actor)).await?;
        let facts = match checked {
            Told::Facts(facts) => *facts,
            Told::Nothing(_) => return Err(SubscribeLineError::Unreachable),
        };
        if facts.is_subscribed != Some(true) {
            let secret = self.app_secret(&channel).await?;
            let access = Access {
                token: &token,
                app_secret: secret.as_ref().filter(|_| facts.app_secret_fits == Some(true)),
            };
            let done = self.0.parts.graph.subscribe_app(waba_id, access).await;
            done.map_err(|error| match refusal(&error) {
                Some(refused) => SubscribeLineError::Refused(words_or_status(refused, Some(&token))),
                None => SubscribeLineError::Unreachable,
            })?;
            self.record_subscribed(&channel, actor).await?;
        }
        let report = self.check_line(id, Some(actor)).await?;
        report.ok_or(SubscribeLineError::Unknown)
    }

    async fn record_subscribed(&self, channel: &Channel, actor: &Actor) -> Result<(), DbError> {
        let mut conn = self.resolver().control().conn().await?;
        let entry = AuditEntry {
            at: self.clock().now(),
            actor,
            tenant_id: Some(channel.tenant_id),
            action: "channel.subscribed",
            target: Some(channel.id.to_string()),
            data: json!({ "waba_id": channel.waba_id }),
        };
        audit::record(&mut conn, entry).await
    }
}
