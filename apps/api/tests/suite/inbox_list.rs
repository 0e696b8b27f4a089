//! The list of conversations: its orders, its tabs, what is kept of it, and what is done to many at once.

use serde_json::{Value, json};
use tenant::user::{Permission, Role};

use crate::{caller::Caller, test_app::TestApp};

/// So many customers have written on the first line; the conversations' ids, the last one first.
async fn customers(app: &TestApp, count: usize) -> Vec<String> {
    for number in 0..count {
        let order = json!({
            "phone_number_id": app.a.lines[0].phone_number_id, "from": format!("5917000000{number}"), "name": "Ana",
            "text": "hola",
        });
        app.meta().post("/simulator/inbound", &order).await.expect(200);
    }
    ids(&app.admin().await, "").await
}

async fn ids(caller: &Caller, query: &str) -> Vec<String> {
    let items = caller.items(&format!("/api/conversations{query}")).await;
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn paged(caller: &Caller, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = caller
            .get(&format!("/api/conversations?limit=2{query}{cursor}"))
            .await
            .expect(200)
            .json();
        let items = page["items"].as_array().unwrap();
        all.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else {
            return all;
        };
        cursor = format!("&cursor={next}");
    }
}

async fn bulk(caller: &Caller, ids: &[String], action: &Value) -> Vec<String> {
    let body = json!({ "ids": ids, "action": action });
    let answer = caller
        .post("/api/conversations/bulk", &body)
        .await
        .expect(200)
        .json();
    let items = answer["items"].as_array().unwrap();
    assert!(
        items.iter().zip(ids).all(|(item, id)| item["id"] == *id.as_str()),
        "{answer}"
    );
    items
        .iter()
        .map(|item| item["outcome"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_goes_through_all_pages_once_and_has_its_own_cursors() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let newest = customers(&app, 5).await;
    let oldest: Vec<String> = newest.iter().rev().cloned().collect();
    assert_eq!(paged(&admin, "").await, newest);
    assert_eq!(
        paged(&admin, "&sort=newest&status=open,pending,closed").await,
        newest
    );
    assert_eq!(paged(&admin, "&sort=oldest").await, oldest);
    // All windows are open; they close in the order in which they were opened.
    assert_eq!(paged(&admin, "&sort=window").await, oldest);
    assert_eq!(ids(&admin, "?window=open").await, newest);
    assert_eq!(ids(&admin, "?window=closing").await, [""; 0]);
    assert_eq!(ids(&admin, "?window=closed").await, [""; 0]);
    let page = admin.get("/api/conversations?limit=2").await.expect(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    admin
        .get(&format!("/api/conversations?sort=oldest&cursor={cursor}"))
        .await
        .problem(422, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tabs_are_counted_within_the_filter() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let all = customers(&app, 4).await;
    let me = admin.get("/api/me").await.expect(200).json()["user"]["id"].clone();
    bulk(&admin, &all[..1], &json!({ "type": "assign", "assignee_id": me })).await;
    bulk(&admin, &all[..2], &json!({ "type": "add_tags", "tags": ["VIP"] })).await;
    bulk(&admin, &all[2..3], &json!({ "type": "read" })).await;
    bulk(
        &admin,
        &all[3..],
        &json!({ "type": "status", "status": "closed" }),
    )
    .await;
    for (query, counts) in [
        ("", [1, 2, 3, 2]),
        ("?tag=vip", [1, 1, 2, 2]),
        ("?status=closed", [0, 1, 1, 1]),
        ("?unread=false", [0, 1, 1, 0]),
        ("?window=closing", [0, 0, 0, 0]),
        ("?q=70000002", [0, 1, 1, 1]),
    ] {
        let found = admin
            .get(&format!("/api/conversations/counts{query}"))
            .await
            .expect(200)
            .json();
        let found = ["mine", "unassigned", "all", "unread"].map(|tab| found[tab].as_i64().unwrap());
        assert_eq!(found, counts, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_changed_at_once_and_each_says_what_became_of_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut all = customers(&app, 3).await;
    let unknown = "01920000-0000-7000-8000-000000000000".to_owned();
    let me = admin.get("/api/me").await.expect(200).json()["user"]["id"].clone();
    let assign = json!({ "type": "assign", "assignee_id": me });
    bulk(&admin, &all[..1], &assign).await;
    all.push(unknown);
    assert_eq!(
        bulk(&admin, &all, &assign).await,
        ["unchanged", "changed", "changed", "not_found"]
    );
    assert_eq!(ids(&admin, "?assignee=me").await.len(), 3);

    let close = json!({ "type": "status", "status": "closed" });
    assert_eq!(bulk(&admin, &all[..2], &close).await, ["changed", "changed"]);
    assert_eq!(ids(&admin, "?status=closed").await, &all[..2]);
    let asleep = json!({ "type": "status", "status": "snoozed" });
    let body = json!({ "ids": all[..1], "action": asleep });
    admin
        .post("/api/conversations/bulk", &body)
        .await
        .problem(422, "invalid_request");

    let thirty: Vec<String> = (0..30).map(|number| format!("etiqueta {number}")).collect();
    bulk(&admin, &all[..1], &json!({ "type": "add_tags", "tags": thirty })).await;
    let add = json!({ "type": "add_tags", "tags": ["VIP", "vip"] });
    assert_eq!(
        bulk(&admin, &all, &add).await,
        ["too_many_tags", "changed", "changed", "not_found"]
    );
    let remove = json!({ "type": "remove_tags", "tags": ["vip", "nadie"] });
    assert_eq!(bulk(&admin, &all[..2], &remove).await, ["unchanged", "changed"]);
    assert_eq!(ids(&admin, "?tag=VIP").await, &all[2..3]);

    assert_eq!(
        bulk(&admin, &all[..2], &json!({ "type": "read" })).await,
        ["changed", "changed"]
    );
    assert_eq!(
        bulk(&admin, &all[..2], &json!({ "type": "read" })).await,
        ["unchanged", "unchanged"]
    );
    let entries = admin.items("/api/audit?action=conversation.tagged").await;
    assert_eq!(entries.len(), 4, "{entries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_conversations_are_no_part_of_a_bulk_and_watchers_hear_of_each() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let all = customers(&app, 3).await;
    let every: Vec<&str> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    app.role("propias", "own", &every).await;
    let ana = app.with_role("propias", "ana@clinica.example").await;
    let me = admin.get("/api/me").await.expect(200).json()["user"]["id"].clone();
    bulk(&admin, &all[..1], &json!({ "type": "assign", "assignee_id": me })).await;
    let mut socket = crate::socket::opened(&app, &admin, "").await;
    assert_eq!(socket.next().await["type"], "hello");
    let close = json!({ "type": "status", "status": "closed" });
    assert_eq!(
        bulk(&ana, &all, &close).await,
        ["not_found", "changed", "changed"]
    );
    for _ in 0..2 {
        let frame = socket.next().await;
        assert_eq!(frame["event"], "conversation.updated", "{frame}");
    }
    let reader = app.member(Role::Doctor).await;
    let body = json!({ "ids": all, "action": { "type": "read" } });
    reader
        .post("/api/conversations/bulk", &body)
        .await
        .problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_ones_own_or_everybodys_to_whom_may_set_things_up() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.admin().await, app.member(Role::Recepcion).await);
    let view = |name: &str, shared: bool| json!({ "name": name, "filter": { "status": "open,pending", "assignee": "me", "unread": true }, "sort": "oldest", "shared": shared });
    let made = agent
        .post("/api/views", &view("Mías", false))
        .await
        .expect(201)
        .json();
    assert_eq!(
        made["filter"],
        json!({ "status": "open,pending", "assignee": "me", "unread": true })
    );
    assert_eq!(made["sort"], "oldest");
    agent
        .post("/api/views", &view("De todos", true))
        .await
        .problem(403, "forbidden");
    let shared = admin
        .post("/api/views", &view("De todos", true))
        .await
        .expect(201)
        .json();
    agent
        .post("/api/views", &view("mías", false))
        .await
        .problem(409, "view_name_taken");
    let wrong = json!({ "name": "X", "filter": { "status": "lost" }, "shared": false });
    agent
        .post("/api/views", &wrong)
        .await
        .problem(422, "invalid_request");

    let names = |items: Vec<Value>| -> Vec<String> {
        items
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(agent.items("/api/views").await), ["De todos", "Mías"]);
    assert_eq!(names(admin.items("/api/views").await), ["De todos"]);

    let own = format!("/api/views/{}", made["id"].as_str().unwrap());
    let everybodys = format!("/api/views/{}", shared["id"].as_str().unwrap());
    let change = json!({ "filter": {}, "sort": "window" });
    admin.patch(&own, &change).await.problem(404, "not_found");
    agent.patch(&everybodys, &change).await.problem(403, "forbidden");
    let changed = agent.patch(&own, &change).await.expect(200).json();
    assert_eq!(
        (&changed["name"], &changed["filter"], &changed["sort"]),
        (&json!("Mías"), &json!({}), &json!("window"))
    );
    agent.delete(&everybodys).await.problem(403, "forbidden");
    admin.delete(&everybodys).await.expect(204);
    agent.delete(&own).await.expect(204);
    assert_eq!(names(agent.items("/api/views").await), [""; 0]);
}
