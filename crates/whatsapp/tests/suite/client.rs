use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};
use whatsapp::{
    client::{Client, NotSentReason, SendError, Sent, UnknownReason, http_client},
    error::ErrorClass,
    outbound::{OutboundMessage, Recipient},
};

use crate::{
    common::{bytes, json},
    outbound_requests::message_of,
};

const LINE: &str = "800000000000001";

/// Answers one request with `answer`, byte for byte, and returns the request.
pub async fn server(answer: Vec<u8>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        let mut buffer = [0; 4096];
        while !is_complete(&request) {
            let length = stream.read(&mut buffer).await.unwrap();
            request.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
        stream.write_all(&answer).await.unwrap();
        request
    });
    (url, request)
}

fn is_complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.to_lowercase();
    let length = length
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    // Without a length there is no body.
    length.is_none_or(|length| body.len() >= length.parse().unwrap())
}

pub fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn message() -> OutboundMessage {
    OutboundMessage::text(Recipient::Phone("12025550111".into()), "hola")
}

async fn send_to(url: &str) -> Result<Sent, SendError> {
    let client = Client::new(url, "v25.0", http_client().unwrap()).unwrap();
    client
        .send_message(LINE, &SecretString::from("s3cret"), &message())
        .await
}

async fn send_against(canned: Vec<u8>) -> Result<Sent, SendError> {
    let (url, _request) = server(canned).await;
    send_to(&url).await
}

#[tokio::test]
async fn an_accepted_message_has_an_id() {
    let (url, request) = server(answer("200 OK", &bytes("api/responses/send_ok_phone.json"))).await;
    let sent = send_to(&url).await.unwrap();
    assert!(sent.wamid.starts_with("wamid."));
    assert_eq!(sent.wa_id.as_deref(), Some("12025550111"));
    let request = request.await.unwrap();
    assert!(
        request.starts_with("POST /v25.0/800000000000001/messages HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("authorization: Bearer s3cret\r\n"));
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body, serde_json::to_value(message()).unwrap());
}

#[tokio::test]
async fn a_marketing_message_goes_to_its_own_endpoint() {
    let (url, request) = server(answer("200 OK", &bytes("api/responses/send_ok_phone.json"))).await;
    let client = Client::new(&url, "v25.0", http_client().unwrap()).unwrap();
    let expected = json("api/requests/marketing_messages_template.json");
    client
        .send_message(LINE, &SecretString::from("t"), &message_of(&expected))
        .await
        .unwrap();
    let request = request.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v25.0/800000000000001/marketing_messages HTTP/1.1\r\n"));
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
}

#[tokio::test]
async fn a_refusal_is_definite_and_keeps_its_code() {
    let canned = answer("400 Bad Request", &bytes("api/responses/error_131047.json"));
    let Err(SendError::Refused(error)) = send_against(canned).await else {
        panic!()
    };
    assert_eq!(
        (error.code, error.class()),
        (Some(131_047), ErrorClass::Permanent)
    );
    assert!(error.details.unwrap().contains("24 hours"));

    let canned = answer("401 Unauthorized", &bytes("api/responses/error_190.json"));
    let Err(SendError::Refused(error)) = send_against(canned).await else {
        panic!()
    };
    assert_eq!((error.subcode, error.class()), (Some(463), ErrorClass::PauseLine));
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let canned = answer("429 Too Many Requests\r\nretry-after: 7", b"");
    let Err(SendError::Refused(error)) = send_against(canned).await else {
        panic!()
    };
    assert_eq!(
        (error.class(), error.retry_after),
        (ErrorClass::Retry, Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn whatever_may_have_been_sent_is_unknown() {
    let html = bytes("api/responses/error_html_502.txt");
    let cases = [
        (answer("502 Bad Gateway", &html), UnknownReason::ServerError),
        (
            answer("500 Error", br#"{"error":{"code":131000}}"#),
            UnknownReason::ServerError,
        ),
        (answer("200 OK", b"{}"), UnknownReason::Unreadable),
        (answer("200 OK", b"hello"), UnknownReason::Unreadable),
        (answer("200 OK", &vec![b' '; 300_000]), UnknownReason::Unreadable),
        (Vec::new(), UnknownReason::ConnectionLost),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{".to_vec(),
            UnknownReason::ConnectionLost,
        ),
    ];
    for (canned, expected) in cases {
        let Err(SendError::Unknown { reason, .. }) = send_against(canned).await else {
            panic!()
        };
        assert_eq!(reason, expected);
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(
        send_to(&url).await,
        Err(SendError::NotSent(NotSentReason::Connect))
    ));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, request) = server(answer("200 OK", b"{}")).await;
    let canned = answer(&format!("307 Temporary Redirect\r\nlocation: {elsewhere}"), b"");
    assert!(matches!(send_against(canned).await, Err(SendError::Refused(error)) if error.http_status == 307));
    assert!(!request.is_finished());
    request.abort();
}

#[tokio::test]
async fn a_token_never_shows() {
    let client = Client::new("http://127.0.0.1:1", "v25.0", http_client().unwrap()).unwrap();
    let token = SecretString::from("s3cret\n");
    let error = client.send_message(LINE, &token, &message()).await.unwrap_err();
    assert!(matches!(error, SendError::NotSent(NotSentReason::Token)));
    assert!(!format!("{error} {error:?} {client:?}").contains("s3cret"));
}

#[tokio::test]
async fn reading_is_reported_in_metas_shape() {
    let (url, request) = server(answer("200 OK", &bytes("api/responses/success_true.json"))).await;
    let client = Client::new(&url, "v25.0", http_client().unwrap()).unwrap();
    let expected = json("api/requests/mark_read.json");
    let wamid = expected["message_id"].as_str().unwrap();
    client
        .mark_read(LINE, &SecretString::from("t"), wamid, false)
        .await
        .unwrap();
    let request = request.await.unwrap();
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body, expected);
}

#[test]
fn a_client_is_refused_a_wrong_address() {
    let http = http_client().unwrap();
    for url in ["", "graph.facebook.com", "ftp://example.com"] {
        assert!(Client::new(url, "v25.0", http.clone()).is_err(), "{url}");
    }
    for version in ["", "25", "v25", "v25.0/x", "v25."] {
        assert!(
            Client::new("https://example.com", version, http.clone()).is_err(),
            "{version}"
        );
    }
}
