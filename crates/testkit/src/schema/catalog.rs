//! Reads tables, columns and keys from the system catalogue.

use tokio_postgres::Client;

/// The tables of a database, by name.
pub(super) struct Catalog {
    pub(super) tables: Vec<Table>,
    pub(super) references: Vec<Reference>,
}

pub(super) struct Table {
    pub(super) name: String,
    pub(super) primary_key: Vec<String>,
    pub(super) columns: Vec<Column>,
}

pub(super) struct Column {
    pub(super) name: String,
    /// The type's name in the catalogue; an array's element type.
    pub(super) kind: String,
    pub(super) nullable: bool,
    pub(super) array: Option<Array>,
}

pub(super) struct Array {
    pub(super) nullable_elements: bool,
}

/// A foreign key: `columns` of `child` name a row of `parent`.
pub(super) struct Reference {
    pub(super) child: String,
    pub(super) parent: String,
    pub(super) columns: Vec<String>,
    pub(super) parent_columns: Vec<String>,
}

/// Partitions are left out (their parent stands for them), and so is what belongs to diesel or to an extension.
const TABLES: &str = "
    SELECT c.relname::text, coalesce((
        SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary), '{}')
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> '__diesel_schema_migrations'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname COLLATE \"C\"";

const COLUMNS: &str = "
    SELECT a.attname::text, coalesce(e.typname, t.typname)::text, NOT a.attnotnull, e.oid IS NOT NULL, EXISTS (
        SELECT 1 FROM pg_constraint k
        WHERE k.conrelid = a.attrelid AND k.contype = 'c'
            AND pg_get_constraintdef(k.oid) LIKE '%array_position(' || quote_ident(a.attname) || ', NULL%IS NULL%')
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    WHERE a.attrelid = ('public.' || quote_ident($1))::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum";

const REFERENCES: &str = "
    SELECT child.relname::text, parent.relname::text,
        (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY k(number, place)
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number),
        (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY k(number, place)
            JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number)
    FROM pg_constraint f
    JOIN pg_class child ON child.oid = f.conrelid
    JOIN pg_class parent ON parent.oid = f.confrelid
    WHERE f.contype = 'f' AND f.conparentid = 0 AND f.connamespace = 'public'::regnamespace
    ORDER BY child.relname COLLATE \"C\", parent.relname COLLATE \"C\", f.conkey";

pub(super) async fn read(client: &Client) -> Catalog {
    let mut tables = Vec::new();
    for row in client.query(TABLES, &[]).await.unwrap() {
        let name: String = row.get(0);
        let columns = columns(client, &name).await;
        tables.push(Table {
            name,
            primary_key: row.get(1),
            columns,
        });
    }
    let references = client.query(REFERENCES, &[]).await.unwrap();
    let references = references.iter().map(|row| Reference {
        child: row.get(0),
        parent: row.get(1),
        columns: row.get(2),
        parent_columns: row.get(3),
    });
    Catalog {
        tables,
        references: references.collect(),
    }
}

async fn columns(client: &Client, table: &str) -> Vec<Column> {
    let rows = client.query(COLUMNS, &[&table]).await.unwrap();
    let column = |row: &tokio_postgres::Row| Column {
        name: row.get(0),
        kind: row.get(1),
        nullable: row.get(2),
        array: row.get::<_, bool>(3).then(|| Array {
            nullable_elements: !row.get::<_, bool>(4),
        }),
    };
    rows.iter().map(column).collect()
}
