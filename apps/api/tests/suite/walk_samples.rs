//! What the walk over the description tries the operations with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    caller::{Answer, Caller},
    lines::{CUSTOMER, entry, text},
    test_app::TestApp,
    walk::Operation,
    walk_settings,
};

/// What the operations are tried with: A's own things, and bodies that would be taken.
pub struct Samples {
    pub ids: BTreeMap<&'static str, String>,
    pub bodies: BTreeMap<&'static str, Value>,
}

/// Operations that take no body.
const BODILESS: &[&str] = &[
    "DELETE /api/superadmin/apps/{id}",
    "DELETE /api/superadmin/impersonations/{id}",
    "DELETE /api/superadmin/tenants/{id}/users/{user}/totp",
    "DELETE /api/superadmin/users/{id}/totp",
    "DELETE /api/users/{id}/totp",
    "DELETE /api/me/sessions/{id}",
    "DELETE /api/roles/{key}",
    "DELETE /api/superadmin/channels/{id}",
    "DELETE /api/superadmin/servers/{id}",
    "DELETE /api/superadmin/tenants/{id}/branding/logo",
    "DELETE /api/superadmin/tenants/{id}/odoo",
    "DELETE /api/superadmin/unrouted/{phone_number_id}",
    "DELETE /api/tags/{id}",
    "GET /api/channels",
    "GET /api/channels/{id}/health",
    "GET /api/conversations",
    "GET /api/conversations/counts",
    "GET /api/conversations/{id}",
    "GET /api/conversations/{id}/messages",
    "GET /api/dead-letters",
    "GET /api/dead-letters/{id}",
    "GET /api/events",
    "GET /api/line-events",
    "GET /api/line-health",
    "GET /api/logos/{key}",
    "GET /api/me",
    "GET /api/me/sessions",
    "GET /api/me/tenants",
    "GET /api/me/totp",
    "GET /api/superadmin/settings",
    "GET /api/messages/{id}/media",
    "GET /api/superadmin/apps",
    "GET /api/superadmin/apps/{id}",
    "GET /api/roles",
    "GET /api/superadmin/audit",
    "GET /api/superadmin/audit/export.csv",
    "GET /api/superadmin/channels/{id}/health",
    "GET /api/superadmin/dead-letters",
    "GET /api/superadmin/fleet",
    "GET /api/superadmin/impersonations",
    "GET /api/superadmin/fleet/tenants",
    "GET /api/superadmin/platform",
    "GET /api/superadmin/servers",
    "GET /api/superadmin/spool",
    "GET /api/superadmin/spool/rows",
    "GET /api/superadmin/tenants",
    "GET /api/superadmin/tenants/{id}",
    "GET /api/superadmin/tenants/{id}/branding",
    "GET /api/superadmin/tenants/{id}/channels",
    "GET /api/superadmin/tenants/{id}/checklist",
    "GET /api/superadmin/tenants/{id}/database",
    "GET /api/superadmin/tenants/{id}/health",
    "GET /api/superadmin/tenants/{id}/odoo",
    "GET /api/superadmin/tenants/{id}/users",
    "GET /api/superadmin/unrouted",
    "GET /api/superadmin/users",
    "GET /api/tags",
    "GET /api/users",
    "GET /debug/lines/{phone_number_id}",
    "GET /debug/state",
    "GET /health",
    "GET /health/ready",
    "GET /metrics",
    "GET /webhook",
    "GET /webhook/{key}",
    "POST /api/auth/impersonation/end",
    "POST /api/auth/logout",
    "POST /api/auth/refresh",
    "POST /api/channels/{id}/health/check",
    "POST /api/conversations/{id}/read",
    "POST /api/conversations/{id}/typing",
    "POST /api/dead-letters/replay",
    "POST /api/dead-letters/{id}/replay",
    "POST /api/me/sessions/revoke-others",
    "POST /api/media",
    "POST /api/messages/{id}/cancel",
    "POST /api/messages/{id}/media/fetch",
    "POST /api/messages/{id}/retry",
    "POST /api/superadmin/apps/{id}/verify-token",
    "POST /api/roles/{key}/reset",
    "POST /api/superadmin/channels/{id}/health/check",
    "POST /api/superadmin/channels/{id}/health/subscribe",
    "POST /api/superadmin/fleet/tenants/{id}/look",
    "POST /api/superadmin/spool/{id}/retry",
    "POST /api/superadmin/tenants/{id}/odoo/test",
    "PUT /api/superadmin/tenants/{id}/branding/logo",
    "POST /api/superadmin/tenants/{id}/users/{user}/link",
    "POST /api/superadmin/users/{id}/link",
    "POST /api/users/{id}/invite",
    "POST /api/users/{id}/reset-link",
    "POST /api/users/{id}/sessions/revoke",
    "POST /api/superadmin/servers/{id}/test",
];

impl Samples {
    pub async fn of(app: &TestApp) -> Self {
        let line = &app.a.lines[0];
        // With a file, so that the operations on one know it; and something to be set aside.
        let mut message = text("wamid.walk", CUSTOMER, "hola");
        message["type"] = "image".into();
        message["image"] = json!({ "id": "740000000000001" });
        let entries = [entry(&app.a, line, &[message, json!({ "type": "text" })])];
        app.deliver_signed(line.secret(), &entries).await.expect(200);
        let admin = app.admin().await;
        let conversation = app_id(&admin.items("/api/conversations").await[0]);
        let (contact, twin) = contacts(app, &admin).await;
        let path = format!("/api/conversations/{conversation}/messages");
        let message = app_id(&admin.items(&path).await[0]);
        let tag = app_id(
            &admin
                .post("/api/tags", &json!({ "name": "VIP" }))
                .await
                .expect(201)
                .json(),
        );
        app.role("turno", "own", &["chat.read", "users.read"]).await;
        let letter = app_id(&admin.items("/api/dead-letters").await[0]);
        // Whom nobody of the walk is.
        let other = json!({ "name": "Carla", "email": "carla@clinica.example", "role": "caja" });
        let other = admin.post("/api/users", &other).await.expect(201).json();
        let superadmin = app.superadmin().await;
        let meta_app = json!({ "name": "Propia", "app_secret": "app_secret_of_the_app" });
        let made = superadmin.post("/api/superadmin/apps", &meta_app).await;
        let meta_app = made.expect(201).json()["app"].clone();
        let (_, key) = meta_app["callback_url"]
            .as_str()
            .unwrap()
            .rsplit_once('/')
            .unwrap();
        let mut bodies = bodies(app);
        bodies.extend(walk_settings::bodies(&conversation, &tag, &twin));
        let mut ids = BTreeMap::from(walk_settings::ids(&admin).await);
        ids.extend([
            ("webhook", key.to_owned()),
            ("logos", "A".repeat(22)),
            ("apps", app_id(&meta_app)),
            ("contacts", contact),
            ("conversations", conversation),
            ("dead-letters", letter),
            ("spool", "1".to_owned()),
            ("messages", message),
            ("servers", server(app).await),
            ("tags", tag),
            ("users", app_id(&other)),
            ("roles", "turno".to_owned()),
            (
                "impersonations",
                "01980000-0000-7000-8000-000000000000".to_owned(),
            ),
            ("sessions", "01980000-0000-7000-8000-000000000000".to_owned()),
            ("tenants", app.a.id.to_string()),
            ("channels", app.a.lines[2].id.to_string()),
            ("lines", app.a.lines[2].phone_number_id.clone()),
            ("unrouted", "900000000000001".to_owned()),
        ]);
        Self { ids, bodies }
    }

    /// The path with A's own id in it.
    pub fn path(&self, operation: &Operation) -> String {
        let mut parts: Vec<&str> = operation.path.split('/').collect();
        for place in 1..parts.len() {
            if parts[place].starts_with('{') {
                // A tag that is merged is gone, and the others are still to come.
                let merged = operation.path == "/api/tags/{id}/merge";
                let kind = if merged { "merged" } else { parts[place - 1] };
                let id = self.ids.get(kind);
                parts[place] = id.unwrap_or_else(|| panic!("the walk knows no id of {kind}"));
            }
        }
        parts.join("/")
    }

    pub async fn call(&self, caller: &Caller, operation: &Operation) -> Answer {
        let name = operation.name.as_str();
        let body = self.bodies.get(name);
        assert!(
            body.is_some() != (BODILESS.contains(&name) || walk_settings::BODILESS.contains(&name)),
            "the walk's tables must know {name}, once"
        );
        caller
            .call(operation.method.clone(), &self.path(operation), body)
            .await
    }
}

/// A server, known to the platform.
async fn server(app: &TestApp) -> String {
    let body = json!({ "name": "uno", "url": app.control.url() });
    let added = app
        .superadmin()
        .await
        .post("/api/superadmin/servers", &body)
        .await;
    app_id(&added.expect(201).json())
}

fn app_id(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}

fn bodies(app: &TestApp) -> BTreeMap<&'static str, Value> {
    let user = json!({
        "name": "Nadia", "email": "nadia@clinica.example", "role": "doctor", "password": "contraseña larga",
    });
    let database = json!({ "url": app.a.database.url() });
    let mut bodies = sent(app);
    bodies.extend(people());
    bodies.extend(outside());
    bodies.extend([
        (
            "POST /webhook",
            json!({ "object": "whatsapp_business_account", "entry": [] }),
        ),
        (
            "POST /api/auth/login",
            json!({ "email": "nobody@clinica.example", "password": "no es la buena" }),
        ),
        ("PATCH /api/conversations/{id}", json!({ "status": "pending" })),
        ("PUT /api/conversations/{id}/tags", json!({ "tags": ["VIP"] })),
        ("POST /api/conversations/{id}/notes", json!({ "body": "llamar" })),
        (
            "POST /api/dead-letters/{id}/discard",
            json!({ "reason": "no hace falta" }),
        ),
        (
            "POST /api/superadmin/spool/{id}/discard",
            json!({ "reason": "no hace falta" }),
        ),
        ("POST /api/users", user.clone()),
        ("PATCH /api/users/{id}", json!({ "name": "Carla" })),
        (
            "POST /api/superadmin/tenants",
            json!({ "name": "Otra", "slug": "otra" }),
        ),
        ("PATCH /api/superadmin/tenants/{id}", json!({ "plan": "growth" })),
        ("PUT /api/superadmin/tenants/{id}/database", database.clone()),
        ("POST /api/superadmin/tenants/{id}/database/test", database.clone()),
        ("POST /api/superadmin/tenants/{id}/database/create", json!({})),
        (
            "POST /api/superadmin/servers",
            json!({ "name": "dos", "url": database["url"] }),
        ),
        ("PATCH /api/superadmin/servers/{id}", json!({ "name": "tres" })),
        (
            "POST /api/superadmin/tenants/{id}/channels",
            json!({ "phone_number_id": "900000000000002", "display_name": "Otra" }),
        ),
        (
            "PATCH /api/superadmin/channels/{id}",
            json!({ "display_name": "Caja" }),
        ),
        (
            "PUT /api/superadmin/tenants/{id}/branding",
            json!({ "brand_name": "Clínica" }),
        ),
        (
            "POST /api/superadmin/tenants/{id}/users",
            json!({ "email": "otra@clinica.example", "name": "Otra", "role": "caja", "password": "contraseña larga" }),
        ),
    ]);
    bodies
}

/// Of apps at Meta, and of Odoo.
fn outside() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        (
            "POST /webhook/{key}",
            json!({ "object": "whatsapp_business_account", "entry": [] }),
        ),
        ("POST /api/superadmin/apps", json!({ "name": "Otra" })),
        ("PATCH /api/superadmin/apps/{id}", json!({ "name": "Otra" })),
        (
            "PUT /api/superadmin/tenants/{id}/odoo",
            json!({ "base_url": "http://127.0.0.1:1", "db_name": "odoo", "username": "bot", "password": "x" }),
        ),
    ])
}

/// Of people's own access, of roles and of tags.
fn people() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("POST /api/tags", json!({ "name": "Nuevo" })),
        ("PATCH /api/tags/{id}", json!({ "color": "#ff8800" })),
        (
            "POST /api/auth/forgot",
            json!({ "email": "nobody@clinica.example" }),
        ),
        ("POST /api/auth/switch", json!({ "tenant": "taller" })),
        (
            "POST /api/superadmin/tenants/{id}/impersonate",
            json!({ "reason": "miran juntos", "role": "doctor" }),
        ),
        ("POST /api/auth/links/read", json!({ "token": "nada" })),
        (
            "POST /api/auth/links/accept",
            json!({ "token": "nada", "password": "contraseña larga" }),
        ),
        (
            "POST /api/superadmin/users",
            json!({ "name": "Otra", "email": "otra@centralita.example" }),
        ),
        ("POST /api/me/totp", json!({ "password": "no es la buena" })),
        ("POST /api/me/totp/confirm", json!({ "code": "000000" })),
        (
            "POST /api/me/totp/recovery-codes",
            json!({ "password": "no es la buena", "code": "000000" }),
        ),
        (
            "DELETE /api/me/totp",
            json!({ "password": "no es la buena", "code": "000000" }),
        ),
        (
            "PATCH /api/superadmin/settings",
            json!({ "superadmin_totp_required": false }),
        ),
        ("PATCH /api/superadmin/users/{id}", json!({ "name": "Otra" })),
        (
            "POST /api/roles",
            json!({ "key": "noche", "name": "Noche", "permissions": ["chat.write"] }),
        ),
        ("PATCH /api/roles/{key}", json!({ "name": "Turno de noche" })),
        (
            "POST /api/me/password",
            json!({ "current_password": "no es la buena", "new_password": "tampoco importa" }),
        ),
    ])
}

/// Messages, to somebody known and to somebody new.
fn sent(app: &TestApp) -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        (
            "POST /api/conversations",
            json!({
                "channel_id": app.a.lines[0].id, "to": "+34600000777",
                "message": { "type": "template", "template": { "name": "hola", "language": { "code": "es" } } },
            }),
        ),
        (
            "POST /api/conversations/{id}/messages",
            json!({ "type": "text", "text": { "body": "hola" } }),
        ),
    ])
}

fn contact_id(conversation: &Value) -> String {
    app_id(&conversation["contact"])
}

/// The customer, and somebody else who might be the same person.
async fn contacts(app: &TestApp, admin: &Caller) -> (String, String) {
    let customer = contact_id(&admin.items("/api/conversations").await[0]);
    let line = &app.a.lines[0];
    let entries = [entry(&app.a, line, &[text("wamid.twin", "59170000009", "hola")])];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    let everybody = admin.items("/api/conversations").await;
    let twin = everybody.iter().map(contact_id).find(|id| *id != customer);
    (customer, twin.unwrap())
}
