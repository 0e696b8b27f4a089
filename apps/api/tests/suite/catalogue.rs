//! Branches and services.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{caller::Caller, test_app::TestApp};

const BRANCHES: &str = "/api/branches";
const SERVICES: &str = "/api/services";

async fn made(caller: &Caller, path: &str, body: Value) -> String {
    let made = caller.post(path, &body).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

async fn codes(caller: &Caller, path: &str) -> Vec<String> {
    let items = caller.items(path).await;
    items
        .iter()
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_added_changed_moved_and_removed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let new = json!({
        "code": "CEN-1", "name": " Centro ", "address": "Av. Sol 123\nPiso 2", "lat": -16.5, "lng": -68.15,
        "hours_text": "L a V 9-18", "phone": "+591 2 244-0000",
    });
    let branch = admin.post(BRANCHES, &new).await.expect(201).json();
    assert_eq!(
        (
            &branch["name"],
            &branch["phone"],
            &branch["lat"],
            &branch["is_active"],
            &branch["position"]
        ),
        (
            &json!("Centro"),
            &json!("+59122440000"),
            &json!(-16.5),
            &json!(true),
            &json!(1)
        )
    );
    let path = format!("{BRANCHES}/{}", branch["id"].as_str().unwrap());
    admin
        .post(BRANCHES, &json!({ "code": "cen-1", "name": "Otra" }))
        .await
        .problem(409, "code_taken");

    let changed = json!({ "address": null, "lat": null, "lng": null, "name": "Casa matriz" });
    let changed = admin.patch(&path, &changed).await.expect(200).json();
    assert_eq!(
        (
            &changed["address"],
            &changed["lat"],
            &changed["name"],
            &changed["hours_text"]
        ),
        (
            &Value::Null,
            &Value::Null,
            &json!("Casa matriz"),
            &json!("L a V 9-18")
        )
    );
    assert_eq!(admin.get(&path).await.expect(200).json(), changed);

    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.problem(404, "not_found");
    admin.get(&path).await.problem(404, "not_found");
    let told = admin.items("/api/audit?action=branch.&q=CEN-1").await;
    let actions: Vec<&str> = told
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["branch.deleted", "branch.created"]);
    let told = admin.items("/api/audit?action=branch.updated&q=matriz").await;
    assert_eq!(
        told[0]["data"]["name"],
        json!({ "from": "Centro", "to": "Casa matriz" })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_are_put_in_an_order_searched_and_read_page_by_page() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let centro = made(
        &admin,
        BRANCHES,
        json!({ "code": "CEN-1", "name": "Casa matriz" }),
    )
    .await;
    let path = format!("{BRANCHES}/{centro}");
    made(&admin, BRANCHES, json!({ "code": "NOR", "name": "Norte" })).await;
    made(
        &admin,
        BRANCHES,
        json!({ "code": "SUR", "name": "Sur", "is_active": false }),
    )
    .await;

    admin.patch(&path, &json!({ "position": 3 })).await.expect(200);
    assert_eq!(codes(&admin, BRANCHES).await, ["NOR", "SUR", "CEN-1"]);
    admin.patch(&path, &json!({ "position": 99 })).await.expect(200);
    admin.patch(&path, &json!({ "position": 2 })).await.expect(200);
    assert_eq!(codes(&admin, BRANCHES).await, ["NOR", "CEN-1", "SUR"]);
    admin
        .patch(&path, &json!({ "position": 0 }))
        .await
        .field("/position", "out_of_range");

    assert_eq!(codes(&admin, "/api/branches?active=false").await, ["SUR"]);
    assert_eq!(codes(&admin, "/api/branches?q=MATRIZ").await, ["CEN-1"]);
    assert_eq!(codes(&admin, "/api/branches?q=%25").await, [""; 0]);
    let page = admin.get("/api/branches?limit=2").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(
        codes(&admin, &format!("/api/branches?limit=2&cursor={cursor}")).await,
        ["SUR"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_has_a_price_a_length_a_picture_and_the_branches_where_it_is_offered() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let centro = made(&admin, BRANCHES, json!({ "code": "CEN", "name": "Centro" })).await;
    let norte = made(&admin, BRANCHES, json!({ "code": "NOR", "name": "Norte" })).await;
    let new = json!({
        "code": "LIMP", "name": "Limpieza", "subtitle": "Con flúor", "description": "45 minutos", "duration_min": 45,
        "price": { "amount": 15050, "currency": "PEN" }, "image_url": "https://cdn.example/limpieza.png",
        "is_featured": true, "branch_ids": [centro, centro],
    });
    let service = admin.post(SERVICES, &new).await.expect(201).json();
    assert_eq!(
        (&service["price"], &service["branch_ids"], &service["is_featured"]),
        (&new["price"], &json!([centro]), &json!(true))
    );
    made(&admin, SERVICES, json!({ "code": "BRACK", "name": "Brackets" })).await;
    admin
        .post(SERVICES, &json!({ "code": "limp", "name": "Otra" }))
        .await
        .problem(409, "code_taken");
    assert_eq!(
        codes(&admin, &format!("{SERVICES}?branch_id={norte}")).await,
        ["BRACK"]
    );
    assert_eq!(
        codes(&admin, &format!("{SERVICES}?branch_id={centro}")).await,
        ["LIMP", "BRACK"]
    );
    assert_eq!(codes(&admin, &format!("{SERVICES}?q=fl%C3%BAor")).await, ["LIMP"]);

    // A branch where something is offered stays until that is not so.
    let branch = format!("{BRANCHES}/{centro}");
    admin.delete(&branch).await.problem(409, "branch_in_use");
    let path = format!("{SERVICES}/{}", service["id"].as_str().unwrap());
    let changed = json!({ "branch_ids": [norte], "price": null, "image_url": null, "position": 2 });
    let changed = admin.patch(&path, &changed).await.expect(200).json();
    assert_eq!(
        (
            &changed["branch_ids"],
            &changed["price"],
            &changed["subtitle"],
            &changed["position"]
        ),
        (&json!([norte]), &Value::Null, &json!("Con flúor"), &json!(2))
    );
    assert_eq!(codes(&admin, SERVICES).await, ["BRACK", "LIMP"]);
    admin.delete(&branch).await.expect(204);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.problem(404, "not_found");
    let told = admin.items("/api/audit?action=service.deleted").await;
    assert_eq!(told[0]["data"]["branch_ids"], json!([norte]));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let with = |field: &str, wrong: Value| {
        let mut body = json!({ "code": "X", "name": "X" });
        body[field] = wrong;
        body
    };
    for (field, wrong, pointer, code) in [
        ("code", json!("a b"), "/code", "invalid_code"),
        ("name", json!(" "), "/name", "invalid_name"),
        ("address", json!(""), "/address", "invalid_text"),
        ("lat", json!(1), "/lng", "invalid_place"),
        ("lat", json!(90.5), "/lat", "invalid_place"),
        ("lng", json!(10), "/lat", "invalid_place"),
        ("phone", json!("2440000"), "/phone", "invalid_phone"),
    ] {
        admin
            .post(BRANCHES, &with(field, wrong))
            .await
            .field(pointer, code);
    }
    let price = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency });
    for (field, wrong, pointer, code) in [
        ("price", price(-1, "PEN"), "/price/amount", "out_of_range"),
        ("price", price(1, "pen"), "/price/currency", "invalid_currency"),
        ("price", price(1, "ZZZ"), "/price/currency", "invalid_currency"),
        ("duration_min", json!(0), "/duration_min", "out_of_range"),
        (
            "image_url",
            json!("http://x.example/a.png"),
            "/image_url",
            "invalid_image_url",
        ),
        ("branch_ids", json!(["x"]), "/branch_ids/0", "invalid_id"),
        (
            "branch_ids",
            json!(["01920000-0000-7000-8000-000000000000"]),
            "/branch_ids",
            "unknown_branch",
        ),
    ] {
        admin
            .post(SERVICES, &with(field, wrong))
            .await
            .field(pointer, code);
    }
    assert!(admin.items(BRANCHES).await.is_empty() && admin.items(SERVICES).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_or_sets_up_sees_the_catalogue_and_only_admins_change_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let branch = made(&admin, BRANCHES, json!({ "code": "CEN", "name": "Centro" })).await;
    let path = format!("{BRANCHES}/{branch}");
    for role in [Role::Recepcion, Role::Marketing, Role::Doctor] {
        let member = app.member(role).await;
        member.get(&path).await.expect(200);
        member.get(SERVICES).await.expect(200);
        member
            .patch(&path, &json!({ "name": "Mía" }))
            .await
            .problem(403, "forbidden");
        member
            .post(SERVICES, &json!({ "code": "X", "name": "X" }))
            .await
            .problem(403, "forbidden");
    }
    let stranger = app.stranger().await;
    assert!(stranger.items(BRANCHES).await.is_empty());
    // Another company's branch is no branch, also where a service names it.
    let theirs = json!({ "code": "X", "name": "X", "branch_ids": [branch] });
    stranger
        .post(SERVICES, &theirs)
        .await
        .field("/branch_ids", "unknown_branch");
}
