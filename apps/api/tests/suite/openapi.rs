//! The description of the API: kept in the repository for the web, and complete.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::walk::operations;

#[test]
fn the_description_that_the_web_builds_on_is_the_servers_own() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi.json");
    let wanted = api::openapi::document();
    if std::env::var_os("UPDATE_OPENAPI").is_some_and(|value| value == "1") {
        fs::write(path, &wanted).unwrap();
    }
    let found = fs::read_to_string(path).unwrap();
    assert!(
        found == wanted,
        "apps/web/openapi.json is not what the handlers say; run `UPDATE_OPENAPI=1 cargo test -p api openapi`, \
         then `npm run gen:api` in apps/web"
    );
}

/// Pages and documents, which are no operations.
const PAGES: [&str; 3] = ["GET /privacy", "GET /terms", "GET /data-deletion"];

#[test]
fn every_route_is_described_and_every_description_has_a_route() {
    let described: BTreeSet<String> = operations().into_iter().map(|operation| operation.name).collect();
    let pages = PAGES.map(str::to_owned);
    let served: BTreeSet<String> = routes()
        .into_iter()
        .filter(|route| !pages.contains(route))
        .collect();
    assert_eq!(served, described);
}

/// `METHOD /path` of everything that the routes' source registers. actix-web cannot be asked.
fn routes() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/routes");
    let mut found = BTreeSet::new();
    let mut folders = vec![(root, "")];
    while let Some((folder, inherited)) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let prefix = match (inherited, name.as_str()) {
                ("", "health" | "webhook" | "pages" | "debug") => "",
                ("", "superadmin") => "/api/superadmin",
                ("", _) => "/api",
                (inherited, _) => inherited,
            };
            if path.is_dir() {
                folders.push((path, prefix));
            } else {
                found.extend(registered(&fs::read_to_string(path).unwrap(), prefix));
            }
        }
    }
    found
}

fn registered(source: &str, prefix: &str) -> Vec<String> {
    let source: String = source.split_whitespace().collect();
    let mut found = Vec::new();
    for part in source.split("resource(\"").skip(1) {
        let (path, rest) = part.split_once('"').unwrap();
        let routes = rest.split(".route(web::").skip(1);
        let methods = routes.filter_map(|part| Some(part.split_once("()")?.0));
        // HEAD is GET without the body.
        let methods = methods.filter(|method| *method != "head");
        found.extend(methods.map(|method| format!("{} {prefix}{path}", method.to_uppercase())));
    }
    found
}

/// Words that name a place on the network.
const PLACE: [&str; 15] = [
    "url", "uri", "host", "hostname", "hosts", "endpoint", "domain", "server", "origin", "proxy", "webhook",
    "callback", "redirect", "smtp", "port",
];

/// Everything that a request may say of a place. `crates/egress` judges where the platform connects to;
/// pictures are only shown, by browsers and by WhatsApp.
const PLACES: [&str; 11] = [
    "PATCH /api/services/{id}: image_url",
    "PATCH /api/superadmin/servers/{id}: url",
    // A browser's own, judged before each connection; what goes there it alone can read.
    "POST /api/push/subscriptions/remove: endpoint",
    "POST /api/push/subscriptions: endpoint",
    "POST /api/services: image_url",
    "POST /api/superadmin/servers: url",
    "POST /api/superadmin/tenants/{id}/database/create: server_id",
    "POST /api/superadmin/tenants/{id}/database/test: url",
    "PUT /api/superadmin/tenants/{id}/branding: logo_url",
    "PUT /api/superadmin/tenants/{id}/database: url",
    "PUT /api/superadmin/tenants/{id}/odoo: base_url",
];

#[test]
fn nobody_of_a_company_says_where_a_secret_goes() {
    let document: Value = serde_json::from_str(&api::openapi::document()).unwrap();
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let mut names = BTreeSet::new();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            names.extend(parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()));
            properties(&document, &operation["requestBody"], &mut Vec::new(), &mut names);
            let is_place = |name: &&String| name.split(['_', '.', '-']).any(|word| PLACE.contains(&word));
            let method = method.to_uppercase();
            found.extend(
                names
                    .iter()
                    .filter(is_place)
                    .map(|name| format!("{method} {path}: {name}")),
            );
        }
    }
    let known: BTreeSet<String> = PLACES.map(str::to_owned).into();
    assert_eq!(found, known);
}

/// The names of all that a schema holds, however deep.
fn properties(document: &Value, schema: &Value, above: &mut Vec<String>, names: &mut BTreeSet<String>) {
    match schema {
        Value::Array(parts) => {
            for part in parts {
                properties(document, part, above, names);
            }
        }
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str)
                && !above.iter().any(|seen| seen == name)
            {
                above.push(name.to_owned());
                let target = document.pointer(name.trim_start_matches('#')).unwrap();
                properties(document, target, above, names);
                above.pop();
            }
            if let Some(held) = members.get("properties").and_then(Value::as_object) {
                names.extend(held.keys().cloned());
            }
            for part in members.values() {
                properties(document, part, above, names);
            }
        }
        _ => {}
    }
}
