//! What holds for the whole tenant, and the names of its lines.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::test_app::TestApp;

const PATH: &str = "/api/settings";

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_begins_open_always_and_changes_only_what_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = admin.get(PATH).await.expect(200).json();
    let expected = json!({
        "version": 1, "bot_enabled": true, "auto_reply_enabled": true, "language": "es", "timezone": null,
        "timezone_default": "UTC", "business_hours": null, "holidays": [], "away_message": null, "admin_phones": [],
        "admin_phones_default": [], "is_open": true, "next_opening_at": null, "updated_at": first["updated_at"],
    });
    assert_eq!(first, expected);

    let hours = json!({ "mon": [{ "from": "15:00", "to": "24:00" }, { "from": "09:00", "to": "13:00" }] });
    let changes = json!({
        "version": 1, "bot_enabled": false, "language": "pt", "timezone": "America/Lima", "business_hours": hours,
        "holidays": [{ "date": "2027-01-01", "name": "Año nuevo" },
            { "date": "2026-12-24", "name": " Nochebuena ", "open": [{ "from": "09:00", "to": "12:00" }] }],
        "away_message": "Volvemos pronto", "admin_phones": ["+51 987 654 321", "+51987654321"],
    });
    let saved = admin.patch(PATH, &changes).await.expect(200).json();
    assert_eq!(
        (
            &saved["version"],
            &saved["bot_enabled"],
            &saved["auto_reply_enabled"],
            &saved["timezone"]
        ),
        (&json!(2), &json!(false), &json!(true), &json!("America/Lima"))
    );
    let monday = json!([{ "from": "09:00", "to": "13:00" }, { "from": "15:00", "to": "24:00" }]);
    assert_eq!(saved["business_hours"]["mon"], monday);
    assert_eq!(saved["business_hours"]["sun"], json!([]));
    assert_eq!(saved["holidays"][0]["name"], "Nochebuena");
    assert_eq!(saved["admin_phones"], json!(["+51987654321"]));
    assert_eq!(admin.get(PATH).await.expect(200).json(), saved);

    let cleared = json!({ "timezone": null, "business_hours": null, "away_message": null });
    let cleared = admin.patch(PATH, &cleared).await.expect(200).json();
    assert_eq!(
        (
            &cleared["timezone"],
            &cleared["business_hours"],
            &cleared["away_message"],
            &cleared["version"]
        ),
        (&Value::Null, &Value::Null, &Value::Null, &json!(3))
    );
    assert_eq!(cleared["holidays"], saved["holidays"]);
    // The same once more is no change.
    let same = admin
        .patch(PATH, &json!({ "bot_enabled": false }))
        .await
        .expect(200)
        .json();
    assert_eq!(same["version"], 3);
    let told = admin.items("/api/audit?action=settings.").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[1]["data"]["bot_enabled"],
        json!({ "from": true, "to": false })
    );
    assert!(told[1]["data"].get("auto_reply_enabled").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_overwrites_what_he_has_not_seen() {
    let app = TestApp::start().await;
    let (one, two) = (app.admin().await, app.admin().await);
    let save = |on: bool| json!({ "version": 1, "bot_enabled": on, "auto_reply_enabled": !on });
    let (off, on) = (save(false), save(true));
    let (a, b) = tokio::join!(one.patch(PATH, &off), two.patch(PATH, &on));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = if a.status == 409 { a } else { b };
    refused.problem(409, "settings_changed");
    assert_eq!(one.get(PATH).await.json()["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_by_its_place() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let hours = |ranges: Value| json!({ "business_hours": { "tue": ranges } });
    let holidays = |holidays: Value| json!({ "holidays": holidays });
    let range = |from: &str, to: &str| json!({ "from": from, "to": to });
    let many: Vec<String> = (0..21).map(|n| format!("+5198765432{n}")).collect();
    for (body, pointer, code) in [
        (json!({ "timezone": "Lima" }), "/timezone", "invalid_timezone"),
        (json!({ "language": "fr" }), "/language", "invalid_language"),
        (json!({ "away_message": " " }), "/away_message", "invalid_text"),
        (
            json!({ "admin_phones": ["+51987654321", "987654321"] }),
            "/admin_phones/1",
            "invalid_phone",
        ),
        (json!({ "admin_phones": many }), "/admin_phones", "too_many"),
        (
            hours(json!([range("9:00", "10:00")])),
            "/business_hours/tue/0/from",
            "invalid_time",
        ),
        (
            hours(json!([range("22:00", "02:00")])),
            "/business_hours/tue/0/to",
            "end_before_beginning",
        ),
        (
            hours(json!([range("08:00", "12:00"), range("11:00", "13:00")])),
            "/business_hours/tue/1",
            "overlap",
        ),
        (
            holidays(json!([{ "date": "2026-02-30", "name": "x" }])),
            "/holidays/0/date",
            "invalid_date",
        ),
        (
            holidays(json!([{ "date": "2026-12-25", "name": " " }])),
            "/holidays/0/name",
            "invalid_name",
        ),
        (
            holidays(json!([{ "date": "2026-12-25", "name": "x" }, { "date": "2026-12-25", "name": "y" }])),
            "/holidays/1/date",
            "date_twice",
        ),
        (
            holidays(json!([{ "date": "2026-12-25", "name": "x", "open": [range("08:00", "07:00")] }])),
            "/holidays/0/open/0/to",
            "end_before_beginning",
        ),
    ] {
        admin.patch(PATH, &body).await.field(pointer, code);
    }
    assert_eq!(admin.get(PATH).await.json()["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_settings_may_not_change_them_and_each_company_has_its_own() {
    let app = TestApp::start().await;
    let marketing = app.member(Role::Marketing).await;
    marketing.get(PATH).await.expect(200);
    let off = json!({ "bot_enabled": false });
    marketing.patch(PATH, &off).await.problem(403, "forbidden");
    app.member(Role::Recepcion)
        .await
        .get(PATH)
        .await
        .problem(403, "forbidden");
    app.admin().await.patch(PATH, &off).await.expect(200);
    assert_eq!(app.stranger().await.get(PATH).await.json()["bot_enabled"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenants_zone_takes_the_place_of_the_platforms() {
    let app = TestApp::start().await;
    let branding = format!("/api/superadmin/tenants/{}/branding", app.a.id);
    let body = json!({ "brand_name": "Clínica", "timezone": "America/La_Paz" });
    app.superadmin().await.put(&branding, &body).await.expect(200);
    let admin = app.admin().await;
    let zone = async || admin.get("/api/me").await.expect(200).json()["branding"]["timezone"].clone();
    assert_eq!(zone().await, "America/La_Paz");
    assert_eq!(admin.get(PATH).await.json()["timezone_default"], "America/La_Paz");
    admin
        .patch(PATH, &json!({ "timezone": "America/Lima" }))
        .await
        .expect(200);
    assert_eq!(zone().await, "America/Lima");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_calls_a_line_otherwise_and_both_sides_know_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = format!("/api/channels/{}", app.a.lines[0].id);
    let name = json!({ "display_name": " Recepción " });
    let renamed = admin.patch(&path, &name).await.expect(200).json();
    assert_eq!(renamed["display_name"], "Recepción");
    let lines = admin.items("/api/channels").await;
    assert!(lines.iter().any(|line| line["display_name"] == "Recepción"));
    // The same once more is no change.
    admin.patch(&path, &name).await.expect(200);
    let told = admin.items("/api/audit?action=line.renamed").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["display_name"]["to"], "Recepción");
    let platform = app.superadmin().await;
    let told = platform
        .items(&format!("/api/superadmin/audit?tenant_id={}", app.a.id))
        .await;
    let told = told
        .iter()
        .find(|entry| entry["action"] == "channel.updated")
        .unwrap();
    assert_eq!(told["actor"]["email"], app.a.email(Role::Admin));

    admin
        .patch(&path, &json!({ "display_name": " " }))
        .await
        .field("/display_name", "invalid");
    assert_eq!(admin.items("/api/audit?action=line.renamed").await.len(), 1);
    app.member(Role::Recepcion)
        .await
        .patch(&path, &name)
        .await
        .problem(403, "forbidden");
    app.stranger()
        .await
        .patch(&path, &name)
        .await
        .problem(404, "not_found");
}
