//! Making a tenant's database on a server that the platform knows: a copy of a template
//! with a role of its own, attached at once. Shared by the panel and the command line.

use chrono::{DateTime, Utc};
use control::{
    Actor,
    database::{OpenUrlError, TenantDatabase, TenantDatabases},
    server::{Server, ServerId, Servers},
    tenant::Tenants,
};
use pg::{
    DatabaseUrl, DbError, TenantId, migrate,
    server::{Made, Server as DatabaseServer, ServerError},
};

use crate::attach::{AttachError, AttachOptions, Platform, attach};

/// Why no database was made for a tenant.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// It has a database.
    #[error("the tenant has a database already")]
    Attached,
    /// No server of this id, or none at all.
    #[error("the platform knows no such server; add one with `provision server add` or in the panel")]
    NoServer,
    /// The administrator's URL does not open with these keys.
    #[error("the server's URL does not open; is this the MASTER_KEY that sealed it?")]
    Sealed(#[from] OpenUrlError),
    /// The server refused.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// It was made and could not be attached; it was taken away again.
    #[error(transparent)]
    Attach(#[from] AttachError),
    /// The control plane's database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Tries an administrator's URL: version and rights. Returns the server's version.
pub async fn try_server(platform: Platform<'_>, admin: &DatabaseUrl) -> Result<String, ServerError> {
    let server = DatabaseServer::open(platform.connector, admin).await?;
    Ok(server.version().to_owned())
}

/// The administrator's URL of a server; of the default one if none is named.
pub async fn server_url(platform: Platform<'_>, id: Option<ServerId>) -> Result<DatabaseUrl, PlaceError> {
    let mut conn = platform.control.conn().await?;
    let mut servers = Servers::new(&mut conn);
    let found = match id {
        Some(id) => servers.find(id).await?,
        None => servers.default().await?,
    };
    let server: Server = found.ok_or(PlaceError::NoServer)?;
    Ok(server.open_url(platform.keyring)?)
}

/// Makes a database and a role for the tenant and attaches it.
///
/// Both are named after the tenant's id, so that names say nothing to neighbours and a run that
/// was cut short is taken up by the next one. What this run has made is taken away if it fails.
/// Where no template can be used the database is migrated instead.
pub async fn place(
    platform: Platform<'_>,
    tenant: TenantId,
    admin: &DatabaseUrl,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<TenantDatabase, PlaceError> {
    let mut server = DatabaseServer::open(platform.connector, admin).await?;
    let name = database_name(tenant);
    // Whoever makes the same one gives its role another password than ours.
    server.lock(&name).await?;
    let mut conn = platform.control.conn().await?;
    Tenants::new(&mut conn)
        .find(tenant)
        .await?
        .ok_or(PlaceError::UnknownTenant)?;
    if TenantDatabases::new(&mut conn).find(tenant).await?.is_some() {
        return Err(PlaceError::Attached);
    }
    drop(conn);
    let made = make(&mut server, &name).await?;
    let options = AttachOptions { migrate: true };
    let attached = attach(platform, tenant, &made.url, options, actor, now).await;
    if attached.is_err() {
        server.undo(&made).await;
    }
    Ok(attached?)
}

async fn make(server: &mut DatabaseServer<'_>, name: &str) -> Result<Made, ServerError> {
    let template = template_name();
    let copied = match server.ensure_template(&template, tenant::MIGRATIONS).await {
        Ok(()) => {
            server
                .create_database(name, crypto::token::generate(), Some(&template))
                .await
        }
        Err(error) => Err(error),
    };
    match copied {
        Err(error @ (ServerError::Db(_) | ServerError::Migrate(_) | ServerError::Probe(_))) => {
            tracing::warn!(%error, "no template can be used; the database is migrated instead");
            server
                .create_database(name, crypto::token::generate(), None)
                .await
        }
        copied => copied,
    }
}

/// The template of this release's schema.
fn template_name() -> String {
    let latest = migrate::latest(&tenant::MIGRATIONS);
    format!("centralita_template_{latest}_{}", tenant::expected::fingerprint())
}

/// The name of a tenant's database and of its role.
pub fn database_name(tenant: TenantId) -> String {
    format!("centralita_{}", tenant.uuid().simple())
}
