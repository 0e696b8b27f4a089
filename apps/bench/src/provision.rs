//! Tenants, their databases and lines, made by the use cases that `provision` runs.

use anyhow::Context;
use chrono::{DateTime, Utc};
use control::{
    Actor,
    channel::{NewChannel, create_channel},
    tenant::{NewTenant, Plan, create_tenant},
};
use crypto::{Keyring, MasterKey, SecretString};
use futures_util::{StreamExt, TryStreamExt, stream};
use pg::{Connector, Control, DatabaseUrl, Db, migrate};
use pgcluster::{Cluster, random_hex};
use resolver::attach::{self, AttachOptions};
use tenant::user::seed_admin;

use crate::{sql, webhook::Line};

/// The control plane's database.
pub const CONTROL: &str = "control";
/// The migrated database that tenants' are copied from.
pub const TEMPLATE: &str = "tenant_template";
/// The password of every admin here.
pub const PASSWORD: &str = "bench-password-1";
/// Tenants made at the same time.
const AT_ONCE: usize = 4;

/// A tenant as the tools need it.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its short name.
    pub slug: String,
    /// Where its data is.
    pub url: String,
    /// Its one line.
    pub line: Line,
    /// Its admin's e-mail, if it has an admin.
    pub admin: Option<String>,
}

/// The control plane and the keys around it.
pub struct Platform {
    connector: Connector,
    db: Db<Control>,
    url: DatabaseUrl,
    keyring: Keyring,
    /// The key that seals, as the server is told it.
    pub master_key: String,
    /// The secret that signs every webhook.
    pub app_secret: SecretString,
}

/// What a tenant is made with.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Which cluster its database is in.
    pub cluster: &'a Cluster,
    /// Its number, from 0.
    pub index: usize,
    /// Whether somebody can log in.
    pub with_admin: bool,
    /// Whether the line has an app secret of its own (the same one) instead of relying on the platform's.
    pub own_secret: bool,
    /// Whether the line has a token to send with: [`token`].
    pub sends: bool,
}

/// The token of a line that sends.
pub fn token(phone_number_id: &str) -> String {
    format!("EAAbench{phone_number_id}")
}

impl Platform {
    /// Makes the control plane's database in `cluster`.
    pub async fn create(cluster: &Cluster, app_secret: &str) -> anyhow::Result<Self> {
        let server = sql::connect(&cluster.url("postgres")).await?;
        server
            .batch_execute(&format!("CREATE DATABASE {CONTROL}"))
            .await?;
        let connector = Connector::current();
        let url: DatabaseUrl = cluster.url(CONTROL).parse()?;
        migrate::run(&connector, &url, control::MIGRATIONS, |_done, _total| {}).await?;
        let master_key = random_hex(32)?;
        Ok(Self {
            db: Db::new(&connector, &url, AT_ONCE + 1),
            keyring: Keyring::new(MasterKey::parse(&master_key)?, Vec::new()),
            connector,
            url,
            master_key,
            app_secret: app_secret.into(),
        })
    }

    /// Makes the migrated template in a cluster that will hold tenants.
    pub async fn template(&self, cluster: &Cluster) -> anyhow::Result<()> {
        let server = sql::connect(&cluster.url("postgres")).await?;
        server
            .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
            .await?;
        let url: DatabaseUrl = cluster.url(TEMPLATE).parse()?;
        migrate::run(&self.connector, &url, tenant::MIGRATIONS, |_done, _total| {}).await?;
        // Copying needs it to itself; the migration's connection may still be closing.
        let close = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        server.execute(close, &[&TEMPLATE]).await?;
        Ok(())
    }

    /// Makes these tenants, a few at a time, in their order.
    pub async fn tenants(&self, wanted: Vec<Wanted<'_>>) -> anyhow::Result<Vec<Tenant>> {
        stream::iter(wanted.into_iter().map(|wanted| self.tenant(wanted)))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn tenant(&self, wanted: Wanted<'_>) -> anyhow::Result<Tenant> {
        let index = wanted.index;
        let slug = format!("tenant-{index}");
        let name = format!("tenant_{index}");
        copy(wanted.cluster, &name).await?;
        let text = wanted.cluster.url(&name);
        let url: DatabaseUrl = text.parse()?;
        let (actor, now) = (Actor::command_line(), now());
        let admin = wanted.with_admin.then(|| format!("admin-{index}@bench.example"));
        if let Some(email) = &admin {
            let db: Db<pg::Tenant> = Db::new(&self.connector, &url, 1);
            let (email, password) = (email.parse()?, PASSWORD.into());
            seed_admin(&mut db.conn().await?, &email, "Admin", &password, now).await?;
        }
        let plan = NewTenant {
            name: format!("Tenant {index}"),
            slug: slug.clone(),
            plan: Plan::Scale,
        };
        let created = create_tenant(&mut self.db.conn().await?, plan, &actor, now).await?;
        let platform = attach::Platform {
            connector: &self.connector,
            control: &self.db,
            control_url: &self.url,
            keyring: &self.keyring,
        };
        attach::attach(platform, created.id, &url, AttachOptions::default(), &actor, now)
            .await
            .with_context(|| format!("cannot attach {name}"))?;
        let phone_number_id = format!("{}", 800_000_000_000_000 + index);
        let waba_id = format!("{}", 700_000_000_000_000 + index);
        let number = format!("5255{index:08}");
        let line = NewChannel {
            display_name: number.clone(),
            phone_number_id: phone_number_id.clone(),
            waba_id: Some(waba_id.clone()),
            display_phone_number: Some(number.clone()),
            verify_token: None,
            wa_token: wanted.sends.then(|| token(&phone_number_id).into()),
            app_secret: wanted.own_secret.then(|| self.app_secret.clone()),
            app_id: None,
            is_active: true,
            is_default: true,
        };
        let mut conn = self.db.conn().await?;
        let channel = create_channel(&mut conn, &self.keyring, created.id, line, &actor, now).await?;
        Ok(Tenant {
            slug,
            url: text,
            line: Line {
                phone_number_id,
                waba_id,
                number,
                channel: channel.id.to_string(),
            },
            admin,
        })
    }
}

/// Makes a database as migrations leave it.
pub async fn copy(cluster: &Cluster, name: &str) -> anyhow::Result<()> {
    let server = sql::connect(&cluster.url("postgres")).await?;
    server
        .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
        .await
        .with_context(|| format!("cannot make the database {name}"))
}

/// The time.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where these programs read the clock"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
