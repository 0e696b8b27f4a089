//! A file that a customer sends: given bytes, or a sample of the kind. And any file, for the page.

use actix_web::{
    HttpResponse,
    web::{self, Bytes},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::ControlError;
use crate::{clock, files::INBOUND_LIFE, simulator::Simulator};

/// The largest file that is made up.
const MAX_SIZE: usize = 128 * 1024 * 1024;

/// What a customer sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundMedia {
    /// image, video, audio, document or sticker.
    #[serde(rename = "type")]
    kind: String,
    mime_type: Option<String>,
    filename: Option<String>,
    caption: Option<String>,
    voice: Option<bool>,
    animated: Option<bool>,
    /// The bytes, in base64; a sample of the kind when absent.
    data: Option<String>,
    /// How long to make the sample, with zeros at its end.
    size: Option<usize>,
}

/// A file's bytes, for the page: without a token, and never as a page of its own.
pub async fn show(simulator: web::Data<Simulator>, id: web::Path<String>) -> HttpResponse {
    let found = simulator.lock().files.find(&id, clock::now()).cloned();
    let Some(file) = found else {
        return HttpResponse::NotFound().finish();
    };
    HttpResponse::Ok()
        .content_type(file.mime_type.as_str())
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .body(file.bytes)
}

/// Keeps the file and makes the message object that announces it.
pub fn content(
    simulator: &Simulator,
    line: &str,
    media: &InboundMedia,
    at: DateTime<Utc>,
) -> Result<Value, ControlError> {
    let (mime_type, sample): (_, &[u8]) = match &*media.kind {
        "image" => ("image/jpeg", include_bytes!("../../samples/photo.jpg")),
        "video" => ("video/mp4", include_bytes!("../../samples/clip.mp4")),
        "audio" => (
            "audio/ogg; codecs=opus",
            include_bytes!("../../samples/voice.ogg"),
        ),
        "document" => ("application/pdf", include_bytes!("../../samples/invoice.pdf")),
        "sticker" => ("image/webp", include_bytes!("../../samples/sticker.webp")),
        _ => {
            return Err(ControlError::Invalid(
                "media.type must be image, video, audio, document or sticker",
            ));
        }
    };
    let bytes = match (&media.data, media.size) {
        (Some(data), _) => STANDARD
            .decode(data)
            .or(Err(ControlError::Invalid("media.data must be base64")))?,
        (None, Some(size)) if size <= MAX_SIZE => {
            let mut bytes = sample.to_vec();
            bytes.resize(size, 0);
            bytes
        }
        (None, Some(_)) => return Err(ControlError::Invalid("media.size is too large")),
        (None, None) => sample.to_vec(),
    };
    let mime_type = media.mime_type.as_deref().unwrap_or(mime_type);
    let file = simulator
        .lock()
        .files
        .add(line, mime_type, Bytes::from(bytes), at, INBOUND_LIFE);
    let mut object = json!({
        "id": file.id,
        "mime_type": file.mime_type,
        "sha256": STANDARD.encode(file.sha256()),
    });
    for (name, text) in [("caption", &media.caption), ("filename", &media.filename)] {
        if let Some(text) = text {
            object[name] = text.clone().into();
        }
    }
    match &*media.kind {
        "audio" => object["voice"] = media.voice.unwrap_or(true).into(),
        "sticker" => object["animated"] = media.animated.unwrap_or(false).into(),
        "document" if media.filename.is_none() => object["filename"] = "invoice.pdf".into(),
        _ => {}
    }
    Ok(json!({"type": media.kind, &media.kind: object}))
}
