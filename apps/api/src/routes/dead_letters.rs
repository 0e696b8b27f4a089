//! What came for the tenant and could not be applied: seen, tried again, or
//! discarded, by whoever may change the tenant's settings.

use actix_web::web;
use chrono::{DateTime, Utc};
use engine::dead_letters::{MAX_REPLAYED, Replayed};
use serde::{Deserialize, Serialize};
use tenant::dead_letter::{
    DeadLetter, DeadLetterFilter, DeadLetterKind, DeadLetterState, DeadLetters, discard_letter,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{Member, SettingsWrite},
    json::{self, Json, OptionalJson, Query},
    names::{DeadLetterKindName, DeadLetterStateName},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/dead-letters").route(web::get().to(list_dead_letters)))
        .service(super::resource("/dead-letters/replay").route(web::post().to(post_replay_all)))
        .service(super::resource("/dead-letters/{id}").route(web::get().to(get_dead_letter)))
        .service(super::resource("/dead-letters/{id}/replay").route(web::post().to(post_replay)))
        .service(super::resource("/dead-letters/{id}/discard").route(web::post().to(post_discard)));
}

/// Which letters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeadLetterQuery {
    /// Only of this kind.
    #[param(value_type = Option<DeadLetterKindName>)]
    kind: Option<String>,
    /// Only in this state; every state if not said.
    #[param(value_type = Option<DeadLetterStateName>)]
    state: Option<String>,
    /// Only with this text in the reason, or (in the same case) in the item, as an id is.
    q: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which open letters to try again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayAllBody {
    /// Only of this kind.
    #[schema(value_type = Option<DeadLetterKindName>)]
    kind: Option<String>,
    /// Only with this text, as in the list.
    q: Option<String>,
    /// How many at most, 1 to 200; 200 if not said.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Why a letter is not needed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiscardBody {
    #[schema(min_length = 1, max_length = 400)]
    pub(super) reason: String,
}

/// Something that came and could not be applied.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct DeadLetterBody {
    id: String,
    channel_id: String,
    #[schema(value_type = DeadLetterKindName)]
    kind: String,
    /// Why it could not be applied, the last time it was tried.
    reason: String,
    /// The same for items that fail alike.
    fingerprint: String,
    #[schema(value_type = DeadLetterStateName)]
    state: String,
    /// How often it was replayed in vain.
    attempts: i32,
    last_tried_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    /// Why it was discarded.
    note: Option<String>,
    received_at: DateTime<Utc>,
}

/// The same with the item.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetterItem)]
pub(crate) struct DeadLetterItemBody {
    letter: DeadLetterBody,
    /// The item's JSON as Meta sent it.
    raw: String,
}

/// One page of letters, the last to come first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeadLetterPage {
    items: Vec<DeadLetterBody>,
    next_cursor: Option<String>,
}

/// What became of those that were tried.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplayedLetters)]
pub(crate) struct ReplayedBody {
    replayed: usize,
    /// These stay open with the new reason.
    failed: usize,
}

impl From<DeadLetter> for DeadLetterBody {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id.to_string(),
            channel_id: letter.channel_id.to_string(),
            kind: letter.kind,
            reason: letter.reason,
            fingerprint: letter.fingerprint,
            state: letter.state,
            attempts: letter.attempts,
            last_tried_at: letter.last_tried_at,
            closed_at: letter.closed_at,
            note: letter.note,
            received_at: letter.received_at,
        }
    }
}

/// A name of an enum, in the field that `pointer` names.
fn named<T: std::str::FromStr<Err = tenant::UnknownName>>(
    pointer: &str,
    code: &'static str,
    text: Option<String>,
) -> Result<Option<T>, Problem> {
    text.map(|text| text.parse().map_err(|error| Problem::field(pointer, code, error)))
        .transpose()
}

/// What could not be applied.
#[utoipa::path(get, path = "/api/dead-letters", tag = "dead letters", params(DeadLetterQuery),
    responses((status = 200, body = DeadLetterPage)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn list_dead_letters(
    member: Member<SettingsWrite>,
    Query(query): Query<DeadLetterQuery>,
) -> Result<web::Json<DeadLetterPage>, Problem> {
    let filter = DeadLetterFilter {
        kind: named::<DeadLetterKind>("/kind", "invalid_kind", query.kind)?,
        state: named::<DeadLetterState>("/state", "invalid_state", query.state)?,
        q: query.q,
    };
    let page = json::page_request(query.limit, query.cursor)?;
    let found = DeadLetters::new(&mut member.conn().await?)
        .list(&filter, &page)
        .await?;
    Ok(web::Json(DeadLetterPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// One of them, with the item.
#[utoipa::path(get, path = "/api/dead-letters/{id}", tag = "dead letters", params(("id" = String, Path)),
    responses((status = 200, body = DeadLetterItemBody)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn get_dead_letter(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<web::Json<DeadLetterItemBody>, Problem> {
    let id = json::id(&id)?;
    let found = DeadLetters::new(&mut member.conn().await?).find(id).await?;
    let (letter, raw) = found.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    Ok(web::Json(DeadLetterItemBody {
        letter: letter.into(),
        raw: String::from_utf8_lossy(&raw).into_owned(),
    }))
}

/// Try one again, with today's code. The answer says whether it is still open.
#[utoipa::path(post, path = "/api/dead-letters/{id}/replay", operation_id = "replay_dead_letter", tag = "dead letters",
    params(("id" = String, Path)), responses((status = 200, body = DeadLetterBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_replay(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<web::Json<DeadLetterBody>, Problem> {
    let engine = member.app.engine();
    let letter = engine
        .replay_dead_letter(&member.tenant, json::id(&id)?, member.acting())
        .await?;
    Ok(web::Json(letter.into()))
}

/// Try several again. Asked again, it goes on with those that were not tried yet.
#[utoipa::path(post, path = "/api/dead-letters/replay", operation_id = "replay_dead_letters", tag = "dead letters",
    request_body = ReplayAllBody, responses((status = 200, body = ReplayedBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_replay_all(
    member: Member<SettingsWrite>,
    OptionalJson(body): OptionalJson<ReplayAllBody>,
) -> Result<web::Json<ReplayedBody>, Problem> {
    let limit = body.limit.unwrap_or(MAX_REPLAYED);
    if !(1..=MAX_REPLAYED).contains(&limit) {
        let message = format!("at least 1 and at most {MAX_REPLAYED}");
        return Err(Problem::field("/limit", "invalid_limit", message));
    }
    let filter = DeadLetterFilter {
        kind: named::<DeadLetterKind>("/kind", "invalid_kind", body.kind)?,
        state: None,
        q: body.q,
    };
    let engine = member.app.engine();
    let Replayed { replayed, failed } = engine
        .replay_dead_letters(&member.tenant, &filter, limit, member.acting())
        .await?;
    Ok(web::Json(ReplayedBody { replayed, failed }))
}

/// Decide that one is not needed.
#[utoipa::path(post, path = "/api/dead-letters/{id}/discard", operation_id = "discard_dead_letter", tag = "dead letters",
    params(("id" = String, Path)), request_body = DiscardBody, responses((status = 200, body = DeadLetterBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_discard(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
    Json(body): Json<DiscardBody>,
) -> Result<web::Json<DeadLetterBody>, Problem> {
    let mut conn = member.conn().await?;
    let actor = Some(member.acting());
    let letter = discard_letter(&mut conn, json::id(&id)?, &body.reason, actor, member.now).await?;
    Ok(web::Json(letter.into()))
}
