//! What a tenant's database looks like when this release's migrations have been applied.

use std::sync::OnceLock;

/// One line per table, column, constraint, index, trigger and function, as
/// [`pg::catalog::listing`] gives them. A test keeps it true.
const LISTING: &str = include_str!("expected.txt");

/// The listing's lines, sorted.
pub fn schema() -> &'static [&'static str] {
    static LINES: OnceLock<Vec<&'static str>> = OnceLock::new();
    LINES.get_or_init(|| LISTING.lines().collect())
}

/// The name of the schema: another one as soon as anything in it changes, at most 16 letters and digits.
pub fn fingerprint() -> &'static str {
    static FINGERPRINT: OnceLock<String> = OnceLock::new();
    FINGERPRINT.get_or_init(|| {
        let mut name = hex::encode(crypto::token::digest(LISTING));
        name.truncate(16);
        name
    })
}
