//! A SuperAdmin in a tenant's panel with the eyes of its team: what he sees, what he may not do, how it ends.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    auth::{bearer, session, thrown_out},
    caller::{Answer, Caller},
    sending::{PHOTO, upload},
    socket,
    test_app::{PASSWORD, SUPERADMIN, TestApp},
    walk::operations,
    walk_samples::Samples,
};

const END: &str = "/api/auth/impersonation/end";
const LIST: &str = "/api/superadmin/impersonations";

fn path(app: &TestApp) -> String {
    format!("/api/superadmin/tenants/{}/impersonate", app.a.id)
}

async fn begin(app: &TestApp, superadmin: &Caller, body: &Value) -> Value {
    superadmin.post(&path(app), body).await.expect(201).json()
}

async fn visitor(app: &TestApp, body: &Value) -> Caller {
    bearer(app, &begin(app, &app.superadmin().await, body).await)
}

fn looking(role: Role) -> Value {
    json!({ "role": role.as_str(), "reason": "Ticket 4711: no ven sus líneas", "minutes": 30 })
}

fn writing(role: Role) -> Value {
    let mut body = looking(role);
    body["write"] = json!(true);
    body["password"] = json!(PASSWORD);
    body
}

async fn team(app: &TestApp) -> Vec<Value> {
    app.admin().await.items("/api/users").await
}

async fn emails(app: &TestApp) -> Vec<Value> {
    team(app).await.iter().map(|user| user["email"].clone()).collect()
}

/// The audit's entries that a SuperAdmin made, the newest first: action and e-mail.
async fn visits(app: &TestApp) -> Vec<(String, String)> {
    let entries = app.admin().await.items("/api/audit").await;
    let by_superadmin = entries
        .iter()
        .filter(|entry| entry["actor"]["superadmin"].is_string());
    let told = by_superadmin.map(|entry| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&entry["action"]), text(&entry["actor"]["superadmin"]))
    });
    told.collect()
}

async fn a_message(app: &TestApp) -> String {
    app.customer_writes(0, "hola").await
}

#[tokio::test(flavor = "multi_thread")]
async fn he_is_told_apart_from_the_team_and_leaves_no_user_behind() {
    let app = TestApp::start().await;
    let before = emails(&app).await;
    let begun = begin(&app, &app.superadmin().await, &looking(Role::Recepcion)).await;
    assert_eq!(begun["refresh_token"], Value::Null);
    assert_eq!(begun["tenant"]["slug"], "clinica");
    assert_eq!(begun["expires_in"], 1_800);
    let caller = bearer(&app, &begun);
    let me = caller.get("/api/me").await.expect(200).json();
    assert_eq!(me["user"]["role"], "recepcion");
    assert_eq!(
        (&me["impersonation"]["by"]["email"], &me["impersonation"]["write"]),
        (&json!(SUPERADMIN), &json!(false))
    );
    assert_eq!(me["impersonation"]["reason"], "Ticket 4711: no ven sus líneas");
    assert_eq!(me["impersonation"]["until"], begun["expires_at"]);
    let own = app.admin().await.get("/api/me").await.expect(200).json();
    assert_eq!(own["impersonation"], Value::Null);
    assert_eq!(emails(&app).await, before);
    // Nothing of the platform, and nothing of another tenant.
    caller
        .get("/api/superadmin/tenants")
        .await
        .problem(403, "forbidden");
    assert_eq!(
        visits(&app).await,
        [("impersonation.started".to_owned(), SUPERADMIN.to_owned())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_users_eyes_he_sees_what_the_user_sees() {
    let app = TestApp::start().await;
    let conversation = a_message(&app).await;
    app.role("turno", "own", &["chat.read", "chat.write"]).await;
    app.with_role("turno", "turno@clinica.example").await;
    let people = team(&app).await;
    let id = |email: &str| {
        let found = people.iter().find(|one| one["email"] == email);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let owner = json!({ "assignee_id": id(&app.a.email(Role::Doctor)) });
    let patch = format!("/api/conversations/{conversation}");
    app.admin().await.patch(&patch, &owner).await.expect(200);
    let eyes = |user: String| json!({ "user_id": user, "reason": "No ve su conversación" });
    let turno = visitor(&app, &eyes(id("turno@clinica.example"))).await;
    assert_eq!(turno.items("/api/conversations").await.len(), 0);
    turno.get(&patch).await.problem(404, "not_found");
    let doctor = visitor(&app, &eyes(id(&app.a.email(Role::Doctor)))).await;
    assert_eq!(doctor.items("/api/conversations?assignee=me").await.len(), 1);
    let stranger = app.stranger().await.items("/api/users").await[0]["id"].clone();
    let of_b = json!({ "user_id": stranger, "reason": "otra empresa" });
    app.superadmin()
        .await
        .post(&path(&app), &of_b)
        .await
        .field("/user_id", "unknown_user");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_only_looks_changes_nothing() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let caller = visitor(&app, &looking(Role::Admin)).await;
    let before = app.a.rows();
    for operation in operations() {
        let Some(permission) = operation.permission.as_deref() else {
            continue;
        };
        if permission == "platform" || operation.name.ends_with(END) {
            continue;
        }
        let answer = samples.call(&caller, &operation).await;
        let told = format!("{}: {} {}", operation.name, answer.status, answer.text());
        if operation.path.starts_with("/api/me/") || operation.path == "/api/auth/switch" {
            assert_eq!(
                answer.problem(403, "impersonation_forbidden")["status"],
                403,
                "{told}"
            );
        } else if permission == "users.write" {
            answer.problem(403, "impersonation_forbidden");
        } else if operation.method == Method::GET {
            assert!(
                answer.status < 500 && ![401, 403].contains(&answer.status),
                "{told}"
            );
        } else {
            answer.problem(403, "impersonation_read_only");
        }
    }
    let mut after = app.a.rows();
    // That it took the audit out is written down.
    *after.get_mut("audit_log").unwrap() -= 1;
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_come_in_and_with_what_is_out_of_reach_even_of_whoever_writes() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let caller = visitor(&app, &writing(Role::Admin)).await;
    let mut tried = 0;
    for operation in operations() {
        let of_people = operation.permission.as_deref() == Some("users.write");
        if of_people || operation.path.starts_with("/api/me/") || operation.path == "/api/auth/switch" {
            let answer = samples.call(&caller, &operation).await;
            answer.problem(403, "impersonation_forbidden");
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_names_the_superadmin_in_both_audits_and_in_the_thread() {
    let app = TestApp::start().await;
    let conversation = a_message(&app).await;
    let superadmin = app.superadmin().await;
    let begun = begin(&app, &superadmin, &writing(Role::Admin)).await;
    let caller = bearer(&app, &begun);
    caller
        .post("/api/tags", &json!({ "name": "Revisado" }))
        .await
        .expect(201);
    let note = format!("/api/conversations/{conversation}/notes");
    let noted = caller
        .post(&note, &json!({ "body": "lo miramos" }))
        .await
        .expect(201)
        .json();
    assert_eq!(noted["author"]["name"], "Root");
    let messages = format!("/api/conversations/{conversation}/messages");
    let reply = json!({ "type": "text", "text": { "body": "Ya quedó" } });
    caller.post(&messages, &reply).await.expect(202);
    let seen = app.admin().await.items(&messages).await;
    assert_eq!(seen[0]["author"]["name"], "Root", "{}", seen[0]);
    // Somebody's own drawer, and the list of those to whom conversations go.
    let own = json!({ "shortcut": "mio", "title": "Mío", "body": "hola", "shared": false });
    caller
        .post("/api/quick-replies", &own)
        .await
        .problem(403, "forbidden");
    upload(&caller, "", PHOTO, "f.jpg", "image/jpeg")
        .await
        .expect(201);
    caller.post(END, &json!(null)).await.expect(204);
    let told = visits(&app).await;
    let actions: Vec<&str> = told.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(
        actions,
        ["impersonation.ended", "tag.created", "impersonation.started"]
    );
    assert!(told.iter().all(|(_, email)| email == SUPERADMIN));
    let csv = app
        .admin()
        .await
        .get("/api/audit/export.csv")
        .await
        .expect(200)
        .text();
    assert!(
        csv.lines()
            .any(|row| row.contains(SUPERADMIN) && row.contains("tag.created")),
        "{csv}"
    );
    let platform = superadmin
        .items("/api/superadmin/audit?action=impersonation")
        .await;
    let platform: Vec<&Value> = platform.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(platform, ["impersonation.ended", "impersonation.started"]);
    assert_eq!(visits(&app).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_done_bears_the_name_of_whose_eyes_they_are() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let people = team(&app).await;
    let admin = people.iter().find(|one| one["role"] == "admin").unwrap()["id"].clone();
    let entries = |audit: Vec<Value>| -> Vec<Value> {
        let named = audit.into_iter().filter(|entry| entry["actor"]["id"] == admin);
        named.map(|entry| entry["action"].clone()).collect()
    };
    let audit = "/api/audit?limit=200";
    let before = entries(app.admin().await.items(audit).await);
    let mut body = writing(Role::Admin);
    body.as_object_mut().unwrap().remove("role");
    body["user_id"] = admin.clone();
    let caller = visitor(&app, &body).await;
    for operation in operations() {
        let permission = operation.permission.as_deref();
        let of_team = permission.is_some_and(|name| !["platform", "anyone"].contains(&name));
        if of_team && operation.method != Method::GET {
            let answer = samples.call(&caller, &operation).await;
            assert!(answer.status < 500, "{}: {}", operation.name, answer.text());
        }
    }
    let after = app.admin().await.items(audit).await;
    assert!(after.len() > 12, "so little was written down: {after:?}");
    assert_eq!(entries(after), before);
    let platform = app
        .superadmin()
        .await
        .items("/api/superadmin/audit?limit=200")
        .await;
    let lines: Vec<&Value> = platform
        .iter()
        .filter(|entry| entry["action"] == "channel.updated")
        .collect();
    assert!(!lines.is_empty());
    assert!(
        lines.iter().all(|entry| entry["actor"]["email"] == SUPERADMIN),
        "{lines:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_reason_an_end_and_to_write_the_password() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let with = |name: &str, value: Value| {
        let mut body = looking(Role::Admin);
        body[name] = value;
        body
    };
    let tries = [
        (with("reason", json!("  no ")), "/reason", "invalid_reason"),
        (
            with("reason", json!("x".repeat(501))),
            "/reason",
            "invalid_reason",
        ),
        (with("minutes", json!(0)), "/minutes", "out_of_range"),
        (with("minutes", json!(61)), "/minutes", "out_of_range"),
        (with("role", json!("jefe")), "/role", "invalid_role"),
        (with("role", json!("No Role!")), "/role", "invalid_role"),
        (
            with("user_id", json!("01980000-0000-7000-8000-000000000000")),
            "/role",
            "invalid",
        ),
        (with("write", json!(true)), "/password", "required"),
    ];
    for (body, field, code) in tries {
        superadmin.post(&path(&app), &body).await.field(field, code);
    }
    let mut wrong = writing(Role::Admin);
    wrong["password"] = json!("no es la buena");
    superadmin
        .post(&path(&app), &wrong)
        .await
        .field("/password", "wrong_password");
    let nobody = json!({ "user_id": "01980000-0000-7000-8000-000000000000", "reason": "nadie así" });
    superadmin
        .post(&path(&app), &nobody)
        .await
        .field("/user_id", "unknown_user");
    app.admin()
        .await
        .post(&path(&app), &looking(Role::Admin))
        .await
        .problem(403, "forbidden");
    let suspended = json!({ "is_active": false });
    let tenant = format!("/api/superadmin/tenants/{}", app.a.id);
    superadmin.patch(&tenant, &suspended).await.expect(200);
    superadmin
        .post(&path(&app), &looking(Role::Admin))
        .await
        .problem(403, "tenant_suspended");
    assert_eq!(superadmin.items(LIST).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_it_is_left_when_another_superadmin_ends_it_and_when_its_own_session_ends() {
    let app = TestApp::start().await;
    let (mine, other) = (session(&app, SUPERADMIN).await, app.superadmin().await);
    let mine = bearer(&app, &mine);
    let mut visitors = Vec::new();
    for _ in 0..3 {
        visitors.push(begin(&app, &mine, &looking(Role::Admin)).await);
    }
    let caller = |place: usize| bearer(&app, &visitors[place]);
    let mut socket = socket::opened(&app, &caller(2), "").await;
    assert_eq!(socket.next().await["type"], "hello");
    assert_eq!(other.items(&format!("{LIST}?live=true")).await.len(), 3);

    caller(0).post(END, &json!(null)).await.expect(204);
    caller(0).get("/api/me").await.problem(401, "session_expired");
    let ended = format!("{LIST}/{}", visitors[1]["id"].as_str().unwrap());
    other.delete(&ended).await.expect(204);
    other.delete(&ended).await.problem(404, "not_found");
    caller(1).get("/api/me").await.problem(401, "session_expired");
    caller(2).get("/api/me").await.expect(200);
    mine.post("/api/auth/logout", &json!({})).await.expect(204);
    caller(2).get("/api/me").await.problem(401, "session_expired");
    assert_eq!(socket.close_code().await, 4401);
    let of_tenant = format!("{LIST}?tenant_id={}", app.a.id);
    let listed = other.items(&of_tenant).await;
    assert_eq!(listed.len(), 3);
    let of_other = format!("{LIST}?tenant_id={}", app.b.id);
    assert_eq!(other.items(&of_other).await.len(), 0);
    app.admin()
        .await
        .post(END, &json!(null))
        .await
        .problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_its_time_and_nothing_renews_it() {
    let mut app = TestApp::start().await;
    let begun = begin(&app, &app.superadmin().await, &looking(Role::Admin)).await;
    let later = app.later(TimeDelta::minutes(29)).await;
    let caller = bearer(&app, &begun).at(&later);
    let me = caller.get("/api/me").await.expect(200).json();
    assert_eq!(me["impersonation"]["until"], begun["expires_at"]);
    let after = app.later(TimeDelta::minutes(31)).await;
    bearer(&app, &begun)
        .at(&after)
        .get("/api/me")
        .await
        .problem(401, "unauthenticated");
    let no_token = Answer::to(app.anon().request(Method::POST, "/api/auth/refresh")).await;
    no_token.problem(401, "session_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_the_superadmin_with_the_user_and_with_the_tenant() {
    let app = TestApp::start().await;
    let root = app.superadmin().await;
    let doctor = team(&app).await;
    let doctor = doctor.iter().find(|one| one["role"] == "doctor").unwrap()["id"].clone();
    let eyes = json!({ "user_id": doctor, "reason": "ver con sus ojos" });
    let as_doctor = visitor(&app, &eyes).await;
    as_doctor.get("/api/me").await.expect(200);
    let user = format!("/api/users/{}", doctor.as_str().unwrap());
    app.admin()
        .await
        .patch(&user, &json!({ "is_active": false }))
        .await
        .expect(200);
    thrown_out(&as_doctor).await.problem(401, "session_expired");

    let as_admin = visitor(&app, &looking(Role::Admin)).await;
    as_admin.get("/api/me").await.expect(200);
    let tenant = format!("/api/superadmin/tenants/{}", app.a.id);
    root.patch(&tenant, &json!({ "is_active": false }))
        .await
        .expect(200);
    thrown_out(&as_admin).await.problem(401, "session_expired");
    root.patch(&tenant, &json!({ "is_active": true }))
        .await
        .expect(200);

    let again = visitor(&app, &looking(Role::Admin)).await;
    again.get("/api/me").await.expect(200);
    root.post("/api/me/sessions/revoke-others", &json!(null))
        .await
        .expect(204);
    thrown_out(&again).await.problem(401, "session_expired");
}
