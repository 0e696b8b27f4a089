//! Giving Meta a file to send, over real HTTP.

use std::{io, time::Duration};

use bytes::Bytes;
use futures_util::stream;
use secrecy::SecretString;
use tokio::net::TcpListener;
use whatsapp::client::{Client, MediaError, MediaId, Upload, UploadError, http_client};

use crate::{
    client::{answer, server},
    common::bytes,
};

fn client(url: &str) -> Client {
    Client::new(url, "v25.0", http_client().unwrap()).unwrap()
}

fn token() -> SecretString {
    SecretString::from("s3cret")
}

async fn upload(url: &str) -> Result<MediaId, UploadError> {
    let file = Upload::bytes(&b"%PDF-1.7"[..], "application/pdf", "factura \"7\".pdf");
    client(url).upload_media("80/1", &token(), file).await
}

async fn upload_against(canned: Vec<u8>) -> UploadError {
    let (url, _request) = server(canned).await;
    upload(&url).await.unwrap_err()
}

#[tokio::test]
async fn a_file_is_uploaded_in_metas_form() {
    let (url, request) = server(answer("200 OK", br#"{"id":"740000000000001"}"#)).await;
    assert_eq!(upload(&url).await.unwrap(), MediaId("740000000000001".to_owned()));
    let request = request.await.unwrap();
    assert!(
        request.starts_with("POST /v25.0/80%2F1/media HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("authorization: Bearer s3cret\r\n"));
    assert!(request.contains("content-type: multipart/form-data; boundary="));
    for part in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n",
        "name=\"type\"\r\n\r\napplication/pdf\r\n",
        "name=\"file\"; filename=\"factura \\\"7\\\".pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn a_stream_is_sent_with_its_length() {
    let (url, request) = server(answer("200 OK", br#"{"id":"7"}"#)).await;
    let chunks = [Bytes::from_static(b"%PDF"), Bytes::from_static(b"-1.7")];
    let chunks = stream::iter(chunks.map(Ok::<_, io::Error>));
    let file = Upload::stream(chunks, 8, "application/pdf", "a.pdf");
    let id = client(&url).upload_media("1", &token(), file).await.unwrap();
    assert_eq!(id.0, "7");
    let request = request.await.unwrap();
    assert!(request.contains("content-length: ") && request.contains("\r\n\r\n%PDF-1.7\r\n"));
    // A file that breaks off is no file.
    let (url, request) = server(answer("200 OK", br#"{"id":"7"}"#)).await;
    let broken = stream::iter([Ok(Bytes::from_static(b"%PDF")), Err(io::Error::other("disk"))]);
    let file = Upload::stream(broken, 8, "application/pdf", "a.pdf");
    let lost = client(&url).upload_media("1", &token(), file).await.unwrap_err();
    assert!(matches!(lost, UploadError::Lost) && lost.may_pass());
    request.abort();
}

#[tokio::test]
async fn a_failure_says_whether_to_try_again() {
    let busy = upload_against(answer(
        "400 Bad Request\r\nretry-after: 7",
        &bytes("api/responses/error_130429.json"),
    ))
    .await;
    assert!(matches!(busy, UploadError::NotNow(_)) && busy.may_pass());
    assert_eq!(busy.retry_after(), Some(Duration::from_secs(7)));
    let failing = upload_against(answer("502 Bad Gateway", b"<html>")).await;
    assert!(matches!(failing, UploadError::NotNow(_)) && failing.may_pass());
    let refused = upload_against(answer(
        "400 Bad Request",
        br#"{"error":{"code":131053,"message":"no"}}"#,
    ))
    .await;
    assert!(matches!(refused, UploadError::Refused(_)) && !refused.may_pass());
    let token = upload_against(answer("401 Unauthorized", &bytes("api/responses/error_190.json"))).await;
    assert!(matches!(token, UploadError::Refused(_)) && !token.may_pass());
    let mute = upload_against(answer("200 OK", b"{}")).await;
    assert!(matches!(mute, UploadError::Unreadable) && mute.may_pass());
    let cut = upload_against(Vec::new()).await;
    assert!(matches!(cut, UploadError::Lost) && cut.may_pass());

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(upload(&url).await, Err(UploadError::Lost)));
}

#[tokio::test]
async fn what_no_request_can_say_never_leaves() {
    let nowhere = client("http://127.0.0.1:1");
    let file = || Upload::bytes(&b"x"[..], "not a type", "a");
    let error = nowhere.upload_media("1", &token(), file()).await.unwrap_err();
    assert!(matches!(error, UploadError::Request) && !error.may_pass());
    let bad = SecretString::from("s3cret\n");
    let error = nowhere.upload_media("1", &bad, file()).await.unwrap_err();
    assert!(matches!(error, UploadError::Token));
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

#[tokio::test]
async fn an_uploaded_file_is_taken_back() {
    let (url, request) = server(answer("200 OK", &bytes("api/responses/success_true.json"))).await;
    client(&url).delete_media("74/0", &token()).await.unwrap();
    let request = request.await.unwrap();
    assert!(
        request.starts_with("DELETE /v25.0/74%2F0 HTTP/1.1\r\n"),
        "{request}"
    );
    let gone = answer(
        "400 Bad Request",
        &bytes("api/responses/error_100_no_error_data.json"),
    );
    let (url, _request) = server(gone).await;
    let error = client(&url).delete_media("74", &token()).await.unwrap_err();
    assert!(matches!(error, MediaError::Refused(_)));
}
