//! Adds, changes and removes servers. The caller has tried the URL before.

use chrono::{DateTime, Utc};
use crypto::Keyring;
use pg::{Conn, Control, DatabaseUrl, DbError};
use serde_json::json;

use super::{Server, ServerId, Servers, repo::UrlColumns, url_place};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    text,
};

/// The server to add.
#[derive(Debug, Clone)]
pub struct NewServer {
    /// What operators call it.
    pub name: String,
    /// How its administrator logs in.
    pub url: DatabaseUrl,
    /// The version that it answered with.
    pub server_version: String,
    /// Whether databases are made there when no server is named. The first one is the default anyway.
    pub is_default: bool,
}

/// What to change about a server; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct ServerChanges {
    /// Another name.
    pub name: Option<String>,
    /// Another URL, and the version that it answered with.
    pub url: Option<(DatabaseUrl, String)>,
    /// Makes it the default. The mark goes away only by giving it to another one.
    pub make_default: bool,
}

/// Why a server was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveServerError {
    /// There is no such server.
    #[error("there is no such server")]
    Unknown,
    /// The name is empty, too long or has control characters.
    #[error("a server's name has 1 to 120 characters")]
    InvalidName,
    /// Another server has the name.
    #[error("another server has this name")]
    NameTaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a server was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveServerError {
    /// There is no such server.
    #[error("there is no such server")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

fn taken(error: DbError) -> SaveServerError {
    if error.conflicts_with("database_servers_name_key") {
        SaveServerError::NameTaken
    } else {
        error.into()
    }
}

/// Adds a server.
pub async fn add_server(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    wanted: NewServer,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Server, SaveServerError> {
    let name = text::name(&wanted.name).ok_or(SaveServerError::InvalidName)?;
    let id = ServerId::generate();
    let url = columns(keyring, id, &wanted.url, &wanted.server_version);
    conn.transaction(async |tx| {
        let mut servers = Servers::new(tx);
        let is_default = wanted.is_default || !servers.has_any().await?;
        if is_default {
            servers.clear_default(now).await?;
        }
        let inserted = servers.insert(id, &name, &url, is_default, now).await;
        let server = inserted.map_err(taken)?;
        record(tx, "server.added", &server, actor, now).await?;
        Ok(server)
    })
    .await
}

/// Changes a server.
pub async fn update_server(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    id: ServerId,
    changes: ServerChanges,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Server, SaveServerError> {
    let wanted = changes.name.as_deref().map(text::name);
    let name = wanted
        .map(|name| name.ok_or(SaveServerError::InvalidName))
        .transpose()?;
    conn.transaction(async |tx| {
        let mut servers = Servers::new(tx);
        let mut server = servers.find(id).await?.ok_or(SaveServerError::Unknown)?;
        server.name = name.unwrap_or(server.name);
        if changes.make_default && !server.is_default {
            servers.clear_default(now).await?;
            server.is_default = true;
        }
        let url = changes.url.as_ref();
        let url = url.map(|(url, version)| columns(keyring, id, url, version));
        let updated = servers.update(&server, url.as_ref(), now).await;
        let server = updated.map_err(taken)?;
        record(tx, "server.updated", &server, actor, now).await?;
        Ok(server)
    })
    .await
}

/// Forgets a server. The databases on it stay, and stay attached.
pub async fn remove_server(
    conn: &mut Conn<Control>,
    id: ServerId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), RemoveServerError> {
    conn.transaction(async |tx| {
        let removed = Servers::new(tx).delete(id).await?;
        let server = removed.ok_or(RemoveServerError::Unknown)?;
        Ok(record(tx, "server.removed", &server, actor, now).await?)
    })
    .await
}

fn columns<'a>(keyring: &Keyring, id: ServerId, url: &'a DatabaseUrl, version: &'a str) -> UrlColumns<'a> {
    UrlColumns {
        url,
        sealed: keyring.seal(&url_place(id), &url.to_secret()),
        server_version: version,
    }
}

async fn record(
    tx: &mut Conn<Control>,
    action: &str,
    server: &Server,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        at: now,
        actor,
        tenant_id: None,
        action,
        target: Some(server.id.to_string()),
        data: json!({
            "name": server.name,
            "host": server.host,
            "port": server.port,
            "is_default": server.is_default,
        }),
    };
    audit::record(tx, entry).await
}
