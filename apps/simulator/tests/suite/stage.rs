//! A simulator with one line, a receiver, and a client to speak to it.

use std::sync::Arc;

use serde_json::{Value, json};
use simulator::{Simulator, config::Config, serve, world::World};
use tokio::runtime::Handle;

use crate::receiver::Receiver;

pub const LINE: &str = "800000000000001";
pub const WABA: &str = "700000000000001";
pub const TOKEN: &str = "token-1";
pub const SECRET: &str = "synthetic_app_secret_0123456789ab";
pub const CUSTOMER: &str = "5491155550111";

pub struct Stage {
    pub receiver: Receiver,
    pub url: String,
    pub http: reqwest::Client,
    pub simulator: Arc<Simulator>,
}

impl Stage {
    pub fn set() -> Self {
        let receiver = Receiver::start();
        let config: Config = serde_json::from_value(json!({
            "callback_url": receiver.url,
            "verify_token": "right",
            "lines": [{
                "phone_number_id": LINE,
                "waba_id": WABA,
                "display_phone_number": "+1 202-555-0100",
                "verified_name": "Florería",
                "token": TOKEN,
                "app_secret": SECRET,
            }],
            "timing": {"status_min_ms": 0, "status_max_ms": 0, "retry_ms": 1},
        }))
        .unwrap();
        let http = whatsapp::client::http_client().unwrap();
        let simulator = Simulator::new(config, World::default(), http.clone(), Handle::current());
        let (server, address) = serve(Arc::clone(&simulator), "127.0.0.1", 0).unwrap();
        tokio::spawn(server);
        Self {
            receiver,
            url: format!("http://{address}"),
            http,
            simulator,
        }
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.url);
        let answer = self.http.get(url).bearer_auth(TOKEN).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.post_as(TOKEN, path, body).await
    }

    pub async fn post_as(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.url);
        let answer = self
            .http
            .post(url)
            .bearer_auth(token)
            .json(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The customer writes, and the webhook is taken out of the receiver.
    pub async fn customer_writes(&mut self, text: &str) -> String {
        let body = json!({"phone_number_id": LINE, "from": CUSTOMER, "name": "Ana", "text": text});
        let (_, answer) = self.post("/simulator/inbound", &body).await;
        self.receiver.next().await;
        answer["wamid"].as_str().unwrap().to_owned()
    }

    pub async fn send(&self, message: &Value) -> (u16, Value) {
        self.post(&format!("/v25.0/{LINE}/messages"), message).await
    }
}

/// A text to the customer.
pub fn text(body: &str) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "to": format!("+{CUSTOMER}"),
        "type": "text",
        "text": {"body": body},
        "biz_opaque_callback_data": "ours-1",
    })
}
