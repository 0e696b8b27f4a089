//! Who changed what in the tenant: looking for it, and taking it out as a table.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{caller::Caller, test_app::TestApp};

const PATH: &str = "/api/audit";

async fn actions(caller: &Caller, query: &str) -> Vec<String> {
    let items = caller.items(&format!("{PATH}{query}")).await;
    items
        .iter()
        .map(|item| item["action"].as_str().unwrap().to_owned())
        .collect()
}

async fn tag(caller: &Caller, name: &str) -> Value {
    caller
        .post("/api/tags", &json!({ "name": name }))
        .await
        .expect(201)
        .json()
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_found_by_who_what_when_and_words() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.admin().await, app.member(Role::Recepcion).await);
    let vip = tag(&agent, "VIP").await;
    tag(&admin, "Oro").await;
    admin
        .patch(
            "/api/settings",
            &json!({ "bot_enabled": false, "timezone": "Pacific/Kiritimati" }),
        )
        .await
        .expect(200);

    assert_eq!(
        actions(&admin, "?q=&limit=3").await,
        ["settings.updated", "tag.created", "tag.created"]
    );
    assert_eq!(actions(&admin, "?action=tag.created&limit=1").await.len(), 1);
    let target = format!("?target={}", vip["id"].as_str().unwrap());
    let found = admin.items(&format!("{PATH}{target}")).await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["actor"]["name"], &found[0]["data"]["name"]),
        (&json!("recepcion de clinica"), &json!("VIP"))
    );
    let actor = format!("?actor={}", found[0]["actor"]["id"].as_str().unwrap());
    assert_eq!(actions(&admin, &actor).await, ["tag.created"]);
    assert_eq!(actions(&admin, "?q=RECEPCION%20de").await, ["tag.created"]);
    assert_eq!(actions(&admin, "?q=kiritimati").await, ["settings.updated"]);
    // What the command line or the system did has nobody's name.
    assert!(
        actions(&admin, "?actor=system")
            .await
            .iter()
            .all(|action| action == "user.created")
    );

    let page = admin.get(&format!("{PATH}?action=tag.&limit=1")).await.json();
    let rest = format!(
        "?action=tag.&limit=1&cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    let rest = admin.get(&format!("{PATH}{rest}")).await.json();
    assert_eq!(rest["next_cursor"], Value::Null);
    assert_eq!(rest["items"][0]["target"], vip["id"]);

    // Days are the tenant's: in Kiritimati it is 14 hours later than in UTC.
    let now: chrono::DateTime<chrono::Utc> = found[0]["at"].as_str().unwrap().parse().unwrap();
    let today = (now + chrono::TimeDelta::hours(14)).date_naive();
    let day = |offset: i64| today + chrono::TimeDelta::days(offset);
    let within = format!("?action=tag.&from={}&to={}", day(0), day(1));
    assert_eq!(actions(&admin, &within).await.len(), 2);
    assert!(actions(&admin, &format!("?from={}", day(2))).await.is_empty());
    assert!(actions(&admin, &format!("?to={}", day(-1))).await.is_empty());
    let turned = format!("{PATH}?from={}&to={}", day(1), day(0));
    admin.get(&turned).await.field("/to", "end_before_beginning");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_may_reads_the_audit_and_only_his_own_companys() {
    let app = TestApp::start().await;
    tag(&app.admin().await, "VIP").await;
    for role in [Role::Recepcion, Role::Marketing, Role::Caja, Role::Doctor] {
        let member = app.member(role).await;
        member.get(PATH).await.problem(403, "forbidden");
        member
            .get("/api/audit/export.csv")
            .await
            .problem(403, "forbidden");
    }
    assert!(actions(&app.stranger().await, "?action=tag.").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_has_every_entry_and_no_formula_and_is_written_down() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    // More than one batch of them, and one that a spreadsheet would run.
    app.a.database.execute(
        "INSERT INTO audit_log (id, at, action, target, data)
         SELECT gen_random_uuid(), now() - n * interval '1 second', 'test.many', NULL, '{}' FROM generate_series(1, 1100) n;
         INSERT INTO audit_log (id, at, action, target, data) VALUES
             (gen_random_uuid(), now() - interval '1 hour', '=cmd|x', '+1', '{\"a\": \"dijo \\\"sí\\\", y ñ\"}')",
    );
    let answer = admin.get("/api/audit/export.csv?actor=system").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = answer.header("content-disposition").unwrap();
    assert!(
        name.starts_with("attachment; filename=\"audit_clinica_until_20"),
        "{name}"
    );
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        rows.headers().unwrap().iter().collect::<Vec<_>>(),
        [
            "time",
            "actor",
            "actor_id",
            "superadmin",
            "action",
            "target",
            "data"
        ]
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().filter(|row| &row[4] == "test.many").count(), 1100);
    let odd = rows.iter().find(|row| row[4].contains("cmd")).unwrap();
    assert_eq!(
        (&odd[4], &odd[5], &odd[6]),
        ("'=cmd|x", "'+1", r#"{"a":"dijo \"sí\", y ñ"}"#)
    );
    let told = admin.items("/api/audit?action=audit.exported").await;
    assert_eq!((told.len(), &told[0]["data"]["actor"]), (1, &json!("system")));
    let refused = admin.get("/api/audit/export.csv?from=ayer").await;
    refused.field("/from", "invalid_date");
    assert_eq!(admin.items("/api/audit?action=audit.exported").await.len(), 1);
}
