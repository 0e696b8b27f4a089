//! What a database's schema is, as a listing of one line per thing, and in what two listings differ.
//!
//! The order of columns is no part of it: it says nothing about what works.

use std::collections::BTreeMap;

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::DbError;

/// One row per table, column, constraint, index, trigger and function of `public`. What belongs to
/// an extension is the extension's, and the list of migrations is compared elsewhere.
const LISTING: &str = "
WITH tables AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname <> '__diesel_schema_migrations'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
)
SELECT line FROM (
    SELECT 'table ' || relname AS line FROM tables
    UNION ALL
    SELECT 'column ' || t.relname || '.' || a.attname || ': ' || format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
        || CASE a.attidentity WHEN 'a' THEN ' IDENTITY ALWAYS' WHEN 'd' THEN ' IDENTITY' ELSE '' END
        || CASE WHEN d.oid IS NULL THEN '' WHEN a.attgenerated = 's'
            THEN ' GENERATED ' || pg_get_expr(d.adbin, d.adrelid)
            ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END
    FROM tables t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL
    SELECT 'constraint ' || t.relname || '.' || k.conname || ': ' || pg_get_constraintdef(k.oid)
    FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
    WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL
    SELECT 'index ' || t.relname || '.' || i.relname || ': ' || pg_get_indexdef(i.oid)
        || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
    FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
    UNION ALL
    SELECT 'trigger ' || t.relname || '.' || g.tgname || ': ' || pg_get_triggerdef(g.oid)
        || CASE g.tgenabled WHEN 'D' THEN ' DISABLED' ELSE '' END
    FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || '): '
        || md5(p.prosrc)
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
) AS listing ORDER BY line COLLATE \"C\"";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The listing of the database, sorted; each line is `kind name: definition`.
pub async fn listing(conn: &mut AsyncPgConnection) -> Result<Vec<String>, DbError> {
    let lines = diesel::sql_query(LISTING).load::<Line>(conn).await?;
    Ok(lines
        .into_iter()
        .map(|row| row.line.replace(['\n', '\r'], " "))
        .collect())
}

/// In what `found` differs from `expected`, a sentence each, sorted by what they are about.
pub fn differences(expected: &[&str], found: &[String]) -> Vec<String> {
    let expected = by_name(expected.iter().copied());
    let found = by_name(found.iter().map(String::as_str));
    let names = expected.keys().chain(found.keys());
    let names: std::collections::BTreeSet<_> = names.collect();
    names
        .into_iter()
        .filter_map(|name| match (expected.get(name), found.get(name)) {
            (Some(wanted), Some(there)) if wanted == there => None,
            (Some(wanted), Some(there)) => Some(format!("{name} is {there} and should be {wanted}")),
            (Some(_), None) => Some(format!("{name} is missing")),
            (None, _) => Some(format!("{name} does not belong there")),
        })
        .collect()
}

/// What comes before the first colon names a thing; a table has nothing else.
fn by_name<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, &'a str> {
    lines
        .map(|line| line.split_once(": ").unwrap_or((line, "")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn a_difference_is_named_by_what_it_is_about() {
        let expected = ["column t.a: integer", "column t.b: text", "table t"];
        let found = ["column t.a: bigint", "column t.c: text", "table t"].map(str::to_owned);
        assert_eq!(
            differences(&expected, &found),
            [
                "column t.a is bigint and should be integer",
                "column t.b is missing",
                "column t.c does not belong there"
            ]
        );
        assert!(differences(&["table t"], &["table t".to_owned()]).is_empty());
    }
}
