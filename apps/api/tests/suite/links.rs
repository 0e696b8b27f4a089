//! Coming in by a link: invitations and forgotten passwords, with and without a mail server.

use serde_json::{Value, json};
use tenant::user::Role;
use testkit::smtp::SmtpServer;

use crate::{
    auth::{LOGIN, bearer, credentials, session},
    caller::{Caller, eventually},
    test_app::{PASSWORD, SUPERADMIN, Setup, TestApp, WEB_ORIGIN},
};

const READ: &str = "/api/auth/links/read";
const ACCEPT: &str = "/api/auth/links/accept";
const FORGOT: &str = "/api/auth/forgot";
const NEW_PASSWORD: &str = "otra contraseña";

/// What stands behind the `#` of a link to the web.
fn token(link: &str) -> String {
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, format!("{WEB_ORIGIN}/welcome"));
    token.to_owned()
}

fn accept(token: &str) -> Value {
    json!({ "token": token, "password": NEW_PASSWORD })
}

async fn invite(admin: &Caller, email: &str) -> Value {
    let user = json!({ "name": "Eva", "email": email, "role": "caja" });
    admin.post("/api/users", &user).await.expect(201).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_the_admin_hands_the_link_on() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let eva = invite(&admin, "eva@clinica.example").await;
    assert_eq!(
        (&eva["status"], &eva["invitation"]["mail"]),
        (&json!("invited"), &json!("not_configured"))
    );
    let token = token(eva["invitation"]["invite_url"].as_str().unwrap());
    // Nobody comes in before a password was chosen, not with what stands in its place either.
    for guess in ["!", PASSWORD] {
        let body = json!({ "email": "eva@clinica.example", "password": guess });
        app.anon()
            .post(LOGIN, &body)
            .await
            .problem(401, "invalid_credentials");
    }
    let read = app
        .anon()
        .post(READ, &json!({ "token": token }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&read["kind"], &read["email"], &read["tenant"]["slug"]),
        (&json!("invite"), &json!("eva@clinica.example"), &json!("clinica"))
    );
    let weak = json!({ "token": token, "password": "corta" });
    app.anon()
        .post(ACCEPT, &weak)
        .await
        .field("/password", "weak_password");
    let mut named = accept(&token);
    named["name"] = json!(" Eva María ");
    let held = app.anon().post(ACCEPT, &named).await.expect(200).json();
    assert_eq!(held["user"]["name"], "Eva María");
    bearer(&app, &held).get("/api/me").await.expect(200);
    // It works once.
    app.anon()
        .post(ACCEPT, &accept(&token))
        .await
        .problem(410, "link_invalid");
    app.anon()
        .post(READ, &json!({ "token": token }))
        .await
        .problem(410, "link_invalid");
    let users = admin.items("/api/users").await;
    let eva = users.iter().find(|user| user["name"] == "Eva María").unwrap();
    assert_eq!(eva["status"], "active");
    let path = format!("/api/users/{}/invite", eva["id"].as_str().unwrap());
    admin.post(&path, &json!(null)).await.problem(409, "not_invited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_link_ends_the_older_one_and_a_lock_out_ends_all() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let eva = invite(&admin, "eva@clinica.example").await;
    let user = format!("/api/users/{}", eva["id"].as_str().unwrap());
    let old = token(eva["invitation"]["invite_url"].as_str().unwrap());
    let again = admin
        .post(&format!("{user}/invite"), &json!(null))
        .await
        .expect(200)
        .json();
    let new = token(again["invite_url"].as_str().unwrap());
    app.anon()
        .post(ACCEPT, &accept(&old))
        .await
        .problem(410, "link_invalid");
    admin
        .patch(&user, &json!({ "is_active": false }))
        .await
        .expect(200);
    app.anon()
        .post(ACCEPT, &accept(&new))
        .await
        .problem(410, "link_invalid");
    admin
        .post(&format!("{user}/reset-link"), &json!(null))
        .await
        .problem(409, "user_inactive");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_end_with_their_time() {
    let mut app = TestApp::start().await;
    let admin = app.admin().await;
    let eva = invite(&admin, "eva@clinica.example").await;
    let invited = token(eva["invitation"]["invite_url"].as_str().unwrap());
    let caja = session(&app, &app.a.email(Role::Caja)).await;
    let path = format!("/api/users/{}/reset-link", caja["user"]["id"].as_str().unwrap());
    let reset = admin.post(&path, &json!(null)).await.expect(200).json();
    let reset = token(reset["invite_url"].as_str().unwrap());
    let in_an_hour = app.later(chrono::TimeDelta::minutes(61)).await;
    let read = async |app: &TestApp, server: &str, token: &str| {
        let body = json!({ "token": token });
        app.anon().at(server).post(READ, &body).await.status
    };
    assert_eq!(read(&app, &in_an_hour, &reset).await, 410);
    assert_eq!(read(&app, &in_an_hour, &invited).await, 200);
    let in_three_days = app.later(chrono::TimeDelta::hours(73)).await;
    assert_eq!(read(&app, &in_three_days, &invited).await, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_mail_server_links_go_to_the_mailbox_alone() {
    let smtp = SmtpServer::start();
    let app = TestApp::with(Setup {
        smtp_url: Some(smtp.url()),
        ..Setup::default()
    })
    .await;
    let admin = app.admin().await;
    let eva = invite(&admin, "eva@clinica.example").await;
    assert_eq!(
        (&eva["invitation"]["mail"], &eva["invitation"]["invite_url"]),
        (&json!("sent"), &Value::Null)
    );
    let mail = smtp.mails().remove(0);
    assert_eq!(mail.to, "eva@clinica.example");
    let link = mail.link(&format!("{WEB_ORIGIN}/welcome#")).unwrap();
    app.anon().post(ACCEPT, &accept(&token(&link))).await.expect(200);

    // Forgotten: the answer is the same for anybody, and the host that a request names counts for nothing.
    let held = session(&app, &app.a.email(Role::Caja)).await;
    for email in [app.a.email(Role::Caja), "nobody@clinica.example".to_owned()] {
        let request = app
            .anon()
            .request(reqwest::Method::POST, FORGOT)
            .header("Host", "evil.example")
            .header("Accept-Language", "pt-BR");
        let answer = crate::caller::Answer::to(request.json(&json!({ "email": email }))).await;
        assert_eq!((answer.status, answer.text().as_str()), (202, ""));
    }
    let mail = eventually(|| async { smtp.mails().get(1).cloned() }).await;
    assert_eq!(mail.to, app.a.email(Role::Caja));
    assert!(mail.text.contains("Nova senha"), "{}", mail.text);
    let link = mail.link(&format!("{WEB_ORIGIN}/welcome#")).unwrap();
    app.anon().post(ACCEPT, &accept(&token(&link))).await.expect(200);
    bearer(&app, &held)
        .get("/api/me")
        .await
        .problem(401, "session_expired");
    app.anon()
        .post(LOGIN, &credentials(&app.a.email(Role::Caja)))
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_fails_loses_no_invitation() {
    // Nobody listens there.
    let app = TestApp::with(Setup {
        smtp_url: Some("smtp://127.0.0.1:9".to_owned()),
        ..Setup::default()
    })
    .await;
    let eva = invite(&app.admin().await, "eva@clinica.example").await;
    assert_eq!(eva["invitation"]["mail"], "failed");
    let token = token(eva["invitation"]["invite_url"].as_str().unwrap());
    app.anon().post(ACCEPT, &accept(&token)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_one_company_leaves_the_same_email_in_another_alone() {
    let app = TestApp::start().await;
    let (admin, stranger) = (app.admin().await, app.stranger().await);
    let both = json!({ "name": "Eva", "email": "eva@dos.example", "role": "caja", "password": PASSWORD });
    stranger.post("/api/users", &both).await.expect(201);
    let eva = invite(&admin, "eva@dos.example").await;
    let token = token(eva["invitation"]["invite_url"].as_str().unwrap());
    let held = app.anon().post(ACCEPT, &accept(&token)).await.expect(200).json();
    assert_eq!(held["tenant"]["slug"], "clinica");
    // Each company's password opens its own door.
    for (password, slug) in [(NEW_PASSWORD, "clinica"), (PASSWORD, "taller")] {
        let body = json!({ "email": "eva@dos.example", "password": password });
        let entered = app.anon().post(LOGIN, &body).await.expect(200).json();
        assert_eq!(entered["tenant"]["slug"], slug);
    }
    // Nor does anybody make a link for a stranger's person.
    let theirs = format!("/api/users/{}/reset-link", held["user"]["id"].as_str().unwrap());
    stranger
        .post(&theirs, &json!(null))
        .await
        .problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_mails_and_guessing_links_is_slowed_down() {
    let app = TestApp::start().await;
    let email = app.a.email(Role::Caja);
    let ask = json!({ "email": email });
    for _ in 0..5 {
        app.anon().post(FORGOT, &ask).await.expect(202);
    }
    app.anon()
        .post(FORGOT, &ask)
        .await
        .problem(429, "too_many_requests");
    // Whoever is bothered so still logs in.
    app.login(&email).await;
    for _ in 0..5 {
        app.anon()
            .post(READ, &json!({ "token": "adivinado" }))
            .await
            .problem(410, "link_invalid");
    }
    app.anon()
        .post(READ, &json!({ "token": "adivinado" }))
        .await
        .problem(429, "too_many_requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn superadmins_are_invited_and_the_last_one_stays() {
    const USERS: &str = "/api/superadmin/users";
    let app = TestApp::start().await;
    let root = app.superadmin().await;
    let users = root.items(USERS).await;
    let me = format!("{USERS}/{}", users[0]["id"].as_str().unwrap());
    let out = json!({ "is_active": false });
    let new = json!({ "name": "Dora", "email": "dora@centralita.example" });
    let dora = root.post(USERS, &new).await.expect(201).json();
    root.post(USERS, &new).await.problem(409, "email_taken");
    // Whoever has no password yet is nobody to leave the platform to.
    root.patch(&me, &out).await.problem(409, "last_superadmin");
    let token = token(dora["invitation"]["invite_url"].as_str().unwrap());
    let held = app.anon().post(ACCEPT, &accept(&token)).await.expect(200).json();
    assert_eq!(held["user"]["role"], "superadmin");
    let dora = bearer(&app, &held);
    dora.patch(&me, &out).await.expect(200);
    root.get(USERS).await.problem(401, "session_expired");
    app.anon()
        .post(LOGIN, &credentials(SUPERADMIN))
        .await
        .problem(401, "invalid_credentials");
    let hers = format!("{USERS}/{}", held["user"]["id"].as_str().unwrap());
    dora.patch(&hers, &out).await.problem(409, "last_superadmin");
    dora.patch(&me, &json!({ "is_active": true })).await.expect(200);
    app.superadmin().await;
    dora.patch(&format!("{USERS}/x"), &out)
        .await
        .problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_invites_a_companys_people_too() {
    let app = TestApp::start().await;
    let root = app.superadmin().await;
    let users = format!("/api/superadmin/tenants/{}/users", app.a.id);
    let new = json!({ "name": "Eva", "email": "eva@clinica.example", "role": "admin" });
    let eva = root.post(&users, &new).await.expect(201).json();
    assert_eq!(eva["status"], "invited");
    let link = format!("{users}/{}/link", eva["id"].as_str().unwrap());
    let again = root.post(&link, &json!(null)).await.expect(200).json();
    let token = token(again["invite_url"].as_str().unwrap());
    let held = app.anon().post(ACCEPT, &accept(&token)).await.expect(200).json();
    assert_eq!(held["user"]["role"], "admin");
}
