//! What the tests share: a database, a clock, and people who write.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use pg::{ChannelId, Conn, Connector, Db, DbError, PageRequest, Tenant};
use tenant::{
    contact::Identity,
    conversation::{
        Conversation, ConversationFilter, ConversationId, ConversationView, Conversations, Sight,
    },
    inbound::{Applier, InboundContent, InboundItem, InboundMessage},
    message::{Message, MessageId, Messages},
    outbox::{
        self, Attempt, AttemptRef, Held, Idempotency, NewContent, Outcome, QueueMessage, QueueMessageError,
        Room, SendClass, Settlement, Target, queue_message,
    },
    status::{Delivery, SendFailure, StatusReport},
    user::{NewUser, Role, User, UserId, create_user},
};
use testkit::TestDb;
use tokio::sync::Mutex;
use uuid::Uuid;

/// The line that everybody writes to.
pub const LINE: ChannelId = ChannelId(Uuid::from_u128(1));

pub struct Test {
    pub db: Db<Tenant>,
    applier: Mutex<Applier>,
    database: TestDb,
}

impl Test {
    pub fn new() -> Self {
        let database = TestDb::create("tenant", tenant::MIGRATIONS);
        let url = database.url().parse().unwrap();
        Self {
            db: Db::new(&Connector::current(), &url, 12),
            applier: Mutex::default(),
            database,
        }
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// How many rows each table holds.
    pub fn rows(&self) -> std::collections::BTreeMap<String, i64> {
        self.database.row_counts()
    }

    pub async fn conn(&self) -> Conn<Tenant> {
        self.db.conn().await.unwrap()
    }

    /// Applies these items at this second, as a lane does: with what it remembers.
    pub async fn apply(&self, items: &[InboundItem], seconds: i64) {
        let items: Vec<&InboundItem> = items.iter().collect();
        let mut applier = self.applier.lock().await;
        applier
            .apply(&mut self.conn().await, &items, at(seconds))
            .await
            .unwrap();
    }

    /// Applies these items as a server does that has just begun.
    pub async fn apply_fresh(&self, items: &[InboundItem], seconds: i64) {
        tenant::inbound::apply(&mut self.conn().await, items, at(seconds))
            .await
            .unwrap();
    }

    /// Somebody of the team.
    pub async fn user(&self, role: Role) -> User {
        let email = format!("{}@clinic.example", Uuid::now_v7().simple());
        let new = NewUser {
            name: "Ana".to_owned(),
            email: email.parse().unwrap(),
            role: role.into(),
            password: "correct horse".into(),
        };
        create_user(&mut self.conn().await, new, None, at(0))
            .await
            .unwrap()
    }

    /// A conversation that `phone` has just begun, and somebody who answers.
    pub async fn thread(&self, phone: &str) -> (ConversationId, User) {
        let user = self.user(Role::Admin).await;
        (self.begun_by(phone).await, user)
    }

    pub async fn begun_by(&self, phone: &str) -> ConversationId {
        self.apply(&[text(&format!("begin.{phone}"), phone, "hola", 0)], 0)
            .await;
        let filter = ConversationFilter {
            search: Some(phone.to_owned()),
            ..ConversationFilter::default()
        };
        self.list(&filter).await[0].conversation.id
    }

    pub async fn list(&self, filter: &ConversationFilter) -> Vec<ConversationView> {
        let mut conn = self.conn().await;
        let page = Conversations::new(&mut conn)
            .list(filter, Sight::Everything, &page(200))
            .await;
        page.unwrap().unwrap().items
    }

    pub async fn conversation(&self, id: ConversationId) -> Conversation {
        let mut conn = self.conn().await;
        Conversations::new(&mut conn).find(id).await.unwrap().unwrap()
    }

    pub async fn message(&self, id: MessageId) -> Message {
        let mut conn = self.conn().await;
        Messages::new(&mut conn).find(id).await.unwrap().unwrap()
    }

    /// The thread, newest first.
    pub async fn messages(&self, id: ConversationId) -> Vec<Message> {
        let mut conn = self.conn().await;
        let page = Messages::new(&mut conn).list(id, &page(200)).await;
        page.unwrap().unwrap().items
    }

    pub async fn queue(
        &self,
        conversation: ConversationId,
        author: &User,
        body: &str,
        seconds: i64,
    ) -> Message {
        self.try_queue(conversation, author, body, None, seconds)
            .await
            .unwrap()
    }

    pub async fn try_queue(
        &self,
        conversation: ConversationId,
        author: &User,
        body: &str,
        idempotency: Option<Idempotency>,
        seconds: i64,
    ) -> Result<Message, QueueMessageError> {
        let text = QueueMessage {
            idempotency,
            ..answer(conversation, author.id, body)
        };
        queue_message(&mut self.conn().await, &text, at(seconds)).await
    }

    pub async fn claim(&self, seconds: i64) -> Option<Attempt> {
        claim_next(&mut self.conn().await, at(seconds)).await
    }

    pub async fn count(&self, query: &str) -> i64 {
        count(&mut self.conn().await, query).await
    }

    pub async fn run(&self, statements: &str) {
        self.conn().await.batch_execute(statements).await.unwrap();
    }

    /// How many sessions of this database wait for a lock.
    pub async fn waiting(&self) -> i64 {
        self.count(
            "SELECT count(*) AS count FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .await
    }

    /// Returns once so many sessions of this database wait for a lock.
    pub async fn until_waiting(&self, wanted: i64) {
        while self.waiting().await < wanted {
            tokio::task::yield_now().await;
        }
    }
}

/// An agent's text.
pub fn answer<'a>(conversation: ConversationId, author: UserId, body: &str) -> QueueMessage<'a> {
    QueueMessage {
        target: Target::Thread(conversation),
        class: SendClass::Agent,
        author: Some(author),
        content: NewContent {
            kind: "text",
            body: Some(body.to_owned()),
            ..NewContent::default()
        },
        send_at: None,
        idempotency: None,
    }
}

/// Takes one message that is due, whatever its line.
pub async fn claim_next(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Option<Attempt> {
    for channel in outbox::lines_due(conn).await.unwrap() {
        let room = Room { channel, messages: 1 };
        let claimed = outbox::claim(conn, &[room], &[], now).await.unwrap();
        if let Some(attempt) = claimed.attempts.into_iter().next() {
            return Some(attempt);
        }
    }
    None
}

/// Settles one attempt; whether it was the current one.
pub async fn settle(
    conn: &mut Conn<Tenant>,
    attempt: &Attempt,
    settlement: &Settlement,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let outcome = Outcome {
        attempt: attempt.clone(),
        settlement: settlement.clone(),
    };
    let settled = outbox::settle(conn, &[outcome], now).await?;
    Ok(settled.contains(&attempt.outbox))
}

/// How many attempts turn out to be lost.
pub async fn expire_leases(conn: &mut Conn<Tenant>, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(outbox::tidy(conn, now).await?.lost)
}

pub async fn next_due(conn: &mut Conn<Tenant>) -> Result<Option<DateTime<Utc>>, DbError> {
    outbox::next_due(conn, &Held::default()).await
}

pub fn accepted(wamid: &str) -> Settlement {
    Settlement::Accepted {
        wamid: wamid.to_owned(),
        wa_id: None,
        user_id: None,
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What a query that calls its column `count` answers.
pub async fn count(conn: &mut Conn<Tenant>, query: &str) -> i64 {
    let row: Count = diesel::sql_query(query).get_result(&mut **conn).await.unwrap();
    row.count
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

/// What a query that calls its column `row` answers, as text.
pub async fn rows(conn: &mut Conn<Tenant>, query: &str) -> Vec<String> {
    let rows: Vec<Row> = diesel::sql_query(query).load(&mut **conn).await.unwrap();
    rows.into_iter().map(|row| row.row).collect()
}

#[derive(QueryableByName)]
struct Truth {
    #[diesel(sql_type = Bool)]
    truth: bool,
}

/// What a query that calls its column `truth` answers.
pub async fn truth(conn: &mut Conn<Tenant>, query: &str) -> bool {
    let row: Truth = diesel::sql_query(query).get_result(&mut **conn).await.unwrap();
    row.truth
}

/// A fixed moment, and so many seconds after it.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub fn page(limit: usize) -> PageRequest {
    PageRequest { limit, cursor: None }
}

pub fn known_by_phone(phone: &str) -> Identity {
    Identity {
        user_key: phone.to_owned(),
        phone: Some(phone.to_owned()),
        ..Identity::default()
    }
}

/// A text message.
pub fn text(wamid: &str, phone: &str, body: &str, seconds: i64) -> InboundItem {
    from(known_by_phone(phone), wamid, body, seconds)
}

pub fn from(from: Identity, wamid: &str, body: &str, seconds: i64) -> InboundItem {
    let raw = serde_json::json!({ "id": wamid, "text": { "body": body } }).to_string();
    InboundItem {
        channel: LINE,
        content: InboundContent::Message(InboundMessage {
            wamid: wamid.to_owned(),
            from,
            kind: "text".to_owned(),
            body: Some(body.to_owned()),
            payload: None,
            media: None,
            context_wamid: None,
            is_news: true,
            opens_window: true,
            at: Some(at(seconds)),
        }),
        raw,
    }
}

/// A report about one of our messages.
pub fn report(wamid: &str, delivery: Delivery, seconds: i64, attempt: Option<AttemptRef>) -> InboundItem {
    let failure = (delivery == Delivery::Failed).then(|| SendFailure {
        code: Some(131_026),
        title: "undeliverable".to_owned(),
        detail: None,
    });
    InboundItem {
        channel: LINE,
        content: InboundContent::Status(StatusReport {
            wamid: wamid.to_owned(),
            delivery,
            at: Some(at(seconds)),
            failure,
            attempt,
        }),
        raw: "{}".to_owned(),
    }
}
