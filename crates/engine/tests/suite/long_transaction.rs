//! Somebody keeps a transaction open on a tenant's database: a report, a dump, a forgotten terminal.

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tenant::message::MessageStatus;

use crate::{
    bodies::{body, messages, text},
    common::{A, CUSTOMER, Stage, eventually},
    receiver::connect,
    sender::{accepted, written_by},
};

/// What the held transaction has seen of everything that moves; none of it may be cleaned up while it lives.
const SNAPSHOT: &str = "SET idle_in_transaction_session_timeout = 0; \
    BEGIN ISOLATION LEVEL REPEATABLE READ; \
    SELECT count(*) FROM messages, outbox, contacts, conversations";

const ROUNDS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_stays_open_keeps_no_message_from_coming_or_going() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    connect(&stage);
    let thread = written_by(&stage, &sol, A, CUSTOMER).await;
    let mut held = sol.db.conn().await.unwrap();
    held.batch_execute(SNAPSHOT).await.unwrap();
    let mut answers = Vec::new();
    for round in 0..ROUNDS {
        let written = (0..10).map(|n| text(&format!("in.{round}.{n}"), CUSTOMER, "hola"));
        stage.deliver(&body(&[(A, messages(written))])).await.unwrap();
        answers.push(stage.reply(&sol, thread, &format!("respuesta {round}")).await);
    }
    for answer in &answers {
        sol.until(answer.id, MessageStatus::Read).await;
    }
    let came = "messages WHERE direction = 'in'";
    let all = i64::try_from(ROUNDS * 10 + 1).unwrap();
    eventually(async || (sol.count(came).await == all).then_some(())).await;
    assert_eq!(accepted(&stage), [1; ROUNDS]);
    // It was open all the while.
    let still_one = "SELECT 1 / (SELECT (count(*) = 1)::int FROM messages); COMMIT";
    held.batch_execute(still_one).await.unwrap();
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Postgres ends what does not end by itself: our own transactions are never the long ones.
#[tokio::test(flavor = "multi_thread")]
async fn no_transaction_of_ours_is_left_idle() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let handle = stage.handle(&sol).await;
    for db in [handle.db().await.unwrap(), handle.ingest_db().await.unwrap()] {
        let setting = "SELECT current_setting('idle_in_transaction_session_timeout') AS value";
        let found: Setting = diesel::sql_query(setting)
            .get_result(&mut *db.conn().await.unwrap())
            .await
            .unwrap();
        assert_eq!(found.value, "30s");
    }
}
