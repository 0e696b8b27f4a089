//! What the migrations make of a database, as diesel's `table!` declarations.
//!
//! diesel's own tool for this links libpq; this asks the catalogue through the driver that is
//! here anyway. A crate with a `schema.rs` has one test that calls [`assert_current`].

mod catalog;
mod text;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{runtime, server};

/// The declarations for all tables in the schema `public` of the database at `url`, formatted.
///
/// `tsvector` columns are left out: diesel has no type for them, and only SQL reads them.
/// An array whose column has `CHECK (array_position(column, NULL) IS NULL)` is an array of
/// plain elements, any other one of nullable elements.
pub fn print(url: &str) -> String {
    let catalog = runtime::run(async { catalog::read(&server::connect(url).await).await });
    format(&text::render(&catalog))
}

/// Fails if the file at `path` does not say what the database at `url` holds.
/// With `UPDATE_SCHEMA=1` in the environment it is rewritten first.
pub fn assert_current(path: impl AsRef<Path>, url: &str) {
    let path = path.as_ref();
    let wanted = print(url);
    if std::env::var_os("UPDATE_SCHEMA").is_some_and(|value| value == "1") {
        fs::write(path, &wanted).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == wanted,
        "{} is not what the migrations make; run `UPDATE_SCHEMA=1 cargo test schema` (or `just schema`). It should be:\n{wanted}",
        path.display()
    );
}

/// Passes the text through rustfmt, so that `cargo fmt` has nothing to add.
fn format(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt runs (`rustup component add rustfmt`)");
    rustfmt
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes())
        .expect("rustfmt reads");
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(
        output.status.success(),
        "rustfmt refuses the printed schema:\n{text}"
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
