//! Replaying what could not be applied: the item is read with today's code,
//! translated and applied as if it had just come.
//!
//! Free functions over a tenant's connection, so that the command line can use
//! them without an engine that runs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pg::{ChannelId, Conn, DbError, Tenant};
use resolver::{ResolveError, TenantHandle};
use serde_json::{Map, Value, json, value::RawValue};
use tenant::{
    dead_letter::{DeadLetter, DeadLetterFilter, DeadLetterId, DeadLetterState, DeadLetters, close_replayed},
    inbound::{self, InboundContent, InboundItem},
    user::UserId,
};
use whatsapp::webhook::{Envelope, WHATSAPP_OBJECT};

use crate::{
    Engine,
    ingest::translate::{self, Place},
    spool::chain,
};

/// Letters that one request replays at most.
pub const MAX_REPLAYED: i64 = 200;

/// Why a letter was not even tried.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// There is no such letter.
    #[error("there is no such dead letter")]
    Unknown,
    /// It was replayed or discarded already.
    #[error("this dead letter is closed already")]
    Closed,
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What became of several letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Applied, and closed.
    pub replayed: usize,
    /// Failed again; they stay open with the new reason.
    pub failed: usize,
}

/// Replays one open letter and returns it as it is then: closed, or open with today's reason.
pub async fn replay(
    conn: &mut Conn<Tenant>,
    id: DeadLetterId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<DeadLetter, ReplayError> {
    let found = DeadLetters::new(conn).find(id).await?;
    let (letter, raw) = found.ok_or(ReplayError::Unknown)?;
    if letter.state != DeadLetterState::Open.as_str() {
        return Err(ReplayError::Closed);
    }
    match apply_again(conn, &letter, &raw, now).await? {
        Ok(()) => {
            close_replayed(conn, id, actor, now).await?;
        }
        Err(reason) => DeadLetters::new(conn).note_failure(id, &reason, now).await?,
    }
    let found = DeadLetters::new(conn).find(id).await?;
    found.map(|(letter, _)| letter).ok_or(ReplayError::Unknown)
}

/// Replays up to `limit` open letters that fit the filter. Asked again, it goes on with those that
/// were not tried yet.
pub async fn replay_matching(
    conn: &mut Conn<Tenant>,
    filter: &DeadLetterFilter,
    limit: i64,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Replayed, ReplayError> {
    let due = DeadLetters::new(conn)
        .due(filter, limit.clamp(0, MAX_REPLAYED))
        .await?;
    let mut all = Replayed::default();
    for id in due {
        match replay(conn, id, actor, now).await {
            Ok(letter) if letter.state == DeadLetterState::Open.as_str() => all.failed += 1,
            Ok(_) => all.replayed += 1,
            // Somebody else was at it in the meantime.
            Err(ReplayError::Unknown | ReplayError::Closed) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

impl Engine {
    /// [`replay`] for one of the tenant's team; whoever watches sees what appears.
    pub async fn replay_dead_letter(
        &self,
        handle: &Arc<TenantHandle>,
        id: DeadLetterId,
        actor: UserId,
    ) -> Result<DeadLetter, ReplayError> {
        let mut conn = handle.db().await?.conn().await?;
        let letter = replay(&mut conn, id, Some(actor), self.clock().now()).await?;
        self.0.feeds.hint(handle.tenant.id);
        Ok(letter)
    }

    /// [`replay_matching`] for one of the tenant's team.
    pub async fn replay_dead_letters(
        &self,
        handle: &Arc<TenantHandle>,
        filter: &DeadLetterFilter,
        limit: i64,
        actor: UserId,
    ) -> Result<Replayed, ReplayError> {
        let mut conn = handle.db().await?.conn().await?;
        let all = replay_matching(&mut conn, filter, limit, Some(actor), self.clock().now()).await?;
        self.0.feeds.hint(handle.tenant.id);
        Ok(all)
    }
}

/// The inner error is why the item cannot be applied today either.
async fn apply_again(
    conn: &mut Conn<Tenant>,
    letter: &DeadLetter,
    raw: &[u8],
    now: DateTime<Utc>,
) -> Result<Result<(), String>, DbError> {
    let items = match read_again(letter.channel_id, &letter.kind, raw) {
        Ok(items) => items,
        Err(reason) => return Ok(Err(reason)),
    };
    for item in &items {
        if let InboundContent::Unreadable { reason } = &item.content {
            return Ok(Err(reason.clone()));
        }
    }
    match inbound::apply(conn, &items, now).await {
        Ok(()) => Ok(Ok(())),
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => Ok(Err(chain(&error))),
    }
}

fn read_again(channel: ChannelId, kind: &str, raw: &[u8]) -> Result<Vec<InboundItem>, String> {
    let text = std::str::from_utf8(raw).map_err(|_source| "the item is no valid text".to_owned())?;
    let item: &RawValue =
        serde_json::from_str(text).map_err(|error| format!("the item is no JSON: {error}"))?;
    let list = list_of(kind, item);
    let head = json!(WHATSAPP_OBJECT);
    let item = item.get();
    let body = format!(
        r#"{{"object":{head},"entry":[{{"changes":[{{"field":"messages","value":{{"{list}":[{item}]}}}}]}}]}}"#
    );
    let envelope = Envelope::parse(body.as_bytes()).map_err(|error| chain(&error))?;
    let place = Place {
        channel,
        is_account: false,
    };
    Ok(envelope
        .changes
        .iter()
        .flat_map(|change| translate::items(change, place))
        .collect())
}

/// In which list of a webhook the item stood. Of one that could not be read only its looks tell.
fn list_of(kind: &str, item: &RawValue) -> &'static str {
    match kind {
        "message" => "messages",
        "status" => "statuses",
        _ => {
            let fields: Map<String, Value> =
                serde_json::from_str(&whatsapp::storable(item.get())).unwrap_or_default();
            let has = |name| fields.contains_key(name);
            if has("recipient_id") || (has("status") && !has("type")) {
                "statuses"
            } else if has("code") && !has("type") && !has("id") {
                "errors"
            } else {
                "messages"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_goes_back_into_the_list_it_came_from() {
        let list = |kind, json: &str| list_of(kind, &RawValue::from_string(json.to_owned()).unwrap());
        assert_eq!(list("message", "{}"), "messages");
        assert_eq!(list("status", "{}"), "statuses");
        assert_eq!(list("unreadable", r#"{"status":"read","id":7}"#), "statuses");
        assert_eq!(list("unreadable", r#"{"code":131000,"title":"x"}"#), "errors");
        assert_eq!(list("unreadable", r#"{"type":"text","from":"1"}"#), "messages");
        assert_eq!(list("unreadable", "5"), "messages");
    }

    #[test]
    fn what_is_no_json_is_refused_with_a_reason() {
        for raw in [&b"\xff"[..], b"", b"{", b"{} {}"] {
            assert!(read_again(ChannelId::generate(), "message", raw).is_err());
        }
    }
}
