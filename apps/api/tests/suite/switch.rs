//! One e-mail in several companies: changing between them, and never into one whose password was not shown.

use reqwest::Method;
use serde_json::json;
use tenant::user::Role;

use crate::{
    auth::{LOGIN, REFRESH, bearer, refresh_token},
    caller::{Answer, Caller},
    second_factor::set_up,
    test_app::{PASSWORD, TestApp},
};

const SWITCH: &str = "/api/auth/switch";
const TENANTS: &str = "/api/me/tenants";
const ANA: &str = "ana@correo.example";
const OTHER: &str = "otra contraseña larga";

/// Ana in both companies, in the second one with this password.
async fn ana(app: &TestApp, in_b: &str) {
    for (admin, password) in [(app.admin().await, PASSWORD), (app.stranger().await, in_b)] {
        let user = json!({ "name": "Ana", "email": ANA, "role": "recepcion", "password": password });
        // B has but its admin.
        admin.post("/api/users", &user).await.expect(201);
    }
}

async fn log_in(app: &TestApp, tenant: Option<&str>) -> Answer {
    let body = json!({ "email": ANA, "password": PASSWORD, "tenant": tenant });
    app.anon().post(LOGIN, &body).await
}

async fn switch(caller: &Caller, tenant: &str) -> Answer {
    caller.post(SWITCH, &json!({ "tenant": tenant })).await
}

async fn with_password(caller: &Caller, tenant: &str, password: &str) -> Answer {
    let body = json!({ "tenant": tenant, "password": password });
    caller.post(SWITCH, &body).await
}

/// The companies by short name, the current one marked.
async fn companies(caller: &Caller) -> Vec<String> {
    let items = caller.items(TENANTS).await;
    let told = items.iter().map(|item| {
        let mark = if item["is_current"] == true { "*" } else { "" };
        format!("{}{mark}", item["slug"].as_str().unwrap())
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_one_password_in_both_changes_between_them_without_it() {
    let app = TestApp::start().await;
    ana(&app, PASSWORD).await;
    log_in(&app, None).await.problem(409, "tenant_required");
    let held = log_in(&app, Some("clinica")).await.expect(200).json();
    let here = bearer(&app, &held);
    assert_eq!(companies(&here).await, ["clinica*", "taller"]);
    let there = switch(&here, "taller").await.expect(200).json();
    assert_eq!(there["tenant"]["slug"], "taller");
    // The session that was left is no more, in either way.
    here.get("/api/me").await.problem(401, "session_expired");
    app.anon()
        .post(REFRESH, &refresh_token(&held))
        .await
        .problem(401, "session_expired");
    let caller = bearer(&app, &there);
    assert_eq!(
        caller.get("/api/me").await.expect(200).json()["tenant"]["slug"],
        "taller"
    );
    assert_eq!(companies(&caller).await, ["clinica", "taller*"]);
    // What was shown stays shown over a refresh and on the way back.
    let renewed = app
        .anon()
        .post(REFRESH, &refresh_token(&there))
        .await
        .expect(200)
        .json();
    let back = switch(&bearer(&app, &renewed), "CLINICA")
        .await
        .expect(200)
        .json();
    assert_eq!(back["tenant"]["slug"], "clinica");
    switch(&bearer(&app, &back), "clinica")
        .await
        .problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_whose_password_was_not_shown_is_not_even_named() {
    let app = TestApp::start().await;
    ana(&app, OTHER).await;
    let caller = bearer(&app, &log_in(&app, None).await.expect(200).json());
    assert_eq!(companies(&caller).await, ["clinica*"]);
    // Nor can be told from one that there is not.
    for tenant in ["taller", "ninguna"] {
        switch(&caller, tenant).await.problem(409, "password_required");
        with_password(&caller, tenant, PASSWORD)
            .await
            .problem(401, "invalid_credentials");
    }
    let there = with_password(&caller, "taller", OTHER).await.expect(200).json();
    assert_eq!(companies(&bearer(&app, &there)).await, ["clinica", "taller*"]);
    let back = switch(&bearer(&app, &there), "clinica").await.expect(200).json();
    switch(&bearer(&app, &back), "taller").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_writes_anothers_email_down_does_not_get_into_the_others_company() {
    let app = TestApp::start().await;
    let theirs = app.b.email(Role::Admin);
    // With the password that he thinks up, the name and the highest role.
    let trap = json!({ "name": "x", "email": theirs, "role": "admin", "password": OTHER });
    app.admin().await.post("/api/users", &trap).await.expect(201);
    let body = json!({ "email": theirs, "password": OTHER });
    let caller = bearer(&app, &app.anon().post(LOGIN, &body).await.expect(200).json());
    let me = caller.get("/api/me").await.expect(200).json();
    assert_eq!(me["tenant"]["slug"], "clinica");
    assert_eq!(companies(&caller).await, ["clinica*"]);
    switch(&caller, "taller").await.problem(409, "password_required");
    with_password(&caller, "taller", OTHER)
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_an_end_of_sessions_and_a_deactivation_take_back_what_was_shown() {
    let app = TestApp::start().await;
    ana(&app, PASSWORD).await;
    let admin = app.stranger().await;
    let users = admin.items("/api/users").await;
    let id = users.iter().find(|user| user["email"] == ANA).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let user = format!("/api/users/{id}");
    for step in ["sessions", "password", "deactivated"] {
        let held = log_in(&app, Some("clinica")).await.expect(200).json();
        let caller = bearer(&app, &held);
        match step {
            "sessions" => {
                let path = format!("{user}/sessions/revoke");
                admin.post(&path, &json!(null)).await.expect(204);
            }
            "password" => {
                let there = json!({ "email": ANA, "password": PASSWORD, "tenant": "taller" });
                let there = app.anon().post(LOGIN, &there).await.expect(200).json();
                let body = json!({ "current_password": PASSWORD, "new_password": OTHER });
                bearer(&app, &there)
                    .post("/api/me/password", &body)
                    .await
                    .expect(204);
            }
            _ => {
                with_password(&caller, "taller", OTHER).await.expect(200);
                admin
                    .patch(&user, &json!({ "is_active": false }))
                    .await
                    .expect(200);
                let held = log_in(&app, Some("clinica")).await.expect(200).json();
                switch(&bearer(&app, &held), "taller")
                    .await
                    .problem(409, "password_required");
                let refused = with_password(&bearer(&app, &held), "taller", OTHER).await;
                refused.problem(401, "invalid_credentials");
                continue;
            }
        }
        switch(&caller, "taller").await.problem(409, "password_required");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_with_a_second_factor_asks_for_its_code_once_and_a_suspended_one_stays_closed() {
    let app = TestApp::start().await;
    ana(&app, PASSWORD).await;
    let in_b = log_in(&app, Some("taller")).await.expect(200).json();
    let (_, recovery) = set_up(&bearer(&app, &in_b)).await;
    let caller = bearer(&app, &log_in(&app, Some("clinica")).await.expect(200).json());
    switch(&caller, "taller").await.problem(401, "totp_required");
    let with = |code: &str| json!({ "tenant": "taller", "code": code });
    caller
        .post(SWITCH, &with("000000"))
        .await
        .problem(401, "invalid_code");
    let there = caller.post(SWITCH, &with(&recovery[0])).await.expect(200).json();
    let back = switch(&bearer(&app, &there), "clinica").await.expect(200).json();
    let there = switch(&bearer(&app, &back), "taller").await.expect(200).json();
    let back = switch(&bearer(&app, &there), "clinica").await.expect(200).json();

    let suspend = json!({ "is_active": false });
    let path = format!("/api/superadmin/tenants/{}", app.b.id);
    app.superadmin().await.patch(&path, &suspend).await.expect(200);
    let caller = bearer(&app, &back);
    assert_eq!(companies(&caller).await, ["clinica*"]);
    switch(&caller, "taller").await.problem(403, "tenant_suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_companys_password_is_limited_and_superadmins_have_no_companies() {
    let app = TestApp::start().await;
    ana(&app, OTHER).await;
    let caller = bearer(&app, &log_in(&app, None).await.expect(200).json());
    let mut refused = 0;
    loop {
        let answer = with_password(&caller, "taller", "no es la buena").await;
        if answer.status == 429 {
            assert!(
                answer.problem(429, "too_many_requests")["retry_after"]
                    .as_u64()
                    .unwrap()
                    > 0
            );
            break;
        }
        answer.problem(401, "invalid_credentials");
        refused += 1;
        assert!(refused < 100, "nobody stops it");
    }
    let superadmin = app.superadmin().await;
    assert_eq!(companies(&superadmin).await, [""; 0]);
    switch(&superadmin, "clinica").await.problem(403, "forbidden");
    let none = Answer::to(app.anon().request(Method::GET, TENANTS)).await;
    none.problem(401, "unauthenticated");
}
