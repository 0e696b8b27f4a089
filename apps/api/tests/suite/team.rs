//! Who is let in, and for how long after something changed about them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    auth::{LOGIN, REFRESH, bearer, credentials, refresh_token, session, thrown_out},
    caller::Caller,
    test_app::{PASSWORD, TestApp},
};

async fn user_id(admin: &Caller, role: Role) -> String {
    let users = admin.items("/api/users").await;
    let user = users.iter().find(|user| user["role"] == role.as_str()).unwrap();
    user["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_deactivated_is_out() {
    let mut app = TestApp::start().await;
    let elsewhere = app.later(TimeDelta::zero()).await;
    let admin = app.admin().await;
    let email = app.a.email(Role::Recepcion);
    let held = session(&app, &email).await;
    let caller = bearer(&app, &held);
    caller.get("/api/me").await.expect(200);
    caller.at(&elsewhere).get("/api/me").await.expect(200);
    let path = format!("/api/users/{}", user_id(&admin, Role::Recepcion).await);
    admin
        .patch(&path, &json!({ "is_active": false }))
        .await
        .expect(200);
    // At once where it was done, and soon on every other server.
    caller.get("/api/me").await.problem(401, "session_expired");
    thrown_out(&caller.at(&elsewhere))
        .await
        .problem(401, "session_expired");
    app.anon()
        .post(REFRESH, &refresh_token(&held))
        .await
        .problem(401, "session_expired");
    app.anon()
        .post(LOGIN, &credentials(&email))
        .await
        .problem(401, "invalid_credentials");
    admin
        .patch(&path, &json!({ "is_active": true }))
        .await
        .expect(200);
    app.login(&email).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_takes_effect_at_once_and_the_session_goes_on_with_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let held = session(&app, &app.a.email(Role::Recepcion)).await;
    let caller = bearer(&app, &held);
    caller.get("/api/conversations").await.expect(200);
    let path = format!("/api/users/{}", user_id(&admin, Role::Recepcion).await);
    admin
        .patch(&path, &json!({ "role": "marketing" }))
        .await
        .expect(200);
    caller
        .get("/api/conversations")
        .await
        .problem(401, "session_expired");
    let next = app
        .anon()
        .post(REFRESH, &refresh_token(&held))
        .await
        .expect(200)
        .json();
    assert_eq!(next["user"]["role"], "marketing");
    bearer(&app, &next)
        .get("/api/conversations")
        .await
        .problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let email = app.a.email(Role::Caja);
    let held = session(&app, &email).await;
    let path = format!("/api/users/{}", user_id(&admin, Role::Caja).await);
    admin
        .patch(&path, &json!({ "password": "corta" }))
        .await
        .field("/password", "weak_password");
    admin
        .patch(&path, &json!({ "password": "otra contraseña" }))
        .await
        .expect(200);
    bearer(&app, &held)
        .get("/api/me")
        .await
        .problem(401, "session_expired");
    app.anon()
        .post(REFRESH, &refresh_token(&held))
        .await
        .problem(401, "session_expired");
    app.anon()
        .post(LOGIN, &credentials(&email))
        .await
        .problem(401, "invalid_credentials");
    let body = json!({ "email": email, "password": "otra contraseña" });
    app.anon().post(LOGIN, &body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_company_is_closed_to_its_team_until_it_is_not() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let held = session(&app, &app.a.email(Role::Admin)).await;
    let tenant = format!("/api/superadmin/tenants/{}", app.a.id);
    superadmin
        .patch(&tenant, &json!({ "is_active": false }))
        .await
        .expect(200);
    bearer(&app, &held)
        .get("/api/me")
        .await
        .problem(401, "session_expired");
    let answer = app
        .anon()
        .post(LOGIN, &credentials(&app.a.email(Role::Admin)))
        .await;
    answer.problem(403, "tenant_suspended");
    let wrong = json!({ "email": app.a.email(Role::Admin), "password": "no es la buena" });
    app.anon()
        .post(LOGIN, &wrong)
        .await
        .problem(401, "invalid_credentials");
    app.stranger().await.get("/api/me").await.expect(200);
    superadmin
        .patch(&tenant, &json!({ "is_active": true }))
        .await
        .expect(200);
    app.admin().await.get("/api/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_keeps_an_admin_and_an_email_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let me = format!("/api/users/{}", user_id(&admin, Role::Admin).await);
    admin
        .patch(&me, &json!({ "is_active": false }))
        .await
        .problem(409, "last_admin");
    admin
        .patch(&me, &json!({ "role": "doctor" }))
        .await
        .problem(403, "own_role");
    let user = |email: &str| json!({ "name": "Ana", "email": email, "role": "caja", "password": PASSWORD });
    admin
        .post("/api/users", &user("Caja@Clinica.example"))
        .await
        .problem(409, "email_taken");
    admin
        .post("/api/users", &user("no es un correo"))
        .await
        .field("/email", "invalid_email");
    let mut boss = user("jefe@clinica.example");
    boss["role"] = json!("superadmin");
    admin
        .post("/api/users", &boss)
        .await
        .field("/role", "invalid_role");
    // Whoever may not manage the team sees it without what only managers need.
    let seen = app.member(Role::Doctor).await.items("/api/users").await;
    assert!(
        seen.iter().all(|user| user["last_login_at"] == Value::Null),
        "{seen:?}"
    );
}
