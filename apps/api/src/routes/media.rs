//! The files of messages: served to the tenant's team and to nobody else, whole or in
//! ranges, and only as types that a browser cannot run.

pub(super) mod body;
mod name;
mod range;
pub(crate) mod upload;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    http::{
        Method, StatusCode,
        header::{self, ContentDisposition, DispositionParam, DispositionType, ETag, EntityTag},
    },
    web,
};
use engine::media::StoredMedia;
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use self::range::Wanted;
use super::messages::{self, MessageBody};
use crate::{
    auth::{ChatRead, ChatWrite, Member},
    json::{self, Query},
    problem::{Kind, Problem},
};

/// A file never changes under its message. Another person in the same browser asks anew.
const CACHING: &str = "private, max-age=31536000, immutable";
/// Whatever a file holds, a page made of it may do nothing.
const POLICY: &str = "default-src 'none'; sandbox";

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/messages/{id}/media")
                .route(web::get().to(get_media))
                .route(web::head().to(get_media)),
        )
        .service(super::resource("/messages/{id}/media/fetch").route(web::post().to(post_fetch)))
        .configure(upload::configure);
}

/// How to serve a file.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MediaQuery {
    /// 1: as a file to save, also where it could be shown.
    download: Option<u8>,
}

/// A message's file.
#[utoipa::path(get, path = "/api/messages/{id}/media", tag = "inbox",
    params(("id" = String, Path), MediaQuery,
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110).")),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "The range.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 304, description = "It is what If-None-Match names.")),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_media(
    member: Member<ChatRead>,
    request: HttpRequest,
    id: web::Path<String>,
    Query(query): Query<MediaQuery>,
) -> Result<HttpResponse, Problem> {
    let save = match query.download {
        None | Some(0) => false,
        Some(1) => true,
        Some(_) => return Err(Problem::field("/download", "invalid", "download is 0 or 1")),
    };
    let id = json::id(&id)?;
    member.sees_message(id).await?;
    let engine = member.app.engine();
    let stored = engine.stored_media(&member.tenant, id).await?;
    let tag = EntityTag::new_strong(stored.hash.to_string());
    if range::is_known(&request, &tag) {
        return Ok(head(StatusCode::NOT_MODIFIED, tag).finish());
    }
    let (status, part) = match range::wanted(&request, &tag, stored.size) {
        Wanted::Whole => (StatusCode::OK, None),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, Some(part)),
        Wanted::Impossible => return Ok(impossible(stored.size)),
    };
    let mut response = head(status, tag);
    describe(&mut response, &stored, save);
    let length = part.as_ref().map_or(stored.size, |part| part.end - part.start);
    if let Some(part) = &part {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, stored.size);
        response.insert_header((header::CONTENT_RANGE, range));
    }
    if request.method() == Method::HEAD || length == 0 {
        let nothing = stream::empty::<Result<web::Bytes, actix_web::Error>>();
        return Ok(response.body(SizedStream::new(length, nothing)));
    }
    let bytes = engine.media_bytes(&member.tenant, &stored, part).await;
    let bytes = bytes.map_err(|error| Problem::caused(Kind::Unavailable, error))?;
    Ok(response.body(SizedStream::new(length, bytes)))
}

fn head(status: StatusCode, tag: EntityTag) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header(ETag(tag))
        .insert_header((header::CACHE_CONTROL, CACHING))
        .insert_header((header::VARY, "Authorization"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // A compressed answer has no ranges; most of these files are compressed as they are.
        .insert_header(header::ContentEncoding::Identity);
    response
}

fn describe(response: &mut HttpResponseBuilder, stored: &StoredMedia, save: bool) {
    let shown = stored.media.content_type.as_deref();
    let disposition = match shown {
        Some(_) if !save => DispositionType::Inline,
        _ => DispositionType::Attachment,
    };
    let name = name::of(&stored.media);
    response
        .insert_header((header::CONTENT_TYPE, shown.unwrap_or("application/octet-stream")))
        .insert_header(ContentDisposition {
            disposition,
            parameters: vec![
                DispositionParam::Filename(name::in_ascii(&name)),
                DispositionParam::FilenameExt(header::ExtendedValue {
                    charset: header::Charset::Ext("UTF-8".to_owned()),
                    language_tag: None,
                    value: name.into_bytes(),
                }),
            ],
        });
}

fn impossible(size: u64) -> HttpResponse {
    use actix_web::ResponseError;
    let problem = Problem::new(Kind::RangeNotSatisfiable, format!("the file has {size} bytes"));
    let mut response = problem.error_response();
    if let Ok(range) = format!("bytes */{size}").parse() {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

/// Fetch a file again that did not come.
#[utoipa::path(post, path = "/api/messages/{id}/media/fetch", tag = "inbox", params(("id" = String, Path)),
    responses((status = 202, body = MessageBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_fetch(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = json::id(&id)?;
    member.sees_message(id).await?;
    member.app.engine().fetch_media_again(&member.tenant, id).await?;
    let mut conn = member.conn().await?;
    Ok(HttpResponse::Accepted().json(messages::body_of(&mut conn, id).await?))
}
