//! Texts that the team writes again and again.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::Caller,
    lines::{CUSTOMER, entry, text},
    test_app::TestApp,
};

const PATH: &str = "/api/quick-replies";

fn reply(shortcut: &str, shared: bool) -> Value {
    json!({ "shortcut": shortcut, "title": "Saludo", "body": "Hola", "shared": shared })
}

async fn shortcuts(caller: &Caller, query: &str) -> Vec<(String, bool)> {
    let items = caller.items(&format!("{PATH}{query}")).await;
    items
        .iter()
        .map(|item| {
            (
                item["shortcut"].as_str().unwrap().to_owned(),
                item["shared"].as_bool().unwrap(),
            )
        })
        .collect()
}

async fn made(caller: &Caller, body: &Value) -> String {
    let made = caller.post(PATH, body).await.expect(201).json();
    format!("{PATH}/{}", made["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn everybodys_are_the_admins_to_change_and_ones_own_are_ones_own() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.admin().await, app.member(Role::Recepcion).await);
    made(&admin, &reply("hola", true)).await;
    made(&agent, &reply("hola", false)).await;
    made(&agent, &reply("adios", false)).await;
    agent
        .post(PATH, &reply("todos", true))
        .await
        .problem(403, "forbidden");
    agent
        .post(PATH, &reply("hola", false))
        .await
        .problem(409, "shortcut_taken");
    admin
        .post(PATH, &reply("hola", true))
        .await
        .problem(409, "shortcut_taken");

    let named = |shortcut: &str, shared| (shortcut.to_owned(), shared);
    let all = [named("adios", false), named("hola", false), named("hola", true)];
    assert_eq!(shortcuts(&agent, "").await, all);
    assert_eq!(shortcuts(&agent, "?scope=shared").await, [named("hola", true)]);
    assert_eq!(
        shortcuts(&agent, "?scope=own&q=ADI").await,
        [named("adios", false)]
    );
    assert_eq!(shortcuts(&admin, "").await, [named("hola", true)]);
    let page = agent.get(&format!("{PATH}?limit=2")).await.json();
    let rest = format!("?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(shortcuts(&agent, &rest).await, [named("hola", true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_what_is_not_his() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.admin().await, app.member(Role::Recepcion).await);
    let shared = made(&admin, &reply("hola", true)).await;
    let own = made(&agent, &reply("hola", false)).await;
    let hola = ("hola".to_owned(), true);
    let title = json!({ "title": "Otro" });
    agent.patch(&shared, &title).await.problem(403, "forbidden");
    agent.delete(&shared).await.problem(403, "forbidden");
    // Somebody's own is nothing to others, be they admins.
    admin.patch(&own, &title).await.problem(404, "not_found");
    admin.delete(&own).await.problem(404, "not_found");
    let reader = app.member(Role::Doctor).await;
    assert_eq!(shortcuts(&reader, "").await, [hola]);
    reader
        .post(PATH, &reply("mia", false))
        .await
        .problem(403, "forbidden");
    app.member(Role::Marketing)
        .await
        .get(PATH)
        .await
        .problem(403, "forbidden");
    assert!(app.stranger().await.items(PATH).await.is_empty());

    assert_eq!(
        agent.patch(&own, &title).await.expect(200).json()["title"],
        "Otro"
    );
    agent.delete(&own).await.expect(204);
    admin.delete(&shared).await.expect(204);
    let told = admin.items("/api/audit?action=quick_reply.").await;
    let told: Vec<&str> = told
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "quick_reply.deleted",
            "quick_reply.deleted",
            "quick_reply.updated",
            "quick_reply.created",
            "quick_reply.created"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_are_checked_when_it_is_written_and_filled_in_when_it_is_used() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let line = &app.a.lines[0];
    let entries = [entry(&app.a, line, &[text("wamid.quick", CUSTOMER, "hola")])];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    let conversation = agent.items("/api/conversations").await[0].clone();

    let mut body = reply("saludo", false);
    for (wrong, code) in [
        ("Hola {{contact.nmae}}", "unknown_variable"),
        ("Hola {{contact.name", "unclosed_variable"),
        (" ", "invalid_text"),
    ] {
        body["body"] = json!(wrong);
        agent.post(PATH, &body).await.field("/body", code);
    }
    body["body"] = json!("Hola {{contact.name}}, te atiende {{ agent.name }}");
    let path = made(&agent, &body).await;
    let wrong = json!({ "body": "{{x}}" });
    agent
        .patch(&path, &wrong)
        .await
        .field("/body", "unknown_variable");

    let of = json!({ "conversation_id": conversation["id"] });
    let filled = agent.post(&format!("{path}/use"), &of).await.expect(200).json();
    let name = conversation["contact"]["name"].as_str().unwrap();
    let expected = format!("Hola {name}, te atiende recepcion de clinica");
    assert_eq!(filled["text"], expected);
    let used = &agent.items(PATH).await[0];
    assert_eq!(used["uses"], 1);
    assert!(used["last_used_at"].is_string());
    let nobodys = json!({ "conversation_id": "01920000-0000-7000-8000-000000000000" });
    agent
        .post(&format!("{path}/use"), &nobodys)
        .await
        .problem(404, "not_found");
    let other = app.admin().await;
    other
        .post(&format!("{path}/use"), &of)
        .await
        .problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortcut_is_short_and_plain() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for bad in ["", "Hola", "ho la", "ñ", "a/b", &"a".repeat(33)] {
        let answer = admin.post(PATH, &reply(bad, true)).await;
        answer.field("/shortcut", "invalid_shortcut");
    }
    let made = admin
        .post(PATH, &reply("/dos_tres-4", true))
        .await
        .expect(201)
        .json();
    assert_eq!(made["shortcut"], "dos_tres-4");
}
