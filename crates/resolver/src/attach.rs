//! Trying a database URL and attaching it to a tenant: shared by the panel and
//! the command line.

use std::time::Duration;

use chrono::{DateTime, Utc};
use control::{
    Actor,
    database::{AttachDatabaseError, TenantDatabase, attach_database},
    tenant::Tenants,
};
use crypto::Keyring;
use pg::{
    Connector, Control, DatabaseUrl, Db, DbError, TenantId,
    migrate::{self, MigrateError, SchemaState, SchemaStatus},
    probe::{self, ProbeError},
};
use tenant::{
    meta::{self, ClaimError, Contents},
    user::Users,
};

/// What a database turned out to be.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Version of the server.
    pub server_version: String,
    /// From the first byte to the first answer.
    pub latency: Duration,
    /// How its schema compares with this release's.
    pub schema: SchemaStatus,
    /// Whether it carries this tenant's id already.
    pub is_ours: bool,
    /// How many people are in it.
    pub users: usize,
}

/// Why a database cannot be a tenant's.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It is the control plane's own.
    #[error("this is the control plane's own database; every tenant needs one of its own")]
    IsControl,
    /// It cannot be reached or logged in to.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// It holds tables of something else.
    #[error("this database holds tables of something else; use an empty one")]
    Foreign,
    /// It carries another tenant's id.
    #[error("this database belongs to another tenant")]
    OfAnother,
    /// A newer release migrated it.
    #[error("a newer release has migrated this database; update this server first")]
    Ahead,
    /// It failed while being looked at.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a database was not attached.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// It is no database for this tenant.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// It has no schema yet, and migrating it was not asked for.
    #[error("this database is not migrated yet; run `provision tenant migrate` or let the panel do it")]
    NotMigrated,
    /// Its schema is older, and migrating it was not asked for.
    #[error("this database lacks migrations; run `provision tenant migrate` or let the panel do it")]
    Behind,
    /// Migrating it failed.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The control plane's database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What to do besides attaching.
#[derive(Debug, Clone, Copy, Default)]
pub struct AttachOptions {
    /// Apply what is missing of the schema first.
    pub migrate: bool,
}

/// Where attaching happens: the platform's own database and keys.
#[derive(Clone, Copy)]
pub struct Platform<'a> {
    /// What opens connections.
    pub connector: &'a Connector,
    /// The control plane.
    pub control: &'a Db<Control>,
    /// Where that is.
    pub control_url: &'a DatabaseUrl,
    /// What seals the URL.
    pub keyring: &'a Keyring,
}

/// Connects to `url` and looks at what is there; changes nothing.
pub async fn inspect(
    platform: Platform<'_>,
    tenant: TenantId,
    url: &DatabaseUrl,
) -> Result<Inspection, InspectError> {
    if url.same_database(platform.control_url) {
        return Err(InspectError::IsControl);
    }
    let probed = probe::probe(platform.connector, url).await?;
    let db: Db<pg::Tenant> = Db::new(platform.connector, url, 1);
    let mut conn = db.conn().await?;
    let mut inspection = Inspection {
        server_version: probed.server_version,
        latency: probed.latency,
        schema: migrate::status(&mut conn, &tenant::MIGRATIONS).await?,
        is_ours: false,
        users: 0,
    };
    match meta::contents(&mut conn).await? {
        Contents::Foreign => return Err(InspectError::Foreign),
        Contents::Nothing => return Ok(inspection),
        Contents::Tenant => {}
    }
    if let SchemaState::Ahead { .. } = inspection.schema.state {
        return Err(InspectError::Ahead);
    }
    match meta::owner(&mut conn).await? {
        Some(owner) if owner != tenant => return Err(InspectError::OfAnother),
        owner => inspection.is_ours = owner.is_some(),
    }
    inspection.users = Users::new(&mut conn).emails().await?.len();
    Ok(inspection)
}

/// Makes the database at `url` the tenant's: inspects it, migrates it if asked
/// to, writes the tenant's id into it, and keeps the URL sealed. The people who
/// are in it can log in from then on.
pub async fn attach(
    platform: Platform<'_>,
    tenant: TenantId,
    url: &DatabaseUrl,
    options: AttachOptions,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<TenantDatabase, AttachError> {
    Tenants::new(&mut platform.control.conn().await?)
        .find(tenant)
        .await?
        .ok_or(AttachError::UnknownTenant)?;
    let inspection = inspect(platform, tenant, url).await?;
    match inspection.schema.state {
        SchemaState::Current | SchemaState::Ahead { .. } => {}
        SchemaState::Empty if !options.migrate => return Err(AttachError::NotMigrated),
        SchemaState::Behind { .. } if !options.migrate => return Err(AttachError::Behind),
        SchemaState::Empty | SchemaState::Behind { .. } => {
            migrate::run(platform.connector, url, tenant::MIGRATIONS, |_done, _total| {}).await?;
        }
    }
    let db: Db<pg::Tenant> = Db::new(platform.connector, url, 1);
    let mut conn = db.conn().await?;
    meta::claim(&mut conn, tenant)
        .await
        .map_err(|error| match error {
            ClaimError::OfAnother => AttachError::Inspect(InspectError::OfAnother),
            ClaimError::Db(error) => AttachError::Db(error),
        })?;
    let emails = Users::new(&mut conn).emails().await?;
    let attached = attach_database(
        &mut platform.control.conn().await?,
        platform.keyring,
        tenant,
        url,
        &inspection.server_version,
        &emails,
        actor,
        now,
    )
    .await;
    attached.map_err(|error| match error {
        AttachDatabaseError::UnknownTenant => AttachError::UnknownTenant,
        AttachDatabaseError::TakenByAnother => AttachError::Inspect(InspectError::OfAnother),
        AttachDatabaseError::Db(error) => AttachError::Db(error),
    })
}
