//! The roles of a team: seen, added, changed, put back, removed.

use serde_json::json;
use tenant::user::Role;

use crate::test_app::TestApp;

const ROLES: &str = "/api/roles";

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_added_changed_and_removed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let role =
        json!({ "key": "turno", "name": "Turno", "permissions": ["chat.write"], "conversations": "own" });
    let made = admin.post(ROLES, &role).await.expect(201).json();
    assert_eq!(
        made["permissions"],
        json!(["chat.read", "chat.write"]),
        "writing implies reading"
    );
    admin.post(ROLES, &role).await.problem(409, "role_key_taken");
    let roles = admin.items(ROLES).await;
    assert_eq!(roles.len(), 6);
    assert_eq!(
        (&roles[0]["key"], &roles[0]["is_fixed"], &roles[5]["key"]),
        (&json!("admin"), &json!(true), &json!("turno"))
    );
    let someone = app.with_role("turno", "beto@clinica.example").await;
    let me = someone.get("/api/me").await.expect(200).json();
    assert_eq!(
        (&me["user"]["role_name"], &me["user"]["conversations"]),
        (&json!("Turno"), &json!("own"))
    );
    let told = admin.delete("/api/roles/turno").await.problem(409, "role_in_use");
    assert!(told["detail"].as_str().unwrap().starts_with("1 "), "{told}");
    let beto = me["user"]["id"].as_str().unwrap();
    admin
        .patch(&format!("/api/users/{beto}"), &json!({ "role": "caja" }))
        .await
        .expect(200);
    admin.delete("/api/roles/turno").await.expect(204);
    admin.delete("/api/roles/turno").await.problem(404, "not_found");
    admin.delete("/api/roles/NO").await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_allows_changes_for_whoever_is_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let doctor = app.member(Role::Doctor).await;
    doctor.get("/api/conversations").await.expect(200);
    let nothing = json!({ "permissions": [] });
    admin.patch("/api/roles/doctor", &nothing).await.expect(200);
    doctor.get("/api/conversations").await.problem(403, "forbidden");
    let me = doctor.get("/api/me").await.expect(200).json();
    assert_eq!(me["user"]["permissions"], json!([]));
    let back = admin
        .post("/api/roles/doctor/reset", &json!(null))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&back["permissions"], &back["is_changed"]),
        (&json!(["chat.read"]), &json!(false))
    );
    doctor.get("/api/conversations").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_and_what_is_out_of_reach_is_said() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let name = json!({ "name": "Otra" });
    admin
        .patch("/api/roles/admin", &name)
        .await
        .problem(409, "role_fixed");
    admin.delete("/api/roles/caja").await.problem(409, "role_fixed");
    app.role("jefe", "own", &["users.write", "chat.read"]).await;
    let boss = app.with_role("jefe", "jefe@clinica.example").await;
    boss.patch("/api/roles/jefe", &name)
        .await
        .problem(403, "own_role");
    let audit = json!({ "permissions": ["audit.read"] });
    boss.patch("/api/roles/caja", &audit)
        .await
        .problem(403, "beyond_own_role");
    let role = json!({ "key": "todo", "name": "Todo", "permissions": ["chat.read"], "conversations": "all" });
    boss.post(ROLES, &role).await.problem(403, "beyond_own_role");
    let users = boss.items("/api/users").await;
    let chief = users.iter().find(|user| user["role"] == "admin").unwrap();
    let path = format!("/api/users/{}", chief["id"].as_str().unwrap());
    boss.patch(&path, &json!({ "password": "me la quedo yo" }))
        .await
        .problem(403, "beyond_own_role");
    let odd = json!({ "key": "x", "name": "X", "permissions": ["chat.read", "fly"] });
    admin
        .post(ROLES, &odd)
        .await
        .field("/permissions/1", "invalid_permission");
    let odd = json!({ "key": "X!", "name": "X", "permissions": [] });
    admin.post(ROLES, &odd).await.field("/key", "invalid_key");
    let odd = json!({ "conversations": "some" });
    admin
        .patch("/api/roles/caja", &odd)
        .await
        .field("/conversations", "invalid_scope");
}
