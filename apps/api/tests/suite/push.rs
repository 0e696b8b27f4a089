//! Browsers that are told while the desk is closed. The test is the browser's push service: real HTTP, and what
//! arrives is opened with the browser's own key.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::{
    SecretKey,
    elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint},
};
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Caller, eventually},
    test_app::TestApp,
};

const AUTH: [u8; 16] = [7; 16];

/// What a push service was sent.
#[derive(Clone)]
struct Pushed {
    authorization: String,
    ttl: String,
    body: Vec<u8>,
}

#[derive(Default)]
struct Shelf {
    pushed: Mutex<Vec<Pushed>>,
    /// What it answers, the last for good.
    answers: Mutex<Vec<u16>>,
}

/// A browser with its push service.
struct Browser {
    key: SecretKey,
    endpoint: String,
    shelf: Arc<Shelf>,
    server: ServerHandle,
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn take(shelf: web::Data<Shelf>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    assert_eq!(header("content-encoding"), "aes128gcm");
    shelf.pushed.lock().unwrap().push(Pushed {
        authorization: header("authorization"),
        ttl: header("ttl"),
        body: body.to_vec(),
    });
    let mut answers = shelf.answers.lock().unwrap();
    let status = if answers.len() > 1 {
        answers.remove(0)
    } else {
        answers[0]
    };
    HttpResponse::build(status.try_into().unwrap()).finish()
}

impl Browser {
    fn open(answers: &[u16]) -> Self {
        let shelf = Arc::new(Shelf {
            pushed: Mutex::default(),
            answers: Mutex::new(answers.to_vec()),
        });
        let data = web::Data::from(Arc::clone(&shelf));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/send", web::post().to(take))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let endpoint = format!("http://{}/send", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        tokio::spawn(running);
        Self {
            key: SecretKey::random(&mut OsRng),
            endpoint,
            shelf,
            server: handle,
        }
    }

    fn subscription(&self, whose: &str) -> Value {
        let point = self.key.public_key().to_encoded_point(false);
        json!({
            "endpoint": self.endpoint, "whose": whose,
            "keys": { "p256dh": URL_SAFE_NO_PAD.encode(point.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(AUTH) },
        })
    }

    async fn listens(&self, caller: &Caller, whose: &str) {
        let subscription = self.subscription(whose);
        caller
            .post("/api/push/subscriptions", &subscription)
            .await
            .expect(204);
    }

    fn pushed(&self) -> Vec<Pushed> {
        self.shelf.pushed.lock().unwrap().clone()
    }

    /// What it was told, opened, once it was told `count` times.
    async fn told(&self, count: usize) -> Vec<Value> {
        let all = eventually(|| async { Some(self.pushed()).filter(|pushed| pushed.len() >= count) }).await;
        let open = |pushed: &Pushed| {
            let opened = web_push_native::decrypt(pushed.body.clone(), &self.key, &AUTH.into()).unwrap();
            serde_json::from_slice(&opened).unwrap()
        };
        all.iter().map(open).collect()
    }
}

async fn id_of(caller: &Caller) -> String {
    let me = caller.get("/api/me").await.expect(200).json();
    me["user"]["id"].as_str().unwrap().to_owned()
}

async fn assign(by: &Caller, conversation: &str, to: &str) {
    let path = format!("/api/conversations/{conversation}");
    by.patch(&path, &json!({ "assignee_id": to })).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_browser_is_told_what_concerns_its_owner_and_nothing_else() {
    let app = TestApp::start().await;
    let (ana, eva) = (app.admin().await, app.member(Role::Doctor).await);
    let before = app.customer_writes(0, "antes").await;
    let own = Browser::open(&[201]);
    own.listens(&eva, "mine").await;
    let all = Browser::open(&[201]);
    all.listens(&ana, "all").await;
    let eva_id = id_of(&eva).await;

    assign(&ana, &before, &eva_id).await;
    let told = own.told(1).await;
    assert_eq!(
        (&told[0]["kind"], &told[0]["conversation_id"]),
        (&json!("assigned"), &json!(before))
    );
    let note = json!({ "body": "@Eva mira", "mentions": [eva_id] });
    let notes = format!("/api/conversations/{before}/notes");
    let note = ana.post(&notes, &note).await.expect(201).json();
    let told = own.told(2).await;
    assert_eq!(
        (&told[1]["kind"], &told[1]["text"], &told[1]["message_id"]),
        (&json!("mention"), &json!("@Eva mira"), &note["id"])
    );
    // A stranger's words, in a conversation that is nobody's: of interest to whoever wants to hear all of them.
    let other = app.customer_writes(1, "soy nuevo").await;
    let told = all.told(1).await;
    assert_eq!(
        (&told[0]["kind"], &told[0]["conversation_id"], &told[0]["text"]),
        (&json!("message"), &json!(other), &json!("soy nuevo"))
    );
    app.customer_writes(0, "¿sigue ahí?").await;
    let told = own.told(3).await;
    assert_eq!(
        (told.len(), &told[2]["kind"], &told[2]["text"]),
        (3, &json!("message"), &json!("¿sigue ahí?"))
    );
    assert_eq!(
        all.told(2).await.len(),
        2,
        "nobody is told of what he did himself"
    );

    let key = ana.get("/api/push").await.expect(200).json()["public_key"].clone();
    for pushed in own.pushed() {
        let vouched = format!(", k={}", key.as_str().unwrap());
        assert!(
            pushed.authorization.starts_with("vapid t="),
            "{}",
            pushed.authorization
        );
        assert!(pushed.authorization.ends_with(&vouched), "one key for all");
        assert_eq!(pushed.ttl, "86400");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_gone_is_forgotten_and_a_service_that_stumbles_is_asked_once_more() {
    let app = TestApp::start().await;
    let ana = app.admin().await;
    let subscriptions = || app.a.database.row_counts()["push_subscriptions"];
    let gone = Browser::open(&[410]);
    gone.listens(&ana, "all").await;
    let stumbling = Browser::open(&[503, 201]);
    stumbling.listens(&ana, "all").await;
    app.customer_writes(0, "hola").await;
    let told = stumbling.told(2).await;
    assert_eq!(told[0], told[1]);
    eventually(|| async { (subscriptions() == 1).then_some(()) }).await;
    assert_eq!(gone.pushed().len(), 1);

    let removal = json!({ "endpoint": stumbling.endpoint });
    let stranger = app.stranger().await;
    stranger
        .post("/api/push/subscriptions/remove", &removal)
        .await
        .expect(204);
    assert_eq!(subscriptions(), 1, "another company's");
    for _ in 0..2 {
        ana.post("/api/push/subscriptions/remove", &removal)
            .await
            .expect(204);
        assert_eq!(subscriptions(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_what_he_does_not_see_nor_after_his_sessions_have_ended() {
    let app = TestApp::start().await;
    app.role("propias", "own", &["chat.read", "chat.write"]).await;
    let ana = app.admin().await;
    let leo = app.with_role("propias", "leo@clinica.example").await;
    let (narrow, wide) = (Browser::open(&[201]), Browser::open(&[201]));
    narrow.listens(&leo, "all").await;
    wide.listens(&ana, "all").await;
    let conversation = app.customer_writes(0, "de nadie").await;
    assert_eq!(narrow.told(1).await[0]["text"], "de nadie");
    assign(&ana, &conversation, &id_of(&ana).await).await;
    app.customer_writes(0, "de Ana").await;
    wide.told(2).await;

    let leo_id = id_of(&leo).await;
    let end = format!("/api/users/{leo_id}/sessions/revoke");
    ana.post(&end, &json!({})).await.expect(204);
    app.customer_writes(1, "otra de nadie").await;
    wide.told(3).await;
    let texts: Vec<Value> = narrow
        .told(1)
        .await
        .iter()
        .map(|told| told["text"].clone())
        .collect();
    assert_eq!(texts, ["de nadie"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_browser_says_is_refused_by_its_member() {
    let app = TestApp::start().await;
    let ana = app.admin().await;
    let browser = Browser::open(&[201]);
    let good = browser.subscription("mine");
    let refused = [
        ("/endpoint", json!({ "endpoint": "javascript:alert(1)" })),
        ("/whose", json!({ "whose": "nobody" })),
        (
            "/keys/p256dh",
            json!({ "keys": { "p256dh": "AAAA", "auth": good["keys"]["auth"] } }),
        ),
        (
            "/keys/auth",
            json!({ "keys": { "p256dh": good["keys"]["p256dh"], "auth": "AAAA" } }),
        ),
    ];
    for (pointer, change) in refused {
        let mut body = good.clone();
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let answer = ana.post("/api/push/subscriptions", &body).await;
        answer.field(pointer, "invalid");
    }
}
