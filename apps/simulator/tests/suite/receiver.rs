//! Receives webhooks in the product's place.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    http::StatusCode,
    web::{self, Bytes},
};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// One webhook, as it arrived.
pub struct Received {
    pub signature: Option<String>,
    pub body: Bytes,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn value(&self) -> Value {
        self.json()["entry"][0]["changes"][0]["value"].take()
    }
}

pub struct Receiver {
    pub url: String,
    webhooks: UnboundedReceiver<Received>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

struct Inbox {
    webhooks: UnboundedSender<Received>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

impl Receiver {
    pub fn start() -> Self {
        let (sender, webhooks) = unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let inbox = web::Data::new(Inbox {
            webhooks: sender,
            answers: Arc::clone(&answers),
        });
        let server = HttpServer::new(move || {
            App::new()
                .app_data(inbox.clone())
                .route("/webhook", web::post().to(receive))
                .route("/webhook", web::get().to(handshake))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let url = format!("http://{}/webhook", server.addrs()[0]);
        tokio::spawn(server.run());
        Self {
            url,
            webhooks,
            answers,
        }
    }

    /// Answers the next webhooks with these statuses before it is content again.
    pub fn answer_with(&self, answers: impl IntoIterator<Item = u16>) {
        let answers = answers
            .into_iter()
            .map(|status| StatusCode::from_u16(status).unwrap());
        self.answers.lock().unwrap().extend(answers);
    }

    pub async fn next(&mut self) -> Received {
        self.webhooks.recv().await.unwrap()
    }

    /// The next statuses, in the order they arrived.
    pub async fn statuses(&mut self, count: usize) -> Vec<Value> {
        let mut statuses = Vec::new();
        while statuses.len() < count {
            let mut value = self.next().await.value();
            if value["statuses"].is_array() {
                statuses.push(value["statuses"][0].take());
            }
        }
        statuses
    }
}

async fn receive(inbox: web::Data<Inbox>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let signature = request.headers().get("X-Hub-Signature-256");
    let signature = signature.map(|value| value.to_str().unwrap().to_owned());
    inbox.webhooks.send(Received { signature, body }).unwrap();
    let answer = inbox
        .answers
        .lock()
        .unwrap()
        .pop_front()
        .unwrap_or(StatusCode::OK);
    HttpResponse::build(answer).finish()
}

async fn handshake(query: web::Query<HashMap<String, String>>) -> HttpResponse {
    if query["hub.mode"] == "subscribe" && query["hub.verify_token"] == "right" {
        HttpResponse::Ok().body(query["hub.challenge"].clone())
    } else {
        HttpResponse::Forbidden().finish()
    }
}
