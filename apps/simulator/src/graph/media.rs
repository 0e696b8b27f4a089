//! Files that customers sent: where they are, and their bytes. As Meta does it: the URL is a
//! host of its own there, and it wants the same token.

mod multipart;
pub mod upload;

use std::{convert::Infallible, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{access::Access, failure::GraphFailure};
use crate::{clock, faults::MediaFault, simulator::Simulator};

/// The path of downloads, as lookaside.fbsbx.com has it.
pub const DOWNLOADS: &str = "/whatsapp_business/attachments/";
/// A form with the largest file that Meta takes.
pub const MAX_UPLOAD_BYTES: usize = 101 * 1024 * 1024;
/// The size that a file is said to have when it is to be too large: a byte more than Meta takes.
const TOO_LARGE: u64 = 100 * 1024 * 1024 + 1;
/// How long a slow download holds back its second half.
const SLOW: Duration = Duration::from_secs(3);

/// What a download's URL says.
#[derive(Deserialize)]
pub struct Ticket {
    mid: String,
    hash: String,
}

/// Where a file is, if the id is one's and the token opens its line.
pub fn location(
    simulator: &Simulator,
    id: &str,
    request: &HttpRequest,
) -> Option<Result<Value, GraphFailure>> {
    let mut inner = simulator.lock();
    let now = clock::now();
    let access = Access::of(request, &inner.world).ok()?;
    let file = inner.files.find(id, now)?.clone();
    access
        .lines(&inner.world)
        .find(|line| line.phone_number_id == file.phone_number_id)?;
    let fault = inner
        .faults
        .take_media(&[MediaFault::Missing, MediaFault::RateLimit, MediaFault::TooLarge]);
    match fault {
        MediaFault::Missing => return Some(Err(GraphFailure::unknown_object(id, "get"))),
        MediaFault::RateLimit => return Some(Err(GraphFailure::rate_limit())),
        _ => {}
    }
    let ticket = inner.files.ticket(id, now);
    let host = request.connection_info().host().to_owned();
    let expires = now.timestamp() + 300;
    let size = match fault {
        MediaFault::TooLarge => TOO_LARGE,
        _ => u64::try_from(file.bytes.len()).unwrap_or(u64::MAX),
    };
    Some(Ok(json!({
        "messaging_product": "whatsapp",
        "url": format!("http://{host}{DOWNLOADS}?mid={id}&source=getMedia&ext={expires}&hash={ticket}"),
        "mime_type": file.mime_type,
        "sha256": hex::encode(file.sha256()),
        "file_size": size.to_string(),
        "id": id,
    })))
}

/// A file's bytes. Without the token, or after five minutes: 404, as at Meta.
pub async fn download(
    simulator: web::Data<Simulator>,
    ticket: web::Query<Ticket>,
    request: HttpRequest,
) -> HttpResponse {
    let (file, fault, delay) = {
        let mut inner = simulator.lock();
        let found = inner.files.opened(&ticket.mid, &ticket.hash, clock::now());
        let file = found.cloned().filter(|file| {
            Access::of(&request, &inner.world).is_ok_and(|access| {
                let mut lines = access.lines(&inner.world);
                lines.any(|line| line.phone_number_id == file.phone_number_id)
            })
        });
        let Some(file) = file else {
            return HttpResponse::NotFound().finish();
        };
        let possible = [MediaFault::ExpiredUrl, MediaFault::WrongHash, MediaFault::Slow];
        let delay = Duration::from_millis(inner.faults.download_ms);
        (file, inner.faults.take_media(&possible), delay)
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = HttpResponse::build(StatusCode::OK);
    response.content_type(file.mime_type.as_str());
    match fault {
        MediaFault::ExpiredUrl => HttpResponse::NotFound().finish(),
        MediaFault::WrongHash => {
            let mut bytes = file.bytes.to_vec();
            match bytes.last_mut() {
                Some(last) => *last ^= 1,
                None => bytes.push(1),
            }
            response.body(bytes)
        }
        MediaFault::Slow => {
            let half = file.bytes.len() / 2;
            let parts = [
                (Duration::ZERO, file.bytes.slice(..half)),
                (SLOW, file.bytes.slice(half..)),
            ];
            response.streaming(stream::unfold(parts.into_iter(), async |mut parts| {
                let (pause, bytes) = parts.next()?;
                tokio::time::sleep(pause).await;
                Some((Ok::<_, Infallible>(bytes), parts))
            }))
        }
        _ => response.body(file.bytes),
    }
}

/// Forgets a file.
pub async fn delete(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, GraphFailure> {
    let id = path.into_inner().1;
    location(&simulator, &id, &request)
        .unwrap_or_else(|| Err(GraphFailure::unknown_object(&id, "delete")))?;
    simulator.lock().files.delete(&id);
    Ok(HttpResponse::Ok().json(json!({"success": true})))
}
