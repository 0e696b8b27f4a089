//! Every operation of the description, called by everybody who must not call it.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tenant::{
    role::Permissions,
    user::{Permission, Role},
};

use crate::{
    caller::{Answer, Caller},
    lines::{CUSTOMER, entry, text},
    test_app::TestApp,
    walk_settings,
};

/// An operation of the description.
pub struct Operation {
    /// `METHOD /path`
    pub name: String,
    pub method: Method,
    pub path: String,
    pub is_public: bool,
    pub permission: Option<String>,
    /// The names of what the query may hold.
    pub query: Vec<String>,
}

/// What everybody may call.
const PUBLIC: &[&str] = &[
    // These ask for a key of their own.
    "GET /debug/lines/{phone_number_id}",
    "GET /debug/state",
    "GET /api/logos/{key}",
    "GET /health",
    "GET /health/ready",
    "GET /metrics",
    "GET /webhook",
    "GET /webhook/{key}",
    "POST /api/auth/forgot",
    "POST /api/auth/links/accept",
    "POST /api/auth/links/read",
    "POST /api/auth/login",
    "POST /api/auth/logout",
    "POST /api/auth/refresh",
    "POST /webhook",
    "POST /webhook/{key}",
];

/// Everything in the description.
pub fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&api::openapi::document()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                panic!("{method} of {path} is no method");
            };
            found.push(Operation {
                name: format!("{method} {path}"),
                method,
                path: path.clone(),
                is_public: operation["security"] == json!([{}]),
                permission: operation["x-permission"].as_str().map(str::to_owned),
                query: query(operation),
            });
        }
    }
    // What removes a thing comes after what only needs it.
    found.sort_by_key(|operation| (operation.method == Method::DELETE, operation.name.clone()));
    found
}

fn query(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_query = parameters.filter(|parameter| parameter["in"] == "query");
    in_query
        .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The permissions of which one is enough, if they are a tenant's.
fn any_of(names: &str) -> Option<Vec<Permission>> {
    names.split('|').map(|name| name.parse().ok()).collect()
}

/// What the operations are tried with: A's own things, and bodies that would be taken.
pub struct Samples {
    pub ids: BTreeMap<&'static str, String>,
    pub bodies: BTreeMap<&'static str, Value>,
}

/// Operations that take no body.
const BODILESS: &[&str] = &[
    "DELETE /api/superadmin/apps/{id}",
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
        bodies.extend(walk_settings::bodies(&conversation, &tag));
        let mut ids = BTreeMap::from(walk_settings::ids(&admin).await);
        ids.extend([
            ("webhook", key.to_owned()),
            ("logos", "A".repeat(22)),
            ("apps", app_id(&meta_app)),
            ("conversations", conversation),
            ("dead-letters", letter),
            ("spool", "1".to_owned()),
            ("messages", message),
            ("servers", server(app).await),
            ("tags", tag),
            ("users", app_id(&other)),
            ("roles", "turno".to_owned()),
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
                let merged = operation.path.ends_with("/merge");
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
    bodies.extend([
        (
            "POST /webhook",
            json!({ "object": "whatsapp_business_account", "entry": [] }),
        ),
        (
            "POST /webhook/{key}",
            json!({ "object": "whatsapp_business_account", "entry": [] }),
        ),
        ("POST /api/superadmin/apps", json!({ "name": "Otra" })),
        ("PATCH /api/superadmin/apps/{id}", json!({ "name": "Otra" })),
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
        ("POST /api/tags", json!({ "name": "Nuevo" })),
        ("PATCH /api/tags/{id}", json!({ "color": "#ff8800" })),
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
            "PUT /api/superadmin/tenants/{id}/odoo",
            json!({ "base_url": "http://127.0.0.1:1", "db_name": "odoo", "username": "bot", "password": "x" }),
        ),
        (
            "POST /api/superadmin/tenants/{id}/users",
            json!({ "email": "otra@clinica.example", "name": "Otra", "role": "caja", "password": "contraseña larga" }),
        ),
    ]);
    bodies
}

/// Of people's own access, and of roles.
fn people() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        (
            "POST /api/auth/forgot",
            json!({ "email": "nobody@clinica.example" }),
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

#[test]
fn what_everybody_may_call_is_a_short_list() {
    let public: BTreeSet<String> = operations()
        .into_iter()
        .filter(|operation| operation.is_public)
        .map(|operation| operation.name)
        .collect();
    assert_eq!(public, PUBLIC.iter().map(ToString::to_string).collect());
}

#[test]
fn every_other_operation_says_whom_it_is_for() {
    let missing: Vec<String> = operations()
        .into_iter()
        .filter(|operation| !operation.is_public && operation.permission.is_none())
        .map(|operation| operation.name)
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_every_operation_but_the_public_ones_answers_401() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    for operation in operations() {
        let answer = samples.call(&app.anon(), &operation).await;
        if !operation.is_public {
            answer.problem(401, "unauthenticated");
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Bearer"),
                "{}",
                operation.name
            );
        } else if answer.status >= 400 {
            answer.any_problem();
        }
        for token in ["", "nonsense", "a.b.c"] {
            if !operation.is_public {
                let answer = samples.call(&app.bearer(token), &operation).await;
                answer.problem(401, "unauthenticated");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_ids_name_nothing() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let (owner, stranger) = (app.admin().await, app.stranger().await);
    for operation in operations() {
        let tenants_own = operation
            .permission
            .as_deref()
            .is_some_and(|names| any_of(names).is_some());
        if !tenants_own || !operation.path.contains('{') {
            continue;
        }
        let answer = samples.call(&stranger, &operation).await;
        assert_eq!(answer.status, 404, "{}: {}", operation.name, answer.text());
        answer.problem(404, "not_found");
        // The same request is nothing unknown to the owner, so the 404 was about whose it is.
        let answer = samples.call(&owner, &operation).await;
        assert!(
            [200, 201, 202, 204, 409, 410].contains(&answer.status),
            "{}: {}",
            operation.name,
            answer.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lacks_the_permission_is_refused() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let superadmin = app.superadmin().await;
    let mut members = BTreeMap::new();
    for role in Role::ALL {
        members.insert(role.as_str(), app.member(*role).await);
    }
    let custom = custom(&app).await;
    for operation in operations() {
        let Some(permission) = &operation.permission else {
            continue;
        };
        let refused: Vec<&Caller> = match (permission.as_str(), any_of(permission)) {
            ("anyone", _) => continue,
            ("platform", _) => members.values().chain([&custom]).collect(),
            (name, Some(any)) => {
                let allowed = |role: &&Role| any.iter().any(|permission| role.allows(*permission));
                let lacking = Role::ALL.iter().filter(|role| !allowed(role));
                let lacking: Vec<&Caller> = lacking.map(|role| &members[role.as_str()]).collect();
                assert!(!lacking.is_empty() || any.len() > 1, "every role has {name}");
                let let_in = any.iter().any(|permission| CUSTOM.contains(&permission.as_str()));
                let own = (!let_in).then_some(&custom);
                lacking.into_iter().chain(own).chain([&superadmin]).collect()
            }
            (other, None) => panic!("{} wants {other}, which is no permission", operation.name),
        };
        for caller in refused {
            let answer = samples.call(caller, &operation).await;
            assert_eq!(answer.status, 403, "{}: {}", operation.name, answer.text());
            answer.problem(403, "forbidden");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_permission_is_let_in() {
    let app = TestApp::start().await;
    let samples = Samples::of(&app).await;
    let mut members = vec![(
        custom(&app).await,
        Permissions::from(CUSTOM.map(str::to_owned).to_vec()),
    )];
    for role in Role::ALL {
        let permissions = role.permissions().iter().copied().collect();
        members.push((app.member(*role).await, permissions));
    }
    for operation in operations() {
        let Some(any) = operation.permission.as_deref().and_then(any_of) else {
            continue;
        };
        for (caller, permissions) in &members {
            let may = any.iter().any(|permission| permissions.contains(*permission));
            let answer = samples.call(caller, &operation).await;
            let told = format!("{}: {} {}", operation.name, answer.status, answer.text());
            assert_eq!(answer.status == 403, !may, "{told}");
            assert!(answer.status != 401 && answer.status < 500, "{told}");
        }
    }
}

/// What the company's own role allows in the walk.
const CUSTOM: [&str; 2] = ["chat.read", "users.read"];

/// Somebody with a role of the company's own.
async fn custom(app: &TestApp) -> Caller {
    app.with_role("turno", "turno@clinica.example").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_refuses_other_methods_and_says_which_there_are() {
    let app = TestApp::start().await;
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations() {
        let known = methods.entry(operation.path).or_default();
        known.insert(operation.method.to_string());
    }
    for (path, known) in methods {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if known.contains(method.as_str()) {
                continue;
            }
            let answer = app.anon().call(method.clone(), &path, None).await;
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
            answer.problem(405, "method_not_allowed");
            let allowed: BTreeSet<String> = answer
                .header("allow")
                .unwrap_or_else(|| panic!("{method} {path} says not what is allowed"))
                .split(", ")
                .map(str::to_owned)
                .collect();
            assert_eq!(allowed, known, "{method} {path}");
        }
    }
}
