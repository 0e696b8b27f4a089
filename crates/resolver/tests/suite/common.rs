//! What the tests share: a control plane, a resolver over it, tenants and lines.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use control::{
    Actor,
    channel::{Channel, ChannelChanges, NewChannel, create_channel, update_channel},
    database::TenantDatabase,
    tenant::{NewTenant, Plan, Tenant, create_tenant},
};
use crypto::{Keyring, MasterKey};
use diesel_async::SimpleAsyncConnection;
use pg::{ChannelId, Connector, DatabaseUrl, Db, TenantId};
use resolver::{
    Limits, ResolveError, Resolver, Unready,
    attach::{AttachError, AttachOptions, attach},
};
use testkit::{TestDb, proxy::Proxy};

pub struct Stage {
    pub resolver: Resolver,
    /// The wire between the resolver and the control plane.
    pub wire: Proxy,
    control: TestDb,
}

impl Stage {
    pub fn new() -> Self {
        Self::with(limits())
    }

    pub fn with(limits: Limits) -> Self {
        let control = TestDb::create("control", control::MIGRATIONS);
        let wire = Proxy::start(control.url());
        Self {
            resolver: resolver(wire.url(), KEY, limits),
            wire,
            control,
        }
    }

    /// Another server on the same control plane.
    pub fn another(&self, key: &str) -> Resolver {
        resolver(self.control.url(), key, limits())
    }

    pub fn control_url(&self) -> &str {
        self.control.url()
    }

    pub async fn tenant(&self, slug: &str) -> Tenant {
        let new = NewTenant {
            name: slug.to_owned(),
            slug: slug.to_owned(),
            plan: Plan::Starter,
        };
        let mut conn = self.resolver.control().conn().await.unwrap();
        create_tenant(&mut conn, new, &actor(), at(0)).await.unwrap()
    }

    pub async fn line(&self, tenant: TenantId, phone_number_id: &str) -> Channel {
        let new = NewChannel {
            phone_number_id: phone_number_id.to_owned(),
            waba_id: None,
            display_name: "Recepción".to_owned(),
            display_phone_number: None,
            verify_token: None,
            wa_token: Some("EAAB".into()),
            app_secret: None,
            app_id: None,
            is_active: true,
            is_default: false,
        };
        let mut conn = self.resolver.control().conn().await.unwrap();
        create_channel(&mut conn, self.resolver.keyring(), tenant, new, &actor(), at(0))
            .await
            .unwrap()
    }

    pub async fn change_line(&self, id: ChannelId, changes: ChannelChanges) {
        let mut conn = self.resolver.control().conn().await.unwrap();
        update_channel(&mut conn, self.resolver.keyring(), id, changes, &actor(), at(1))
            .await
            .unwrap();
    }

    pub async fn attach(
        &self,
        tenant: TenantId,
        url: &str,
        seconds: i64,
    ) -> Result<TenantDatabase, AttachError> {
        let options = AttachOptions { migrate: false };
        let url = url.parse().unwrap();
        attach(
            self.resolver.platform(),
            tenant,
            &url,
            options,
            &actor(),
            at(seconds),
        )
        .await
    }

    /// Why the tenant's database cannot be used.
    pub async fn unready(&self, tenant: TenantId) -> Unready {
        unready(&self.resolver, tenant).await
    }
}

pub async fn unready(resolver: &Resolver, tenant: TenantId) -> Unready {
    let used = async { resolver.tenant(tenant).await?.unwrap().db().await.map(drop) };
    match used.await {
        Err(ResolveError::TenantNotReady(why)) => why,
        other => panic!("{other:?}"),
    }
}

pub const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// Answers are believed for so long that only being told makes them go.
pub fn limits() -> Limits {
    Limits {
        fresh: Duration::from_hours(1),
        ..Limits::default()
    }
}

fn resolver(control_url: &str, key: &str, limits: Limits) -> Resolver {
    let connector = Connector::current();
    let url: DatabaseUrl = control_url.parse().unwrap();
    let control = Db::new(&connector, &url, 10);
    let keyring = Arc::new(Keyring::new(MasterKey::parse(key).unwrap(), Vec::new()));
    Resolver::new(&connector, control, url, keyring, limits)
}

pub fn tenant_db() -> TestDb {
    TestDb::create("tenant", tenant::MIGRATIONS)
}

pub async fn run(url: &str, statements: &str) {
    let db: Db<pg::Tenant> = Db::new(&Connector::current(), &url.parse().unwrap(), 1);
    let mut conn = db.conn().await.unwrap();
    conn.batch_execute(statements).await.unwrap();
}

pub fn actor() -> Actor {
    Actor::command_line()
}

/// A fixed moment, and so many seconds after it.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}
