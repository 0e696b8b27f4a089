//! Writes a catalogue down as Rust.

use std::fmt::Write;

use super::catalog::{Catalog, Column, Reference, Table};

const HEADER: &str = "// @generated from the migrations; `just schema` rewrites it.\n";

/// Words that cannot name a column in Rust.
const KEYWORDS: [&str; 38] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "override", "priv", "pub", "ref", "return", "static", "type", "use", "where",
    "while",
];

pub(super) fn render(catalog: &Catalog) -> String {
    let mut text = HEADER.to_owned();
    for table in &catalog.tables {
        text.push('\n');
        text.push_str(&declaration(table));
    }
    text.push('\n');
    for reference in catalog
        .references
        .iter()
        .filter(|reference| joinable(reference, catalog))
    {
        let Reference {
            child,
            parent,
            columns,
            ..
        } = reference;
        let _ = writeln!(
            text,
            "diesel::joinable!({child} -> {parent} ({}));",
            columns.join(", ")
        );
    }
    if catalog.tables.len() > 1 {
        let names: Vec<&str> = catalog.tables.iter().map(|table| table.name.as_str()).collect();
        let _ = write!(
            text,
            "\ndiesel::allow_tables_to_appear_in_same_query!({},);\n",
            names.join(", ")
        );
    }
    text
}

fn declaration(table: &Table) -> String {
    let Table {
        name,
        primary_key,
        columns,
    } = table;
    assert!(
        !primary_key.is_empty(),
        "table {name} has no primary key, which diesel needs"
    );
    let keys: Vec<String> = primary_key.iter().map(|key| identifier(key, name)).collect();
    let mut text = format!("diesel::table! {{\n    {name} ({}) {{\n", keys.join(", "));
    for column in columns.iter().filter(|column| column.kind != "tsvector") {
        let identifier = identifier(&column.name, name);
        if identifier != column.name {
            let _ = writeln!(text, "        #[sql_name = \"{}\"]", column.name);
        }
        let _ = writeln!(text, "        {identifier} -> {},", sql_type(column, name));
    }
    text.push_str("    }\n}\n");
    text
}

/// The column's name, unless Rust or the table's own module has taken it.
fn identifier(column: &str, table: &str) -> String {
    if KEYWORDS.contains(&column) || column == table {
        format!("{column}_")
    } else {
        column.to_owned()
    }
}

fn sql_type(column: &Column, table: &str) -> String {
    let kind = match column.kind.as_str() {
        "text" | "varchar" => "Text",
        "timestamptz" => "Timestamptz",
        simple @ ("uuid" | "int2" | "int4" | "int8" | "bool" | "timestamp" | "jsonb" | "json" | "bytea"
        | "date" | "time" | "interval" | "float4" | "float8" | "numeric" | "inet" | "cidr"
        | "citext" | "bpchar") => &capitalised(simple),
        other => panic!(
            "column {table}.{} has the type {other}, which schema::print does not know yet",
            column.name
        ),
    };
    let kind = match &column.array {
        Some(array) if array.nullable_elements => format!("Array<Nullable<{kind}>>"),
        Some(_) => format!("Array<{kind}>"),
        None => kind.to_owned(),
    };
    if column.nullable {
        format!("Nullable<{kind}>")
    } else {
        kind
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// diesel joins by one column to a primary key, and only where there is no second way between the two tables.
fn joinable(reference: &Reference, catalog: &Catalog) -> bool {
    let same_pair = |other: &&Reference| {
        (&other.child, &other.parent) == (&reference.child, &reference.parent)
            || (&other.child, &other.parent) == (&reference.parent, &reference.child)
    };
    let parent = catalog.tables.iter().find(|table| table.name == reference.parent);
    reference.child != reference.parent
        && reference.columns.len() == 1
        && parent.is_some_and(|parent| parent.primary_key == reference.parent_columns)
        && catalog.references.iter().filter(same_pair).count() == 1
}
