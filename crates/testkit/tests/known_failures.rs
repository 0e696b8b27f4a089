//! `docs/FAILURES.md` names tests that keep known failures away; here its word is taken.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use std::{collections::BTreeSet, fs, path::Path};

/// `(test, file)` of every row: `` `name` (path) ``.
fn named(document: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for row in document.lines().filter(|line| line.starts_with("| ")) {
        for part in row.split("<br>") {
            let Some((before, file)) = part.rsplit_once("` (") else {
                continue;
            };
            let name = before.rsplit('`').next().unwrap();
            let (file, _) = file.split_once(')').unwrap();
            found.insert((name.to_owned(), file.to_owned()));
        }
    }
    found
}

#[test]
fn every_test_that_a_known_failure_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let document = fs::read_to_string(root.join("docs/FAILURES.md")).unwrap();
    let named = named(&document);
    assert!(named.len() > 60, "only {} tests were read", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(name, file)| {
            let source = fs::read_to_string(root.join(file)).unwrap_or_default();
            let lines: Vec<&str> = source.lines().map(str::trim).collect();
            let declared = |line: &&str| line.contains(&format!("fn {name}("));
            let place = lines.iter().position(declared);
            // What is declared under an attribute that runs it.
            !place.is_some_and(|place| {
                let mut above = lines[..place].iter().rev().take_while(|line| !line.is_empty());
                above.any(|line| line.contains("test"))
            })
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/FAILURES.md names tests that are not there: {missing:?}"
    );
}
