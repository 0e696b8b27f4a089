//! What a database holds, before it is taken for the control plane's.

use diesel::{QueryableByName, sql_types::Bool};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError};

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// No table at all.
    Nothing,
    /// The control plane's schema, of whatever version.
    Control,
    /// Tables of something else, such as a tenant's.
    Foreign,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    control: bool,
    #[diesel(sql_type = Bool)]
    anything: bool,
}

/// Looks at the tables that are there. Migrations alone do not tell: those of
/// a tenant's database may bear the same dates. The list of migrations is no
/// content, as it is there before the first one succeeds.
pub async fn contents(conn: &mut Conn<Control>) -> Result<Contents, DbError> {
    let found: Found = diesel::sql_query(
        "SELECT to_regclass('public.tenant_databases') IS NOT NULL AS control, \
                EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'public' \
                        AND tablename <> '__diesel_schema_migrations') AS anything",
    )
    .get_result(&mut **conn)
    .await?;
    Ok(match found {
        Found { control: true, .. } => Contents::Control,
        Found { anything: true, .. } => Contents::Foreign,
        Found { .. } => Contents::Nothing,
    })
}
