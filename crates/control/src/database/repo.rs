//! Queries over `tenant_databases`.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DatabaseUrl, DbError, TenantId};

use super::TenantDatabase;
use crate::schema::tenant_databases;

/// Queries over `tenant_databases`.
pub struct TenantDatabases<'c>(&'c mut Conn<Control>);

impl<'c> TenantDatabases<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The tenant's database; `None` if none is attached.
    pub async fn find(&mut self, tenant_id: TenantId) -> Result<Option<TenantDatabase>, DbError> {
        let query = TenantDatabase::query().filter(tenant_databases::tenant_id.eq(tenant_id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Which tenant this database is attached to, whoever logs in to it.
    pub async fn find_by_place(&mut self, url: &DatabaseUrl) -> Result<Option<TenantDatabase>, DbError> {
        let query = TenantDatabase::query()
            .filter(tenant_databases::host.eq(url.host().to_lowercase()))
            .filter(tenant_databases::port.eq(i32::from(url.port())))
            .filter(tenant_databases::database_name.eq(url.database()));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Every attached database, those of suspended tenants included.
    pub async fn all(&mut self) -> Result<Vec<TenantDatabase>, DbError> {
        let query = TenantDatabase::query().order(tenant_databases::tenant_id);
        Ok(query.load(&mut **self.0).await?)
    }

    pub(super) async fn upsert(
        &mut self,
        tenant_id: TenantId,
        url: &DatabaseUrl,
        url_sealed: &str,
        server_version: &str,
        now: DateTime<Utc>,
    ) -> Result<TenantDatabase, DbError> {
        let columns = (
            tenant_databases::url_sealed.eq(url_sealed),
            tenant_databases::host.eq(url.host().to_lowercase()),
            tenant_databases::port.eq(i32::from(url.port())),
            tenant_databases::database_name.eq(url.database()),
            tenant_databases::user_name.eq(url.user()),
            tenant_databases::ssl_mode.eq(url.ssl_mode().as_str()),
            tenant_databases::server_version.eq(server_version),
            tenant_databases::updated_at.eq(now),
        );
        let database = diesel::insert_into(tenant_databases::table)
            .values((tenant_databases::tenant_id.eq(tenant_id), columns.clone()))
            .on_conflict(tenant_databases::tenant_id)
            .do_update()
            .set(columns)
            .returning(TenantDatabase::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(database)
    }
}
