//! Files: what webhooks say of them, and how they are fetched.

use secrecy::SecretString;
use whatsapp::{
    client::{Client, Download, MediaError, http_client},
    webhook::{Media, MediaKind},
};

use crate::{
    client::{answer, server},
    common::{bytes, items, items_of, messages},
};

fn media_of(fixture: &str) -> Media {
    messages(items(fixture)).remove(0).media().unwrap()
}

#[test]
fn every_kind_of_file_is_read() {
    let video = media_of("messages/video.json");
    assert_eq!(
        (video.kind, video.id.as_deref()),
        (MediaKind::Video, Some("740000000000002"))
    );
    assert_eq!(video.caption.as_deref(), Some("unboxing"));
    assert_eq!(video.mime_type.as_deref(), Some("video/mp4"));
    assert_eq!(
        video.sha256.map(hex::encode).as_deref(),
        Some("1ff838dc6ca9680d88455341118157d59a055fe6d0e3870f9c002847bebe4663")
    );
    assert!(video.url.is_some());
    let voice = media_of("messages/audio_voice_note.json");
    assert_eq!((voice.kind, voice.voice), (MediaKind::Audio, true));
    assert!(!media_of("messages/audio_file.json").voice);
    let document = media_of("messages/document.json");
    assert_eq!(document.filename.as_deref(), Some("invoice 2026 – número 7.pdf"));
    let sticker = media_of("messages/sticker_animated.json");
    assert_eq!(
        (sticker.kind, sticker.animated, sticker.url),
        (MediaKind::Sticker, true, None)
    );
    assert_eq!(messages(items("messages/text.json")).remove(0).media(), None);
}

fn media_in(message: &str) -> Option<Media> {
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"7","changes":[{{"field":"messages","value":
        {{"metadata":{{"phone_number_id":"8"}},"messages":[{{"id":"w","from":"1","type":{message}}}]}}}}]}}]}}"#
    );
    messages(items_of(body.as_bytes())).remove(0).media()
}

#[test]
fn whatever_is_missing_or_odd_costs_only_itself() {
    let bare = media_in(r#""image""#).unwrap();
    assert_eq!((bare.kind, bare.id, bare.sha256), (MediaKind::Image, None, None));
    assert!(media_in(r#""image","image":[]"#).unwrap().id.is_none());
    let odd =
        r#""document","document":{"id":74,"filename":"a\u0000b","sha256":"??","mime_type":{},"voice":"yes"}"#;
    let odd = media_in(odd).unwrap();
    assert_eq!(
        (odd.id.as_deref(), odd.filename.as_deref()),
        (Some("74"), Some("a\u{fffd}b"))
    );
    assert_eq!((odd.sha256, odd.mime_type, odd.voice), (None, None, false));
    let old = media_in(r#""voice","voice":{"id":"1"}"#).unwrap();
    assert_eq!((old.kind, old.voice), (MediaKind::Audio, true));
    let hex = "1ff838dc6ca9680d88455341118157d59a055fe6d0e3870f9c002847bebe4663";
    let in_hex = media_in(&format!(r#""video","video":{{"id":"1","sha256":"{hex}"}}"#)).unwrap();
    assert_eq!(in_hex.sha256.map(hex::encode).as_deref(), Some(hex));
}

fn client(base: &str) -> Client {
    Client::new(base, "v25.0", http_client().unwrap()).unwrap()
}

fn token() -> SecretString {
    SecretString::from("s3cret")
}

async fn fetch(url: &str, limit: u64) -> Result<Vec<u8>, MediaError> {
    let mut download: Download = client(url)
        .download(&format!("{url}/file"), &token(), limit)
        .await?;
    let mut all = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

#[tokio::test]
async fn the_graph_api_says_where_a_file_is() {
    let (url, request) = server(answer("200 OK", &bytes("api/responses/media_url.json"))).await;
    let found = client(&url).media_url("740/../1", &token()).await.unwrap();
    assert_eq!(found.file_size, Some(303_833));
    assert_eq!(found.mime_type.as_deref(), Some("image/jpeg"));
    assert!(found.sha256.is_some() && found.url.starts_with("https://lookaside.fbsbx.com/"));
    let request = request.await.unwrap();
    assert!(
        request.starts_with("GET /v25.0/740%2F..%2F1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("authorization: Bearer s3cret\r\n"));
}

#[tokio::test]
async fn a_file_comes_with_the_token_and_up_to_the_limit() {
    let (url, request) = server(answer("200 OK", b"12345")).await;
    assert_eq!(fetch(&url, 5).await.unwrap(), b"12345");
    assert!(
        request
            .await
            .unwrap()
            .contains("authorization: Bearer s3cret\r\n")
    );
    let (url, _request) = server(answer("200 OK", b"12345")).await;
    assert!(matches!(
        fetch(&url, 4).await,
        Err(MediaError::TooLarge { limit: 4 })
    ));
    // A server that does not say how much comes is stopped all the same.
    let (url, _request) = server(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n12345".to_vec()).await;
    assert!(matches!(
        fetch(&url, 4).await,
        Err(MediaError::TooLarge { limit: 4 })
    ));
}

#[tokio::test]
async fn what_breaks_off_or_is_refused_is_no_file() {
    let (url, _request) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n12345".to_vec()).await;
    assert!(matches!(fetch(&url, 100).await, Err(MediaError::Lost)));
    let (url, _request) = server(answer("404 Not Found", b"gone")).await;
    assert!(matches!(
        fetch(&url, 100).await,
        Err(MediaError::Status { status: 404, .. })
    ));
    let (url, _request) = server(answer("206 Partial Content", b"12")).await;
    assert!(matches!(
        fetch(&url, 100).await,
        Err(MediaError::Status { status: 206, .. })
    ));
}

#[tokio::test]
async fn no_redirect_leads_to_a_stranger() {
    let (stranger, asked) = server(answer("200 OK", b"secret")).await;
    let head = format!("302 Found\r\nlocation: {stranger}/file");
    let (url, _request) = server(answer(&head, b"")).await;
    assert!(matches!(fetch(&url, 100).await, Err(MediaError::ForeignHost)));
    assert!(!asked.is_finished());
    let graph = client("https://graph.facebook.com");
    let refused = graph.download(&format!("{stranger}/file"), &token(), 100).await;
    assert!(matches!(refused, Err(MediaError::ForeignHost)));
    assert!(!asked.is_finished());
}
