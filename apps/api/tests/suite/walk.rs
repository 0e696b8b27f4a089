//! Every operation of the description, called by everybody who must not call it.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tenant::{
    role::Permissions,
    user::{Permission, Role},
};

use crate::{caller::Caller, test_app::TestApp, walk_samples::Samples};

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
            let answer = samples.call(caller, &operation).await;
            let told = format!("{}: {} {}", operation.name, answer.status, answer.text());
            let may = any.iter().any(|permission| permissions.contains(*permission));
            // Where one of several is enough, what is written may ask for a certain one.
            assert!((answer.status == 403) != may || (may && any.len() > 1), "{told}");
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
