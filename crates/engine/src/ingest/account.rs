//! Events of a WhatsApp Business account: templates, quality, restrictions… They name no
//! line by id, so they go to every tenant with an active line of that account, each of whom
//! must have had its own secret, or the platform's, sign the body. Nothing that may hold a
//! message comes this way: see [`webhook::Change::account`](whatsapp::webhook::Change::account).

use std::sync::Arc;

use pg::TenantId;
use resolver::Line;
use whatsapp::{identity::phone_digits, webhook::AccountScope};

use super::{
    IngestError,
    belief::{Belief, Seal},
    count,
    translate::Place,
};
use crate::Engine;

/// Whom an account's event reached.
pub(super) enum Routed {
    /// No active line of that account is registered here.
    Nobody,
    /// Lines there are, but none of them believes the signature.
    Rejected,
    /// Where it goes, tenant by tenant.
    To(Vec<(TenantId, Place)>),
}

impl Engine {
    pub(super) async fn of_account(
        &self,
        scope: &AccountScope,
        seal: &Seal<'_>,
    ) -> Result<Routed, IngestError> {
        let lines = self
            .resolver()
            .lines_of_account(&scope.waba_id)
            .await
            .map_err(|error| {
                tracing::error!(%error, "cannot tell whose account it is");
                IngestError::Unavailable
            })?;
        let (lines, is_account) = narrow(lines, scope.display_phone_number.as_deref());
        if lines.is_empty() {
            return Ok(Routed::Nobody);
        }
        let mut parts: Vec<(TenantId, Place)> = Vec::new();
        for line in lines {
            // Once for each tenant, however many lines he has in the account.
            let tenant = line.channel.tenant_id;
            let is_told = is_account && parts.iter().any(|(told, _)| *told == tenant);
            if is_told || matches!(seal.on(&line), Belief::Rejected) {
                continue;
            }
            let place = Place {
                channel: line.channel.id,
                is_account,
            };
            count("webhook_changes_total", "account");
            parts.push((tenant, place));
        }
        Ok(if parts.is_empty() {
            Routed::Rejected
        } else {
            Routed::To(parts)
        })
    }
}

/// The lines that have this number. Where it is not known of any, those of which no
/// number is known: one of them may be it, so the event is the account's.
fn narrow(lines: Vec<Arc<Line>>, number: Option<&str>) -> (Vec<Arc<Line>>, bool) {
    let Some(number) = number else {
        return (lines, true);
    };
    let digits = |line: &Line| {
        line.channel
            .display_phone_number
            .as_deref()
            .and_then(phone_digits)
    };
    let named = |line: &&Arc<Line>| digits(line).as_deref() == Some(number);
    let found: Vec<_> = lines.iter().filter(named).cloned().collect();
    if found.is_empty() {
        let unknown = lines.into_iter().filter(|line| digits(line).is_none());
        return (unknown.collect(), true);
    }
    (found, false)
}
