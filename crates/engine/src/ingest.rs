//! Taking a webhook in: whose lines it names, who signed it, what it holds; then
//! each tenant's part goes to that tenant and nowhere else.
//!
//! `Ok` means that everything believed is committed, in its tenant's database or
//! in the spool, so that the caller may answer 200. Meta redelivers whatever is answered otherwise.

mod account;
mod belief;
mod gate;
mod lane;
mod notes;
mod traffic;
pub(crate) mod translate;
mod unrouted;

use std::{collections::BTreeMap, sync::Arc};

use control::unrouted::UnroutedHit;
use pg::{ChannelId, TenantId};
use resolver::{KnownApp, Line};
use tenant::inbound::InboundItem;
use whatsapp::{
    signature::Signature,
    webhook::{Change, Envelope, ParseError},
};

use self::{
    account::Routed,
    belief::{Belief, Seal},
    translate::Place,
};
pub(crate) use self::{
    lane::{LaneError, Lanes},
    traffic::Traffic,
    unrouted::Unrouted,
};
use crate::{Engine, spool::Part};

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The body is not what Meta sends.
    #[error("the body is not a webhook of Meta's")]
    Malformed(#[from] ParseError),
    /// Nobody whose line it names signed it.
    #[error("the signature is missing or wrong")]
    BadSignature,
    /// It came by the callback path of an app whose secret is not known.
    #[error("this app has no app secret, so nothing can be believed; set it in the panel")]
    AppWithoutSecret,
    /// Somebody's part could not be stored; the whole must come again.
    #[error("not everything could be stored")]
    Unavailable,
}

/// What became of a webhook's changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Items that are in their tenant's database now, or in the spool on their way there.
    pub items: usize,
    /// Changes of lines that nobody registered, or of no line.
    pub ignored: usize,
    /// Changes of lines whose secret did not sign the body.
    pub rejected: usize,
}

/// A body's changes, each where it belongs.
#[derive(Default)]
struct Sorted<'a> {
    by_tenant: BTreeMap<TenantId, Part<'a>>,
    /// What belongs to nobody here.
    strangers: Vec<&'a Change>,
    believed: bool,
    /// Whose something is could not be told; the rest does not wait for it.
    unavailable: bool,
    result: Ingested,
}

impl<'a> Sorted<'a> {
    fn line(&mut self, change: &'a Change, line: &Line, belief: &Belief) {
        let signed = match belief {
            Belief::Rejected => {
                self.result.rejected += 1;
                return;
            }
            Belief::Signed => "signed",
            Belief::Unsigned => "unsigned",
        };
        self.believed = true;
        if !line.channel.is_active {
            self.strangers.push(change);
            return;
        }
        count("webhook_changes_total", signed);
        let place = Place {
            channel: line.channel.id,
            is_account: false,
        };
        self.take(change, line.channel.tenant_id, place);
    }

    fn account(&mut self, change: &'a Change, routed: Result<Routed, IngestError>) {
        match routed {
            Ok(Routed::Nobody) => self.strangers.push(change),
            Ok(Routed::Rejected) => self.result.rejected += 1,
            Ok(Routed::To(parts)) => {
                self.believed = true;
                for (tenant, place) in parts {
                    self.take(change, tenant, place);
                }
            }
            Err(_logged) => self.unavailable = true,
        }
    }

    fn take(&mut self, change: &'a Change, tenant: TenantId, place: Place) {
        let items = translate::items(change, place);
        self.result.items += items.len();
        self.by_tenant
            .entry(tenant)
            .or_default()
            .add(change, place, items);
    }
}

impl Engine {
    /// Takes in one webhook body, exactly as received. `signature` is the value
    /// of `X-Hub-Signature-256`, whatever bytes it holds.
    pub async fn ingest(&self, body: &[u8], signature: Option<&[u8]>) -> Result<Ingested, IngestError> {
        let envelope = Envelope::parse(body)?;
        let signature = signature.and_then(|header| Signature::parse(header).ok());
        if signature.is_none() && self.has_app_secret() {
            // Nobody can have signed it, and every line has a secret: nothing need be looked up.
            return Err(bad_signature());
        }
        let seal = Seal::common(self, signature.as_ref(), body);
        self.take_in(&envelope, &seal).await
    }

    /// The same for what came by an app's own callback path: the app must have signed it, and it
    /// is believed only about lines that are bound to the app.
    pub async fn ingest_from(
        &self,
        app: &KnownApp,
        body: &[u8],
        signature: Option<&[u8]>,
    ) -> Result<Ingested, IngestError> {
        if !app.has_secret() {
            count("webhook_requests_total", "app_without_secret");
            return Err(IngestError::AppWithoutSecret);
        }
        let signature = signature.and_then(|header| Signature::parse(header).ok());
        let seal = Seal::of_app(self, app, signature.as_ref(), body).ok_or_else(bad_signature)?;
        let envelope = Envelope::parse(body)?;
        self.take_in(&envelope, &seal).await
    }

    async fn take_in(&self, envelope: &Envelope, seal: &Seal<'_>) -> Result<Ingested, IngestError> {
        for poisoned in &envelope.poisoned {
            tracing::warn!(reason = poisoned.reason, "a part of a webhook names no line");
            count("webhook_changes_total", "poisoned");
        }
        let mut sorted = Sorted::default();
        for change in &envelope.changes {
            match change.account() {
                Some(scope) => {
                    let routed = self.of_account(&scope, seal).await;
                    sorted.account(change, routed);
                }
                None => match self.line_of(change).await? {
                    None => sorted.strangers.push(change),
                    Some(line) => {
                        let belief = seal.on(&line);
                        sorted.line(change, &line, &belief);
                    }
                },
            }
        }
        sorted.result.ignored = sorted.strangers.len();
        let doubted = sorted.result.rejected > 0 || seal.is_doubtful();
        if !sorted.believed && !sorted.unavailable && doubted {
            return Err(bad_signature());
        }
        self.note_strangers(&sorted.strangers);
        let seen = traffic::seen(sorted.by_tenant.values());
        self.apply(sorted.by_tenant).await?;
        self.0.traffic.note(seen, self.clock().now());
        if sorted.unavailable {
            return Err(IngestError::Unavailable);
        }
        count("webhook_requests_total", "taken");
        Ok(sorted.result)
    }

    async fn line_of(&self, change: &Change) -> Result<Option<Arc<Line>>, IngestError> {
        let Some(id) = &change.phone_number_id else {
            return Ok(None);
        };
        self.resolver().registered_line(id).await.map_err(|error| {
            tracing::error!(%error, "cannot tell whose line it is");
            IngestError::Unavailable
        })
    }

    fn note_strangers(&self, changes: &[&Change]) {
        let hits = changes.iter().filter_map(|change| {
            let phone_number_id = change.phone_number_id.clone()?;
            count("webhook_changes_total", "unrouted");
            Some(UnroutedHit {
                phone_number_id,
                waba_id: change.waba_id.clone(),
                display_phone_number: change.display_phone_number.clone(),
            })
        });
        self.0.unrouted.note(hits);
    }

    async fn apply(&self, by_tenant: BTreeMap<TenantId, Part<'_>>) -> Result<(), IngestError> {
        let parts = by_tenant.into_iter().filter(|(_, part)| !part.is_empty());
        let kept =
            futures_util::future::join_all(parts.map(|(tenant, part)| self.apply_to(tenant, part))).await;
        // Every tenant's part was tried: one tenant's outage delays nobody else's.
        kept.into_iter().collect()
    }

    async fn apply_to(&self, tenant: TenantId, part: Part<'_>) -> Result<(), IngestError> {
        let brings_files = part.brings_files();
        let kept = self.keep(tenant, part).await;
        if brings_files {
            self.wake_fetcher(tenant);
        }
        kept.map_err(|error| {
            tracing::error!(tenant.id = %tenant, %error, "a webhook's items were neither stored nor spooled");
            count("webhook_requests_total", "unavailable");
            IngestError::Unavailable
        })
    }
}

/// What a body holds, were all its changes about the line `channel`: a body on its way to a
/// tenant's database without routing, signature or lane. For whoever puts the applying to the test.
///
/// # Errors
/// The body is not what Meta sends.
pub fn items_of(body: &[u8], channel: ChannelId) -> Result<Vec<InboundItem>, ParseError> {
    let envelope = Envelope::parse(body)?;
    let of_change = |change| {
        let scope = Change::account(change);
        let is_account = scope.is_some_and(|scope| scope.display_phone_number.is_none());
        translate::items(change, Place { channel, is_account })
    };
    Ok(envelope.changes.iter().flat_map(of_change).collect())
}

fn bad_signature() -> IngestError {
    count("webhook_requests_total", "bad_signature");
    IngestError::BadSignature
}

fn count(name: &'static str, result: &'static str) {
    metrics::counter!(name, "result" => result).increment(1);
}
