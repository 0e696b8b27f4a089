//! Servers on which the platform makes databases, and making one for a tenant. The URL of a
//! server's administrator is written, never read.

use std::time::Instant;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::server::{
    NewServer, Server, ServerChanges, ServerId, Servers, add_server, remove_server, update_server,
};
use crypto::{ExposeSecret, SecretString};
use pg::DatabaseUrl;
use resolver::place::{self, PlaceError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::database::DatabaseBody;
use crate::{
    auth::Platform,
    json::{self, Json, PageQuery, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/servers")
                .route(web::get().to(list_servers))
                .route(web::post().to(post_server)),
        )
        .service(
            crate::routes::resource("/servers/{id}")
                .route(web::patch().to(patch_server))
                .route(web::delete().to(delete_server)),
        )
        .service(crate::routes::resource("/servers/{id}/test").route(web::post().to(post_server_test)))
        .service(
            crate::routes::resource("/tenants/{id}/database/create")
                .route(web::post().to(post_database_create)),
        );
}

/// A server for tenants' databases.
#[derive(Serialize, ToSchema)]
#[schema(as = DatabaseServer)]
pub(crate) struct ServerBody {
    id: String,
    name: String,
    host: String,
    port: i32,
    server_version: String,
    /// Databases are made there when no server is named.
    is_default: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The servers by name.
#[derive(Serialize, ToSchema)]
#[schema(as = DatabaseServerPage)]
pub(crate) struct ServerPage {
    items: Vec<ServerBody>,
    next_cursor: Option<String>,
}

/// A server to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDatabaseServer)]
pub(crate) struct NewServerBody {
    name: String,
    /// Of somebody with CREATEDB and CREATEROLE: `postgres://user:password@host:5432/postgres`
    #[schema(value_type = String)]
    url: SecretString,
    /// The first server is the default anyway.
    is_default: Option<bool>,
}

/// What to change about a server.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DatabaseServerPatch)]
pub(crate) struct ServerPatch {
    name: Option<String>,
    #[schema(value_type = Option<String>)]
    url: Option<SecretString>,
    /// true makes it the default; another one loses the mark.
    is_default: Option<bool>,
}

/// What a server answered that is well.
#[derive(Serialize, ToSchema)]
#[schema(as = DatabaseServerTest)]
pub(crate) struct ServerTestBody {
    server_version: String,
    latency_ms: u64,
}

/// Where to make the database.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDatabaseBody {
    /// The default server if it is left out.
    server_id: Option<String>,
}

impl From<Server> for ServerBody {
    fn from(server: Server) -> Self {
        Self {
            id: server.id.to_string(),
            name: server.name,
            host: server.host,
            port: server.port,
            server_version: server.server_version,
            is_default: server.is_default,
            created_at: server.created_at,
            updated_at: server.updated_at,
        }
    }
}

/// The URL, and the version that the server answers with.
async fn tried(platform: &Platform, url: &SecretString) -> Result<(DatabaseUrl, String), Problem> {
    let url: DatabaseUrl = url.expose_secret().parse()?;
    let version = place::try_server(platform.app.resolver().platform(), &url).await?;
    Ok((url, version))
}

/// The servers.
#[utoipa::path(get, path = "/api/superadmin/servers", tag = "superadmin", params(PageQuery),
    responses((status = 200, body = ServerPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_servers(
    platform: Platform,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<ServerPage>, Problem> {
    let mut conn = platform.conn().await?;
    let found = Servers::new(&mut conn).list(&page.request()?).await?;
    Ok(web::Json(ServerPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Add a server. Its URL is tried first: version, and whether it may create databases and roles.
#[utoipa::path(post, path = "/api/superadmin/servers", tag = "superadmin", request_body = NewServerBody,
    responses((status = 201, body = ServerBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_server(
    platform: Platform,
    Json(body): Json<NewServerBody>,
) -> Result<HttpResponse, Problem> {
    let (url, server_version) = tried(&platform, &body.url).await?;
    let wanted = NewServer {
        name: body.name,
        url,
        server_version,
        is_default: body.is_default.unwrap_or(false),
    };
    let keyring = platform.app.resolver().keyring();
    let mut conn = platform.conn().await?;
    let server = add_server(&mut conn, keyring, wanted, &platform.actor(), platform.now).await?;
    Ok(HttpResponse::Created().json(ServerBody::from(server)))
}

/// Change a server. A new URL is tried first.
#[utoipa::path(patch, path = "/api/superadmin/servers/{id}", tag = "superadmin", params(("id" = String, Path)),
    request_body = ServerPatch, responses((status = 200, body = ServerBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn patch_server(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<ServerPatch>,
) -> Result<web::Json<ServerBody>, Problem> {
    let id: ServerId = json::id(&id)?;
    let url = match &body.url {
        Some(url) => Some(tried(&platform, url).await?),
        None => None,
    };
    let changes = ServerChanges {
        name: body.name,
        url,
        make_default: body.is_default.unwrap_or(false),
    };
    let keyring = platform.app.resolver().keyring();
    let mut conn = platform.conn().await?;
    let server = update_server(&mut conn, keyring, id, changes, &platform.actor(), platform.now).await?;
    Ok(web::Json(server.into()))
}

/// Try a server with the URL that is kept: does it answer, and may databases and roles still be
/// created there? Changes nothing.
#[utoipa::path(post, path = "/api/superadmin/servers/{id}/test", operation_id = "post_server_test",
    tag = "superadmin", params(("id" = String, Path)), responses((status = 200, body = ServerTestBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_server_test(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<ServerTestBody>, Problem> {
    let id: ServerId = json::id(&id)?;
    let resolver = platform.app.resolver();
    let found = Servers::new(&mut platform.conn().await?).find(id).await?;
    let server = found.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    let url = server.open_url(resolver.keyring()).map_err(PlaceError::Sealed)?;
    let begun = Instant::now();
    let server_version = place::try_server(resolver.platform(), &url).await?;
    Ok(web::Json(ServerTestBody {
        server_version,
        latency_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    }))
}

/// Forget a server. The databases on it stay, and stay attached.
#[utoipa::path(delete, path = "/api/superadmin/servers/{id}", tag = "superadmin", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn delete_server(
    platform: Platform,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ServerId = json::id(&id)?;
    let mut conn = platform.conn().await?;
    remove_server(&mut conn, id, &platform.actor(), platform.now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make a database with a role of its own for the tenant and attach it; takes effect at once.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/database/create", tag = "superadmin",
    params(("id" = String, Path)), request_body = CreateDatabaseBody,
    responses((status = 200, body = DatabaseBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_database_create(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<CreateDatabaseBody>,
) -> Result<web::Json<DatabaseBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let server: Option<ServerId> = body.server_id.as_deref().map(json::id).transpose()?;
    let resolver = platform.app.resolver();
    let admin = place::server_url(resolver.platform(), server).await?;
    let actor = platform.actor();
    let placed = place::place(resolver.platform(), tenant.id, &admin, &actor, platform.now).await?;
    resolver.forget();
    platform.app.guard().forget_everybody();
    Ok(web::Json(placed.into()))
}
