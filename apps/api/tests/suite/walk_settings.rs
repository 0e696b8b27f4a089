//! What the walk needs to know of the tenant's settings: their ids and bodies.

use serde_json::{Value, json};

use crate::caller::Caller;

/// Operations that take no body.
pub const BODILESS: [&str; 28] = [
    "DELETE /api/branches/{id}",
    "DELETE /api/conversations/{id}/drafts/{kind}",
    "DELETE /api/quick-replies/{id}",
    "DELETE /api/services/{id}",
    "DELETE /api/views/{id}",
    "GET /api/audit",
    "GET /api/audit/export.csv",
    "GET /api/branches",
    "GET /api/branches/{id}",
    "DELETE /api/contacts/{id}/block",
    "DELETE /api/contacts/{id}/merge",
    "GET /api/channels/{id}/templates",
    "GET /api/contacts/attributes",
    "GET /api/contacts/{id}",
    "GET /api/contacts/{id}/conversations",
    "GET /api/contacts/{id}/files",
    "GET /api/conversations/{id}/drafts",
    "GET /api/conversations/{id}/activity",
    "GET /api/drafts",
    "GET /api/notifications",
    "GET /api/push",
    "GET /api/quick-replies",
    "GET /api/search",
    "GET /api/services",
    "GET /api/services/{id}",
    "GET /api/settings",
    "GET /api/views",
    "POST /api/contacts/{id}/block",
];

async fn made(admin: &Caller, path: &str, body: &Value) -> String {
    let made = admin.post(path, body).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

/// Ids of A's own.
pub async fn ids(admin: &Caller) -> [(&'static str, String); 6] {
    let branch = json!({ "code": "WALK", "name": "Centro" });
    let service = json!({ "code": "WALK", "name": "Limpieza" });
    let reply = json!({ "shortcut": "walk", "title": "Hola", "body": "Hola", "shared": true });
    let view = json!({ "name": "Walk", "filter": {}, "shared": false });
    [
        ("drafts", "reply".to_owned()),
        ("views", made(admin, "/api/views", &view).await),
        ("branches", made(admin, "/api/branches", &branch).await),
        ("services", made(admin, "/api/services", &service).await),
        ("quick-replies", made(admin, "/api/quick-replies", &reply).await),
        (
            "merged",
            made(admin, "/api/tags", &json!({ "name": "Se va" })).await,
        ),
    ]
}

/// Bodies that would be taken.
pub fn bodies(conversation: &str, tag: &str, twin: &str) -> Vec<(&'static str, Value)> {
    let mut bodies = told(conversation);
    bodies.extend([
        (
            "PATCH /api/settings",
            json!({
                "bot_enabled": false, "language": "pt", "timezone": "America/Lima", "admin_phones": ["+51987654321"],
                "holidays": [{ "date": "2026-12-25", "name": "Navidad" }], "away_message": "Volvemos el lunes",
            }),
        ),
        (
            "POST /api/branches",
            json!({ "code": "NORTE", "name": "Norte", "phone": "+51987654321", "address": "Av. Sol 1" }),
        ),
        (
            "PATCH /api/branches/{id}",
            json!({ "name": "Centro", "hours_text": "9 a 18" }),
        ),
        (
            "POST /api/services",
            json!({ "code": "BRACKETS", "name": "Brackets", "price": { "amount": 15000, "currency": "PEN" }, "branch_ids": [] }),
        ),
        (
            "PATCH /api/services/{id}",
            json!({ "name": "Limpieza", "is_featured": true }),
        ),
        (
            "POST /api/quick-replies",
            json!({ "shortcut": "adios", "title": "Adiós", "body": "Adiós {{contact.name}}", "shared": true }),
        ),
        ("PATCH /api/quick-replies/{id}", json!({ "title": "Saludo" })),
        (
            "POST /api/quick-replies/{id}/use",
            json!({ "conversation_id": conversation }),
        ),
        (
            "POST /api/views",
            json!({ "name": "Abiertas", "filter": { "status": "open", "unread": true }, "sort": "oldest", "shared": false }),
        ),
        (
            "PUT /api/conversations/{id}/drafts/{kind}",
            json!({ "content": { "key": "walk", "text": "Hol" } }),
        ),
        ("PATCH /api/views/{id}", json!({ "name": "Todas" })),
        (
            "POST /api/conversations/bulk",
            json!({ "ids": [conversation], "action": { "type": "read" } }),
        ),
        (
            "PATCH /api/contacts/{id}",
            json!({ "name": "Ana", "attributes": { "Seguro": "Vida" }, "marketing_opt_out": false }),
        ),
        ("POST /api/contacts/{id}/merge", json!({ "into": twin })),
        ("POST /api/tags/{id}/merge", json!({ "into": tag })),
        ("PATCH /api/channels/{id}", json!({ "display_name": "Recepción" })),
    ]);
    bodies
}

/// Of what one is told.
fn told(conversation: &str) -> Vec<(&'static str, Value)> {
    vec![
        (
            "POST /api/push/subscriptions",
            json!({
                "endpoint": "http://127.0.0.1:9/walk", "whose": "mine",
                "keys": {
                    "p256dh": "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY",
                    "auth": "_ordMnz7uTCmrpBTeUV4Bw",
                },
            }),
        ),
        (
            "POST /api/push/subscriptions/remove",
            json!({ "endpoint": "http://127.0.0.1:9/walk" }),
        ),
        (
            "POST /api/notifications/seen",
            json!({ "conversation_id": conversation }),
        ),
    ]
}
