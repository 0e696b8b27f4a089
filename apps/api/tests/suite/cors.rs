//! Which sites' browsers may call the API.

use reqwest::Method;
use serde_json::json;

use crate::{
    caller::Answer,
    test_app::{TestApp, WEB_ORIGIN},
};

async fn preflight(app: &TestApp, origin: &str, method: &str) -> Answer {
    let request = app
        .anon()
        .request(Method::OPTIONS, "/api/conversations")
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header(
            "Access-Control-Request-Headers",
            "authorization,content-type,idempotency-key",
        );
    Answer::to(request).await
}

async fn from(app: &TestApp, origin: &str) -> Answer {
    Answer::to(
        app.anon()
            .request(Method::GET, "/api/me")
            .header("Origin", origin),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_site_may_call_and_read_answers() {
    let app = TestApp::start().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let answer = preflight(&app, WEB_ORIGIN, method).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(WEB_ORIGIN));
        let methods = answer.header("access-control-allow-methods").unwrap();
        assert!(methods.contains(method), "{methods}");
        let headers = answer
            .header("access-control-allow-headers")
            .unwrap()
            .to_lowercase();
        for wanted in ["authorization", "content-type", "idempotency-key"] {
            assert!(headers.contains(wanted), "{headers}");
        }
    }
    // An error is an answer too.
    let answer = from(&app, WEB_ORIGIN).await;
    answer.problem(401, "unauthenticated");
    assert_eq!(answer.header("access-control-allow-origin"), Some(WEB_ORIGIN));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(answer.header("vary").unwrap().to_lowercase().contains("origin"));
    // A page that saves a file names it as the answer does.
    let exposed = answer.header("access-control-expose-headers").unwrap();
    assert_eq!(exposed.to_lowercase(), "content-disposition");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_is_let_in() {
    let app = TestApp::start().await;
    for origin in [
        "https://evil.example",
        "https://web.example.evil.example",
        "http://web.example",
        "null",
    ] {
        let answer = preflight(&app, origin, "GET").await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        let answer = from(&app, origin).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_keep_browsers_careful() {
    let app = TestApp::start().await;
    for path in ["/health", "/api/me", "/privacy", "/nowhere", "/openapi.json"] {
        let answer = app.anon().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
        assert!(answer.header("referrer-policy").is_some(), "{path}");
        assert!(answer.header("permissions-policy").is_some(), "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            Some("same-origin"),
            "{path}"
        );
    }
    for path in ["/api/me", "/api/nowhere"] {
        let answer = app.anon().get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin"),
            "{path}"
        );
    }
    app.anon().get("/nowhere").await.problem(404, "not_found");
    app.anon()
        .post("/nowhere", &json!({}))
        .await
        .problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_over_https_browsers_are_told_to_stay_on_https() {
    let app = TestApp::start().await;
    let plain = app.anon().get("/health").await;
    assert_eq!(plain.header("strict-transport-security"), None);
    let request = app
        .anon()
        .request(Method::GET, "/health")
        .header("X-Forwarded-Proto", "https");
    let behind_proxy = Answer::to(request).await;
    let told = behind_proxy.header("strict-transport-security").unwrap();
    assert!(told.contains("includeSubDomains"), "{told}");
}
