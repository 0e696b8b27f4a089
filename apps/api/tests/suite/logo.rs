//! Logos that are uploaded.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Answer, Caller},
    superadmin::TENANTS,
    test_app::TestApp,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";

async fn upload(caller: &Caller, path: &str, image: &[u8], kind: &str) -> Answer {
    let request = caller.request(Method::PUT, path).header("content-type", kind);
    Answer::to(request.body(image.to_vec())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_uploaded_shown_to_everybody_replaced_and_removed() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let branding = format!("{TENANTS}/{}/branding", app.a.id);
    let path = format!("{branding}/logo");
    superadmin.delete(&path).await.problem(404, "not_found");

    let first = upload(&superadmin, &path, PNG, "image/png")
        .await
        .expect(200)
        .json();
    let first = first["logo_url"].as_str().unwrap().to_owned();
    let shown = app.anon().get(&first).await.expect(200);
    assert_eq!(shown.body.as_ref(), PNG);
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cache-control", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(shown.header(name), Some(value));
    }
    assert_eq!(
        superadmin.get(&branding).await.expect(200).json()["logo_url"],
        json!(first)
    );
    // The team sees it too, though nothing else was ever chosen.
    let me = app.admin().await.get("/api/me").await.expect(200).json();
    assert_eq!(me["branding"]["logo_url"], json!(first));
    let stranger = app.stranger().await.get("/api/me").await.expect(200).json();
    assert_eq!(stranger["branding"], Value::Null);

    // What it is, is seen in its bytes, whatever it is called.
    let second = upload(&superadmin, &path, JPEG, "image/png")
        .await
        .expect(200)
        .json();
    let second = second["logo_url"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    app.anon().get(&first).await.problem(404, "not_found");
    assert_eq!(
        app.anon().get(&second).await.expect(200).header("content-type"),
        Some("image/jpeg")
    );

    superadmin.delete(&path).await.expect(204);
    app.anon().get(&second).await.problem(404, "not_found");
    assert_eq!(
        superadmin.get(&branding).await.expect(200).json()["logo_url"],
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plain_image_or_too_large_is_refused() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let path = format!("{TENANTS}/{}/branding/logo", app.a.id);
    for image in [
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".as_slice(),
        b"GIF89a",
        b"<html>",
        b"",
    ] {
        let answer = upload(&superadmin, &path, image, "image/png").await;
        answer.problem(415, "not_an_image");
    }
    let sized = |size: usize| [PNG, &vec![0; size - PNG.len()]].concat();
    upload(&superadmin, &path, &sized(512 * 1024), "image/png")
        .await
        .expect(200);
    let large = upload(&superadmin, &path, &sized(512 * 1024 + 1), "image/png").await;
    large.problem(413, "payload_too_large");
    let admin = app.admin().await;
    upload(&admin, &path, PNG, "image/png")
        .await
        .problem(403, "forbidden");
    for name in ["x", "AAAAAAAAAAAAAAAAAAAAAA", "..%2f..%2fetc"] {
        app.anon()
            .get(&format!("/api/logos/{name}"))
            .await
            .problem(404, "not_found");
    }
}
