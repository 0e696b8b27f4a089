//! Whose database this is.

use diesel::prelude::*;
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
