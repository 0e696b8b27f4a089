//! `server add`, `server list`, `server remove`

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use control::{
    Actor,
    server::{
        NewServer, SaveServerError, Server, ServerChanges, Servers, add_server, remove_server, update_server,
    },
};
use pg::PageRequest;
use resolver::place;
use serde_json::{Value, json};

use crate::{
    args::{AddServer, Global, RemoveServer},
    outcome::{Failure, Report},
    platform::{Platform, database_url, place as place_of},
};

/// Adds the server; one of this name gets the new URL.
pub(crate) async fn add(global: &Global, args: &AddServer, now: DateTime<Utc>) -> Result<Report, Failure> {
    let url = database_url("--admin-url (ADMIN_DB_URL)", &args.admin_url)?;
    let platform = Platform::open(global).await?;
    let tried = place::try_server(platform.attaching(), &url).await;
    let version = tried.with_context(|| format!("cannot make databases at {}", place_of(&url)))?;
    let mut conn = platform.db.conn().await?;
    let actor = Actor::command_line();
    let known = Servers::new(&mut conn).find_by_name(args.name.trim()).await?;
    let created = known.is_none();
    let saved = match known {
        None => {
            let wanted = NewServer {
                name: args.name.clone(),
                url,
                server_version: version,
                is_default: args.is_default,
            };
            add_server(&mut conn, &platform.keyring, wanted, &actor, now).await
        }
        Some(known) => {
            let changes = ServerChanges {
                name: None,
                url: Some((url, version)),
                make_default: args.is_default,
            };
            update_server(&mut conn, &platform.keyring, known.id, changes, &actor, now).await
        }
    };
    let server = saved.map_err(|error| match error {
        SaveServerError::InvalidName => Failure::Usage(format!("--name: {error}")),
        error => error.into(),
    })?;
    let line = format!(
        "Databases can be made on {} ({}:{}).",
        server.name, server.host, server.port
    );
    Ok(Report::done(
        line,
        json!({ "server": face(&server), "created": created }),
    ))
}

pub(crate) async fn list(global: &Global) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let page = PageRequest {
        limit: 200,
        cursor: None,
    };
    let servers = Servers::new(&mut platform.db.conn().await?)
        .list(&page)
        .await?
        .items;
    let data = json!({ "servers": servers.iter().map(face).collect::<Vec<_>>() });
    let mut report = match servers.len() {
        0 => Report::done("No server is known; add one with `provision server add`.", data),
        count => Report::done(format!("{count} servers are known."), data),
    };
    for server in &servers {
        let mark = if server.is_default { " (default)" } else { "" };
        let Server {
            name,
            host,
            port,
            server_version,
            ..
        } = server;
        report = report.and(format!(
            "  {name}{mark}: {host}:{port}, Postgres {server_version}"
        ));
    }
    Ok(report)
}

pub(crate) async fn remove(
    global: &Global,
    args: &RemoveServer,
    now: DateTime<Utc>,
) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let server = platform.server(&args.name).await?;
    let mut conn = platform.db.conn().await?;
    remove_server(&mut conn, server.id, &Actor::command_line(), now).await?;
    let line = format!("{} is forgotten; the databases on it stay.", server.name);
    Ok(Report::done(line, json!({ "server": face(&server) })))
}

/// A server as JSON shows it, without its login.
fn face(server: &Server) -> Value {
    json!({
        "id": server.id, "name": server.name, "host": server.host, "port": server.port,
        "server_version": server.server_version, "is_default": server.is_default,
    })
}
