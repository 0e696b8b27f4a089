//! Whose database this is.

use diesel::{prelude::*, sql_types::Bool};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant, TenantId};

use crate::schema::tenant_meta;

/// The database belongs to another tenant.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Somebody else's data is in it.
    #[error("this database belongs to another tenant")]
    OfAnother,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The tenant that owns the database; `None` while it is attached to nobody.
pub async fn owner(conn: &mut Conn<Tenant>) -> Result<Option<TenantId>, DbError> {
    Ok(tenant_meta::table
        .select(tenant_meta::tenant_id)
        .first(&mut **conn)
        .await?)
}

/// Statements that fail in every database but `tenant`'s. The table goes without a schema, so that
/// it is looked for where all the others are.
pub fn only_of(tenant: TenantId) -> String {
    let id = tenant.uuid();
    format!(
        "DO $$ BEGIN \
             IF NOT EXISTS (SELECT FROM tenant_meta WHERE tenant_id = '{id}') THEN \
                 RAISE EXCEPTION 'this database is not the one of tenant {id}'; \
             END IF; \
         END $$"
    )
}

/// Writes `tenant` into a database that is nobody's; succeeds again for the same tenant.
pub async fn claim(conn: &mut Conn<Tenant>, tenant: TenantId) -> Result<(), ClaimError> {
    let claimed = diesel::update(tenant_meta::table)
        .filter(
            tenant_meta::tenant_id
                .is_null()
                .or(tenant_meta::tenant_id.eq(tenant)),
        )
        .set(tenant_meta::tenant_id.eq(tenant))
        .execute(&mut **conn)
        .await
        .map_err(DbError::from)?;
    if claimed == 1 {
        Ok(())
    } else {
        Err(ClaimError::OfAnother)
    }
}

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// No table at all.
    Nothing,
    /// A tenant's schema, of whatever version.
    Tenant,
    /// Tables of something else.
    Foreign,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    tenant: bool,
    #[diesel(sql_type = Bool)]
    anything: bool,
}

/// Looks at the tables that are there, before anything of ours is assumed.
pub async fn contents(conn: &mut Conn<Tenant>) -> Result<Contents, DbError> {
    let found: Found = diesel::sql_query(
        "SELECT to_regclass('public.tenant_meta') IS NOT NULL AS tenant, \
                EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'public' \
                        AND tablename <> '__diesel_schema_migrations') AS anything",
    )
    .get_result(&mut **conn)
    .await?;
    Ok(match found {
        Found { tenant: true, .. } => Contents::Tenant,
        Found { anything: true, .. } => Contents::Foreign,
        Found { .. } => Contents::Nothing,
    })
}
