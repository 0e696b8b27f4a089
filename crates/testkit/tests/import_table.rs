//! The import table: arrows between crates point one way.
//!
//! `docs/ARCHITECTURE.md` says why; this is the one place that says what. An edge that the
//! table does not have fails here by name. Add it only when the architecture changes.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};

/// A crate of the workspace and the workspace crates that it may use.
const WORKSPACE: [(&str, &[&str]); 21] = [
    // Leaves: each knows one thing and nobody.
    ("egress", &[]),
    ("crypto", &[]),
    ("whatsapp", &[]),
    ("odoo", &["egress"]),
    ("push", &["egress"]),
    ("flows", &[]),
    // Connections; knows hosts and no table.
    ("pg", &["egress"]),
    // Files; knows ids and no table.
    ("media", &["pg"]),
    // Mails; knows what they say and an SMTP server.
    ("mail", &["crypto"]),
    // Data and rules; neither of the two knows the other.
    ("control", &["pg", "crypto"]),
    ("tenant", &["pg", "crypto"]),
    // What joins them.
    ("resolver", &["pg", "crypto", "control", "tenant"]),
    (
        "engine",
        &[
            "pg", "crypto", "control", "tenant", "resolver", "media", "whatsapp", "odoo", "push", "flows",
        ],
    ),
    ("access", &["pg", "crypto", "control", "tenant", "resolver"]),
    // Programs.
    (
        "api",
        &[
            "pg", "crypto", "control", "tenant", "resolver", "access", "engine", "media", "mail", "whatsapp",
            "odoo", "push", "flows",
        ],
    ),
    (
        "provision",
        // `engine` for one thing: a dead letter is replayed by the code that a server applies it with.
        &["pg", "crypto", "control", "tenant", "resolver", "engine"],
    ),
    ("simulator", &["whatsapp"]),
    ("demo", &["pgcluster"]),
    (
        "bench",
        &[
            "pg",
            "crypto",
            "control",
            "tenant",
            "resolver",
            "whatsapp",
            "pgcluster",
        ],
    ),
    // For development.
    ("pgcluster", &[]),
    ("testkit", &["pgcluster"]),
];

/// What tests may use beyond their crate's own row.
const IN_TESTS: &[&str] = &["testkit", "pgcluster", "simulator"];

/// What only these crates' tests may use: `doctor` is tried on a server that runs.
const IN_TESTS_OF: [(&str, &str); 1] = [("provision", "api")];

/// Libraries (a trailing `*` means every name that begins so) and the crates that may use them.
const LIBRARIES: [(&str, &[&str]); 18] = [
    ("actix*", &["api", "simulator"]),
    ("utoipa*", &["api"]),
    ("jsonwebtoken", &["api"]),
    ("diesel*", &["pg", "control", "tenant", "testkit"]),
    ("tokio-postgres*", &["pg", "testkit", "demo", "bench"]),
    ("postgres-protocol", &["pg"]),
    ("ring", &["crypto", "whatsapp", "media", "api", "simulator"]),
    ("object_store", &["media"]),
    ("lettre", &["mail"]),
    ("argon2", &["crypto"]),
    ("bcrypt", &["crypto"]),
    ("totp-rs", &["crypto"]),
    (
        "reqwest",
        // `provision` for `doctor`, which looks at the installation from outside.
        &[
            "whatsapp",
            "media",
            "odoo",
            "push",
            "provision",
            "simulator",
            "demo",
            "bench",
        ],
    ),
    ("config", &["api", "provision"]),
    ("clap", &["api", "provision", "simulator", "demo", "bench"]),
    ("indicatif", &["provision", "demo", "bench"]),
    ("anyhow", &["api", "provision", "simulator", "demo", "bench"]),
    ("nix", &["pgcluster", "testkit", "demo", "bench"]),
];

/// Crates that do no I/O, and the libraries that would do it for them.
const PURE: [(&str, &[&str]); 2] = [
    ("crypto", &["tokio", "futures-util", "url"]),
    ("flows", &["tokio", "futures-util", "serde_path_to_error"]),
];

#[test]
fn every_crate_is_in_the_table() {
    let unknown: Vec<String> = packages()
        .iter()
        .map(name)
        .filter(|name| row(name).is_none())
        .collect();
    assert!(
        unknown.is_empty(),
        "not in the import table: {}",
        unknown.join(", ")
    );
}

#[test]
fn arrows_between_our_crates_point_one_way() {
    let ours = |dependency: &&Dependency| dependency.path.is_some();
    report(&offences(|package, dependency| {
        let allowed = row(&name(package)).unwrap_or_default();
        let known =
            |used: &str| IN_TESTS.contains(&used) || IN_TESTS_OF.contains(&(name(package).as_str(), used));
        let in_tests = dependency.kind == DependencyKind::Development && known(dependency.name.as_str());
        !ours(&dependency) || in_tests || allowed.contains(&dependency.name.as_str())
    }));
}

#[test]
fn libraries_are_used_only_where_they_belong() {
    report(&offences(|package, dependency| {
        dependency.kind == DependencyKind::Development
            || LIBRARIES
                .iter()
                .filter(|(pattern, _)| matches(pattern, &dependency.name))
                .all(|(_, users)| users.contains(&name(package).as_str()))
    }));
}

#[test]
fn pure_crates_do_no_io() {
    report(&offences(|package, dependency| {
        dependency.kind == DependencyKind::Development
            || PURE
                .iter()
                .filter(|(pure, _)| *pure == name(package))
                .all(|(_, banned)| !banned.contains(&dependency.name.as_str()))
    }));
}

#[test]
fn the_table_itself_has_no_circle() {
    let reaches_itself = |start: &str| {
        let mut reached: Vec<&str> = row(start).unwrap_or_default().to_vec();
        let mut next = 0;
        while let Some(current) = reached.get(next).copied() {
            let more = row(current)
                .unwrap_or_default()
                .iter()
                .filter(|name| !reached.contains(name));
            let more: Vec<&str> = more.copied().collect();
            reached.extend(more);
            next += 1;
        }
        reached.contains(&start)
    };
    let circles: Vec<&str> = WORKSPACE
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| reaches_itself(name))
        .collect();
    assert!(
        circles.is_empty(),
        "these crates reach themselves: {}",
        circles.join(", ")
    );
}

/// The edges that `allowed` refuses, in words.
fn offences(allowed: impl Fn(&Package, &Dependency) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages() {
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| !allowed(&package, dependency))
        {
            let kind = match dependency.kind {
                DependencyKind::Development => " (in its tests)",
                DependencyKind::Build => " (in its build)",
                _ => "",
            };
            found.push(format!("{} -> {}{kind}", package.name, dependency.name));
        }
    }
    found
}

fn report(offences: &[String]) {
    assert!(
        offences.is_empty(),
        "edges that the import table does not have:\n  {}",
        offences.join("\n  ")
    );
}

fn row(name: &str) -> Option<&'static [&'static str]> {
    WORKSPACE
        .iter()
        .find(|(row, _)| *row == name)
        .map(|(_, uses)| *uses)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}

fn name(package: &Package) -> String {
    package.name.to_string()
}

/// The workspace's own packages; their declared dependencies are all that is needed, so nothing is resolved or downloaded.
fn packages() -> Vec<Package> {
    let metadata: Metadata = MetadataCommand::new()
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    metadata.packages
}
