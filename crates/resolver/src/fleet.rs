//! All tenants' databases: looking at them and migrating them, each for itself, so that one
//! that fails keeps no other one waiting.

mod look;
mod migrate;
mod overview;

use std::error::Error;

use control::{
    database::{TenantDatabase, TenantDatabases},
    tenant::{Tenant, TenantFilter, Tenants},
};
use pg::{DbError, ListError, PageRequest};

pub use self::{
    look::{Seen, look},
    migrate::{Canaries, FleetError, FleetRun, Migrated, MigrationPlan, Ring, migrate_fleet},
    overview::{Overview, overview, overviews},
};
use crate::attach::Platform;

/// A tenant that has a database.
#[derive(Debug, Clone)]
pub struct Target {
    /// The tenant.
    pub tenant: Tenant,
    /// Where its database is.
    pub database: TenantDatabase,
}

/// Every tenant that has a database, suspended ones included, the oldest first.
pub async fn targets(platform: Platform<'_>) -> Result<Vec<Target>, DbError> {
    let mut conn = platform.control.conn().await?;
    let mut databases = TenantDatabases::new(&mut conn).all().await?;
    let mut found = Vec::with_capacity(databases.len());
    let mut request = PageRequest {
        limit: 200,
        cursor: None,
    };
    loop {
        let page = Tenants::new(&mut conn)
            .list(&TenantFilter::default(), &request)
            .await
            .map_err(|error| match error {
                ListError::Db(error) => error,
                ListError::Cursor(_) => unreachable!("the cursor is the list's own"),
            })?;
        for tenant in page.items {
            let place = databases
                .iter()
                .position(|database| database.tenant_id == tenant.id);
            if let Some(place) = place {
                let database = databases.swap_remove(place);
                found.push(Target { tenant, database });
            }
        }
        match page.next {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    found.reverse();
    Ok(found)
}

/// The error and its causes in one line. An error that hands its cause's text on as its own is
/// not said twice.
pub fn reason(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if texts.last().is_none_or(|said| !said.ends_with(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ")
}
