//! A server with two tenants, their teams and lines, and the simulator in Meta's place.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::dev::ServerHandle;
use api::{app::App, config::Config};
use chrono::TimeDelta;
use control::{
    Actor,
    channel::{NewChannel, create_channel},
    tenant::{NewTenant, Plan, create_tenant},
};
use crypto::SecretString;
use engine::Clock;
use pg::{ChannelId, Conn, Connector, Control, DatabaseUrl, Db, TenantId};
use resolver::attach::{self, AttachOptions, Platform};
use serde_json::json;
use simulator::{
    Simulator,
    world::{Callback, World},
};
use tempfile::TempDir;
use tenant::user::{NewUser, Role, create_user};
use testkit::TestDb;
use tokio::runtime::Handle;

use crate::caller::Caller;

pub const PASSWORD: &str = "tres tristes tigres";
pub const SUPERADMIN: &str = "root@centralita.example";
pub const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
pub const JWT_SECRET: &str = "jwt_secret_of_the_tests_0123456789abcdef";
pub const VERIFY_TOKEN: &str = "verify_token_of_the_platform";
pub const PLATFORM_SECRET: &str = "app_secret_of_the_platform";
pub const WEB_ORIGIN: &str = "https://web.example";

/// A line as it is registered here and in the simulator.
#[derive(Clone)]
pub struct Line {
    pub id: ChannelId,
    pub phone_number_id: String,
    /// Its own secret; the platform's signs for it when it has none.
    pub app_secret: Option<String>,
}

impl Line {
    pub fn secret(&self) -> &str {
        self.app_secret.as_deref().unwrap_or(PLATFORM_SECRET)
    }
}

/// A tenant.
pub struct Company {
    pub id: TenantId,
    pub slug: &'static str,
    pub waba_id: String,
    /// Two with a secret of their own, then one that shares the platform's.
    pub lines: [Line; 3],
    pub database: TestDb,
}

impl Company {
    /// The e-mail of its person with this role.
    pub fn email(&self, role: Role) -> String {
        format!("{role}@{}.example", self.slug)
    }

    /// Rows of each of its tables, but for those that the server makes of the others by itself, a little later.
    pub fn rows(&self) -> BTreeMap<String, i64> {
        let mut rows = self.database.row_counts();
        rows.retain(|table, _| !table.contains("search"));
        rows
    }
}

/// What a test may want otherwise.
#[derive(Default)]
pub struct Setup {
    /// How far the server's clock goes ahead.
    pub ahead: TimeDelta,
    /// Whether there is no `WHATSAPP_APP_SECRET`.
    pub without_platform_secret: bool,
    /// Further variables.
    pub vars: &'static [(&'static str, &'static str)],
    /// The mail server, if there is one.
    pub smtp_url: Option<String>,
}

/// Everything that one test needs. Dropping it stops the server and drops the databases.
pub struct TestApp {
    pub url: String,
    pub a: Company,
    pub b: Company,
    simulator_url: String,
    pub http: reqwest::Client,
    pub control: TestDb,
    /// What customers sent.
    pub files: TempDir,
    servers: Vec<ServerHandle>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let http = whatsapp::client::http_client().unwrap();
        let control = TestDb::create("control", control::MIGRATIONS);
        let db: Db<Control> = Db::new(&Connector::current(), &url(&control), 4);
        let mut conn = db.conn().await.unwrap();
        let now = Clock::ahead(setup.ahead).now();
        let root = SUPERADMIN.parse().unwrap();
        control::platform_user::seed_superadmin(&mut conn, &root, "Root", &PASSWORD.into(), now)
            .await
            .unwrap();
        let a = company(&db, &mut conn, &control, "clinica", 1, Role::ALL).await;
        let b = company(&db, &mut conn, &control, "taller", 2, &[Role::Admin]).await;
        drop(conn);

        let (simulator, simulator_url, simulator_handle) = simulate([&a, &b], &http);
        let files = tempfile::tempdir().unwrap();
        let config = config(&control, &simulator_url, &media_url(&files), &setup);
        let (url, handle) = serve(&config, Clock::ahead(setup.ahead)).await;
        simulator.lock().world.callback = Some(Callback {
            url: format!("{url}/webhook"),
            verify_token: VERIFY_TOKEN.to_owned(),
        });
        Self {
            url,
            a,
            b,
            simulator_url,
            http,
            control,
            files,
            servers: vec![handle, simulator_handle],
        }
    }

    /// A second server over the same databases whose clock goes ahead; its URL.
    pub async fn later(&mut self, ahead: TimeDelta) -> String {
        let config = config(
            &self.control,
            &self.simulator_url,
            &media_url(&self.files),
            &Setup::default(),
        );
        let (url, handle) = serve(&config, Clock::ahead(ahead)).await;
        self.servers.push(handle);
        url
    }

    pub fn anon(&self) -> Caller {
        Caller::new(&self.http, &self.url, None)
    }

    pub async fn login(&self, email: &str) -> Caller {
        let body = json!({ "email": email, "password": PASSWORD });
        let session = self
            .anon()
            .post("/api/auth/login", &body)
            .await
            .expect(200)
            .json();
        self.bearer(session["access_token"].as_str().unwrap())
    }

    pub fn bearer(&self, token: &str) -> Caller {
        Caller::new(&self.http, &self.url, Some(token.to_owned()))
    }

    /// One of A's team.
    pub async fn member(&self, role: Role) -> Caller {
        self.login(&self.a.email(role)).await
    }

    pub async fn admin(&self) -> Caller {
        self.member(Role::Admin).await
    }

    /// B's admin.
    pub async fn stranger(&self) -> Caller {
        self.login(&self.b.email(Role::Admin)).await
    }

    /// A role of A's own.
    pub async fn role(&self, key: &str, conversations: &str, permissions: &[&str]) {
        let role = json!({
            "key": key, "name": key, "conversations": conversations, "permissions": permissions,
        });
        let admin = self.admin().await;
        admin.post("/api/roles", &role).await.expect(201);
    }

    /// Somebody new of A's team with this role.
    pub async fn with_role(&self, role: &str, email: &str) -> Caller {
        let user = json!({ "name": role, "email": email, "role": role, "password": PASSWORD });
        self.admin().await.post("/api/users", &user).await.expect(201);
        self.login(email).await
    }

    pub async fn superadmin(&self) -> Caller {
        self.login(SUPERADMIN).await
    }

    /// Something of the simulator's own.
    pub fn meta(&self) -> Caller {
        Caller::new(&self.http, &self.simulator_url, None)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The servers' threads outlive the test's runtime otherwise, where tests share a process.
        tokio::task::block_in_place(|| {
            for server in &self.servers {
                Handle::current().block_on(server.stop(false));
            }
        });
    }
}

pub fn url(database: &TestDb) -> DatabaseUrl {
    database.url().parse().unwrap()
}

pub fn keyring() -> crypto::Keyring {
    crypto::Keyring::new(crypto::MasterKey::parse(MASTER_KEY).unwrap(), Vec::new())
}

/// A tenant's database with a team in it; `slug` names their e-mails.
pub async fn team(slug: &str, roles: &[Role]) -> TestDb {
    let database = TestDb::create("tenant", tenant::MIGRATIONS);
    let db: Db<pg::Tenant> = Db::new(&Connector::current(), &url(&database), 1);
    let mut conn = db.conn().await.unwrap();
    for role in roles {
        let user = NewUser {
            name: format!("{role} de {slug}"),
            email: format!("{role}@{slug}.example").parse().unwrap(),
            role: (*role).into(),
            password: PASSWORD.into(),
        };
        create_user(&mut conn, user, None, Clock::default().now())
            .await
            .unwrap();
    }
    database
}

async fn company(
    db: &Db<Control>,
    conn: &mut Conn<Control>,
    control: &TestDb,
    slug: &'static str,
    number: u64,
    roles: &[Role],
) -> Company {
    let now = Clock::default().now();
    let wanted = NewTenant {
        name: format!("La {slug}"),
        slug: slug.to_owned(),
        plan: Plan::Starter,
    };
    let actor = Actor::command_line();
    let tenant = create_tenant(conn, wanted, &actor, now).await.unwrap();
    let database = team(slug, roles).await;
    let platform = Platform {
        connector: &Connector::current(),
        control: db,
        control_url: &url(control),
        keyring: &keyring(),
    };
    let options = AttachOptions::default();
    attach::attach(platform, tenant.id, &url(&database), options, &actor, now)
        .await
        .unwrap();
    let waba_id = format!("70000000000000{number}");
    let mut lines = Vec::new();
    for place in 1..=3 {
        let phone_number_id = format!("8000000000000{number}{place}");
        let app_secret = (place < 3).then(|| format!("app_secret_of_{phone_number_id}"));
        let wanted = NewChannel {
            phone_number_id: phone_number_id.clone(),
            waba_id: Some(waba_id.clone()),
            display_name: format!("Línea {place} de {slug}"),
            display_phone_number: Some(format!("+1 202 555 0{number}{place}0")),
            verify_token: Some(SecretString::from(format!("verify_token_of_{phone_number_id}"))),
            wa_token: Some(SecretString::from(format!("wa_token_of_{phone_number_id}"))),
            app_secret: app_secret.clone().map(SecretString::from),
            app_id: None,
            is_active: true,
            is_default: place == 1,
        };
        let channel = create_channel(conn, &keyring(), tenant.id, wanted, &actor, now)
            .await
            .unwrap();
        lines.push(Line {
            id: channel.id,
            phone_number_id,
            app_secret,
        });
    }
    Company {
        id: tenant.id,
        slug,
        waba_id,
        lines: lines.try_into().unwrap_or_else(|_| unreachable!("three lines")),
        database,
    }
}

fn simulate(companies: [&Company; 2], http: &reqwest::Client) -> (Arc<Simulator>, String, ServerHandle) {
    let lines = companies.into_iter().flat_map(|company| {
        company.lines.iter().map(|line| {
            json!({
                "phone_number_id": line.phone_number_id,
                "waba_id": company.waba_id,
                "display_phone_number": "+1 202 555 0100",
                "token": format!("wa_token_of_{}", line.phone_number_id),
                "app_secret": line.secret(),
            })
        })
    });
    let config = serde_json::from_value(json!({
        "lines": lines.collect::<Vec<_>>(),
        "timing": { "status_min_ms": 0, "status_max_ms": 0, "retry_ms": 20 },
    }))
    .unwrap();
    let simulator = Simulator::new(config, World::default(), http.clone(), Handle::current());
    let (server, address) = simulator::serve(Arc::clone(&simulator), "127.0.0.1", 0).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    (simulator, format!("http://{address}"), handle)
}

fn config(control: &TestDb, simulator_url: &str, files: &str, setup: &Setup) -> Config {
    let mut vars = vec![
        ("CONTROL_DB_URL", control.url()),
        ("MASTER_KEY", MASTER_KEY),
        ("JWT_SECRET", JWT_SECRET),
        ("VERIFY_TOKEN", VERIFY_TOKEN),
        ("FRONTEND_ORIGIN", WEB_ORIGIN),
        ("GRAPH_BASE_URL", simulator_url),
        ("NODE_ENV", "test"),
        ("MEDIA_URL", files),
    ];
    if let Some(smtp_url) = &setup.smtp_url {
        vars.push(("SMTP_URL", smtp_url));
        vars.push(("MAIL_FROM", "Centralita <no-reply@centralita.example>"));
    }
    if !setup.without_platform_secret {
        vars.push(("WHATSAPP_APP_SECRET", PLATFORM_SECRET));
    }
    vars.extend_from_slice(setup.vars);
    Config::from_vars(
        vars.into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
    .unwrap()
}

fn media_url(files: &TempDir) -> String {
    format!("file://{}", files.path().display())
}

async fn serve(config: &Config, clock: Clock) -> (String, ServerHandle) {
    let api = App::start_at(config, None, clock).await.unwrap();
    let (server, addresses) = api::server::start(api, config.origins.clone(), "127.0.0.1", 0).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    (format!("http://{}", addresses[0]), handle)
}
