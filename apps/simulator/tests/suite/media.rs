//! Files that customers send, as the Graph API gives them out.

use serde_json::{Value, json};

use crate::stage::{CUSTOMER, LINE, Stage, TOKEN};

const JPEG: &[u8] = include_bytes!("../../samples/photo.jpg");

/// The customer sends a file; the object that the webhook announces it with.
async fn sent(stage: &mut Stage, media: Value) -> Value {
    let kind = media["type"].as_str().unwrap().to_owned();
    let body = json!({ "phone_number_id": LINE, "from": CUSTOMER, "media": media });
    let (status, answer) = stage.post("/simulator/inbound", &body).await;
    assert_eq!(status, 200, "{answer}");
    let webhook: Value = serde_json::from_slice(&stage.receiver.next().await.body).unwrap();
    let message = &webhook["entry"][0]["changes"][0]["value"]["messages"][0];
    assert_eq!(message["type"], kind.as_str());
    message[&kind].clone()
}

async fn fetch(stage: &Stage, url: &str, token: Option<&str>) -> (u16, Vec<u8>) {
    let request = stage.http.get(url);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_leads_to_a_url_and_the_url_with_the_token_to_the_bytes() {
    let mut stage = Stage::set();
    let file = sent(&mut stage, json!({ "type": "image", "caption": "mira" })).await;
    assert_eq!(
        (&file["caption"], &file["mime_type"]),
        (&json!("mira"), &json!("image/jpeg"))
    );
    let path = format!("/v25.0/{}", file["id"].as_str().unwrap());
    let (status, found) = stage.get(&path).await;
    assert_eq!(
        (status, &found["file_size"]),
        (200, &json!(JPEG.len().to_string()))
    );
    assert_eq!(found["sha256"].as_str().map(str::len), Some(64));
    let url = found["url"].as_str().unwrap();
    assert_eq!(fetch(&stage, url, Some(TOKEN)).await, (200, JPEG.to_vec()));
    assert_eq!(fetch(&stage, url, None).await.0, 404);
    assert_eq!(fetch(&stage, url, Some("other")).await.0, 404);
    assert_eq!(fetch(&stage, &format!("{url}x"), Some(TOKEN)).await.0, 404);
    let deleted = stage
        .http
        .delete(format!("{}{path}", stage.url))
        .bearer_auth(TOKEN);
    assert_eq!(deleted.send().await.unwrap().status(), 200);
    assert_eq!(stage.get(&path).await.1["error"]["error_subcode"], 33);
    assert_eq!(fetch(&stage, url, Some(TOKEN)).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_may_be_given_and_faults_end_by_themselves() {
    let mut stage = Stage::set();
    let given =
        json!({ "type": "document", "filename": "a.txt", "mime_type": "text/plain", "data": "aG9sYQ==" });
    let file = sent(&mut stage, given).await;
    let path = format!("/v25.0/{}", file["id"].as_str().unwrap());
    for (fault, status) in [("wrong_hash", 200), ("expired_url", 404)] {
        let change = json!({ "media": fault, "media_times": 1 });
        stage.post("/simulator/faults", &change).await;
        let url = stage.get(&path).await.1["url"].as_str().unwrap().to_owned();
        let (answered, bytes) = fetch(&stage, &url, Some(TOKEN)).await;
        assert_eq!(answered, status);
        assert_ne!(bytes, b"hola");
        assert_eq!(fetch(&stage, &url, Some(TOKEN)).await, (200, b"hola".to_vec()));
    }
    for (fault, status) in [("429", 429), ("missing", 400)] {
        let change = json!({ "media": fault, "media_times": 1 });
        stage.post("/simulator/faults", &change).await;
        assert_eq!(stage.get(&path).await.0, status);
        assert_eq!(stage.get(&path).await.0, 200);
    }
    let refused = json!({ "phone_number_id": LINE, "from": CUSTOMER, "media": { "type": "smell" } });
    assert_eq!(stage.post("/simulator/inbound", &refused).await.0, 400);
}
