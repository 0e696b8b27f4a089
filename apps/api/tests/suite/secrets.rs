//! Secrets go in and never come out.

use reqwest::Method;
use serde_json::json;

use crate::{
    caller::{Answer, Caller},
    superadmin::{TENANTS, at, database},
    test_app::{JWT_SECRET, MASTER_KEY, PASSWORD, PLATFORM_SECRET, TestApp, VERIFY_TOKEN},
    walk::operations,
    walk_samples::Samples,
};

/// Writes secrets wherever some can be written; what was answered.
async fn write_secrets(app: &TestApp, superadmin: &Caller) -> Vec<Answer> {
    let lines = format!("{TENANTS}/{}/channels", app.a.id);
    let line = json!({
        "phone_number_id": "900000000000001", "display_name": "Canario", "wa_token": "canary-1", "app_secret": "canary-2",
        "verify_token": "canary-3",
    });
    let made = superadmin.post(&lines, &line).await.expect(201);
    let line = format!("/api/superadmin/channels/{}", made.json()["id"].as_str().unwrap());
    let database = database(&app.a.id);
    let test = format!("{database}/test");
    let good = at(app.a.database.url());
    let mut told = vec![
        made,
        superadmin
            .patch(&line, &json!({ "wa_token": "canary-4" }))
            .await
            .expect(200),
        superadmin
            .patch(&line, &json!({ "wa_token": "canary-5 x" }))
            .await
            .expect(422),
        superadmin
            .post(
                "/api/superadmin/apps",
                &json!({ "name": "x", "app_secret": "canary-9", "verify_token": "canary-10" }),
            )
            .await
            .expect(201),
        superadmin
            .put(
                &format!("{TENANTS}/{}/odoo", app.a.id),
                &json!({ "base_url": "http://127.0.0.1:1", "db_name": "x", "username": "bot", "password": "canary-11",
                    "api_key": "canary-12" }),
            )
            .await
            .expect(200),
        superadmin.put(&database, &good).await.expect(200),
        superadmin.post(&test, &good).await.expect(200),
    ];
    for refused in [
        "postgres://u:canary-6@127.0.0.1:1/x",
        "mysql://u:canary-7@h/x",
        "postgres://u:canary-8@h/x?canary=1",
    ] {
        told.push(superadmin.post(&test, &at(refused)).await.expect(422));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_ever_shows_a_secret() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let (anon, admin, superadmin) = (app.anon(), app.admin().await, app.superadmin().await);
    let mut told = write_secrets(&app, &superadmin).await;
    for operation in operations() {
        if operation.method == Method::GET {
            for caller in [&anon, &admin, &superadmin] {
                told.push(samples.call(caller, &operation).await);
            }
        }
    }
    let of_the_database = url::Url::parse(app.a.database.url()).unwrap();
    let secrets = [
        "wa_token_of_",
        "app_secret_of_",
        "verify_token_of_",
        "canary-",
        "$argon2",
        PASSWORD,
        VERIFY_TOKEN,
        PLATFORM_SECRET,
        MASTER_KEY,
        JWT_SECRET,
        of_the_database.password().unwrap(),
    ];
    for answer in told {
        let text = answer.text();
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
