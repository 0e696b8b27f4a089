//! What waits for a database, and what could not be applied, as people see it.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::eventually,
    lines::{CUSTOMER, entry, text},
    superadmin::{at, database},
    test_app::{PLATFORM_SECRET, TestApp},
};

const LETTERS: &str = "/api/dead-letters";
const SPOOL: &str = "/api/superadmin/spool";

/// Delivers items of which nobody can tell what they are.
async fn letters(app: &TestApp, items: &[Value]) {
    let entries = [entry(&app.a, &app.a.lines[2], items)];
    app.deliver_signed(PLATFORM_SECRET, &entries).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_found_read_and_stay_their_tenants() {
    let app = TestApp::start().await;
    letters(
        &app,
        &[json!({ "type": "text", "from": "34600000009" }), json!(7)],
    )
    .await;
    let admin = app.admin().await;
    let all = admin.items(LETTERS).await;
    assert_eq!(all.len(), 2);
    assert_eq!(
        (&all[0]["kind"], &all[0]["state"]),
        (&json!("unreadable"), &json!("open"))
    );
    let found = admin
        .items(&format!("{LETTERS}?q=34600000009&state=open&kind=unreadable"))
        .await;
    assert_eq!(found.len(), 1);
    let by_reason = admin.items(&format!("{LETTERS}?q=HAS%20NO%20ID")).await;
    assert_eq!(by_reason, found);
    assert_eq!(
        admin.items(&format!("{LETTERS}?q=100%25")).await,
        [Value::Null; 0]
    );
    assert_eq!(
        admin.items(&format!("{LETTERS}?state=replayed")).await,
        [Value::Null; 0]
    );
    let path = format!("{LETTERS}/{}", found[0]["id"].as_str().unwrap());
    let one = admin.get(&path).await.expect(200).json();
    assert_eq!(one["letter"], found[0]);
    let raw: Value = serde_json::from_str(one["raw"].as_str().unwrap()).unwrap();
    assert_eq!(raw["from"], "34600000009");
    let first = admin.get(&format!("{LETTERS}?limit=1")).await.expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = admin.items(&format!("{LETTERS}?limit=1&cursor={cursor}")).await;
    assert_eq!(
        [first["items"][0].clone(), rest[0].clone()],
        [all[0].clone(), all[1].clone()]
    );
    admin
        .get(&format!("{LETTERS}?kind=x"))
        .await
        .field("/kind", "invalid_kind");
    admin
        .get(&format!("{LETTERS}?state=x"))
        .await
        .field("/state", "invalid_state");
    app.stranger().await.get(&path).await.problem(404, "not_found");
    app.member(Role::Recepcion)
        .await
        .get(LETTERS)
        .await
        .problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_sees_how_many_letters_there_are_and_never_what_they_hold() {
    let app = TestApp::start().await;
    letters(
        &app,
        &[json!({ "type": "text", "from": "34600000009" }), json!(7)],
    )
    .await;
    let counts = format!("/api/superadmin/dead-letters?tenant_id={}", app.a.id);
    let counts = app.superadmin().await.get(&counts).await.expect(200);
    assert!(!counts.text().contains("34600000009"));
    let counts = counts.json();
    let counts = counts["items"].as_array().unwrap();
    let letters: i64 = counts
        .iter()
        .map(|count| count["letters"].as_i64().unwrap())
        .sum();
    assert_eq!(letters, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_can_be_applied_now_is_replayed_once() {
    let app = TestApp::start().await;
    let before = app.a.rows()["audit_log"];
    letters(&app, &[json!({ "type": "text" })]).await;
    let admin = app.admin().await;
    let id = admin.items(LETTERS).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{LETTERS}/{id}");
    let empty = json!({});
    let again = admin
        .post(&format!("{path}/replay"), &empty)
        .await
        .expect(200)
        .json();
    assert_eq!((&again["state"], &again["attempts"]), (&json!("open"), &json!(1)));
    // What kept it from being read is gone.
    let good = text("wamid.again", CUSTOMER, "por fin").to_string();
    app.a.database.execute(&format!(
        "UPDATE dead_letters SET raw = convert_to('{good}', 'UTF8')"
    ));
    let tally = admin
        .post(&format!("{LETTERS}/replay"), &json!({ "limit": 10 }))
        .await
        .expect(200)
        .json();
    assert_eq!(tally, json!({ "replayed": 1, "failed": 0 }));
    let conversations = admin.items("/api/conversations").await;
    assert_eq!(conversations[0]["last_message"]["text"], "por fin");
    assert_eq!(
        admin.items(&format!("{LETTERS}?state=replayed")).await[0]["id"],
        json!(id)
    );
    admin
        .post(&format!("{path}/replay"), &empty)
        .await
        .problem(409, "conflict");
    let reason = json!({ "reason": "tarde" });
    admin
        .post(&format!("{path}/discard"), &reason)
        .await
        .problem(409, "conflict");
    admin
        .post(&format!("{LETTERS}/replay"), &json!({ "limit": 201 }))
        .await
        .field("/limit", "invalid_limit");
    assert_eq!(app.a.rows()["audit_log"], before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_discarded_with_a_reason() {
    let app = TestApp::start().await;
    let before = app.a.rows()["audit_log"];
    letters(&app, &[json!(7)]).await;
    let admin = app.admin().await;
    let id = admin.items(LETTERS).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{LETTERS}/{id}/discard");
    admin
        .post(&path, &json!({ "reason": "  " }))
        .await
        .field("/reason", "invalid_reason");
    let gone = admin
        .post(&path, &json!({ "reason": "una prueba" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&gone["state"], &gone["note"]),
        (&json!("discarded"), &json!("una prueba"))
    );
    // Meta delivers it again: it stays discarded.
    letters(&app, &[json!(7)]).await;
    assert_eq!(admin.items(LETTERS).await, [gone]);
    assert_eq!(app.a.rows()["audit_log"], before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_sees_what_waits_and_may_let_it_go() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let proxy = testkit::proxy::Proxy::start(app.a.database.url());
    superadmin
        .put(&database(&app.a.id), &at(proxy.url()))
        .await
        .expect(200);
    proxy.cut();
    for wamid in ["wamid.1", "wamid.2"] {
        letters(&app, &[text(wamid, CUSTOMER, "secreto")]).await;
    }
    let found = superadmin.get(SPOOL).await.expect(200);
    assert!(!found.text().contains("secreto"));
    let found = &found.json()["items"][0];
    assert_eq!(
        (
            &found["slug"],
            &found["waiting"],
            &found["items"],
            &found["failed"]
        ),
        (&json!("clinica"), &json!(2), &json!(2), &json!(0))
    );
    let rows = superadmin
        .items(&format!("{SPOOL}/rows?tenant_id={}&state=waiting", app.a.id))
        .await;
    assert_eq!(rows.len(), 2);
    superadmin
        .get(&format!("{SPOOL}/rows?state=x"))
        .await
        .field("/state", "invalid_state");
    let second = format!("{SPOOL}/{}", rows[1]["id"].as_str().unwrap());
    superadmin
        .post(&format!("{second}/discard"), &json!({ "reason": "" }))
        .await
        .field("/reason", "invalid_reason");
    let reason = json!({ "reason": "lo pidió la empresa" });
    superadmin
        .post(&format!("{second}/discard"), &reason)
        .await
        .expect(204);
    superadmin
        .post(&format!("{second}/discard"), &reason)
        .await
        .problem(404, "not_found");
    let audit = superadmin.items("/api/superadmin/audit").await;
    assert!(audit.iter().any(
        |entry| entry["action"] == "spool.discarded" && entry["data"]["reason"] == "lo pidió la empresa"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_is_applied_when_the_database_is_back() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let proxy = testkit::proxy::Proxy::start(app.a.database.url());
    superadmin
        .put(&database(&app.a.id), &at(proxy.url()))
        .await
        .expect(200);
    proxy.cut();
    letters(&app, &[text("wamid.1", CUSTOMER, "secreto")]).await;
    let rows = superadmin.items(&format!("{SPOOL}/rows")).await;
    proxy.restore();
    let first = format!("{SPOOL}/{}/retry", rows[0]["id"].as_str().unwrap());
    // The sweep may have been faster.
    let answer = superadmin.post(&first, &json!({})).await;
    assert!([200, 404].contains(&answer.status), "{}", answer.text());
    let admin = app.admin().await;
    let conversations = eventually(|| async {
        let answer = admin.get("/api/conversations").await;
        let items = (answer.status == 200).then(|| answer.json()["items"].clone())?;
        (items.as_array()?.len() == 1).then_some(items)
    })
    .await;
    assert_eq!(conversations[0]["unread_count"], 1);
    eventually(|| async { superadmin.items(SPOOL).await.is_empty().then_some(()) }).await;
}
