//! What the tests share: a database, a clock, a keyring and a tenant.

use chrono::{DateTime, TimeDelta, Utc};
use control::{
    Actor,
    channel::NewChannel,
    tenant::{NewTenant, Plan, Tenant, create_tenant},
};
use crypto::{Keyring, MasterKey};
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::RunQueryDsl;
use pg::{Conn, Connector, Control, DatabaseUrl, Db, PageRequest};
use testkit::TestDb;

pub struct Test {
    pub db: Db<Control>,
    database: TestDb,
}

impl Test {
    pub fn new() -> Self {
        let database = TestDb::create("control", control::MIGRATIONS);
        let url = database.url().parse().unwrap();
        Self {
            db: Db::new(&Connector::current(), &url, 10),
            database,
        }
    }

    pub async fn conn(&self) -> Conn<Control> {
        self.db.conn().await.unwrap()
    }

    pub fn url(&self) -> &str {
        self.database.url()
    }
}

/// A fixed moment, and so many seconds after it.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub fn keyring() -> Keyring {
    let key = MasterKey::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    Keyring::new(key.unwrap(), Vec::new())
}

pub fn actor() -> Actor {
    Actor::user(uuid::Uuid::from_u128(7), "root@centralita.example")
}

pub fn page(limit: usize) -> PageRequest {
    PageRequest { limit, cursor: None }
}

pub fn wanted(slug: &str) -> NewTenant {
    NewTenant {
        name: format!("Tenant {slug}"),
        slug: slug.to_owned(),
        plan: Plan::Starter,
    }
}

pub async fn tenant(conn: &mut Conn<Control>, slug: &str) -> Tenant {
    create_tenant(conn, wanted(slug), &actor(), at(0)).await.unwrap()
}

pub fn line(phone_number_id: &str) -> NewChannel {
    NewChannel {
        phone_number_id: phone_number_id.to_owned(),
        waba_id: Some("1020304050".to_owned()),
        display_name: "Recepción".to_owned(),
        display_phone_number: Some("+51 987 654 321".to_owned()),
        verify_token: None,
        wa_token: None,
        app_secret: None,
        app_id: None,
        is_active: true,
        is_default: false,
    }
}

pub fn database_url(database: &str) -> DatabaseUrl {
    format!("postgres://app:hunter2secret@Db.example.com/{database}?sslmode=require")
        .parse()
        .unwrap()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

/// Everything that a table holds, as text.
pub async fn dump(conn: &mut Conn<Control>, table: &str) -> String {
    let rows: Vec<Row> = diesel::sql_query(format!("SELECT to_jsonb(t)::text AS row FROM {table} t"))
        .load(&mut **conn)
        .await
        .unwrap();
    rows.into_iter().map(|row| row.row).collect::<Vec<_>>().join("\n")
}
