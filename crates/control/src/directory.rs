//! Which tenants an e-mail may log in to. Passwords live in the tenants' own
//! databases; this only says which of them to ask.

use diesel::{ExpressionMethods, HasQuery, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, Email, TenantId};

use crate::{
    schema::{login_directory, tenants},
    tenant::Tenant,
};

/// Entries per statement; each takes two of Postgres' 65,535 parameters.
const BATCH: usize = 5_000;

/// Queries over `login_directory`.
pub struct Directory<'c>(&'c mut Conn<Control>);

impl<'c> Directory<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The tenants that have a user with this e-mail, suspended ones included.
    pub async fn tenants_of(&mut self, email: &Email) -> Result<Vec<Tenant>, DbError> {
        let ids = login_directory::table
            .filter(login_directory::email.eq(email))
            .select(login_directory::tenant_id);
        let query = Tenant::query()
            .filter(tenants::id.eq_any(ids))
            .order((tenants::name, tenants::id));
        Ok(query.load(&mut **self.0).await?)
    }

    /// Adds an entry, unless it is there already.
    pub async fn add(&mut self, email: &Email, tenant_id: TenantId) -> Result<(), DbError> {
        self.insert(tenant_id, std::slice::from_ref(email)).await
    }

    /// Removes an entry, if it is there.
    pub async fn remove(&mut self, email: &Email, tenant_id: TenantId) -> Result<(), DbError> {
        let entry = login_directory::table
            .filter(login_directory::email.eq(email))
            .filter(login_directory::tenant_id.eq(tenant_id));
        diesel::delete(entry).execute(&mut **self.0).await?;
        Ok(())
    }

    /// Makes these the tenant's entries, all at once.
    pub async fn replace(&mut self, tenant_id: TenantId, emails: &[Email]) -> Result<(), DbError> {
        self.0
            .transaction(async |tx| {
                let mut directory = Directory::new(tx);
                directory.clear(tenant_id).await?;
                for batch in emails.chunks(BATCH) {
                    directory.insert(tenant_id, batch).await?;
                }
                Ok(())
            })
            .await
    }

    async fn clear(&mut self, tenant_id: TenantId) -> Result<(), DbError> {
        let entries = login_directory::table.filter(login_directory::tenant_id.eq(tenant_id));
        diesel::delete(entries).execute(&mut **self.0).await?;
        Ok(())
    }

    async fn insert(&mut self, tenant_id: TenantId, emails: &[Email]) -> Result<(), DbError> {
        let rows: Vec<_> = emails
            .iter()
            .map(|email| {
                (
                    login_directory::email.eq(email),
                    login_directory::tenant_id.eq(tenant_id),
                )
            })
            .collect();
        diesel::insert_into(login_directory::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }
}
