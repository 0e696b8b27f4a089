//! A tenant's Odoo: kept without showing its secrets, and tried. The server that is tried answers
//! as recorded from a real one.

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::{caller::Caller, superadmin::TENANTS, test_app::TestApp};

/// An Odoo 18 with the database `clinica`, the user `bot` and two secrets that it takes.
async fn answer(call: web::Json<Value>) -> HttpResponse {
    let params = &call["params"];
    assert_eq!(
        (&call["method"], &params["service"]),
        (&json!("call"), &json!("common"))
    );
    let result = match params["method"].as_str().unwrap() {
        "version" => json!({
            "server_version": "18.0-20250702", "server_version_info": [18, 0, 0, "final", 0, ""],
            "server_serie": "18.0", "protocol_version": 1,
        }),
        _ if params["args"][0] != "clinica" => {
            return HttpResponse::Ok().json(json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 200,
                "message": "Odoo Server Error", "data": { "name": "psycopg2.OperationalError",
                "message": "FATAL:  database \"otra\" does not exist\n" } } }));
        }
        _ if ["la-clave", "la-llave"]
            .iter()
            .any(|secret| params["args"][2] == *secret) =>
        {
            json!(2)
        }
        _ => json!(false),
    };
    HttpResponse::Ok().json(json!({ "jsonrpc": "2.0", "id": 1, "result": result }))
}

/// Its address; it ends with the test.
fn start() -> String {
    let server = HttpServer::new(|| App::new().route("/jsonrpc", web::post().to(answer)))
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    format!("http://{address}")
}

async fn put(superadmin: &Caller, path: &str, change: &Value) -> Value {
    let mut body = json!({ "base_url": "http://127.0.0.1:1", "db_name": "clinica", "username": "bot" });
    body.as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    superadmin.put(path, &body).await.expect(200).json()
}

async fn tried(superadmin: &Caller, path: &str) -> Value {
    superadmin
        .post(&format!("{path}/test"), &json!({}))
        .await
        .expect(200)
        .json()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odoo_is_kept_tried_and_forgotten() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let path = format!("{TENANTS}/{}/odoo", app.a.id);
    let none = superadmin.get(&path).await.expect(200).json();
    assert_eq!(
        (&none["source"], &none["base_url"]),
        (&json!("none"), &Value::Null)
    );
    superadmin
        .post(&format!("{path}/test"), &json!({}))
        .await
        .problem(409, "conflict");

    let url = start();
    let saved = put(
        &superadmin,
        &path,
        &json!({ "base_url": url, "password": "la-clave" }),
    )
    .await;
    assert_eq!(
        (
            &saved["source"],
            &saved["has_password"],
            &saved["has_api_key"],
            &saved["tested_at"]
        ),
        (&json!("tenant"), &json!(true), &json!(false), &Value::Null)
    );
    let good = tried(&superadmin, &path).await;
    assert_eq!(
        (&good["ok"], &good["version"]),
        (&json!(true), &json!("18.0-20250702"))
    );
    let known = superadmin.get(&path).await.expect(200).json();
    assert_eq!(
        (&known["version"], &known["test_error"]),
        (&json!("18.0-20250702"), &Value::Null)
    );
    assert!(known["tested_at"].is_string());

    superadmin.delete(&path).await.expect(204);
    superadmin.delete(&path).await.problem(404, "not_found");
    assert_eq!(superadmin.get(&path).await.expect(200).json()["source"], "none");
    let told = superadmin.items("/api/superadmin/audit?action=odoo").await;
    let actions: Vec<_> = told
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions[0], "odoo.removed");
    assert!(actions.contains(&"odoo.saved") && actions.contains(&"odoo.tested"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odoo_is_checked_and_never_sought_where_only_this_server_can_go() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let path = format!("{TENANTS}/{}/odoo", app.a.id);
    for (change, pointer) in [
        (json!({ "password": "x", "base_url": "erp.example" }), "/base_url"),
        (
            json!({ "password": "x", "base_url": "ftp://erp.example" }),
            "/base_url",
        ),
        (
            json!({ "password": "x", "base_url": "https://u:p@erp.example" }),
            "/base_url",
        ),
        (json!({ "password": "x", "db_name": " " }), "/db_name"),
        (json!({ "password": "x", "username": "" }), "/username"),
        (json!({ "password": "" }), "/password"),
        (json!({}), "/password"),
        (json!({ "password": null, "api_key": null }), "/password"),
    ] {
        let mut body = json!({ "base_url": "https://erp.example", "db_name": "x", "username": "bot" });
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        superadmin.put(&path, &body).await.field(pointer, "invalid");
    }
    for (host, error) in [
        ("http://169.254.169.254", "forbidden_host"),
        ("https://[fe80::1]", "forbidden_host"),
        ("https://nowhere.invalid", "unknown_host"),
    ] {
        put(&superadmin, &path, &json!({ "base_url": host, "password": "x" })).await;
        assert_eq!(tried(&superadmin, &path).await["error"], error, "{host}");
    }
    let unknown = format!("{TENANTS}/01920000-0000-7000-8000-000000000000/odoo");
    superadmin.get(&unknown).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_odoo_is_named() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let path = format!("{TENANTS}/{}/odoo", app.a.id);
    let url = start();
    put(
        &superadmin,
        &path,
        &json!({ "base_url": url, "password": "la-clave" }),
    )
    .await;

    // A key goes before the password, and a secret that is not named stays.
    put(
        &superadmin,
        &path,
        &json!({ "base_url": url, "api_key": "equivocada" }),
    )
    .await;
    assert_eq!(tried(&superadmin, &path).await["error"], "refused");
    put(&superadmin, &path, &json!({ "base_url": url, "api_key": null })).await;
    assert_eq!(tried(&superadmin, &path).await["ok"], true);
    put(&superadmin, &path, &json!({ "base_url": url, "db_name": "otra" })).await;
    assert_eq!(tried(&superadmin, &path).await["error"], "unknown_database");
    put(&superadmin, &path, &json!({})).await;
    assert_eq!(tried(&superadmin, &path).await["error"], "unreachable");
    put(&superadmin, &path, &json!({ "base_url": app.url })).await;
    assert_eq!(tried(&superadmin, &path).await["error"], "not_odoo");
    let failed = superadmin.get(&path).await.expect(200).json();
    assert_eq!(
        (&failed["test_error"], &failed["version"]),
        (&json!("not_odoo"), &Value::Null)
    );
}
