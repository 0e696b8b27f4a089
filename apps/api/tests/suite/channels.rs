//! Lines, registered or not.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::eventually,
    lines::{CUSTOMER, entry, text, unregistered},
    superadmin::TENANTS,
    test_app::{PLATFORM_SECRET, TestApp},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_registered_changed_and_removed() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let lines = format!("{TENANTS}/{}/channels", app.a.id);
    let new = json!({
        "phone_number_id": "900000000000001", "display_name": "Caja", "waba_id": "900000000000002",
        "display_phone_number": "+591 700 00 001", "wa_token": "token-1", "app_secret": "secret-1", "verify_token": "verify-1",
    });
    let made = superadmin.post(&lines, &new).await.expect(201).json();
    let has =
        |line: &Value| ["has_token", "has_app_secret", "has_verify_token"].map(|name| line[name] == true);
    assert_eq!(
        (has(&made), &made["is_active"], &made["is_default"]),
        ([true; 3], &json!(true), &json!(false))
    );
    let path = format!("/api/superadmin/channels/{}", made["id"].as_str().unwrap());

    // What is absent stays, null clears, a value sets.
    let renamed = superadmin
        .patch(&path, &json!({ "display_name": "Caja 2" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&renamed["display_name"], has(&renamed), &renamed["waba_id"]),
        (&json!("Caja 2"), [true; 3], &made["waba_id"])
    );
    let cleared = json!({ "wa_token": null, "app_secret": null, "verify_token": null, "waba_id": null, "display_phone_number": null });
    let cleared = superadmin.patch(&path, &cleared).await.expect(200).json();
    assert_eq!(
        (
            has(&cleared),
            &cleared["waba_id"],
            &cleared["display_phone_number"]
        ),
        ([false; 3], &Value::Null, &Value::Null)
    );
    assert_eq!(cleared["warnings"], json!(["no_token"]));
    let set = superadmin
        .patch(&path, &json!({ "wa_token": " token-2 " }))
        .await
        .expect(200)
        .json();
    assert_eq!(has(&set), [true, false, false]);
    superadmin
        .patch(&path, &json!({ "is_default": true }))
        .await
        .expect(200);
    let defaults = superadmin.items(&lines).await;
    let defaults: Vec<&Value> = defaults
        .iter()
        .filter(|line| line["is_default"] == true)
        .map(|line| &line["id"])
        .collect();
    assert_eq!(defaults, [&made["id"]]);

    superadmin.delete(&path).await.expect(204);
    superadmin.delete(&path).await.problem(404, "not_found");
    superadmin.post(&lines, &new).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lines_fields_are_checked_when_it_is_made_and_when_it_is_changed() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let lines = format!("{TENANTS}/{}/channels", app.a.id);
    let path = format!("/api/superadmin/channels/{}", app.a.lines[2].id);
    let new = json!({ "phone_number_id": "900000000000001", "display_name": "Caja" });
    for taken in [&app.a.lines[0], &app.b.lines[0]] {
        let mut body = new.clone();
        body["phone_number_id"] = json!(taken.phone_number_id);
        superadmin
            .post(&lines, &body)
            .await
            .problem(409, "phone_number_id_taken");
        let body = json!({ "phone_number_id": taken.phone_number_id });
        superadmin
            .patch(&path, &body)
            .await
            .problem(409, "phone_number_id_taken");
    }
    for (field, wrong) in [
        ("phone_number_id", "+591 700"),
        ("phone_number_id", ""),
        ("waba_id", "x"),
        ("display_name", " "),
        ("display_phone_number", "llámame"),
        ("wa_token", ""),
        ("wa_token", "con espacio"),
        ("app_secret", ""),
        ("verify_token", " "),
    ] {
        let mut body = new.clone();
        body["phone_number_id"] = json!("900000000000009");
        body[field] = json!(wrong);
        superadmin
            .post(&lines, &body)
            .await
            .field(&format!("/{field}"), "invalid");
        superadmin
            .patch(&path, &json!({ field: wrong }))
            .await
            .field(&format!("/{field}"), "invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_with_conversations_stays_and_can_be_switched_off() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    app.customer_writes(0, "hola").await;
    let path = format!("/api/superadmin/channels/{}", app.a.lines[0].id);
    superadmin.delete(&path).await.problem(409, "conflict");
    superadmin
        .patch(&path, &json!({ "is_active": false }))
        .await
        .expect(200);
    let before = app.a.rows();
    let line = &app.a.lines[0];
    let entries = [entry(
        &app.a,
        line,
        &[text("wamid.off", CUSTOMER, "¿hay alguien?")],
    )];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    app.deliver_signed(PLATFORM_SECRET, &entries)
        .await
        .problem(403, "bad_signature");
    assert_eq!(app.a.rows(), before);
    let seen = app.member(Role::Doctor).await.items("/api/channels").await;
    let off = seen.iter().find(|one| one["id"] == line.id.to_string()).unwrap();
    assert_eq!(off["is_active"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_app_secret_is_asked_for_at_once() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let line = &app.a.lines[0];
    let entries = |wamid: &str| [entry(&app.a, line, &[text(wamid, CUSTOMER, "hola")])];
    app.deliver_signed(line.secret(), &entries("wamid.1"))
        .await
        .expect(200);
    let path = format!("/api/superadmin/channels/{}", line.id);
    superadmin
        .patch(&path, &json!({ "app_secret": "another_secret" }))
        .await
        .expect(200);
    app.deliver_signed(line.secret(), &entries("wamid.2"))
        .await
        .problem(403, "bad_signature");
    app.deliver_signed("another_secret", &entries("wamid.3"))
        .await
        .expect(200);
    superadmin
        .patch(&path, &json!({ "app_secret": null }))
        .await
        .expect(200);
    app.deliver_signed("another_secret", &entries("wamid.4"))
        .await
        .problem(403, "bad_signature");
    app.deliver_signed(PLATFORM_SECRET, &entries("wamid.5"))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_nobody_registered_are_listed_until_they_are_forgotten_or_registered() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    for (id, times) in [("900000000000001", 3), ("900000000000002", 1)] {
        for _ in 0..times {
            let stranger = unregistered(
                "900000000000000",
                id,
                &json!({ "messages": [text("w", CUSTOMER, "x")] }),
            );
            app.deliver_signed(PLATFORM_SECRET, &[stranger]).await.expect(200);
        }
    }
    let path = "/api/superadmin/unrouted";
    let seen = eventually(|| async {
        let seen = superadmin.items(path).await;
        let hits: i64 = seen.iter().map(|line| line["hits"].as_i64().unwrap()).sum();
        (hits == 4).then_some(seen)
    })
    .await;
    let three = seen
        .iter()
        .find(|line| line["phone_number_id"] == "900000000000001")
        .unwrap();
    assert_eq!(
        (&three["hits"], &three["waba_id"], &three["display_phone_number"]),
        (&json!(3), &json!("900000000000000"), &json!("12025550100"))
    );
    superadmin
        .delete(&format!("{path}/900000000000002"))
        .await
        .expect(204);
    superadmin
        .delete(&format!("{path}/900000000000002"))
        .await
        .problem(404, "not_found");
    let line = json!({ "phone_number_id": "900000000000001", "display_name": "Nueva" });
    superadmin
        .post(&format!("{TENANTS}/{}/channels", app.a.id), &line)
        .await
        .expect(201);
    assert_eq!(superadmin.items(path).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_tells_which_templates_it_may_send() {
    let app = TestApp::start().await;
    let ana = app.member(Role::Recepcion).await;
    let samples = json!({ "waba_id": app.a.waba_id, "samples": true });
    app.meta()
        .post("/simulator/templates", &samples)
        .await
        .expect(200);
    let path = format!("/api/channels/{}/templates", app.a.lines[0].id);
    let found = ana.items(&path).await;
    let of_name = |name: &str| found.iter().find(|template| template["name"] == name);
    let reminder = of_name("recordatorio_de_cita").unwrap();
    assert_eq!(
        (&reminder["language"], &reminder["components"][1]["type"]),
        (&json!("es"), &json!("BODY"))
    );
    assert!(of_name("promo_pausada").is_none(), "only what may be sent");
    let names: Vec<&str> = found
        .iter()
        .map(|template| template["name"].as_str().unwrap())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    app.stranger().await.get(&path).await.problem(404, "not_found");

    let superadmin = app.superadmin().await;
    let line = format!("/api/superadmin/channels/{}", app.a.lines[0].id);
    let off = json!({ "is_active": false });
    superadmin.patch(&line, &off).await.expect(200);
    ana.get(&path).await.problem(409, "channel_inactive");
    let without = json!({ "is_active": true, "waba_id": null });
    superadmin.patch(&line, &without).await.expect(200);
    ana.get(&path).await.problem(409, "channel_without_token");
}
