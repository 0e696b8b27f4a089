//! What the tests share: a control plane, tenants with lines, an engine, a simulator.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use chrono::Utc;
use control::{
    Actor,
    channel::{Channel, ChannelChanges, NewChannel, create_channel, update_channel},
    tenant::{NewTenant, Plan, create_tenant},
};
use crypto::{Keyring, MasterKey, SecretString};
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use engine::{
    Clock, Engine, LeaseTimes, Parts,
    ingest::{IngestError, Ingested},
    reply::Reply,
};
use pg::{Connector, Db, PageRequest, TenantId};
use resolver::{
    Limits, Resolver, TenantHandle,
    attach::{AttachOptions, attach},
};
use simulator::{Simulator, config::Config, world::World};
use tenant::{
    conversation::{ConversationFilter, ConversationId, Conversations, Sight},
    message::{Message, MessageId, MessageStatus, Messages},
    outbox::{NewContent, QueueMessage, SendClass, Target},
    user::{NewUser, Role, UserId, create_user},
};
use testkit::{TestDb, proxy::Proxy};
use tokio::{runtime::Handle, task::JoinHandle};
use whatsapp::{client::Client, outbound::ParsedOutbound, signature::sign};

pub const A: &str = "800000000000001";
pub const B: &str = "800000000000002";
pub const PLATFORM: &str = "platform_app_secret_0123456789abcd";
pub const TOKEN: &str = "token-1";
pub const CUSTOMER: &str = "34600000001";

pub struct Stage {
    pub engine: Engine,
    pub simulator: Arc<Simulator>,
    graph: String,
    secret: Option<SecretString>,
    control: TestDb,
}

/// A tenant, its database, and the wire to it.
pub struct Company {
    pub id: TenantId,
    pub wire: Proxy,
    pub db: Db<pg::Tenant>,
    pub agent: UserId,
    _database: TestDb,
}

impl Stage {
    /// A platform whose own app secret is [`PLATFORM`].
    pub fn new() -> Self {
        Self::with_secret(Some(PLATFORM))
    }

    /// One whose engine answers, but works on nothing by itself.
    pub fn idle() -> Self {
        Self::made(Some(PLATFORM))
    }

    pub fn with_secret(secret: Option<&str>) -> Self {
        let stage = Self::made(secret);
        run(&stage.engine);
        stage
    }

    fn made(secret: Option<&str>) -> Self {
        let config = r#"{"timing": {"status_min_ms": 0, "status_max_ms": 0, "retry_ms": 1}}"#;
        let config: Config = serde_json::from_str(config).unwrap();
        let http = whatsapp::client::http_client().unwrap();
        let simulator = Simulator::new(config, World::default(), http, Handle::current());
        let (server, address) = simulator::serve(Arc::clone(&simulator), "127.0.0.1", 0).unwrap();
        tokio::spawn(server);
        let control = TestDb::create("control", control::MIGRATIONS);
        let (graph, secret) = (format!("http://{address}"), secret.map(SecretString::from));
        Self {
            engine: Engine::new(parts(control.url(), &graph, secret.clone())),
            simulator,
            graph,
            secret,
            control,
        }
    }

    /// Another server of the same platform.
    pub fn another(&self) -> Engine {
        self.another_at(&self.graph)
    }

    /// Another server of the same platform that reaches the control plane at `url`.
    pub fn another_over(&self, url: &str) -> Engine {
        Engine::new(parts(url, &self.graph, self.secret.clone()))
    }

    /// Where the control plane's database is.
    pub fn control_url(&self) -> &str {
        self.control.url()
    }

    /// How many rows of the control plane fit, as `spool WHERE state = 'failed'`.
    pub async fn rows(&self, table: &str) -> i64 {
        let row: Count = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}"))
            .get_result(&mut *self.resolver().control().conn().await.unwrap())
            .await
            .unwrap();
        row.count
    }

    /// Meta delivers `body`, signed by the platform's app.
    pub async fn deliver(&self, body: &[u8]) -> Result<Ingested, IngestError> {
        self.engine.ingest(body, Some(&signed(PLATFORM, body))).await
    }

    /// The engine does by itself what it does on a server.
    pub fn run(&self) {
        run(&self.engine);
    }

    /// A process of the same platform that leaves sending to others.
    pub fn without_sender(&self) -> Engine {
        let engine = Engine::new(Parts {
            sends: false,
            ..parts(self.control.url(), &self.graph, self.secret.clone())
        });
        run(&engine);
        engine
    }

    /// The same platform with Meta elsewhere.
    pub fn another_at(&self, graph: &str) -> Engine {
        let engine = Engine::new(parts(self.control.url(), graph, self.secret.clone()));
        run(&engine);
        engine
    }

    /// A worker with short leases that reaches the control plane by `url`, and what runs it.
    pub fn worker(&self, url: &str, lease_times: LeaseTimes) -> (Engine, JoinHandle<()>) {
        let engine = Engine::new(Parts {
            lease_times,
            ..parts(url, &self.graph, self.secret.clone())
        });
        let running = run(&engine);
        (engine, running)
    }

    pub fn resolver(&self) -> &Resolver {
        self.engine.resolver()
    }

    pub async fn company(&self, slug: &str) -> Company {
        let new = NewTenant {
            name: slug.to_owned(),
            slug: slug.to_owned(),
            plan: Plan::Starter,
        };
        let mut conn = self.resolver().control().conn().await.unwrap();
        let tenant = create_tenant(&mut conn, new, &actor(), now()).await.unwrap();
        drop(conn);
        let database = TestDb::create("tenant", tenant::MIGRATIONS);
        let wire = Proxy::start(database.url());
        let db = Db::new(&Connector::current(), &database.url().parse().unwrap(), 4);
        self.attach(tenant.id, wire.url()).await;
        let agent = NewUser {
            name: "Ana".to_owned(),
            email: "ana@clinic.example".parse().unwrap(),
            role: Role::Admin.into(),
            password: "correct horse".into(),
        };
        let agent = create_user(&mut db.conn().await.unwrap(), agent, None, now())
            .await
            .unwrap();
        Company {
            id: tenant.id,
            wire,
            db,
            agent: agent.id,
            _database: database,
        }
    }

    pub async fn attach(&self, tenant: TenantId, url: &str) {
        let (url, options) = (url.parse().unwrap(), AttachOptions::default());
        attach(self.resolver().platform(), tenant, &url, options, &actor(), now())
            .await
            .unwrap();
    }

    /// Registers a line, here and in the simulator.
    pub async fn line(&self, company: &Company, id: &str, secret: Option<&str>) -> Channel {
        let new = NewChannel {
            phone_number_id: id.to_owned(),
            waba_id: Some("700000000000001".to_owned()),
            display_name: "Recepción".to_owned(),
            display_phone_number: None,
            verify_token: None,
            wa_token: Some(TOKEN.into()),
            app_secret: secret.map(SecretString::from),
            app_id: None,
            is_active: true,
            is_default: false,
        };
        let line = simulator::config::Line {
            phone_number_id: id.to_owned(),
            waba_id: "700000000000001".to_owned(),
            display_phone_number: "+1 202-555-0100".to_owned(),
            verified_name: "Florería".to_owned(),
            token: TOKEN.to_owned(),
            app_secret: secret
                .or(self.secret.is_some().then_some(PLATFORM))
                .map(str::to_owned),
        };
        self.simulator.lock().world.lines.insert(id.to_owned(), line);
        let mut conn = self.resolver().control().conn().await.unwrap();
        let keyring = self.resolver().keyring();
        let channel = create_channel(&mut conn, keyring, company.id, new, &actor(), now())
            .await
            .unwrap();
        self.resolver().forget();
        channel
    }

    pub async fn change_line(&self, channel: &Channel, changes: ChannelChanges) {
        let mut conn = self.resolver().control().conn().await.unwrap();
        update_channel(
            &mut conn,
            self.resolver().keyring(),
            channel.id,
            changes,
            &actor(),
            now(),
        )
        .await
        .unwrap();
        self.resolver().forget();
    }

    /// On the simulator's side too somebody has written, which is what opens the window there.
    pub async fn customer_wrote(&self, line: &str, phone: &str, wamid: &str) {
        let order =
            serde_json::json!({"phone_number_id": line, "from": phone, "wamid": wamid, "text": "hola"});
        self.simulator_inbound(&order).await;
    }

    /// A customer writes or sends something, on the simulator's side.
    pub async fn simulator_inbound(&self, order: &serde_json::Value) {
        let http = whatsapp::client::http_client().unwrap();
        let url = format!("{}/simulator/inbound", self.graph);
        let answer = http.post(url).json(order).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    pub async fn handle(&self, company: &Company) -> Arc<TenantHandle> {
        self.resolver().tenant(company.id).await.unwrap().unwrap()
    }

    /// An agent answers in a conversation.
    pub async fn reply(&self, company: &Company, conversation: ConversationId, words: &str) -> Message {
        self.reply_through(&self.engine, company, conversation, words)
            .await
    }

    /// The same through another process.
    pub async fn reply_through(
        &self,
        engine: &Engine,
        company: &Company,
        conversation: ConversationId,
        words: &str,
    ) -> Message {
        let words = serde_json::json!({"type": "text", "text": {"body": words}});
        let reply = reply(company, conversation, &words);
        engine.reply(&self.handle(company).await, reply).await.unwrap()
    }
}

impl Company {
    pub async fn count(&self, table: &str) -> i64 {
        let row: Count = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}"))
            .get_result(&mut *self.db.conn().await.unwrap())
            .await
            .unwrap();
        row.count
    }

    /// Everything that a customer or a report could have left.
    pub async fn holds_nothing(&self) -> bool {
        let mut held = 0;
        for table in [
            "contacts",
            "conversations",
            "messages",
            "orphan_statuses",
            "dead_letters",
            "events",
        ] {
            held += self.count(table).await;
        }
        held == 0
    }

    pub async fn conversations(&self) -> Vec<ConversationId> {
        let page = PageRequest {
            limit: 200,
            cursor: None,
        };
        let mut conn = self.db.conn().await.unwrap();
        let found = Conversations::new(&mut conn)
            .list(&ConversationFilter::default(), Sight::Everything, &page)
            .await;
        let rows = found.unwrap().unwrap().items;
        rows.into_iter().map(|row| row.conversation.id).collect()
    }

    pub async fn message(&self, id: MessageId) -> Message {
        let mut conn = self.db.conn().await.unwrap();
        Messages::new(&mut conn).find(id).await.unwrap().unwrap()
    }

    /// Waits until the message has got so far.
    pub async fn until(&self, id: MessageId, status: MessageStatus) -> Message {
        eventually(async || {
            let message = self.message(id).await;
            (message.status() == status).then_some(message)
        })
        .await
    }
}

/// An agent's message, in Meta's shape.
pub fn reply(company: &Company, conversation: ConversationId, message: &serde_json::Value) -> Reply {
    Reply {
        target: Target::Thread(conversation),
        author: company.agent,
        message: ParsedOutbound::parse(message).unwrap(),
        send_at: None,
        idempotency: None,
    }
}

/// An agent's text, as it is queued.
pub fn text<'a>(company: &Company, conversation: ConversationId, words: &str) -> QueueMessage<'a> {
    QueueMessage {
        target: Target::Thread(conversation),
        class: SendClass::Agent,
        author: Some(company.agent),
        content: NewContent {
            kind: "text",
            body: Some(words.to_owned()),
            ..NewContent::default()
        },
        send_at: None,
        idempotency: None,
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Looks again and again until there is something to see, for a bounded time.
pub async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = tokio::time::timeout(Duration::from_secs(40), async {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tick.tick().await;
        }
    });
    found.await.unwrap()
}

/// Lets the engine do what it does by itself.
fn run(engine: &Engine) -> JoinHandle<()> {
    let engine = engine.clone();
    tokio::spawn(async move { engine.run().await })
}

fn parts(control_url: &str, graph: &str, app_secret: Option<SecretString>) -> Parts {
    let connector = Connector::current();
    let url: pg::DatabaseUrl = control_url.parse().unwrap();
    let key = MasterKey::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    let resolver = Resolver::new(
        &connector,
        Db::new(&connector, &url, 6),
        url,
        Arc::new(Keyring::new(key.unwrap(), Vec::new())),
        Limits::default(),
    );
    let http = whatsapp::client::http_client().unwrap();
    Parts {
        resolver,
        graph: Client::new(graph, "v25.0", http).unwrap(),
        store: store(),
        app_secret,
        push: push::Client::new(push::Rules {
            hosts: push::HostPolicy::default(),
            allows_http: true,
            contact: "mailto:test@example.com".to_owned(),
        }),
        clock: Clock::default(),
        sends: true,
        lease_times: LeaseTimes::default(),
    }
}

/// Files of all the engines of this test, in a folder that the system forgets.
fn store() -> media::Store {
    static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    media::Store::open(&media::Location::Folder(FOLDER.path().to_owned()), None).unwrap()
}

pub fn signed(secret: &str, body: &[u8]) -> Vec<u8> {
    sign(&SecretString::from(secret), body).into_bytes()
}

pub fn actor() -> Actor {
    Actor::command_line()
}

pub fn now() -> chrono::DateTime<Utc> {
    Clock::default().now()
}
