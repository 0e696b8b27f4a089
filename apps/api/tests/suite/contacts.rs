//! A customer's card: what the team writes down, whom it blocks, and who turns out to be the same person.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::Caller,
    lines::{CUSTOMER, entry, message_with_status, text},
    test_app::TestApp,
};

const OTHER: &str = "59170000002";

struct Stage {
    app: TestApp,
    ana: Caller,
}

impl Stage {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ana = app.member(Role::Recepcion).await;
        Self { app, ana }
    }

    /// Somebody writes on the first line; the conversation.
    async fn writes(&self, more: &Value) -> Value {
        let mut order = json!({ "phone_number_id": self.app.a.lines[0].phone_number_id, "text": "hola" });
        order
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.app
            .meta()
            .post("/simulator/inbound", &order)
            .await
            .expect(200);
        self.ana.items("/api/conversations").await[0].clone()
    }

    async fn contact(&self, from: &str, name: &str) -> String {
        id(&self.writes(&json!({ "from": from, "name": name })).await["contact"])
    }

    async fn card(&self, contact: &str) -> Value {
        self.ana.get(&path(contact)).await.expect(200).json()
    }

    async fn change(&self, contact: &str, change: &Value) -> Value {
        self.ana.patch(&path(contact), change).await.expect(200).json()
    }
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

fn path(contact: &str) -> String {
    format!("/api/contacts/{contact}")
}

fn to_text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_team_writes_down_is_there_for_everybody_and_in_the_audit() {
    let stage = Stage::new().await;
    let contact = stage.contact(CUSTOMER, "Ana").await;
    let fresh = stage.card(&contact).await;
    assert_eq!(
        (&fresh["name"], &fresh["own_name"]),
        (&json!("Ana"), &Value::Null)
    );
    assert_eq!(fresh["attributes"], json!({}));

    let change = json!({ "name": "  Ana Rojas ", "attributes": { "Seguro": "Vida", "Plan": "Oro" } });
    let changed = stage.change(&contact, &change).await;
    assert_eq!(
        (&changed["name"], &changed["profile_name"]),
        (&json!("Ana Rojas"), &json!("Ana"))
    );
    let struck = stage
        .change(&contact, &json!({ "attributes": { "Plan": null } }))
        .await;
    assert_eq!(struck["attributes"], json!({ "Seguro": "Vida" }));
    let listed = stage.ana.items("/api/conversations").await;
    assert_eq!(listed[0]["contact"]["name"], "Ana Rojas");
    let found = stage.ana.get("/api/search?q=rojas").await.expect(200).json();
    let hit = &found["conversations"]["items"][0]["conversation"]["contact"];
    assert_eq!(hit["id"], contact, "{found}");
    let offered = stage.ana.get("/api/contacts/attributes").await.expect(200).json();
    assert_eq!(offered["items"], json!(["Plan", "Seguro"]));
    let audit = stage
        .app
        .admin()
        .await
        .items("/api/audit?action=contact.updated")
        .await;
    assert_eq!(
        audit[1]["data"]["name"],
        json!({ "from": null, "to": "Ana Rojas" })
    );

    let as_whatsapp = stage.change(&contact, &json!({ "name": null })).await;
    assert_eq!(as_whatsapp["name"], "Ana");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_name_and_no_attribute_is_refused_and_changes_nothing() {
    let stage = Stage::new().await;
    let contact = stage.contact(CUSTOMER, "Ana").await;
    let refused = [
        (json!({ "name": "   " }), "/name", "invalid_name"),
        (json!({ "name": "x".repeat(121) }), "/name", "invalid_name"),
        (
            json!({ "attributes": { "a\nb": "x" } }),
            "/attributes",
            "invalid_name",
        ),
        (
            json!({ "attributes": { "Seguro": "" } }),
            "/attributes",
            "invalid_length",
        ),
        (
            json!({ "attributes": { "Seguro": "x".repeat(1_001) } }),
            "/attributes",
            "invalid_length",
        ),
    ];
    for (change, pointer, code) in &refused {
        stage
            .ana
            .patch(&path(&contact), change)
            .await
            .field(pointer, code);
    }
    let many: Value = (0..51)
        .map(|n| (format!("a{n}"), json!("x")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let answer = stage
        .ana
        .patch(&path(&contact), &json!({ "attributes": many }))
        .await;
    answer.problem(409, "too_many_attributes");
    assert_eq!(stage.card(&contact).await["attributes"], json!({}));
    let reader = stage.app.member(Role::Marketing).await;
    reader
        .patch(&path(&contact), &json!({ "name": "X" }))
        .await
        .problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_no_promotions_gets_none_until_the_team_takes_it_back() {
    let stage = Stage::new().await;
    let conversation = stage.writes(&json!({ "from": CUSTOMER })).await;
    let contact = id(&conversation["contact"]);
    let out = stage
        .change(&contact, &json!({ "marketing_opt_out": true }))
        .await;
    assert!(out["marketing_opt_out_at"].is_string());
    let template =
        json!({ "type": "template", "template": { "name": "hola", "language": { "code": "es" } } });
    let messages = format!("/api/conversations/{}/messages", id(&conversation));
    stage
        .ana
        .post(&messages, &template)
        .await
        .problem(409, "contact_opted_out");
    let back = stage
        .change(&contact, &json!({ "marketing_opt_out": false }))
        .await;
    assert_eq!(back["marketing_opt_out_at"], Value::Null);
    stage.ana.post(&messages, &template).await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_blocked_gets_nothing_and_whatsapp_turns_him_away() {
    let stage = Stage::new().await;
    let conversation = stage.writes(&json!({ "from": CUSTOMER })).await;
    let contact = id(&conversation["contact"]);
    let messages = format!("/api/conversations/{}/messages", id(&conversation));
    let mut later = to_text("más tarde");
    later["send_at"] = json!(engine::Clock::default().now() + TimeDelta::seconds(2));
    let waiting = id(&stage.ana.post(&messages, &later).await.expect(202).json());

    let block = format!("{}/block", path(&contact));
    let blocked = stage.ana.post(&block, &json!({})).await.expect(200).json();
    assert_eq!(blocked["lines"][0]["outcome"], "done", "{blocked}");
    assert!(blocked["contact"]["blocked_at"].is_string());
    let line = &stage.app.a.lines[0].phone_number_id;
    assert_eq!(blocked["contact"]["blocked_lines"][0]["phone_number_id"], *line);
    stage
        .ana
        .post(&messages, &to_text("hola"))
        .await
        .problem(409, "contact_blocked");
    let failed = message_with_status(&stage.ana, &id(&conversation), &waiting, "failed").await;
    assert_eq!(failed["error"]["code"], "contact_blocked");
    let turned_away = stage
        .writes(&json!({ "from": CUSTOMER, "text": "¿por qué?" }))
        .await;
    assert_eq!(turned_away["contact"]["is_blocked"], true);
    assert_ne!(turned_away["last_message"]["text"], "¿por qué?");

    let free = stage.ana.delete(&block).await.expect(200).json();
    assert_eq!(
        (&free["contact"]["blocked_at"], &free["contact"]["blocked_lines"]),
        (&Value::Null, &json!([]))
    );
    stage.ana.post(&messages, &to_text("hola")).await.expect(202);
    let heard = stage
        .writes(&json!({ "from": CUSTOMER, "text": "gracias" }))
        .await;
    assert_eq!(heard["contact"]["is_blocked"], false);
    let audit = stage.app.admin().await.items("/api/audit").await;
    let actions: Vec<&str> = audit
        .iter()
        .filter_map(|entry| entry["action"].as_str())
        .collect();
    for action in ["contact.blocked", "contact.unblocked"] {
        assert_eq!(
            actions.iter().filter(|known| **known == action).count(),
            1,
            "{actions:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_whatsapp_does_not_block_the_customer_is_blocked_here() {
    let stage = Stage::new().await;
    // The simulator knows of no message of his, so that none came within 24 hours.
    let line = &stage.app.a.lines[0];
    let entries = [entry(&stage.app.a, line, &[text("wamid.old", OTHER, "hola")])];
    stage
        .app
        .deliver_signed(line.secret(), &entries)
        .await
        .expect(200);
    let conversation = stage.ana.items("/api/conversations").await[0].clone();
    let contact = id(&conversation["contact"]);
    let blocked = stage
        .ana
        .post(&format!("{}/block", path(&contact)), &json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(blocked["lines"][0]["outcome"], "refused");
    assert_eq!(blocked["contact"]["blocked_lines"], json!([]));
    assert!(blocked["contact"]["blocked_at"].is_string());
    let template =
        json!({ "type": "template", "template": { "name": "hola", "language": { "code": "es" } } });
    let messages = format!("/api/conversations/{}/messages", id(&conversation));
    stage
        .ana
        .post(&messages, &template)
        .await
        .problem(409, "contact_blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_numbers_become_one_person_and_part_again() {
    let stage = Stage::new().await;
    let first = stage.contact(CUSTOMER, "Ana").await;
    let second = stage.contact(OTHER, "Anita trabajo").await;
    stage
        .change(&first, &json!({ "attributes": { "Plan": "Oro" } }))
        .await;
    let told = json!({ "name": "Ana del trabajo", "attributes": { "Plan": "Plata", "Empresa": "Sol" }, "marketing_opt_out": true });
    stage.change(&second, &told).await;
    let merge = format!("{}/merge", path(&second));
    let merged = stage
        .ana
        .post(&merge, &json!({ "into": first }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&merged["name"], &merged["merged_into"]),
        (&json!("Ana"), &json!(first))
    );
    assert_eq!(merged["same_person"][0]["id"], *first);
    let main = stage.card(&first).await;
    assert_eq!(main["attributes"], json!({ "Plan": "Oro", "Empresa": "Sol" }));
    assert!(
        main["marketing_opt_out_at"].is_string(),
        "whoever wants none wants none anywhere"
    );
    for contact in [&first, &second] {
        let threads = stage.ana.items(&format!("{}/conversations", path(contact))).await;
        assert_eq!(threads.len(), 2);
    }
    let again = stage.ana.post(&merge, &json!({ "into": first })).await;
    again.problem(409, "contacts_same");
    stage.change(&second, &json!({ "name": "Ana Rojas" })).await;
    assert_eq!(stage.card(&first).await["name"], "Ana Rojas");

    let parted = stage.ana.delete(&merge).await.expect(200).json();
    assert_eq!(
        (&parted["name"], &parted["merged_into"]),
        (&json!("Ana del trabajo"), &Value::Null)
    );
    assert_eq!(parted["attributes"], json!({ "Plan": "Plata", "Empresa": "Sol" }));
    assert_eq!(stage.card(&first).await["same_person"], json!([]));
    stage.ana.delete(&merge).await.problem(409, "contact_not_merged");
    let nobody = json!({ "into": "01980000-0000-7000-8000-000000000000" });
    stage
        .ana
        .post(&merge, &nobody)
        .await
        .field("/into", "unknown_contact");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_both_ids_is_one_contact_with_all_that_was_written_down() {
    let stage = Stage::new().await;
    let user_id = "US.90000000000000000077";
    let main = stage.contact(OTHER, "Otra").await;
    let by_phone = stage.contact(CUSTOMER, "Ana").await;
    let hidden = json!({ "from": "59170000003", "user_id": user_id, "hide_phone": true });
    let by_user_id = id(&stage.writes(&hidden).await["contact"]);
    assert_ne!(by_phone, by_user_id);
    stage
        .change(&by_user_id, &json!({ "attributes": { "Plan": "Oro" } }))
        .await;
    stage
        .ana
        .post(&format!("{}/merge", path(&by_user_id)), &json!({ "into": main }))
        .await
        .expect(200);
    let both = json!({ "from": CUSTOMER, "user_id": user_id, "hide_phone": false });
    let one = id(&stage.writes(&both).await["contact"]);
    assert_eq!(one, by_phone);
    let card = stage.card(&one).await;
    assert_eq!(
        (&card["attributes"], &card["merged_into"]),
        (&json!({ "Plan": "Oro" }), &json!(main))
    );
    stage.ana.get(&path(&by_user_id)).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_customer_are_listed_page_by_page_and_nothing_out_of_sight() {
    let stage = Stage::new().await;
    let line = &stage.app.a.lines[0];
    let image = |wamid: &str, at: &str| {
        let mut message = text(wamid, CUSTOMER, "");
        message["type"] = "image".into();
        message["timestamp"] = at.into();
        message["image"] = json!({ "id": "740000000000001", "caption": wamid });
        message
    };
    let messages = [
        image("wamid.1", "1790000001"),
        text("wamid.2", CUSTOMER, "sin archivo"),
        image("wamid.3", "1790000003"),
    ];
    let entries = [entry(&stage.app.a, line, &messages)];
    stage
        .app
        .deliver_signed(line.secret(), &entries)
        .await
        .expect(200);
    let conversation = stage.ana.items("/api/conversations").await[0].clone();
    let contact = id(&conversation["contact"]);
    let files = format!("{}/files", path(&contact));
    let newest = stage
        .ana
        .get(&format!("{files}?limit=1"))
        .await
        .expect(200)
        .json();
    assert_eq!(newest["items"][0]["text"], "wamid.3");
    let cursor = newest["next_cursor"].as_str().unwrap();
    let oldest = stage
        .ana
        .get(&format!("{files}?limit=1&cursor={cursor}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&oldest["items"][0]["text"], &oldest["next_cursor"]),
        (&json!("wamid.1"), &Value::Null)
    );

    stage.app.role("turno", "own", &["chat.read"]).await;
    let own = stage.app.with_role("turno", "turno@clinica.example").await;
    own.get(&files).await.expect(200);
    let me = stage.ana.get("/api/me").await.expect(200).json();
    let taken = json!({ "assignee_id": me["user"]["id"] });
    stage
        .ana
        .patch(&format!("/api/conversations/{}", id(&conversation)), &taken)
        .await
        .expect(200);
    for hidden in ["", "/files", "/conversations"] {
        own.get(&format!("{}{hidden}", path(&contact)))
            .await
            .problem(404, "not_found");
    }
}
