//! Logging in, staying in, logging out.

use chrono::TimeDelta;
use control::session;
use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller, eventually},
    test_app::{PASSWORD, SUPERADMIN, TestApp, WEB_ORIGIN},
};

pub const LOGIN: &str = "/api/auth/login";
pub const REFRESH: &str = "/api/auth/refresh";
const LOGOUT: &str = "/api/auth/logout";

pub fn credentials(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

pub async fn session(app: &TestApp, email: &str) -> Value {
    app.anon()
        .post(LOGIN, &credentials(email))
        .await
        .expect(200)
        .json()
}

pub fn refresh_token(session: &Value) -> Value {
    json!({ "refresh_token": session["refresh_token"] })
}

pub fn bearer(app: &TestApp, session: &Value) -> Caller {
    app.bearer(session["access_token"].as_str().unwrap())
}

/// Waits until this caller is let in no more.
pub async fn thrown_out(caller: &Caller) -> Answer {
    eventually(|| async {
        let answer = caller.get("/api/me").await;
        (answer.status != 200).then_some(answer)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_says_who_one_is_and_what_one_may_do() {
    let app = TestApp::start().await;
    for role in Role::ALL {
        let session = session(&app, &app.a.email(*role)).await;
        assert_eq!(session["user"]["role"], role.as_str());
        assert_eq!(session["tenant"]["slug"], "clinica");
        assert!(session["expires_in"].as_i64().unwrap() > 0);
        let permissions: Vec<&str> = role
            .permissions()
            .iter()
            .map(|permission| permission.as_str())
            .collect();
        assert_eq!(session["user"]["permissions"], json!(permissions));
        let me = bearer(&app, &session).get("/api/me").await.expect(200).json();
        assert_eq!(
            (&me["user"], &me["tenant"]),
            (&session["user"], &session["tenant"])
        );
    }
    let session = session(&app, &SUPERADMIN.to_uppercase()).await;
    assert_eq!(
        (&session["tenant"], &session["user"]["permissions"]),
        (&Value::Null, &json!(["platform"]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_and_unknown_people_are_told_the_same() {
    let app = TestApp::start().await;
    let mut told = Vec::new();
    for (email, password, tenant) in [
        (app.a.email(Role::Admin), "no es la buena", None),
        ("nadie@clinica.example".to_owned(), PASSWORD, None),
        (app.a.email(Role::Admin), PASSWORD, Some("taller")),
        (app.a.email(Role::Admin), PASSWORD, Some("ninguna")),
        (SUPERADMIN.to_owned(), "no es la buena", None),
        (SUPERADMIN.to_owned(), PASSWORD, Some("clinica")),
        (app.a.email(Role::Admin), "", None),
    ] {
        let body = json!({ "email": email, "password": password, "tenant": tenant });
        told.push(
            app.anon()
                .post(LOGIN, &body)
                .await
                .problem(401, "invalid_credentials"),
        );
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_of_two_companies_has_to_choose() {
    let app = TestApp::start().await;
    for (admin, role) in [(app.admin().await, "caja"), (app.stranger().await, "admin")] {
        let both =
            json!({ "name": "Las Dos", "email": "dos@example.com", "role": role, "password": PASSWORD });
        admin.post("/api/users", &both).await.expect(201);
    }
    let answer = app.anon().post(LOGIN, &credentials("Dos@Example.com")).await;
    let problem = answer.problem(409, "tenant_required");
    let mut slugs: Vec<&str> = problem["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| choice["slug"].as_str().unwrap())
        .collect();
    slugs.sort_unstable();
    assert_eq!(slugs, ["clinica", "taller"]);
    assert!(problem["choices"][0]["name"].is_string());
    for (slug, role) in [("clinica", "caja"), ("Taller", "admin")] {
        let mut body = credentials("dos@example.com");
        body["tenant"] = json!(slug);
        let session = app.anon().post(LOGIN, &body).await.expect(200).json();
        assert_eq!(session["user"]["role"], role);
    }
    // The companies are named to nobody who does not know the password.
    let wrong = json!({ "email": "dos@example.com", "password": "no es la buena" });
    app.anon()
        .post(LOGIN, &wrong)
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_exchanged_for_the_next_one() {
    let app = TestApp::start().await;
    let first = session(&app, &app.a.email(Role::Caja)).await;
    let second = app
        .anon()
        .post(REFRESH, &refresh_token(&first))
        .await
        .expect(200)
        .json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(first["user"], second["user"]);
    bearer(&app, &second).get("/api/me").await.expect(200);
    for body in [
        json!({}),
        json!({ "refresh_token": "x" }),
        json!({ "refresh_token": null }),
    ] {
        app.anon()
            .post(REFRESH, &body)
            .await
            .problem(401, "session_expired");
    }
    app.anon()
        .call(Method::POST, REFRESH, None)
        .await
        .problem(401, "session_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_used_again_later_ends_the_whole_family() {
    let mut app = TestApp::start().await;
    let soon = app.later(session::REUSE_GRACE + TimeDelta::seconds(60)).await;
    let first = session(&app, &app.a.email(Role::Caja)).await;
    let other = session(&app, &app.a.email(Role::Caja)).await;
    let second = app
        .anon()
        .post(REFRESH, &refresh_token(&first))
        .await
        .expect(200)
        .json();
    // Two tabs may send the same one at the same moment.
    app.anon().post(REFRESH, &refresh_token(&first)).await.expect(200);
    let stolen = app.anon().at(&soon).post(REFRESH, &refresh_token(&first)).await;
    stolen.problem(401, "session_expired");
    for token in [&first, &second] {
        app.anon()
            .post(REFRESH, &refresh_token(token))
            .await
            .problem(401, "session_expired");
    }
    thrown_out(&bearer(&app, &second))
        .await
        .problem(401, "session_expired");
    // Another login of the same person is another family.
    app.anon().post(REFRESH, &refresh_token(&other)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end_with_their_time() {
    let mut app = TestApp::start().await;
    let later = app.later(TimeDelta::minutes(11)).await;
    let much_later = app.later(session::LIFETIME + TimeDelta::minutes(1)).await;
    let session = session(&app, &app.a.email(Role::Caja)).await;
    let caller = bearer(&app, &session);
    caller.get("/api/me").await.expect(200);
    caller
        .at(&later)
        .get("/api/me")
        .await
        .problem(401, "unauthenticated");
    let anon = app.anon().at(&much_later);
    anon.post(REFRESH, &refresh_token(&session))
        .await
        .problem(401, "session_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_servers_own_keeps_its_token_out_of_scripts_reach() {
    let app = TestApp::start().await;
    let own = |path: &str| app.anon().request(Method::POST, path).header("Origin", &app.url);
    let answer = Answer::to(own(LOGIN).json(&credentials(&app.a.email(Role::Caja))))
        .await
        .expect(200);
    assert_eq!(answer.json()["refresh_token"], Value::Null);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let kept = cookie.split(';').next().unwrap().to_owned();
    let next = Answer::to(own(REFRESH).header("Cookie", &kept)).await.expect(200);
    let kept = next
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let caller = bearer(&app, &next.json());
    caller.get("/api/me").await.expect(200);
    let bye = Answer::to(own(LOGOUT).header("Cookie", &kept)).await.expect(204);
    assert!(bye.header("set-cookie").unwrap().contains("Max-Age=0"));
    thrown_out(&caller).await.problem(401, "session_expired");
    Answer::to(own(REFRESH).header("Cookie", &kept))
        .await
        .problem(401, "session_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_https_the_cookie_is_bound_to_the_host() {
    let app = TestApp::start().await;
    let request = app
        .anon()
        .request(Method::POST, LOGIN)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-Host", "app.example")
        .header("Origin", "https://app.example");
    let answer = Answer::to(request.json(&credentials(&app.a.email(Role::Caja))))
        .await
        .expect(200);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_gets_the_token_in_the_body_and_no_cookie() {
    let app = TestApp::start().await;
    let request = app
        .anon()
        .request(Method::POST, LOGIN)
        .header("Origin", WEB_ORIGIN);
    let answer = Answer::to(request.json(&credentials(&app.a.email(Role::Caja))))
        .await
        .expect(200);
    assert!(answer.json()["refresh_token"].is_string());
    assert_eq!(answer.header("set-cookie"), None);
    let request = app
        .anon()
        .request(Method::POST, REFRESH)
        .header("Origin", WEB_ORIGIN);
    let next = Answer::to(request.json(&refresh_token(&answer.json())))
        .await
        .expect(200);
    assert!(next.json()["refresh_token"].is_string());
    assert_eq!(next.header("set-cookie"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_ends_the_session_with_either_token() {
    let app = TestApp::start().await;
    let email = app.a.email(Role::Caja);
    let by_refresh = session(&app, &email).await;
    let by_access = session(&app, &email).await;
    let stays = session(&app, &email).await;
    app.anon()
        .post(LOGOUT, &refresh_token(&by_refresh))
        .await
        .expect(204);
    bearer(&app, &by_access)
        .call(Method::POST, LOGOUT, None)
        .await
        .expect(204);
    for ended in [&by_refresh, &by_access] {
        thrown_out(&bearer(&app, ended))
            .await
            .problem(401, "session_expired");
        app.anon()
            .post(REFRESH, &refresh_token(ended))
            .await
            .problem(401, "session_expired");
    }
    bearer(&app, &stays).get("/api/me").await.expect(200);
    // There is nothing to tell whoever had no session.
    app.anon()
        .post(LOGOUT, &json!({ "refresh_token": "x" }))
        .await
        .expect(204);
    app.anon().call(Method::POST, LOGOUT, None).await.expect(204);
    app.bearer("nonsense")
        .call(Method::POST, LOGOUT, None)
        .await
        .expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_and_bothers_nobody_else() {
    let app = TestApp::start().await;
    let email = app.a.email(Role::Caja);
    let wrong = json!({ "email": email, "password": "no es la buena" });
    let mut answer = app.anon().post(LOGIN, &wrong).await;
    for _ in 0..30 {
        if answer.status != 401 {
            break;
        }
        answer = app.anon().post(LOGIN, &wrong).await;
    }
    let problem = answer.problem(429, "too_many_requests");
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(seconds > 0 && problem["retry_after"] == seconds, "{problem}");
    // The right password is not tried either, in whatever spelling of the e-mail.
    let shouted = credentials(&email.to_uppercase());
    app.anon()
        .post(LOGIN, &shouted)
        .await
        .problem(429, "too_many_requests");
    app.login(&app.a.email(Role::Recepcion)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_this_server_did_not_make_are_nothing() {
    let app = TestApp::start().await;
    let session = session(&app, &app.a.email(Role::Admin)).await;
    let token = session["access_token"].as_str().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    for forged in [
        format!("{unsigned}.{}.", parts[1]),
        format!("{unsigned}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!(
            "{}.{}.{}",
            parts[0],
            parts[1],
            parts[2].chars().rev().collect::<String>()
        ),
        session["refresh_token"].as_str().unwrap().to_owned(),
        "x".repeat(20_000),
    ] {
        let answer = app.bearer(&forged).get("/api/me").await;
        assert!([401, 431, 400].contains(&answer.status), "{}", answer.text());
    }
    for scheme in ["Basic", "Token"] {
        let request = app.anon().request(Method::GET, "/api/me");
        let answer = Answer::to(request.header("Authorization", format!("{scheme} {token}"))).await;
        answer.problem(401, "unauthenticated");
    }
    let request = app.anon().request(Method::GET, "/api/me");
    Answer::to(request.header("Authorization", format!("bearer {token}")))
        .await
        .expect(200);
}
