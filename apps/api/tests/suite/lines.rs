//! What Meta posts for a line, and who signs it.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller, eventually},
    test_app::{Company, Line, TestApp},
};

pub const CUSTOMER: &str = "59170000001";

/// A text as the webhook carries it.
pub fn text(wamid: &str, from: &str, body: &str) -> Value {
    json!({
        "id": wamid, "from": from, "timestamp": "1790000000", "type": "text", "text": { "body": body },
    })
}

/// What happened on a line: one entry of a webhook.
pub fn entry(company: &Company, line: &Line, messages: &[Value]) -> Value {
    change(
        company,
        line,
        &json!({
            "contacts": [{ "profile": { "name": "Ana" }, "wa_id": CUSTOMER }],
            "messages": messages,
        }),
    )
}

/// A status of a message that went out on a line.
pub fn status(company: &Company, line: &Line, wamid: &str, status: &str) -> Value {
    change(
        company,
        line,
        &json!({
            "statuses": [{ "id": wamid, "status": status, "timestamp": "1790000100", "recipient_id": CUSTOMER }],
        }),
    )
}

fn change(company: &Company, line: &Line, more: &Value) -> Value {
    unregistered(&company.waba_id, &line.phone_number_id, more)
}

/// The same for a line of which only the id is known.
pub fn unregistered(waba_id: &str, phone_number_id: &str, more: &Value) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "12025550100", "phone_number_id": phone_number_id },
    });
    value
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json!({ "id": waba_id, "changes": [{ "value": value, "field": "messages" }] })
}

/// A whole webhook.
pub fn webhook(entries: &[Value]) -> String {
    json!({ "object": "whatsapp_business_account", "entry": entries }).to_string()
}

/// The value of the signature header.
pub fn sign(secret: &str, body: &[u8]) -> String {
    whatsapp::signature::sign(&secret.into(), body)
}

impl TestApp {
    /// Posts a body to the webhook; `signature` is the header's value.
    pub async fn deliver(&self, body: impl Into<Vec<u8>>, signature: Option<&[u8]>) -> Answer {
        let mut request = self
            .anon()
            .request(reqwest::Method::POST, "/webhook")
            .header("content-type", "application/json")
            .body(body.into());
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        Answer::to(request).await
    }

    /// Posts entries signed with this secret.
    pub async fn deliver_signed(&self, secret: &str, entries: &[Value]) -> Answer {
        let body = webhook(entries);
        let signature = sign(secret, body.as_bytes());
        self.deliver(body, Some(signature.as_bytes())).await
    }

    /// The customer writes on one of A's lines, by way of the simulator; the conversation's id.
    pub async fn customer_writes(&self, line: usize, body: &str) -> String {
        let order = json!({
            "phone_number_id": self.a.lines[line].phone_number_id, "from": CUSTOMER, "name": "Ana", "text": body,
        });
        let answer = self
            .meta()
            .post("/simulator/inbound", &order)
            .await
            .expect(200)
            .json();
        assert_eq!(answer["delivery"]["status"], 200, "{answer}");
        let channel = self.a.lines[line].id;
        let reader = self.member(Role::Doctor).await;
        let found = reader
            .items(&format!("/api/conversations?channel_id={channel}"))
            .await;
        found[0]["id"].as_str().unwrap().to_owned()
    }

    /// Throws the simulator's switches.
    pub async fn faults(&self, change: &Value) {
        self.meta().post("/simulator/faults", change).await.expect(200);
    }

    /// How many messages the simulator has taken.
    pub async fn sends(&self) -> i64 {
        self.meta().get("/simulator/sends").await.expect(200).json()["total"]
            .as_i64()
            .unwrap()
    }
}

/// The message once it has this status.
pub async fn message_with_status(reader: &Caller, conversation: &str, id: &str, status: &str) -> Value {
    let path = format!("/api/conversations/{conversation}/messages");
    eventually(|| async {
        let messages = reader.items(&path).await;
        messages
            .into_iter()
            .find(|message| message["id"] == id && message["status"] == status)
    })
    .await
}
