//! What one is told of: notes that name one, conversations that became one's own, and what was done to one.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{caller::Caller, socket::opened, test_app::TestApp};

struct Stage {
    app: TestApp,
    ana: Caller,
    eva: Caller,
    conversation: String,
}

async fn id_of(caller: &Caller) -> String {
    let me = caller.get("/api/me").await.expect(200).json();
    me["user"]["id"].as_str().unwrap().to_owned()
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start().await;
        Self {
            conversation: app.customer_writes(0, "hola").await,
            ana: app.member(Role::Admin).await,
            eva: app.member(Role::Doctor).await,
            app,
        }
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/conversations/{}{rest}", self.conversation)
    }

    async fn note(&self, body: &str, mentions: &[&str]) -> crate::caller::Answer {
        let note = json!({ "body": body, "mentions": mentions });
        self.ana.post(&self.at("/notes"), &note).await
    }

    async fn assign(&self, to: &str) {
        let change = json!({ "assignee_id": to });
        self.ana.patch(&self.at(""), &change).await.expect(200);
    }

    async fn told(&self, caller: &Caller) -> Value {
        caller.get("/api/notifications").await.expect(200).json()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_note_names_hears_of_it_at_once_and_nobody_else() {
    let stage = Stage::new().await;
    let eva = id_of(&stage.eva).await;
    let mut desk = opened(&stage.app, &stage.eva, "").await;
    let mut other = opened(&stage.app, &stage.ana, "").await;
    let body = "@Doctor mira esto";
    let note = stage.note(body, &[&eva, &eva]).await.expect(201).json();
    assert_eq!(note["payload"]["mentions"][0]["id"], eva);
    assert_eq!(note["payload"]["mentions"].as_array().unwrap().len(), 1);

    let told = stage.told(&stage.eva).await;
    assert_eq!((&told["unread"], &told["cap"]), (&json!(1), &json!(99)));
    let first = &told["items"][0];
    assert_eq!(told["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&first["kind"], &first["conversation_id"], &first["note"]["text"]),
        (&json!("mention"), &json!(stage.conversation), &json!(body))
    );
    assert_eq!(first["note"]["id"], note["id"]);
    assert_eq!(first["actor"]["id"], id_of(&stage.ana).await);
    assert_eq!(first["seen_at"], Value::Null);
    assert_eq!(stage.told(&stage.ana).await["unread"], 0);

    let events = |desk| async {
        let desk: &mut crate::socket::Socket = desk;
        let mut seen = Vec::new();
        while seen.last() != Some(&json!("conversation.updated")) {
            seen.push(desk.next_of("event").await["event"].clone());
        }
        (seen, desk.next_of("event").await)
    };
    let (_, hint) = events(&mut desk).await;
    assert_eq!(
        (&hint["event"], &hint["conversation_id"]),
        (&json!("notification.created"), &json!(stage.conversation))
    );
    // Who wrote it hears of the note, and of what comes next.
    stage.note("otra", &[]).await.expect(201);
    let (_, next) = events(&mut other).await;
    assert_eq!(next["event"], "message.created");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gets_a_conversation_is_told_and_whoever_takes_it_is_not() {
    let stage = Stage::new().await;
    let (ana, eva) = (id_of(&stage.ana).await, id_of(&stage.eva).await);
    stage.assign(&ana).await;
    assert_eq!(stage.told(&stage.ana).await["items"], json!([]));
    stage.assign(&eva).await;
    let told = stage.told(&stage.eva).await;
    assert_eq!(told["items"][0]["kind"], "assigned");
    assert_eq!(told["items"][0]["note"], Value::Null);

    let second = stage.app.customer_writes(1, "buenas").await;
    let action = json!({ "type": "assign", "assignee_id": eva });
    let bulk = json!({ "ids": [stage.conversation, second], "action": action });
    stage.ana.post("/api/conversations/bulk", &bulk).await.expect(200);
    let told = stage.told(&stage.eva).await;
    assert_eq!(told["unread"], 2, "the first was his already: {told}");
    assert_eq!(told["items"][0]["conversation_id"], second);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_has_seen_is_not_told_again_on_any_of_ones_desks() {
    let stage = Stage::new().await;
    let eva = id_of(&stage.eva).await;
    for body in ["uno", "dos", "tres"] {
        stage.note(body, &[&eva]).await.expect(201);
    }
    let page = "/api/notifications?limit=2";
    let first = stage.eva.get(page).await.expect(200).json();
    let texts = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["note"]["text"].clone()).collect()
    };
    assert_eq!(texts(&first), ["tres", "dos"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = stage
        .eva
        .get(&format!("{page}&cursor={cursor}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (texts(&rest), &rest["next_cursor"]),
        (vec![json!("uno")], &Value::Null)
    );

    let seen = json!({ "ids": [first["items"][0]["id"]] });
    stage.eva.post("/api/notifications/seen", &seen).await.expect(204);
    let left = stage
        .eva
        .get("/api/notifications?unread=true")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (texts(&left), &left["unread"]),
        (vec![json!("dos"), json!("uno")], &json!(2))
    );
    // Somebody else's "all" is not his.
    stage
        .ana
        .post("/api/notifications/seen", &json!({ "ids": null }))
        .await
        .expect(204);
    assert_eq!(stage.told(&stage.eva).await["unread"], 2);

    let mut desk = opened(&stage.app, &stage.eva, "").await;
    let here = json!({ "ids": null, "conversation_id": stage.conversation });
    stage.eva.post("/api/notifications/seen", &here).await.expect(204);
    assert_eq!(desk.next_of("event").await["event"], "notification.read");
    let told = stage.told(&stage.eva).await;
    assert_eq!((texts(&told).len(), &told["unread"]), (3, &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_named_who_does_not_see_the_conversation() {
    let stage = Stage::new().await;
    stage
        .app
        .role("propias", "own", &["chat.read", "chat.write"])
        .await;
    let own = stage.app.with_role("propias", "leo@clinica.example").await;
    let (ana, leo) = (id_of(&stage.ana).await, id_of(&own).await);
    let stranger = id_of(&stage.app.stranger().await).await;

    stage.note("@Leo", &[&leo]).await.expect(201);
    assert_eq!(stage.told(&own).await["unread"], 1);
    stage.assign(&ana).await;
    let hidden = stage.told(&own).await;
    assert_eq!((&hidden["unread"], &hidden["items"]), (&json!(0), &json!([])));

    for nobody in [&leo, &stranger] {
        let refused = stage.note("@", &[&ana, nobody]).await;
        refused.problem(422, "invalid_request");
        refused.field("/mentions/1", "invalid_mention");
    }
    let many = vec![ana.as_str(); 21];
    stage.note("@", &many).await.field("/mentions", "too_many");
    let notes = stage.ana.items(&stage.at("/messages")).await;
    assert_eq!(notes.len(), 2, "the customer's words and the one note: {notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_to_a_conversation_can_be_read_beside_it() {
    let stage = Stage::new().await;
    let eva = id_of(&stage.eva).await;
    stage.assign(&eva).await;
    let until = "2031-05-06T12:00:00Z";
    let snoozed = json!({ "status": "snoozed", "snoozed_until": until });
    stage.ana.patch(&stage.at(""), &snoozed).await.expect(200);
    let later = json!({ "snoozed_until": "2031-05-07T12:00:00Z" });
    stage.ana.patch(&stage.at(""), &later).await.expect(200);
    let tags = json!({ "tags": ["VIP"] });
    stage.ana.put(&stage.at("/tags"), &tags).await.expect(200);

    let items = stage.eva.items(&stage.at("/activity")).await;
    let changes: Vec<&Value> = items.iter().map(|item| &item["change"]).collect();
    assert_eq!(changes[0]["tags"], json!(["VIP"]));
    assert_eq!(
        changes[1],
        &json!({ "kind": "status", "from": "snoozed", "to": "snoozed", "until": "2031-05-07T12:00:00Z" })
    );
    assert_eq!(
        (&changes[2]["to"], &changes[2]["until"]),
        (&json!("snoozed"), &json!(until))
    );
    assert_eq!(
        (&changes[3]["kind"], &changes[3]["from"], &changes[3]["to"]["id"]),
        (&json!("assigned"), &Value::Null, &json!(eva))
    );
    assert!(
        items.iter().all(|item| item["actor"]["name"].is_string()),
        "{items:?}"
    );
    stage
        .app
        .stranger()
        .await
        .get(&stage.at("/activity"))
        .await
        .problem(404, "not_found");
}
