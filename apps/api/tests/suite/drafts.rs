//! What somebody has written and not sent: the same on every device, his alone, and never overwritten unseen.

use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller},
    test_app::TestApp,
};

struct Stage {
    app: TestApp,
    ana: Caller,
    conversation: String,
}

fn content(text: &str) -> Value {
    json!({ "key": "k", "text": text, "file": null, "more_files": [], "quote": null, "send_at": null })
}

fn put(text: &str, follows: Option<&Value>) -> Value {
    json!({ "content": content(text), "follows": follows })
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start().await;
        Self {
            conversation: app.customer_writes(0, "hola").await,
            ana: app.member(Role::Admin).await,
            app,
        }
    }

    fn all(&self) -> String {
        format!("/api/conversations/{}/drafts", self.conversation)
    }

    fn reply(&self) -> String {
        format!("{}/reply", self.all())
    }

    async fn write(&self, text: &str, follows: Option<&Value>) -> Value {
        let kept = self.ana.put(&self.reply(), &put(text, follows)).await;
        kept.expect(200).json()["version"].clone()
    }

    /// The texts of what is kept.
    async fn kept(&self, caller: &Caller) -> Vec<Value> {
        let items = caller.items(&self.all()).await;
        items.iter().map(|item| item["content"]["text"].clone()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_goes_on_where_the_first_one_stopped() {
    let stage = Stage::new().await;
    let first = stage.write("Buenos", None).await;
    let phone = stage.app.member(Role::Admin).await;
    let found = phone.items(&stage.all()).await;
    assert_eq!(found[0]["content"], content("Buenos"));
    assert_eq!(
        (&found[0]["kind"], &found[0]["version"]),
        (&json!("reply"), &first)
    );
    let second = phone.put(&stage.reply(), &put("Buenos días", Some(&first))).await;
    let second = second.expect(200).json()["version"].clone();
    assert_ne!(first, second);
    assert_eq!(stage.kept(&stage.ana).await, ["Buenos días"]);
    let listed = phone.items("/api/drafts").await;
    assert_eq!(listed[0]["conversation_id"], stage.conversation);
    assert_eq!(listed[0]["excerpt"], "Buenos días");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_has_not_seen_it_does_not_overwrite() {
    let stage = Stage::new().await;
    let (ana, reply) = (&stage.ana, stage.reply());
    let first = stage.write("uno", None).await;
    let second = stage.write("dos", Some(&first)).await;
    let unseen = [put("tres", Some(&first)), put("tres", None)];
    for body in &unseen {
        ana.put(&reply, body).await.problem(409, "draft_changed");
    }
    let old = format!("{reply}?version={first}");
    ana.delete(&old).await.problem(409, "draft_changed");
    assert_eq!(stage.kept(ana).await, ["dos"]);
    ana.delete(&format!("{reply}?version={second}")).await.expect(204);
    // Sent from elsewhere; what is written next is another draft, for which an old version does not pass.
    ana.put(&reply, &put("dos más", Some(&second)))
        .await
        .problem(409, "draft_changed");
    let third = stage.write("otra cosa", None).await;
    assert!(![first, second].contains(&third));
    ana.delete(&reply).await.expect(204);
    ana.delete(&reply).await.expect(204);
    assert!(stage.kept(ana).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_no_draft_any_more_for_any_device() {
    let stage = Stage::new().await;
    stage.write("Le confirmo", None).await;
    let messages = format!("/api/conversations/{}/messages", stage.conversation);
    let body = json!({ "type": "text", "text": { "body": "Le confirmo" } });
    let send = |key: &str| {
        let request = stage.ana.request(Method::POST, &messages);
        Answer::to(request.header("Idempotency-Key", key).json(&body))
    };
    send("another one").await.expect(202);
    assert_eq!(stage.kept(&stage.ana).await, ["Le confirmo"]);
    send("k").await.expect(202);
    assert!(stage.kept(&stage.ana).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_that_write_at_once_do_not_both_win() {
    let stage = Stage::new().await;
    let path = stage.reply();
    let bodies = [put("uno", None), put("dos", None)];
    let (one, two) = tokio::join!(stage.ana.put(&path, &bodies[0]), stage.ana.put(&path, &bodies[1]));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(stage.kept(&stage.ana).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_them_and_nobody_sees_them_where_he_sees_no_conversation() {
    let stage = Stage::new().await;
    stage.write("secreto", None).await;
    let doctor = stage.app.member(Role::Doctor).await;
    assert!(stage.kept(&doctor).await.is_empty());
    assert!(doctor.items("/api/drafts").await.is_empty());
    let stranger = stage.app.stranger().await;
    stranger.get(&stage.all()).await.problem(404, "not_found");
    assert!(stranger.items("/api/drafts").await.is_empty());

    stage
        .app
        .role("propias", "own", &["chat.read", "chat.write"])
        .await;
    let eva = stage.app.with_role("propias", "eva@clinica.example").await;
    eva.put(&stage.reply(), &put("mía", None)).await.expect(200);
    assert_eq!(eva.items("/api/drafts").await.len(), 1);
    let me = stage.ana.get("/api/me").await.expect(200).json();
    let taken = json!({ "assignee_id": me["user"]["id"] });
    let conversation = format!("/api/conversations/{}", stage.conversation);
    stage.ana.patch(&conversation, &taken).await.expect(200);
    eva.get(&stage.all()).await.problem(404, "not_found");
    eva.put(&stage.reply(), &put("mía", None))
        .await
        .problem(404, "not_found");
    eva.delete(&stage.reply()).await.problem(404, "not_found");
    assert!(eva.items("/api/drafts").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_or_no_draft_is_refused_and_a_file_that_is_gone_is_told() {
    let stage = Stage::new().await;
    let (ana, reply) = (&stage.ana, stage.reply());
    let long = "á".repeat(8_193);
    ana.put(&reply, &put(&long, None))
        .await
        .field("/content/text", "invalid_length");
    let most = "\u{1}".repeat(8_192);
    let version = stage.write(&most, None).await;
    let other = format!("{}/sms", stage.all());
    ana.put(&other, &put("x", None)).await.problem(404, "not_found");
    let mut body = put("con foto", Some(&version));
    body["content"]["file"] = json!({ "id": "no", "kind": "image", "name": "a.png", "size": 1 });
    ana.put(&reply, &body)
        .await
        .field("/content/file/id", "invalid_id");
    body["content"]["file"]["id"] = json!("01920000-0000-7000-8000-000000000000");
    let file = body["content"]["file"].clone();
    body["content"]["more_files"] =
        json!([file, { "id": "no", "kind": "image", "name": "b.png", "size": 1 }]);
    ana.put(&reply, &body)
        .await
        .field("/content/more_files/1/id", "invalid_id");
    body["content"]["more_files"] = Value::from(vec![file.clone(); 10]);
    ana.put(&reply, &body)
        .await
        .field("/content/more_files", "too_many");
    body["content"]["more_files"] = Value::from(vec![file; 9]);
    ana.put(&reply, &body).await.expect(200);
    let found = ana.items(&stage.all()).await;
    let content = &found[0]["content"];
    assert_eq!(
        (
            &found[0]["is_file_gone"],
            &content["file"],
            &content["more_files"]
        ),
        (&json!(true), &Value::Null, &json!([]))
    );
    let raw = ana.call(Method::PUT, &reply, Some(&json!({}))).await;
    raw.problem(422, "invalid_request");
}
