//! `POST /{phone_number_id}/media`: a business leaves a file, to send it by its id.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_TYPE, web};
use serde_json::json;

use super::multipart::{self, Part};
use crate::{
    clock,
    faults::MediaFault,
    files::{UPLOAD_LIFE, kinds},
    graph::{access::Access, failure::GraphFailure, socket},
    simulator::Simulator,
    world::token::MESSAGING,
};

/// Takes a file.
pub async fn upload(
    simulator: web::Data<Simulator>,
    path: web::Path<(String, String)>,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, GraphFailure> {
    let (line, fault, pause) = {
        let mut inner = simulator.lock();
        let access = Access::for_scope(&request, &inner.world, MESSAGING)?;
        let line = access
            .line(&inner.world, &path.1, "post")?
            .phone_number_id
            .clone();
        let possible = [
            MediaFault::RateLimit,
            MediaFault::UploadError,
            MediaFault::UploadReset,
        ];
        let fault = inner.faults.take_media(&possible);
        (line, fault, Duration::from_millis(inner.faults.upload_ms))
    };
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    match fault {
        MediaFault::RateLimit => return Err(GraphFailure::rate_limit()),
        MediaFault::UploadError => return Err(GraphFailure::internal()),
        _ => {}
    }
    let (mime_type, file) = checked(&request, &body)?;
    let file = {
        let mut inner = simulator.lock();
        inner
            .files
            .add(&line, &mime_type, file, clock::now(), UPLOAD_LIFE)
    };
    if fault == MediaFault::UploadReset {
        socket::break_off(&request);
    }
    Ok(HttpResponse::Ok().json(json!({"id": file.id})))
}

/// The file of a form and its type, once Meta would take it.
fn checked(request: &HttpRequest, body: &web::Bytes) -> Result<(String, web::Bytes), GraphFailure> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let Some(parts) = multipart::parts(content_type, body) else {
        return Err(GraphFailure::parameter(
            "The request body is not a form with a file.",
        ));
    };
    let field = |name: &str| parts.iter().find(|part| part.name == name);
    let text = |part: &Part| String::from_utf8_lossy(&part.bytes).into_owned();
    if field("messaging_product").map(text).as_deref() != Some("whatsapp") {
        return Err(GraphFailure::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    let Some(file) = field("file").filter(|file| file.is_file) else {
        return Err(GraphFailure::parameter("The parameter file is required."));
    };
    let of_part = file.content_type.clone();
    let mime_type = field("type")
        .map(text)
        .filter(|kind| kind.contains('/'))
        .or(of_part);
    let mime_type = mime_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    let Some(most) = kinds::most_bytes(&mime_type) else {
        let types: Vec<_> = kinds::types().collect();
        let rule = format!(
            "Param file must be a file with one of the following types: {}. Received file of type '{mime_type}'.",
            types.join(", ")
        );
        return Err(GraphFailure::parameter(&rule));
    };
    if file.bytes.is_empty() || file.bytes.len() > most {
        let details = format!(
            "The file must have 1 to {most} bytes, and has {}.",
            file.bytes.len()
        );
        return Err(GraphFailure::told(131_053, details));
    }
    Ok((mime_type, file.bytes.clone()))
}
