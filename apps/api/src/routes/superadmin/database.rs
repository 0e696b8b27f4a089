//! A tenant's database: where it is, trying another one, attaching it.

use actix_web::web;
use chrono::{DateTime, Utc};
use control::database::{TenantDatabase, TenantDatabases};
use crypto::{ExposeSecret, SecretString};
use pg::{DatabaseUrl, migrate::SchemaState};
use resolver::attach::{self, AttachOptions, Inspection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{auth::Platform, json::Json, problem::Problem};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/tenants/{id}/database")
                .route(web::get().to(get_database))
                .route(web::put().to(put_database)),
        )
        .service(
            crate::routes::resource("/tenants/{id}/database/test").route(web::post().to(post_database_test)),
        );
}

/// Where a tenant's database is. The password is never shown.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = TenantDatabase)]
pub(crate) struct DatabaseBody {
    attached: bool,
    host: Option<String>,
    port: Option<i32>,
    database: Option<String>,
    user: Option<String>,
    sslmode: Option<String>,
    server_version: Option<String>,
    updated_at: Option<DateTime<Utc>>,
}

/// A database to try.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseTestBody {
    /// `postgres://user:password@host:5432/database?sslmode=require`
    #[schema(value_type = String)]
    url: SecretString,
}

/// A database to attach.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDatabaseBody {
    /// `postgres://user:password@host:5432/database?sslmode=require`
    #[schema(value_type = String)]
    url: SecretString,
    /// Apply what is missing of the schema first.
    migrate: Option<bool>,
}

/// How the schema compares with this release's.
#[derive(Serialize, ToSchema)]
pub(crate) struct SchemaBody {
    current: Option<String>,
    expected: Option<String>,
    /// current, behind or empty.
    state: String,
}

/// A database that would do.
#[derive(Serialize, ToSchema)]
#[schema(as = DatabaseTest)]
pub(crate) struct DatabaseTestResult {
    ok: bool,
    server_version: String,
    latency_ms: u64,
    schema: SchemaBody,
    /// nobody, or this: it is this tenant's already.
    owner: String,
    /// How many people are in it.
    users: usize,
}

impl From<TenantDatabase> for DatabaseBody {
    fn from(database: TenantDatabase) -> Self {
        Self {
            attached: true,
            host: Some(database.host),
            port: Some(database.port),
            database: Some(database.database_name),
            user: Some(database.user_name),
            sslmode: Some(database.ssl_mode),
            server_version: Some(database.server_version),
            updated_at: Some(database.updated_at),
        }
    }
}

impl From<Inspection> for DatabaseTestResult {
    fn from(inspection: Inspection) -> Self {
        let Inspection {
            server_version,
            latency,
            schema,
            is_ours,
            users,
        } = inspection;
        let state = match schema.state {
            SchemaState::Empty => "empty",
            SchemaState::Behind { .. } => "behind",
            SchemaState::Current | SchemaState::Ahead { .. } => "current",
        };
        Self {
            ok: true,
            server_version,
            latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            schema: SchemaBody {
                current: schema.applied,
                expected: schema.expected,
                state: state.to_owned(),
            },
            owner: if is_ours { "this" } else { "nobody" }.to_owned(),
            users,
        }
    }
}

fn parse(url: &SecretString) -> Result<DatabaseUrl, Problem> {
    Ok(url.expose_secret().parse::<DatabaseUrl>()?)
}

/// Where the tenant's database is.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/database", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = DatabaseBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_database(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<DatabaseBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let found = TenantDatabases::new(&mut platform.conn().await?)
        .find(tenant.id)
        .await?;
    Ok(web::Json(found.map(Into::into).unwrap_or_default()))
}

/// Try a URL: does it connect, is it migrated, whose is it? Changes nothing.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/database/test", tag = "superadmin",
    params(("id" = String, Path)), request_body = DatabaseTestBody,
    responses((status = 200, body = DatabaseTestResult)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_database_test(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<DatabaseTestBody>,
) -> Result<web::Json<DatabaseTestResult>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let url = parse(&body.url)?;
    let inspection = attach::inspect(platform.app.resolver().platform(), tenant.id, &url).await?;
    Ok(web::Json(inspection.into()))
}

/// Make a database the tenant's. It is tried first, and takes effect at once.
#[utoipa::path(put, path = "/api/superadmin/tenants/{id}/database", tag = "superadmin",
    params(("id" = String, Path)), request_body = NewDatabaseBody,
    responses((status = 200, body = DatabaseBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn put_database(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<NewDatabaseBody>,
) -> Result<web::Json<DatabaseBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let url = parse(&body.url)?;
    let options = AttachOptions {
        migrate: body.migrate.unwrap_or(false),
    };
    let resolver = platform.app.resolver();
    let attached = attach::attach(
        resolver.platform(),
        tenant.id,
        &url,
        options,
        &platform.actor(),
        platform.now,
    )
    .await?;
    resolver.forget();
    // Whoever was let in was found in the database before.
    platform.app.guard().forget_everybody();
    Ok(web::Json(attached.into()))
}
