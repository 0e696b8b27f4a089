//! Taking in the files that the team sends.

use actix_multipart::{Field, Multipart};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, http::header, web};
use chrono::{DateTime, Utc};
use engine::reply::NewFile;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tenant::outbox::Upload;
use utoipa::{IntoParams, ToSchema};
use whatsapp::{outbound::media_limits, webhook::MediaKind};

use crate::{
    auth::{ChatWrite, Member},
    body,
    json::Query,
    problem::{Kind, Problem},
};

/// The largest file that Meta takes, and the form around it.
const MAX_BODY: u64 = 101 * 1024 * 1024;
/// The longest name, in characters.
const MAX_NAME: usize = 240;

pub(in crate::routes) fn configure(config: &mut web::ServiceConfig) {
    config.service(super::super::resource("/media").route(web::post().to(post_media)));
}

/// What the file is for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// image, video, audio, document or sticker; from the file's type if not said.
    kind: Option<String>,
    /// 1: a voice message, Ogg with Opus in one channel.
    voice: Option<u8>,
}

/// A form with one file in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; its parts are read as they come")]
pub(crate) struct UploadForm {
    /// The file, with its name and type.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A file that can be sent.
#[derive(Serialize, ToSchema)]
#[schema(as = Upload)]
pub(crate) struct UploadBody {
    /// For `{"id"}` in a message.
    id: String,
    /// What it can be sent as.
    kind: String,
    mime_type: String,
    /// In bytes.
    size: i64,
    filename: Option<String>,
    voice: bool,
    created_at: DateTime<Utc>,
}

impl UploadBody {
    fn new(upload: Upload, kind: MediaKind) -> Self {
        Self {
            id: upload.id.to_string(),
            kind: kind.as_str().to_owned(),
            mime_type: upload.content_type,
            size: upload.size,
            filename: upload.filename,
            voice: upload.voice,
            created_at: upload.created_at,
        }
    }
}

/// Bring a file to send. Type and size are checked as Meta checks them; what is too large is refused
/// before it is read.
#[utoipa::path(post, path = "/api/media", tag = "inbox", params(UploadQuery),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = UploadBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_media(
    member: Member<ChatWrite>,
    request: HttpRequest,
    Query(query): Query<UploadQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let wanted = Wanted::of(&query)?;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(Problem::new(Kind::PayloadTooLarge, "a file has at most 100 MB"));
    }
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        let sentence = "send Content-Type: multipart/form-data with a file";
        return Err(Problem::new(Kind::UnsupportedMedia, sentence));
    }
    let mut form = Multipart::new(request.headers(), body::moving(payload));
    while let Some(field) = form.next().await {
        let field = field.map_err(|_broken| malformed())?;
        if field.name() == Some("file") {
            let (file, kind) = described(&member, wanted, &field)?;
            let upload = member.app.engine().add_file(&member.tenant, file, field).await?;
            return Ok(HttpResponse::Created().json(UploadBody::new(upload, kind)));
        }
    }
    Err(Problem::field(
        "/file",
        "missing",
        "the form has no part named file",
    ))
}

fn malformed() -> Problem {
    Problem::field("", "malformed", "the form breaks off or is malformed")
}

/// What the query asks for.
#[derive(Clone, Copy)]
struct Wanted {
    kind: Option<MediaKind>,
    voice: bool,
}

impl Wanted {
    fn of(query: &UploadQuery) -> Result<Self, Problem> {
        let voice = match query.voice {
            None | Some(0) => false,
            Some(1) => true,
            Some(_) => return Err(Problem::field("/voice", "invalid", "voice is 0 or 1")),
        };
        let kind = match &query.kind {
            Some(kind) => Some(MediaKind::of_type(kind).ok_or_else(|| {
                let reason = "kind is image, video, audio, document or sticker";
                Problem::field("/kind", "unsupported", reason)
            })?),
            None => voice.then_some(MediaKind::Audio),
        };
        Ok(Self { kind, voice })
    }
}

fn described(
    member: &Member<ChatWrite>,
    wanted: Wanted,
    field: &Field,
) -> Result<(NewFile, MediaKind), Problem> {
    let mime_type = field.content_type().map(ToString::to_string).unwrap_or_default();
    let kind = wanted
        .kind
        .or_else(|| media_limits::kind_of(&mime_type))
        .ok_or_else(|| {
            let reason = "WhatsApp takes no files of this type; see Meta's list of supported media";
            Problem::field("/file", "unsupported", reason)
        })?;
    let filename = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .and_then(name);
    let file = NewFile {
        kind,
        mime_type,
        filename,
        voice: wanted.voice,
        by: member.is_oneself().then_some(member.user.id),
    };
    Ok((file, kind))
}

/// The file's own name: without folders and characters that no name has.
fn name(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or(given);
    let clean: String = last.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}
