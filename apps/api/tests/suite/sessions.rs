//! Where one is logged in, and how that ends; one's own password.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    auth::{LOGIN, REFRESH, bearer, credentials, refresh_token, session},
    caller::Caller,
    test_app::{PASSWORD, SUPERADMIN, TestApp},
};

const SESSIONS: &str = "/api/me/sessions";
const OWN_PASSWORD: &str = "/api/me/password";

async fn out(app: &TestApp, held: &Value) {
    bearer(app, held)
        .get("/api/me")
        .await
        .problem(401, "session_expired");
    app.anon()
        .post(REFRESH, &refresh_token(held))
        .await
        .problem(401, "session_expired");
}

async fn count(caller: &Caller) -> usize {
    caller.items(SESSIONS).await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_where_one_is_logged_in_and_ends_it() {
    let app = TestApp::start().await;
    for email in [app.a.email(Role::Caja), SUPERADMIN.to_owned()] {
        let (here, there) = (session(&app, &email).await, session(&app, &email).await);
        let caller = bearer(&app, &here);
        // A token that was exchanged is not another login.
        app.anon().post(REFRESH, &refresh_token(&here)).await.expect(200);
        let found = caller.items(SESSIONS).await;
        assert_eq!(found.len(), 2, "{found:?}");
        let current: Vec<&Value> = found.iter().filter(|one| one["is_current"] == true).collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current[0]["ip"], "127.0.0.1");
        let other = found.iter().find(|one| one["is_current"] == false).unwrap();
        let path = format!("{SESSIONS}/{}", other["id"].as_str().unwrap());
        // Nobody ends another's.
        app.member(Role::Doctor)
            .await
            .delete(&path)
            .await
            .problem(404, "not_found");
        caller.delete(&path).await.expect(204);
        out(&app, &there).await;
        caller.delete(&path).await.problem(404, "not_found");
        assert_eq!(count(&caller).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_session_ends_at_once() {
    let app = TestApp::start().await;
    let email = app.a.email(Role::Caja);
    let (here, one, two) = (
        session(&app, &email).await,
        session(&app, &email).await,
        session(&app, &email).await,
    );
    let caller = bearer(&app, &here);
    let path = format!("{SESSIONS}/revoke-others");
    caller.post(&path, &json!(null)).await.expect(204);
    out(&app, &one).await;
    out(&app, &two).await;
    assert_eq!(count(&caller).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_password_needs_the_old_one_and_ends_the_other_sessions() {
    let app = TestApp::start().await;
    for email in [app.a.email(Role::Caja), SUPERADMIN.to_owned()] {
        let (here, there) = (session(&app, &email).await, session(&app, &email).await);
        let caller = bearer(&app, &here);
        let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
        caller
            .post(OWN_PASSWORD, &change("no es la buena", "otra contraseña"))
            .await
            .field("/current_password", "wrong_password");
        caller
            .post(OWN_PASSWORD, &change(PASSWORD, "corta"))
            .await
            .field("/new_password", "weak_password");
        caller
            .post(OWN_PASSWORD, &change(PASSWORD, "otra contraseña"))
            .await
            .expect(204);
        caller.get("/api/me").await.expect(200);
        out(&app, &there).await;
        app.anon()
            .post(LOGIN, &credentials(&email))
            .await
            .problem(401, "invalid_credentials");
        let new = json!({ "email": email, "password": "otra contraseña" });
        app.anon().post(LOGIN, &new).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_ones_own_password_is_slowed_down() {
    let app = TestApp::start().await;
    let caller = app.member(Role::Caja).await;
    let guess = json!({ "current_password": "no es la buena", "new_password": "otra contraseña" });
    for _ in 0..5 {
        caller.post(OWN_PASSWORD, &guess).await.any_problem();
    }
    caller
        .post(OWN_PASSWORD, &guess)
        .await
        .problem(429, "too_many_requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_ends_somebodys_sessions() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let held = session(&app, &app.a.email(Role::Doctor)).await;
    let path = format!(
        "/api/users/{}/sessions/revoke",
        held["user"]["id"].as_str().unwrap()
    );
    app.member(Role::Caja)
        .await
        .post(&path, &json!(null))
        .await
        .problem(403, "forbidden");
    app.stranger()
        .await
        .post(&path, &json!(null))
        .await
        .problem(404, "not_found");
    admin.post(&path, &json!(null)).await.expect(204);
    out(&app, &held).await;
}
