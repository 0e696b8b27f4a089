//! What somebody has written and not sent: his own drawer, the same on every device.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::{
    draft::{Draft, DraftAt, DraftKind, Drafts, delete_draft, save_draft},
    id::UploadId,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{ChatRead, ChatWrite, Member, Requires},
    json::{self, Json, Query},
    names::DraftKindName,
    problem::{Kind, Problem},
};

/// The longest text, in characters: twice what a message takes, so that nothing is lost that has to be cut.
const MAX_TEXT: usize = 8_192;
/// The longest of everything else, in characters.
const MAX_WORD: usize = 500;
/// Files beyond the first.
const MAX_MORE_FILES: usize = 9;
/// What the list shows of a draft, in characters.
const EXCERPT: usize = 120;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/drafts").route(web::get().to(list_drafts)))
        .service(super::resource("/conversations/{id}/drafts").route(web::get().to(get_drafts)))
        .service(
            super::resource("/conversations/{id}/drafts/{kind}")
                .route(web::put().to(put_draft))
                .route(web::delete().to(remove_draft)),
        );
}

/// A file that was brought to the server and that no message carries yet.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftFile {
    id: String,
    kind: String,
    name: String,
    size: i64,
}

/// The message that is being answered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftQuote {
    wamid: String,
    words: String,
}

/// What is in a draft.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftContent {
    /// The idempotency key that its message will have.
    #[schema(min_length = 1, max_length = 500)]
    key: String,
    #[schema(max_length = 8192)]
    text: String,
    file: Option<DraftFile>,
    /// Files beyond the first: each is a message of its own, without words.
    #[serde(default)]
    #[schema(max_items = 9)]
    more_files: Vec<DraftFile>,
    quote: Option<DraftQuote>,
    /// When it is to go out; null: at once.
    send_at: Option<DateTime<Utc>>,
}

/// A draft.
#[derive(Serialize, ToSchema)]
#[schema(as = Draft)]
pub(crate) struct DraftBody {
    #[schema(value_type = DraftKindName)]
    kind: &'static str,
    content: DraftContent,
    /// Whether it had a file that the server has no more.
    is_file_gone: bool,
    /// To be named by the write that follows.
    version: i64,
    updated_at: DateTime<Utc>,
}

/// One's own drafts of a conversation.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftList {
    items: Vec<DraftBody>,
}

/// Where one has a draft.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftExcerpt {
    conversation_id: String,
    #[schema(value_type = DraftKindName)]
    kind: &'static str,
    /// How it begins.
    excerpt: String,
    updated_at: DateTime<Utc>,
}

/// Where one has drafts, the last written first; 200 at most.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftExcerpts {
    items: Vec<DraftExcerpt>,
}

/// A draft to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftPut {
    content: DraftContent,
    /// The version that it follows from; null: there was none.
    follows: Option<i64>,
}

/// A version that was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct DraftVersion {
    version: i64,
}

/// Which version is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DraftQuery {
    /// The one that was sent; without it, whichever there is.
    version: Option<i64>,
}

impl DraftFile {
    fn check(&self, pointer: &str) -> Result<(), Problem> {
        for (member, word) in [("kind", &self.kind), ("name", &self.name)] {
            if word.chars().count() > MAX_WORD {
                return Err(too_long(&format!("{pointer}/{member}"), MAX_WORD));
            }
        }
        json::body_id::<UploadId>(&format!("{pointer}/id"), &self.id)?;
        Ok(())
    }
}

impl DraftContent {
    /// Leaves the files out that the server has no more; whether there were any.
    async fn without_gone(&mut self, drafts: &mut Drafts<'_>) -> Result<bool, Problem> {
        let mut files: Vec<DraftFile> = self.file.take().into_iter().collect();
        files.append(&mut self.more_files);
        let before = files.len();
        let mut kept = Vec::with_capacity(before);
        for file in files {
            if drafts.has_file(json::id(&file.id)?).await? {
                kept.push(file);
            }
        }
        let is_gone = kept.len() < before;
        let mut kept = kept.into_iter();
        self.file = kept.next();
        self.more_files = kept.collect();
        Ok(is_gone)
    }

    fn checked(self) -> Result<serde_json::Value, Problem> {
        let quote = self.quote.as_ref();
        let words = [
            ("/content/key", Some(&self.key)),
            ("/content/quote/wamid", quote.map(|quote| &quote.wamid)),
            ("/content/quote/words", quote.map(|quote| &quote.words)),
        ];
        if self.text.chars().count() > MAX_TEXT {
            return Err(too_long("/content/text", MAX_TEXT));
        }
        for (pointer, word) in words {
            if word.is_some_and(|word| word.chars().count() > MAX_WORD) {
                return Err(too_long(pointer, MAX_WORD));
            }
        }
        if self.more_files.len() > MAX_MORE_FILES {
            let told = format!("at most {MAX_MORE_FILES} files beyond the first");
            return Err(Problem::field("/content/more_files", "too_many", told));
        }
        if let Some(file) = &self.file {
            file.check("/content/file")?;
        }
        for (place, file) in self.more_files.iter().enumerate() {
            file.check(&format!("/content/more_files/{place}"))?;
        }
        serde_json::to_value(self).map_err(|error| Problem::caused(Kind::Internal, error))
    }
}

fn too_long(pointer: &str, most: usize) -> Problem {
    Problem::field(pointer, "invalid_length", format!("at most {most} characters"))
}

fn content(draft: &Draft) -> Result<DraftContent, Problem> {
    DraftContent::deserialize(&draft.content).map_err(|error| Problem::caused(Kind::Internal, error))
}

/// Where the member's own draft is. Nobody else fills somebody's drawer.
async fn place<R: Requires>(member: &Member<R>, id: &str, kind: &str) -> Result<DraftAt, Problem> {
    let kind: DraftKind = kind
        .parse()
        .map_err(|_not_a_kind| Problem::bare(Kind::NotFound))?;
    let conversation = json::id(id)?;
    member.sees(conversation).await?;
    if !member.is_oneself() {
        let told = "drafts are written by nobody but whose they are";
        return Err(Problem::new(Kind::ImpersonationForbidden, told));
    }
    Ok(DraftAt {
        owner: member.user.id,
        conversation,
        kind,
    })
}

/// Where one has drafts. Whoever looks with somebody else's eyes sees none.
#[utoipa::path(get, path = "/api/drafts", tag = "inbox",
    responses((status = 200, body = DraftExcerpts)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_drafts(member: Member<ChatRead>) -> Result<web::Json<DraftExcerpts>, Problem> {
    let mut items = Vec::new();
    if member.is_oneself() {
        let mut conn = member.conn().await?;
        for draft in Drafts::new(&mut conn, member.user.id)
            .recent(member.sight())
            .await?
        {
            let text = content(&draft)?.text;
            items.push(DraftExcerpt {
                conversation_id: draft.conversation_id.to_string(),
                kind: draft.kind.as_str(),
                excerpt: text.chars().take(EXCERPT).collect(),
                updated_at: draft.updated_at,
            });
        }
    }
    Ok(web::Json(DraftExcerpts { items }))
}

/// One's own drafts of a conversation. Whoever looks with somebody else's eyes sees none.
#[utoipa::path(get, path = "/api/conversations/{id}/drafts", tag = "inbox", params(("id" = String, Path)),
    responses((status = 200, body = DraftList)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_drafts(
    member: Member<ChatRead>,
    id: web::Path<String>,
) -> Result<web::Json<DraftList>, Problem> {
    let id = json::id(&id)?;
    member.sees(id).await?;
    let mut items = Vec::new();
    if member.is_oneself() {
        let mut conn = member.conn().await?;
        let mut drafts = Drafts::new(&mut conn, member.user.id);
        for draft in drafts.of(id).await? {
            let mut content = content(&draft)?;
            let is_file_gone = content.without_gone(&mut drafts).await?;
            items.push(DraftBody {
                kind: draft.kind.as_str(),
                content,
                is_file_gone,
                version: draft.version,
                updated_at: draft.updated_at,
            });
        }
    }
    Ok(web::Json(DraftList { items }))
}

/// Keep a draft. Where another device has written or sent it meanwhile it is refused as `draft_changed`.
#[utoipa::path(put, path = "/api/conversations/{id}/drafts/{kind}", tag = "inbox",
    params(("id" = String, Path), ("kind" = String, Path)), request_body = DraftPut,
    responses((status = 200, body = DraftVersion)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn put_draft(
    member: Member<ChatWrite>,
    path: web::Path<(String, String)>,
    Json(body): Json<DraftPut>,
) -> Result<web::Json<DraftVersion>, Problem> {
    let at = place(&member, &path.0, &path.1).await?;
    let content = body.content.checked()?;
    let mut conn = member.conn().await?;
    let version = save_draft(&mut conn, at, content, body.follows, member.now).await?;
    Ok(web::Json(DraftVersion { version }))
}

/// Remove a draft; one that is not there is no problem.
#[utoipa::path(delete, path = "/api/conversations/{id}/drafts/{kind}", operation_id = "delete_draft",
    tag = "inbox", params(("id" = String, Path), ("kind" = String, Path), DraftQuery),
    responses((status = 204)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn remove_draft(
    member: Member<ChatWrite>,
    path: web::Path<(String, String)>,
    Query(query): Query<DraftQuery>,
) -> Result<HttpResponse, Problem> {
    let at = place(&member, &path.0, &path.1).await?;
    delete_draft(&mut member.conn().await?, at, query.version).await?;
    Ok(HttpResponse::NoContent().finish())
}
