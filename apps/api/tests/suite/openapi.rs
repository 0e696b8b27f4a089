//! The description of the API: kept in the repository for the web, and complete.

use std::{collections::BTreeSet, fs, path::Path};

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
