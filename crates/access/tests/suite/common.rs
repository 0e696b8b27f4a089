//! What the tests share: a platform, companies, and people who log in.

use std::sync::Arc;

use access::{Credentials, LoggedIn, LoginError, login};
use chrono::{DateTime, TimeDelta, Utc};
use control::{
    Actor,
    session::SessionMeta,
    tenant::{NewTenant, Plan, TenantChanges, create_tenant, update_tenant},
};
use crypto::{Keyring, MasterKey};
use diesel_async::SimpleAsyncConnection;
use pg::{Connector, Db, TenantId};
use resolver::{
    Limits, Resolver, TenantHandle,
    attach::{AttachOptions, attach},
};
use tenant::user::{User, seed_admin};
use testkit::{TestDb, proxy::Proxy};

pub const EMAIL: &str = "ana@clinic.example";
pub const PASSWORD: &str = "correct horse";

pub struct Stage {
    pub resolver: Resolver,
    /// The wire to the control plane.
    pub wire: Proxy,
    _control: TestDb,
}

/// A tenant with one admin, its database, and the wire to it.
pub struct Company {
    pub id: TenantId,
    pub wire: Proxy,
    pub admin: User,
    pub db: Db<pg::Tenant>,
    _database: TestDb,
}

impl Stage {
    pub fn new() -> Self {
        let control = TestDb::create("control", control::MIGRATIONS);
        let wire = Proxy::start(control.url());
        let connector = Connector::current();
        let url: pg::DatabaseUrl = wire.url().parse().unwrap();
        let key = MasterKey::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        let keyring = Arc::new(Keyring::new(key.unwrap(), Vec::new()));
        let control_db = Db::new(&connector, &url, 6);
        Self {
            resolver: Resolver::new(&connector, control_db, url, keyring, Limits::default()),
            wire,
            _control: control,
        }
    }

    /// A tenant whose admin is [`EMAIL`] with this password.
    pub async fn company(&self, slug: &str, password: &str) -> Company {
        let new = NewTenant {
            name: slug.to_owned(),
            slug: slug.to_owned(),
            plan: Plan::Starter,
        };
        let mut conn = self.resolver.control().conn().await.unwrap();
        let tenant = create_tenant(&mut conn, new, &actor(), at(0)).await.unwrap();
        drop(conn);
        let database = TestDb::create("tenant", tenant::MIGRATIONS);
        let db = Db::new(&Connector::current(), &database.url().parse().unwrap(), 2);
        let email = EMAIL.parse().unwrap();
        let admin = seed_admin(
            &mut db.conn().await.unwrap(),
            &email,
            "Ana",
            &password.into(),
            at(0),
        )
        .await;
        let wire = Proxy::start(database.url());
        let (url, options) = (wire.url().parse().unwrap(), AttachOptions::default());
        attach(
            self.resolver.platform(),
            tenant.id,
            &url,
            options,
            &actor(),
            at(0),
        )
        .await
        .unwrap();
        Company {
            id: tenant.id,
            wire,
            admin: admin.unwrap(),
            db,
            _database: database,
        }
    }

    pub async fn switch(&self, company: &Company, is_active: bool) {
        let changes = TenantChanges {
            is_active: Some(is_active),
            ..TenantChanges::default()
        };
        let mut conn = self.resolver.control().conn().await.unwrap();
        update_tenant(&mut conn, company.id, changes, &actor(), at(1))
            .await
            .unwrap();
        self.resolver.forget();
    }

    pub async fn login(
        &self,
        email: &str,
        password: &str,
        tenant: Option<&str>,
    ) -> Result<LoggedIn, LoginError> {
        let credentials = Credentials {
            email: email.parse().unwrap(),
            password: password.into(),
            tenant: tenant.map(str::to_owned),
            code: None,
        };
        login(&self.resolver, credentials, &SessionMeta::default(), at(10)).await
    }

    pub async fn handle(&self, company: &Company) -> Arc<TenantHandle> {
        self.resolver.tenant(company.id).await.unwrap().unwrap()
    }
}

impl Company {
    pub async fn run(&self, statements: &str) {
        self.db
            .conn()
            .await
            .unwrap()
            .batch_execute(statements)
            .await
            .unwrap();
    }
}

/// Why nobody was let in.
pub fn refusal(result: Result<LoggedIn, LoginError>) -> LoginError {
    match result {
        Ok(_) => panic!("somebody was let in"),
        Err(error) => error,
    }
}

pub fn actor() -> Actor {
    Actor::command_line()
}

/// A fixed moment, and so many seconds after it.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}
