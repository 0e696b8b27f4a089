//! The second factor: set up, asked for, taken once, lost, required.

use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;
use totp_rs::{Builder, Secret};

use crate::{
    auth::{LOGIN, bearer, credentials, session},
    caller::{Answer, Caller},
    test_app::{PASSWORD, SUPERADMIN, TestApp},
};

const TOTP: &str = "/api/me/totp";

/// An authenticator.
pub struct Phone(String);

impl Phone {
    /// The code of so many steps from now.
    fn code(&self, steps: i64) -> String {
        let secret = Secret::try_from_base32(&self.0).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let at = engine::Clock::default().now().timestamp() + 30 * steps;
        totp.generate(at.try_into().unwrap()).to_string()
    }
}

/// Sets it up; the recovery codes.
pub async fn set_up(caller: &Caller) -> (Phone, Vec<String>) {
    let made = caller
        .post(TOTP, &json!({ "password": PASSWORD }))
        .await
        .expect(200)
        .json();
    assert!(made["url"].as_str().unwrap().starts_with("otpauth://totp/"));
    let phone = Phone(made["secret"].as_str().unwrap().to_owned());
    let confirm = json!({ "code": phone.code(0) });
    let answer = caller.post(&format!("{TOTP}/confirm"), &confirm).await;
    let codes = answer.expect(200).json()["recovery_codes"].clone();
    (phone, serde_json::from_value(codes).unwrap())
}

async fn log_in(app: &TestApp, email: &str, code: Option<&str>) -> Answer {
    let mut body = credentials(email);
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    app.anon().post(LOGIN, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_it_on_is_asked_for_a_code_that_counts_once() {
    let app = TestApp::start().await;
    for email in [app.a.email(Role::Caja), SUPERADMIN.to_owned()] {
        let caller = app.login(&email).await;
        let (phone, recovery) = set_up(&caller).await;
        assert_eq!(recovery.len(), 10);
        let standing = caller.get(TOTP).await.expect(200).json();
        assert_eq!(
            (&standing["is_on"], &standing["recovery_codes_left"]),
            (&json!(true), &json!(10))
        );
        log_in(&app, &email, None).await.problem(401, "totp_required");
        log_in(&app, &email, Some("000000"))
            .await
            .problem(401, "invalid_code");
        let code = phone.code(1);
        let held = log_in(&app, &email, Some(&code)).await.expect(200).json();
        assert_eq!(held["user"]["second_factor"], true);
        // Neither that code again nor an earlier one.
        log_in(&app, &email, Some(&code))
            .await
            .problem(401, "invalid_code");
        log_in(&app, &email, Some(&phone.code(0)))
            .await
            .problem(401, "invalid_code");
        let typed = recovery[0].to_uppercase().replace('-', " ");
        log_in(&app, &email, Some(&typed)).await.expect(200);
        log_in(&app, &email, Some(&recovery[0]))
            .await
            .problem(401, "invalid_code");
        // The right code does not make up for a wrong password, and nobody is told that there is one.
        let wrong = json!({ "email": email, "password": "no es la buena", "code": recovery[1] });
        app.anon()
            .post(LOGIN, &wrong)
            .await
            .problem(401, "invalid_credentials");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_it_up_asks_for_the_password_and_a_first_code() {
    let app = TestApp::start().await;
    let email = app.a.email(Role::Caja);
    let caller = app.login(&email).await;
    let confirm = format!("{TOTP}/confirm");
    caller
        .post(&confirm, &json!({ "code": "000000" }))
        .await
        .problem(409, "totp_off");
    caller
        .post(TOTP, &json!({ "password": "no es la buena" }))
        .await
        .field("/password", "wrong_password");
    caller
        .post(TOTP, &json!({ "password": PASSWORD }))
        .await
        .expect(200);
    // Not asked for before it was confirmed.
    app.login(&email).await;
    caller
        .post(&confirm, &json!({ "code": "000000" }))
        .await
        .field("/code", "invalid_code");
    set_up(&caller).await;
    caller
        .post(TOTP, &json!({ "password": PASSWORD }))
        .await
        .problem(409, "totp_on");
}

#[tokio::test(flavor = "multi_thread")]
async fn turning_it_off_and_other_recovery_codes_ask_for_both() {
    let app = TestApp::start().await;
    let email = app.a.email(Role::Caja);
    let caller = app.login(&email).await;
    let (_, recovery) = set_up(&caller).await;
    let proof = |password: &str, code: &str| json!({ "password": password, "code": code });
    let others = format!("{TOTP}/recovery-codes");
    caller
        .post(&others, &proof("no es la buena", &recovery[0]))
        .await
        .field("/password", "wrong_password");
    caller
        .post(&others, &proof(PASSWORD, "000000"))
        .await
        .field("/code", "invalid_code");
    let answer = caller.post(&others, &proof(PASSWORD, &recovery[0])).await;
    let fresh: Vec<String> =
        serde_json::from_value(answer.expect(200).json()["recovery_codes"].clone()).unwrap();
    log_in(&app, &email, Some(&recovery[1]))
        .await
        .problem(401, "invalid_code");
    let off = async |proof: Value| caller.call(Method::DELETE, TOTP, Some(&proof)).await;
    off(proof(PASSWORD, &recovery[2]))
        .await
        .field("/code", "invalid_code");
    off(proof(PASSWORD, &fresh[0])).await.expect(204);
    app.login(&email).await;
    off(proof(PASSWORD, &fresh[1])).await.problem(409, "totp_off");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_takes_a_lost_one_away_and_a_link_does_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let email = app.a.email(Role::Caja);
    let held = session(&app, &email).await;
    let caller = bearer(&app, &held);
    set_up(&caller).await;
    let user = format!("/api/users/{}", held["user"]["id"].as_str().unwrap());
    let link = admin
        .post(&format!("{user}/reset-link"), &json!(null))
        .await
        .expect(200)
        .json();
    let token = link["invite_url"].as_str().unwrap().split_once('#').unwrap().1;
    let accept = json!({ "token": token, "password": "otra contraseña" });
    app.anon()
        .post("/api/auth/links/accept", &accept)
        .await
        .problem(401, "totp_required");
    let new = json!({ "email": email, "password": "otra contraseña" });
    app.anon().post(LOGIN, &new).await.problem(401, "totp_required");
    let seen = admin.items("/api/users").await;
    let seen = seen.iter().find(|user| user["email"] == email).unwrap();
    assert_eq!(seen["second_factor"], true);
    let lost = format!("{user}/totp");
    app.member(Role::Recepcion)
        .await
        .delete(&lost)
        .await
        .problem(403, "forbidden");
    app.stranger().await.delete(&lost).await.problem(404, "not_found");
    admin.delete(&lost).await.expect(204);
    caller.get("/api/me").await.problem(401, "session_expired");
    app.anon().post(LOGIN, &new).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_takes_a_lost_one_of_a_companys_person_away() {
    let app = TestApp::start().await;
    let root = app.superadmin().await;
    let email = app.a.email(Role::Admin);
    let held = session(&app, &email).await;
    let caller = bearer(&app, &held);
    set_up(&caller).await;
    let user = held["user"]["id"].as_str().unwrap();
    let path = |tenant| format!("/api/superadmin/tenants/{tenant}/users/{user}/totp");
    let (own, another) = (path(app.a.id), path(app.b.id));
    caller.delete(&own).await.problem(403, "forbidden");
    // Somebody of another company is nobody there.
    root.delete(&another).await.problem(404, "not_found");
    log_in(&app, &email, None).await.problem(401, "totp_required");
    root.delete(&own).await.expect(204);
    caller.get("/api/me").await.problem(401, "session_expired");
    log_in(&app, &email, None).await.expect(200);
    let audit = root.items("/api/superadmin/audit").await;
    let entry = audit
        .iter()
        .find(|entry| entry["action"] == "tenant.user_second_factor_off")
        .unwrap();
    assert_eq!(
        (&entry["target"], &entry["actor"]["email"]),
        (&json!(user), &json!(SUPERADMIN))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_may_ask_every_superadmin_for_it() {
    const SETTINGS: &str = "/api/superadmin/settings";
    let app = TestApp::start().await;
    let root = app.superadmin().await;
    let required = json!({ "superadmin_totp_required": true });
    root.patch(SETTINGS, &required).await.problem(409, "totp_off");
    set_up(&root).await;
    root.patch(SETTINGS, &required).await.expect(200);
    // Another one may only set hers up, see who she is, and leave.
    let new = json!({ "name": "Dora", "email": "dora@centralita.example" });
    let dora = root.post("/api/superadmin/users", &new).await.expect(201).json();
    let token = dora["invitation"]["invite_url"].as_str().unwrap();
    let accept = json!({ "token": token.split_once('#').unwrap().1, "password": PASSWORD });
    let held = app
        .anon()
        .post("/api/auth/links/accept", &accept)
        .await
        .expect(200)
        .json();
    let hers = bearer(&app, &held);
    hers.get("/api/me").await.expect(200);
    hers.get("/api/superadmin/tenants")
        .await
        .problem(403, "totp_enrolment_required");
    set_up(&hers).await;
    hers.get("/api/superadmin/tenants").await.expect(200);
    // Who lost it is helped by another SuperAdmin.
    let path = format!(
        "/api/superadmin/users/{}/totp",
        held["user"]["id"].as_str().unwrap()
    );
    root.delete(&path).await.expect(204);
    hers.get("/api/me").await.problem(401, "session_expired");
}
