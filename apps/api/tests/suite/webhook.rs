//! Meta's webhook: who may write what to whom.

use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, eventually},
    lines::{CUSTOMER, entry, sign, status, text, unregistered, webhook},
    test_app::{PLATFORM_SECRET, Setup, TestApp, VERIFY_TOKEN},
};

async fn handshake(app: &TestApp, query: &str) -> Answer {
    app.anon().get(&format!("/webhook?{query}")).await
}

fn subscribe(token: &str, challenge: &str) -> String {
    format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}")
}

/// The bodies of everything that customers wrote to this caller's tenant.
async fn texts(app: &TestApp, email: &str) -> Vec<String> {
    let reader = app.login(email).await;
    let mut found = Vec::new();
    for conversation in reader.items("/api/conversations").await {
        let id = conversation["id"].as_str().unwrap();
        for message in reader.items(&format!("/api/conversations/{id}/messages")).await {
            found.push(message["text"].as_str().unwrap_or("").to_owned());
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_gives_the_challenge_back_as_plain_text() {
    let app = TestApp::start().await;
    for challenge in ["0012345", "1158201444", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"] {
        let answer = handshake(&app, &subscribe(VERIFY_TOKEN, challenge))
            .await
            .expect(200);
        let expected = challenge
            .replace("%3C", "<")
            .replace("%3E", ">")
            .replace("%2F", "/");
        assert_eq!(answer.text(), expected);
        let kind = answer.header("content-type").unwrap();
        assert!(kind.starts_with("text/plain"), "{kind}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lines_own_verify_token_opens_the_handshake_too() {
    let app = TestApp::start().await;
    for line in [&app.a.lines[0], &app.b.lines[1]] {
        let token = format!("verify_token_of_{}", line.phone_number_id);
        let answer = handshake(&app, &subscribe(&token, "007")).await.expect(200);
        assert_eq!(answer.text(), "007");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_handshake_is_refused() {
    let app = TestApp::start().await;
    let right = subscribe(VERIFY_TOKEN, "1");
    for query in [
        String::new(),
        subscribe("wrong", "1"),
        subscribe("", "1"),
        subscribe(&VERIFY_TOKEN.to_uppercase(), "1"),
        format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}"),
        format!("hub.verify_token={VERIFY_TOKEN}&hub.challenge=1"),
        right.replace("subscribe", "unsubscribe"),
        format!("{right}&hub.verify_token={VERIFY_TOKEN}"),
        format!("{right}&hub.verify_token=wrong"),
        format!("{right}&hub.challenge=2"),
        format!("{right}&hub.mode=subscribe"),
        format!("hub.mode=subscribe&hub.verify_token[]={VERIFY_TOKEN}&hub.challenge=1"),
        "hub.mode=subscribe&hub.verify_token=%00%ff&hub.challenge=1".to_owned(),
        subscribe(VERIFY_TOKEN, &"1".repeat(5_000)),
    ] {
        handshake(&app, &query).await.problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_text_appears_in_its_own_tenants_inbox_only() {
    let app = TestApp::start().await;
    let line = &app.a.lines[0];
    let before = app.b.rows();
    let entries = [entry(
        &app.a,
        line,
        &[text("wamid.1", CUSTOMER, "¿Tienen turno? 🙂")],
    )];
    app.deliver_signed(line.secret(), &entries).await.expect(200);

    let conversations = app.admin().await.items("/api/conversations").await;
    assert_eq!(conversations.len(), 1);
    let found = &conversations[0];
    assert_eq!(found["contact"]["name"], "Ana");
    assert_eq!(found["contact"]["phone"], format!("+{CUSTOMER}"));
    assert_eq!(found["channel"]["id"], line.id.to_string());
    assert_eq!(found["last_message"]["text"], "¿Tienen turno? 🙂");
    assert_eq!(
        (&found["unread_count"], &found["status"]),
        (&json!(1), &json!("open"))
    );
    assert_eq!(
        app.stranger().await.items("/api/conversations").await,
        Vec::<Value>::new()
    );
    let mut after = app.b.rows();
    // The reading itself: a login is remembered by nobody's inbox.
    after.remove("users");
    assert!(
        after.iter().all(|(table, rows)| before[table] == *rows),
        "{before:?} {after:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_body_twice_is_one_message() {
    let app = TestApp::start().await;
    let line = &app.a.lines[0];
    let entries = [entry(&app.a, line, &[text("wamid.1", CUSTOMER, "una vez")])];
    for _ in 0..2 {
        app.deliver_signed(line.secret(), &entries).await.expect(200);
    }
    let body = webhook(&entries);
    let signature = sign(line.secret(), body.as_bytes());
    let again =
        futures_util::future::join_all((0..8).map(|_| app.deliver(body.clone(), Some(signature.as_bytes()))));
    for answer in again.await {
        answer.expect(200);
    }
    assert_eq!(texts(&app, &app.a.email(Role::Admin)).await, ["una vez"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unregistered_line_is_answered_200_and_stored_nowhere_but_in_the_register() {
    let app = TestApp::start().await;
    let before = (app.a.rows(), app.b.rows());
    let stranger = unregistered(
        &app.a.waba_id,
        "900000000000009",
        &json!({
            "messages": [text("wamid.1", CUSTOMER, "hola")],
        }),
    );
    app.deliver_signed(PLATFORM_SECRET, &[stranger]).await.expect(200);
    let superadmin = app.superadmin().await;
    let found = eventually(|| async { superadmin.items("/api/superadmin/unrouted").await.pop() }).await;
    assert_eq!(found["phone_number_id"], "900000000000009");
    assert_eq!(found["waba_id"], app.a.waba_id.as_str());
    assert_eq!(found["hits"], 1);
    assert_eq!((app.a.rows(), app.b.rows()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_or_missing_signature_is_refused_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let before = (app.a.rows(), app.b.rows());
    for line in &app.a.lines {
        let body = webhook(&[entry(&app.a, line, &[text("wamid.1", CUSTOMER, "hola")])]);
        let right = sign(line.secret(), body.as_bytes());
        let signatures: [Option<Vec<u8>>; 11] = [
            None,
            Some(b"".to_vec()),
            Some(b"sha256=".to_vec()),
            Some(right.replace("sha256=", "").into_bytes()),
            Some(right.replace("sha256=", "sha1=").into_bytes()),
            Some(format!("{right}00").into_bytes()),
            Some(right.as_bytes()[..right.len() - 2].to_vec()),
            Some(sign("wrong", body.as_bytes()).into_bytes()),
            Some(sign("", body.as_bytes()).into_bytes()),
            Some("sha256=ñandú€".as_bytes().to_vec()),
            Some([b"sha256=".as_slice(), &[0xff, 0xfe, 0x80]].concat()),
        ];
        for signature in signatures {
            let answer = app.deliver(body.clone(), signature.as_deref()).await;
            answer.problem(403, "bad_signature");
        }
        // One byte more than what was signed.
        let answer = app.deliver(format!("{body} "), Some(right.as_bytes())).await;
        answer.problem(403, "bad_signature");
    }
    assert_eq!((app.a.rows(), app.b.rows()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tenants_lines_in_one_post_each_get_their_own() {
    let app = TestApp::start().await;
    // Lines without a secret of their own share the platform's, as with one app for many clients.
    let entries = [
        entry(
            &app.a,
            &app.a.lines[2],
            &[text("wamid.a", CUSTOMER, "para la clínica")],
        ),
        entry(
            &app.b,
            &app.b.lines[2],
            &[text("wamid.b", CUSTOMER, "para el taller")],
        ),
    ];
    app.deliver_signed(PLATFORM_SECRET, &entries).await.expect(200);
    assert_eq!(texts(&app, &app.a.email(Role::Admin)).await, ["para la clínica"]);
    assert_eq!(texts(&app, &app.b.email(Role::Admin)).await, ["para el taller"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_secret_cannot_write_into_anothers_line() {
    let app = TestApp::start().await;
    let forged = entry(&app.b, &app.b.lines[0], &[text("wamid.x", CUSTOMER, "falso")]);
    let before = app.b.rows();
    app.deliver_signed(app.a.lines[0].secret(), std::slice::from_ref(&forged))
        .await
        .problem(403, "bad_signature");
    // Neither in the company of a change that is believed, nor on a line that shares the platform's secret.
    let own = entry(&app.a, &app.a.lines[0], &[text("wamid.a", CUSTOMER, "propio")]);
    let shared = entry(&app.b, &app.b.lines[2], &[text("wamid.y", CUSTOMER, "falso")]);
    app.deliver_signed(app.a.lines[0].secret(), &[forged, shared, own])
        .await
        .expect(200);
    assert_eq!(app.b.rows(), before);
    assert_eq!(texts(&app, &app.a.email(Role::Admin)).await, ["propio"]);
    // Nor the platform's secret on a line that has its own.
    let platform = entry(&app.b, &app.b.lines[0], &[text("wamid.z", CUSTOMER, "falso")]);
    app.deliver_signed(PLATFORM_SECRET, &[platform])
        .await
        .problem(403, "bad_signature");
    assert_eq!(app.b.rows(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn types_with_more_than_words_are_kept_whole() {
    let app = TestApp::start().await;
    let line = &app.a.lines[0];
    let memory = json!({
        "id": "wamid.i", "from": CUSTOMER, "timestamp": "1790000000", "type": "memory",
        "memory": { "id": "1234", "name": "la receta" },
    });
    let odd = json!({
        "id": "wamid.o", "from": CUSTOMER, "timestamp": "1790000001", "type": "hologram", "hologram": { "x": [1, null] },
    });
    let entries = [entry(&app.a, line, &[memory, odd])];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    let reader = app.member(Role::Doctor).await;
    let conversation = reader.items("/api/conversations").await[0]["id"].clone();
    let path = format!("/api/conversations/{}/messages", conversation.as_str().unwrap());
    let found = reader.items(&path).await;
    let kinds: Vec<_> = found
        .iter()
        .map(|message| message["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["hologram", "memory"]);
    assert_eq!(found[0]["payload"]["hologram"], json!({ "x": [1, null] }));
    assert_eq!(found[1]["payload"]["memory"]["name"], "la receta");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_up_to_4_mib_are_taken_and_larger_ones_refused() {
    let app = TestApp::start().await;
    let line = &app.a.lines[0];
    let body = webhook(&[entry(&app.a, line, &[text("wamid.1", CUSTOMER, "hola")])]);
    let sized = |size: usize| {
        let mut body = body.clone().into_bytes();
        body.resize(size, b' ');
        body
    };
    let full = sized(4 * 1024 * 1024);
    let signature = sign(line.secret(), &full);
    app.deliver(full, Some(signature.as_bytes())).await.expect(200);
    for size in [4 * 1024 * 1024 + 1, 5 * 1024 * 1024] {
        let large = sized(size);
        let signature = sign(line.secret(), &large);
        let answer = app.deliver(large, Some(signature.as_bytes())).await;
        answer.problem(413, "payload_too_large");
    }
    assert_eq!(texts(&app, &app.a.email(Role::Admin)).await, ["hola"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_of_unknown_length_is_refused_too() {
    let app = TestApp::start().await;
    let chunks = (0..80).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]));
    let request = app
        .anon()
        .request(Method::POST, "/webhook")
        .body(reqwest::Body::wrap_stream(futures_util::stream::iter(chunks)));
    Answer::to(request).await.problem(413, "payload_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_webhook_is_refused() {
    let app = TestApp::start().await;
    let nested = "[".repeat(10_000);
    for body in ["", "hola", "{", "\0", "null", "[]", "5", "\"x\"", nested.as_str()] {
        let signature = sign(PLATFORM_SECRET, body.as_bytes());
        let answer = app.deliver(body, Some(signature.as_bytes())).await;
        answer.problem(400, "invalid_webhook");
    }
    let signature = sign(PLATFORM_SECRET, &[0xff, 0xfe]);
    let answer = app.deliver([0xff, 0xfe], Some(signature.as_bytes())).await;
    answer.problem(400, "invalid_webhook");
    app.anon().get("/health").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_webhooks_of_meta_are_taken_without_harm() {
    let app = TestApp::start().await;
    let line = &app.a.lines[0];
    let id = line.phone_number_id.as_str();
    let oddities = [
        json!({ "object": "page", "entry": [] }),
        json!({ "object": "whatsapp_business_account" }),
        json!({ "object": "whatsapp_business_account", "entry": "x" }),
        json!({ "object": "whatsapp_business_account", "entry": [null, 5, {}, { "changes": 5 }] }),
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": 5, "changes": [{ "field": "messages",
            "value": { "metadata": { "phone_number_id": id }, "messages": [5, {}, { "id": "w" }], "statuses": [null] } }] }] }),
    ];
    for body in oddities {
        for secret in [PLATFORM_SECRET, line.secret()] {
            let body = body.to_string();
            let signature = sign(secret, body.as_bytes());
            let answer = app.deliver(body, Some(signature.as_bytes())).await;
            assert!([200, 400, 403].contains(&answer.status), "{}", answer.text());
        }
    }
    let entries = [entry(&app.a, line, &[text("wamid.nul", CUSTOMER, "a\0b")])];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    assert_eq!(texts(&app, &app.a.email(Role::Admin)).await, ["a\u{fffd}b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_move_the_ticks_forwards_only_and_only_on_their_own_line() {
    let app = TestApp::start().await;
    app.faults(&json!({ "drop_statuses": true })).await;
    let conversation = app.customer_writes(0, "hola").await;
    let agent = app.member(Role::Recepcion).await;
    let path = format!("/api/conversations/{conversation}/messages");
    let body = json!({ "type": "text", "text": { "body": "buenas" } });
    let id = agent.post(&path, &body).await.expect(202).json()["id"].clone();
    let sent = eventually(|| async {
        let messages = agent.items(&path).await;
        messages
            .into_iter()
            .find(|message| message["id"] == id && message["wamid"].is_string())
    })
    .await;
    let wamid = sent["wamid"].as_str().unwrap();
    let line = &app.a.lines[0];
    let foreign = status(&app.b, &app.b.lines[0], wamid, "read");
    app.deliver_signed(app.b.lines[0].secret(), &[foreign])
        .await
        .expect(200);
    let mut seen = Vec::new();
    for word in ["sent", "read", "delivered", "warped"] {
        let entries = [status(&app.a, line, wamid, word)];
        app.deliver_signed(line.secret(), &entries).await.expect(200);
        let newest = agent.items(&path).await.remove(0);
        seen.push(newest["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, ["sent", "read", "read", "read"]);
    let newest = agent.items(&path).await.remove(0);
    for step in ["queued", "sent", "delivered", "read"] {
        assert!(newest["status_at"][step].is_string(), "{step} in {newest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_secret_a_body_is_taken_unsigned_and_everybody_is_warned() {
    let setup = Setup {
        without_platform_secret: true,
        ..Setup::default()
    };
    let app = TestApp::with(setup).await;
    let open = &app.a.lines[2];
    let entries = [entry(&app.a, open, &[text("wamid.1", CUSTOMER, "sin firma")])];
    app.deliver(webhook(&entries), None).await.expect(200);
    assert_eq!(texts(&app, &app.a.email(Role::Admin)).await, ["sin firma"]);
    // A line that has a secret still wants to see it used.
    let closed = &app.a.lines[0];
    let entries = [entry(&app.a, closed, &[text("wamid.2", CUSTOMER, "falso")])];
    app.deliver(webhook(&entries), None)
        .await
        .problem(403, "bad_signature");

    let superadmin = app.superadmin().await;
    let platform = superadmin
        .get("/api/superadmin/platform")
        .await
        .expect(200)
        .json();
    assert_eq!(platform["unsigned_channels"], 2);
    assert_eq!(platform["global_app_secret_set"], false);
    assert_eq!(platform["warnings"], json!(["unsigned_webhooks"]));
    let path = format!("/api/superadmin/tenants/{}/channels", app.a.id);
    let warned: Vec<bool> = superadmin
        .items(&path)
        .await
        .iter()
        .map(|line| line["warnings"].as_array().unwrap().contains(&json!("unsigned")))
        .collect();
    assert_eq!(warned.iter().filter(|warned| **warned).count(), 1, "{warned:?}");
}
