//! The tenant to whom all bodies go.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use pg::{ChannelId, Conn, Connector, Db, DbError, Tenant};
use tenant::inbound::{Applier, InboundContent, InboundItem, set_aside};
use testkit::TestDb;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// The line that everybody writes to.
pub const LINE: ChannelId = ChannelId(Uuid::from_u128(1));

/// Bodies after which the house is emptied: counting rows takes longer, the more there are.
const BODIES: u32 = 400;

/// Bodies of which statuses and messages of ours are known by their ids.
const STATUSES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/whatsapp/tests/fixtures/statuses"
);

/// Errors that are an item's own, by what Postgres says of them.
const OWN: [&str; 1] = ["stack depth limit exceeded"];

pub struct House {
    runtime: Runtime,
    conn: Conn<Tenant>,
    applier: Applier,
    bodies: u32,
    count_rows: String,
    empty: String,
    ours: Vec<String>,
    _pool: Db<Tenant>,
    _database: TestDb,
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    told: String,
}

impl House {
    pub fn new() -> Self {
        let database = TestDb::create("fuzz", tenant::MIGRATIONS);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let entered = runtime.enter();
        let pool = Db::for_batches(&Connector::current(), &database.url().parse().unwrap(), 1);
        drop(entered);
        let tables: Vec<String> = database.row_counts().into_keys().collect();
        let kept = ["tenant_meta", "__diesel_schema_migrations"];
        let emptied: Vec<_> = tables
            .iter()
            .filter(|name| !kept.contains(&name.as_str()))
            .cloned()
            .collect();
        let counts: Vec<_> = emptied
            .iter()
            .map(|name| format!("'{name}', (SELECT count(*) FROM {name})"))
            .collect();
        let mut house = Self {
            conn: runtime.block_on(pool.conn()).unwrap(),
            runtime,
            applier: Applier::default(),
            bodies: 0,
            count_rows: format!(
                "SELECT json_build_object({}, 'unread', (SELECT sum(unread_count) FROM conversations))::text AS told",
                counts.join(", ")
            ),
            empty: emptied
                .iter()
                .map(|name| format!("DELETE FROM {name};"))
                .collect(),
            ours: wamids_of_statuses(),
            _pool: pool,
            _database: database,
        };
        house.furnish();
        house
    }

    /// Empties the house now and then.
    pub fn tidy(&mut self) {
        self.bodies += 1;
        if self.bodies % BODIES == 0 {
            self.furnish();
        }
    }

    /// Nothing but a thread with messages of ours, which statuses speak of.
    fn furnish(&mut self) {
        self.applier = Applier::default();
        let statements = format!(
            "SET session_replication_role = replica; {} SET session_replication_role = origin; \
             UPDATE tenant_meta SET last_event = 0; \
             INSERT INTO contacts (id, user_key, phone) VALUES ('{id}', '15550000000', '15550000000'); \
             INSERT INTO contact_keys (key, contact_id) VALUES ('15550000000', '{id}'); \
             INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at) \
             VALUES ('{id}', '{line}', '15550000000', '{id}', '2026-10-01');",
            self.empty,
            id = Uuid::from_u128(2),
            line = LINE,
        );
        self.runtime
            .block_on(self.conn.batch_execute(&statements))
            .unwrap();
        let sent = "INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, author_kind, \
             state, occurred_at) \
             SELECT gen_random_uuid(), c.id, c.channel_id, wamid, 'out', 'text', 'hola', 'system', 'accepted', '2026-10-01' \
             FROM conversations AS c, unnest($1) AS given (wamid)";
        let insert = diesel::sql_query(sent)
            .bind::<Array<Text>, _>(&self.ours)
            .execute(&mut *self.conn);
        self.runtime.block_on(insert).unwrap();
    }

    /// Applies `items` as a lane does.
    pub fn apply(&mut self, items: &[&InboundItem]) {
        let mut applier = std::mem::take(&mut self.applier);
        self.apply_by(&mut applier, items);
        self.applier = applier;
    }

    /// Applies `items` as a server does that has just started.
    pub fn apply_elsewhere(&mut self, items: &[&InboundItem]) {
        self.apply_by(&mut Applier::default(), items);
    }

    fn apply_by(&mut self, applier: &mut Applier, items: &[&InboundItem]) {
        let now = self.now();
        let Self { runtime, conn, .. } = self;
        let Err(of_all) = runtime.block_on(applier.apply(conn, items, now)) else {
            return;
        };
        let mut blamed = 0;
        for item in items {
            if let Err(error) = runtime.block_on(applier.apply(conn, &[item], now)) {
                assert!(is_its_own(&error), "{error:?}: {}", item.raw);
                blamed += 1;
                let reason = error.to_string();
                runtime.block_on(set_aside(conn, item, &reason, now)).unwrap();
            }
        }
        assert!(blamed > 0, "no item is to blame for {of_all:?}");
    }

    /// A clock that goes on with the bodies, and is the same for whatever is done with one.
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_500_000, 0).unwrap() + TimeDelta::seconds(self.bodies.into())
    }

    fn ask(&mut self, query: &str, given: &[&str]) -> String {
        let asked = diesel::sql_query(query)
            .bind::<Array<Text>, _>(given)
            .get_result(&mut *self.conn);
        let row: Told = self.runtime.block_on(asked).unwrap();
        row.told
    }

    /// How many rows there are, table by table, and how much is unread.
    pub fn rows(&mut self) -> String {
        let query = diesel::sql_query(&self.count_rows).get_result(&mut *self.conn);
        let row: Told = self.runtime.block_on(query).unwrap();
        row.told
    }

    /// Everything of `items` is there, and what is there fits together.
    pub fn holds(&mut self, items: &[&InboundItem]) {
        let wamids: Vec<&str> = items.iter().filter_map(|item| message(item)).collect();
        let wrong = self.ask(
            "SELECT concat_ws('; ', \
                (SELECT 'events have a gap: ' || count(*) || ' up to ' || max(seq) FROM events \
                 HAVING count(*) <> coalesce(max(seq), 0) OR count(*) <> (SELECT last_event FROM tenant_meta)), \
                (SELECT 'lost: ' || string_agg(wamid, ' ') FROM unnest($1) AS given (wamid) \
                 WHERE wamid NOT IN (SELECT m.wamid FROM messages AS m WHERE m.wamid IS NOT NULL) \
                 AND NOT EXISTS (SELECT FROM dead_letters WHERE kind IN ('message', 'outside'))), \
                (SELECT 'a count below zero: ' || min(unread_count) FROM conversations HAVING min(unread_count) < 0), \
                (SELECT 'the last message is of another thread: ' || min(c.id::text) FROM conversations AS c \
                 JOIN messages AS m ON m.id = c.last_message_id WHERE m.conversation_id <> c.id HAVING count(*) > 0), \
                (SELECT 'a thread of another name than its contact: ' || min(c.user_key) FROM conversations AS c \
                 JOIN contacts AS k ON k.id = c.contact_id WHERE k.user_key <> c.user_key HAVING count(*) > 0), \
                (SELECT 'nobody has this name: ' || min(k.user_key) FROM contacts AS k LEFT JOIN contact_keys AS n \
                 ON n.key = k.user_key AND n.contact_id = k.id WHERE n.key IS NULL AND k.user_key <> k.id::text \
                 HAVING count(*) > 0) \
             ) AS told",
            &wamids,
        );
        assert!(wrong.is_empty(), "{wrong}");
    }
}

/// The id that must be found after the item was applied.
fn message(item: &InboundItem) -> Option<&str> {
    match &item.content {
        InboundContent::Message(message) => Some(&message.wamid),
        _ => None,
    }
}

fn is_its_own(error: &DbError) -> bool {
    let text = format!("{error:?}");
    !error.is_unavailable() && OWN.iter().any(|own| text.contains(own))
}

fn wamids_of_statuses() -> Vec<String> {
    let mut wamids = Vec::new();
    for file in std::fs::read_dir(STATUSES).unwrap() {
        let body = std::fs::read(file.unwrap().path()).unwrap();
        for item in engine::ingest::items_of(&body, LINE).unwrap_or_default() {
            if let InboundContent::Status(report) = item.content {
                wamids.push(report.wamid);
            }
        }
    }
    wamids.sort();
    wamids.dedup();
    wamids
}
