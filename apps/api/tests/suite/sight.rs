//! A role that sees only its own conversations and nobody's.

use serde_json::{Value, json};
use tenant::user::Permission;

use crate::{caller::Caller, socket::opened, test_app::TestApp, walk::operations, walk_samples::Samples};

struct Stage {
    app: TestApp,
    admin: Caller,
    ana: Caller,
    ana_id: String,
    conversation: String,
}

async fn id_of(caller: &Caller) -> String {
    let me = caller.get("/api/me").await.expect(200).json();
    me["user"]["id"].as_str().unwrap().to_owned()
}

impl Stage {
    /// Somebody who sees only what is hers or nobody's, but may do everything with it.
    async fn new() -> Self {
        let app = TestApp::start().await;
        let every: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
        app.role("propias", "own", &every).await;
        let ana = app.with_role("propias", "ana@clinica.example").await;
        Self {
            conversation: app.customer_writes(0, "hola").await,
            admin: app.admin().await,
            ana_id: id_of(&ana).await,
            ana,
            app,
        }
    }

    async fn assign(&self, to: &Value) {
        let path = format!("/api/conversations/{}", self.conversation);
        let change = json!({ "assignee_id": to });
        self.admin.patch(&path, &change).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_counts_hold_what_is_hers_and_nobodys() {
    let stage = Stage::new().await;
    let (admin, ana) = (id_of(&stage.admin).await, &stage.ana);
    let elsewhere = format!("/api/conversations?assignee={admin}");
    for (owner, seen) in [
        (json!(null), true),
        (json!(stage.ana_id), true),
        (json!(admin), false),
    ] {
        stage.assign(&owner).await;
        let count = usize::from(seen);
        assert_eq!(ana.items("/api/conversations").await.len(), count, "{owner}");
        assert_eq!(
            ana.items("/api/conversations?q=Ana").await.len(),
            count,
            "{owner}"
        );
        assert_eq!(ana.items(&elsewhere).await.len(), 0, "{owner}");
        let counts = ana.get("/api/conversations/counts").await.expect(200).json();
        assert_eq!(counts["all"], count, "{owner}");
        assert_eq!(counts["unread"], count, "{owner}");
        assert_eq!(stage.admin.items("/api/conversations").await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_conversation_does_not_exist_for_any_operation() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let admin = app.admin().await;
    let every: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    app.role("propias", "own", &every).await;
    let ana = app.with_role("propias", "ana@clinica.example").await;
    let conversation = format!("/api/conversations/{}", samples.ids["conversations"]);
    let owner = json!({ "assignee_id": id_of(&admin).await });
    admin.patch(&conversation, &owner).await.expect(200);
    let names_one =
        |path: &str| path.starts_with("/api/conversations/{id}") || path.starts_with("/api/messages/{id}");
    let mut tried = 0;
    for operation in operations() {
        if names_one(&operation.path) {
            samples.call(&ana, &operation).await.problem(404, "not_found");
            tried += 1;
        }
    }
    assert!(tried >= 12, "{tried}");
    // Nor is it reached by writing to its customer.
    let first = json!({
        "channel_id": app.a.lines[0].id, "to": format!("+{}", crate::lines::CUSTOMER),
        "message": { "type": "text", "text": { "body": "hola" } },
    });
    ana.post("/api/conversations", &first)
        .await
        .problem(404, "not_found");
    // Hers is all there.
    let hers = json!({ "assignee_id": id_of(&ana).await });
    admin.patch(&conversation, &hers).await.expect(200);
    for operation in operations() {
        if names_one(&operation.path) {
            let answer = samples.call(&ana, &operation).await;
            assert!(answer.status != 404, "{}: {}", operation.name, answer.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_reply_is_not_filled_in_with_a_colleagues_customer() {
    let stage = Stage::new().await;
    let reply =
        json!({ "shortcut": "hola", "title": "Hola", "body": "Hola, {{contact.name}}", "shared": true });
    let made = stage.admin.post("/api/quick-replies", &reply).await;
    let id = made.expect(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/quick-replies/{id}/use");
    let body = json!({ "conversation_id": stage.conversation });
    stage.assign(&json!(id_of(&stage.admin).await)).await;
    stage.ana.post(&path, &body).await.problem(404, "not_found");
    stage.assign(&json!(null)).await;
    stage.ana.post(&path, &body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hands_a_conversation_over_sees_it_done_and_then_no_more() {
    let stage = Stage::new().await;
    let path = format!("/api/conversations/{}", stage.conversation);
    let admin = id_of(&stage.admin).await;
    let done = stage
        .ana
        .patch(&path, &json!({ "assignee_id": admin }))
        .await
        .expect(200)
        .json();
    assert_eq!(done["assignee"]["id"], admin);
    stage.ana.get(&path).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_tells_that_one_is_gone_and_then_nothing_of_it() {
    let stage = Stage::new().await;
    let admin = id_of(&stage.admin).await;
    let mut socket = opened(&stage.app, &stage.ana, "").await;
    assert_eq!(socket.next().await["type"], "hello");
    let note = format!("/api/conversations/{}/notes", stage.conversation);
    stage.assign(&json!(stage.ana_id)).await;
    let frame = socket.next().await;
    assert_eq!(frame["event"], "conversation.updated", "{frame}");
    let frame = socket.next().await;
    assert_eq!(frame["event"], "notification.created", "{frame}");
    stage.assign(&json!(admin)).await;
    let frame = socket.next().await;
    assert_eq!(frame["event"], "conversation.gone", "{frame}");
    assert_eq!(frame["conversation_id"], stage.conversation);
    // What happens to it at the colleague's is not told; what comes back is.
    let unheard = json!({ "body": "para nosotros" });
    stage.admin.post(&note, &unheard).await.expect(201);
    stage
        .admin
        .patch(
            &format!("/api/conversations/{}", stage.conversation),
            &json!({ "status": "pending" }),
        )
        .await
        .expect(200);
    stage.app.customer_writes(1, "otra línea").await;
    loop {
        let frame = socket.next().await;
        assert_ne!(frame["conversation_id"], stage.conversation, "{frame}");
        if frame["event"] == "message.created" {
            break;
        }
    }
    stage.assign(&json!(null)).await;
    loop {
        let frame = socket.next().await;
        if frame["conversation_id"] == stage.conversation {
            assert_eq!(frame["event"], "conversation.updated", "{frame}");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_sees_less_from_now_on_starts_over_on_the_socket() {
    let stage = Stage::new().await;
    let change = json!({ "conversations": "all" });
    stage.admin.patch("/api/roles/propias", &change).await.expect(200);
    let mut socket = opened(&stage.app, &stage.ana, "").await;
    assert_eq!(socket.next().await["type"], "hello");
    let change = json!({ "conversations": "own" });
    stage.admin.patch("/api/roles/propias", &change).await.expect(200);
    assert_eq!(socket.next().await["type"], "resync");
}
