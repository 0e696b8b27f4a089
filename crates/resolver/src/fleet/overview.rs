//! What is known of tenants' databases, without asking any of them.

use control::{
    fleet::{Burden, TenantMigration, TenantMigrations, TenantState, TenantStates, burdens},
    tenant::{Tenant, TenantFilter, Tenants},
};
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};

use crate::attach::Platform;

/// What is known of a tenant's database.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The tenant.
    pub tenant: Tenant,
    /// How it did when somebody last looked; `None` if nobody has.
    pub state: Option<TenantState>,
    /// What the newest run of migrations did to it; `None` if none has known it.
    pub migration: Option<TenantMigration>,
    /// What waits for it, and its lines.
    pub burden: Option<Burden>,
}

/// The tenants, newest first, with what is known of their databases.
pub async fn overviews(platform: Platform<'_>, page: &PageRequest) -> Result<Page<Overview>, ListError> {
    let mut conn = platform.control.conn().await?;
    let tenants = Tenants::new(&mut conn)
        .list(&TenantFilter::default(), page)
        .await?;
    let ids: Vec<TenantId> = tenants.items.iter().map(|tenant| tenant.id).collect();
    let known = Known::of(&mut conn, &ids).await?;
    Ok(tenants.map(|tenant| known.about(tenant)))
}

/// What is known of one tenant's database.
pub async fn overview(platform: Platform<'_>, tenant: Tenant) -> Result<Overview, DbError> {
    let mut conn = platform.control.conn().await?;
    let known = Known::of(&mut conn, &[tenant.id]).await?;
    Ok(known.about(tenant))
}

struct Known {
    states: Vec<TenantState>,
    migrations: Vec<TenantMigration>,
    burdens: Vec<Burden>,
}

impl Known {
    async fn of(conn: &mut Conn<Control>, tenants: &[TenantId]) -> Result<Self, DbError> {
        Ok(Self {
            states: TenantStates::new(conn).of(tenants).await?,
            migrations: TenantMigrations::new(conn).last_of(tenants).await?,
            burdens: burdens(conn, tenants).await?,
        })
    }

    fn about(&self, tenant: Tenant) -> Overview {
        let id = tenant.id;
        Overview {
            state: self.states.iter().find(|state| state.tenant_id == id).cloned(),
            migration: self.migrations.iter().find(|row| row.tenant_id == id).cloned(),
            burden: self.burdens.iter().find(|burden| burden.tenant_id == id).cloned(),
            tenant,
        }
    }
}
