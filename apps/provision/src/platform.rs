//! The control plane as the commands reach it, with sentences for what is
//! missing or wrong.

use anyhow::{Context as _, anyhow};
use control::{
    contents::{Contents, contents},
    server::{Server, Servers},
    tenant::{Tenant, Tenants},
};
use crypto::{ExposeSecret, Keyring, MasterKey, SecretString};
use pg::{
    Connector, Control, DatabaseUrl, Db,
    migrate::{self, SchemaState},
    probe,
};
use resolver::attach;

use crate::{args::Global, outcome::Failure};

/// Connections to the control plane: many databases are worked on at once, and each has something to note.
const CONTROL_CONNECTIONS: usize = 4;

/// The control plane: its database, migrated, and the keys.
pub(crate) struct Platform {
    pub(crate) connector: Connector,
    pub(crate) db: Db<Control>,
    pub(crate) url: DatabaseUrl,
    pub(crate) keyring: Keyring,
}

impl Platform {
    /// Connects to the control plane, which must be migrated.
    pub(crate) async fn open(global: &Global) -> Result<Self, Failure> {
        let url = control_url(global)?;
        let keyring = keyring(global)?;
        let connector = Connector::current();
        let db = open_control(&connector, &url).await?;
        Ok(Self {
            connector,
            db,
            url,
            keyring,
        })
    }

    /// What attaching a database needs.
    pub(crate) fn attaching(&self) -> attach::Platform<'_> {
        attach::Platform {
            connector: &self.connector,
            control: &self.db,
            control_url: &self.url,
            keyring: &self.keyring,
        }
    }

    /// The server with this name.
    pub(crate) async fn server(&self, name: &str) -> Result<Server, Failure> {
        let found = Servers::new(&mut self.db.conn().await?)
            .find_by_name(name)
            .await?;
        Ok(found.ok_or_else(|| anyhow!("there is no server {name:?}; see `provision server list`"))?)
    }

    /// The tenant with this slug.
    pub(crate) async fn tenant(&self, slug: &str) -> Result<Tenant, Failure> {
        let found = Tenants::new(&mut self.db.conn().await?)
            .find_by_slug(slug)
            .await?;
        let missing =
            || anyhow!("there is no tenant with the slug {slug:?}; create it with `provision tenant create`");
        Ok(found.ok_or_else(missing)?)
    }
}

/// Where the control plane is.
pub(crate) fn control_url(global: &Global) -> Result<DatabaseUrl, Failure> {
    let missing = "give the control plane's database as CONTROL_DB_URL or --control-db-url";
    let text = given(global.control_db_url.as_ref()).ok_or_else(|| Failure::Usage(missing.to_owned()))?;
    database_url("the control plane's database (CONTROL_DB_URL)", text)
}

/// A pool over the control plane, after making sure that it is one, and current.
pub(crate) async fn open_control(connector: &Connector, url: &DatabaseUrl) -> Result<Db<Control>, Failure> {
    probe::probe(connector, url)
        .await
        .with_context(|| format!("cannot use the control plane's database at {}", place(url)))?;
    let db: Db<Control> = Db::new(connector, url, CONTROL_CONNECTIONS);
    let mut conn = db.conn().await?;
    let held = contents(&mut conn).await?;
    if held == Contents::Foreign {
        return Err(not_control(url));
    }
    let state = migrate::status(&mut conn, &control::MIGRATIONS).await?.state;
    drop(conn);
    match state {
        SchemaState::Current => Ok(db),
        SchemaState::Empty | SchemaState::Behind { .. } => Err(anyhow!(
            "the control plane's database is not up to date; run `provision control migrate`"
        )
        .into()),
        SchemaState::Ahead { unknown } => Err(ahead("the control plane's database", &unknown)),
    }
}

/// The database holds something else.
pub(crate) fn not_control(url: &DatabaseUrl) -> Failure {
    anyhow!(
        "the database at {} holds tables of something else, perhaps a tenant's; the control plane needs one of its own",
        place(url)
    )
    .into()
}

/// A newer release was here.
pub(crate) fn ahead(what: &str, unknown: &str) -> Failure {
    anyhow!("{what} has migration {unknown}, which this release does not know; use the newer release that put it there")
        .into()
}

/// The keys that seal and open secrets.
pub(crate) fn keyring(global: &Global) -> Result<Keyring, Failure> {
    let missing = "give the master key as MASTER_KEY (32 bytes as base64 or 64 hex digits)";
    let current = given(global.master_key.as_ref()).ok_or_else(|| Failure::Usage(missing.to_owned()))?;
    let parse = |name: &str, text: &str| {
        MasterKey::parse(text).map_err(|error| Failure::Usage(format!("{name}: {error}")))
    };
    let previous = given(global.master_key_previous.as_ref()).map_or("", ExposeSecret::expose_secret);
    let previous: Result<Vec<_>, _> = previous
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| parse("MASTER_KEY_PREVIOUS", text))
        .collect();
    Ok(Keyring::new(
        parse("MASTER_KEY", current.expose_secret())?,
        previous?,
    ))
}

/// A secret that is not empty: an empty variable counts as unset.
pub(crate) fn given(secret: Option<&SecretString>) -> Option<&SecretString> {
    secret.filter(|secret| !secret.expose_secret().trim().is_empty())
}

/// Reads a URL; the sentence says what is wrong with it and does not repeat it.
pub(crate) fn database_url(what: &str, text: &SecretString) -> Result<DatabaseUrl, Failure> {
    let wrong = |error| Failure::Usage(format!("{what}: {error}"));
    text.expose_secret().parse().map_err(wrong)
}

/// Where a database is, without its login.
pub(crate) fn place(url: &DatabaseUrl) -> String {
    format!("{}:{}/{}", url.host(), url.port(), url.database())
}
