//! What is spooled, and how it gets to its tenant: in order, once, whatever breaks.

use std::sync::Arc;

use control::spool::{NewSpooled, Spool, retry_spooled};
use crypto::{Keyring, MasterKey, SecretString};
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use engine::Engine;

use crate::{
    bodies::{body, messages, one, text},
    common::{A, B, Company, Stage, actor, eventually, now},
};

#[derive(QueryableByName)]
struct Wamid {
    #[diesel(sql_type = Text)]
    wamid: String,
}

/// The messages in the order in which they became visible.
async fn in_order(company: &Company) -> Vec<String> {
    let query = "SELECT m.wamid FROM events e JOIN messages m ON m.id = e.message_id ORDER BY e.seq";
    let rows: Vec<Wamid> = diesel::sql_query(query)
        .load(&mut *company.db.conn().await.unwrap())
        .await
        .unwrap();
    rows.into_iter().map(|row| row.wamid).collect()
}

async fn drained(stage: &Stage) {
    eventually(async || (stage.rows("spool").await == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_queue_is_applied_in_order_and_once() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    sol.wire.cut();
    let mut sent = Vec::new();
    for n in 0..30 {
        let wamids: Vec<String> = (0..10).map(|m| format!("w{n}.{m}")).collect();
        let texts = wamids.iter().map(|wamid| text(wamid, "34600000001", "hola"));
        stage.deliver(&body(&[(A, messages(texts))])).await.unwrap();
        sent.extend(wamids);
    }
    assert_eq!(stage.rows("spool").await, 30);
    sol.wire.restore();
    // Two servers look after it at once.
    stage.run();
    let other: Engine = stage.another();
    tokio::spawn(async move { other.run().await });
    drained(&stage).await;
    assert_eq!(in_order(&sol).await, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_gets_them_later() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let mut conn = sol.db.conn().await.unwrap();
    let read_only = |value: &str| {
        format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {value}', \
             current_database()); END $$"
        )
    };
    conn.batch_execute(&read_only("on")).await.unwrap();
    // Only new connections know.
    sol.wire.cut();
    sol.wire.restore();
    stage.deliver(&one(A, "w1")).await.unwrap();
    assert_eq!(stage.rows("spool WHERE reason = 'down'").await, 1);
    assert_eq!(sol.count("dead_letters").await, 0);
    conn.batch_execute(&read_only("off")).await.unwrap();
    sol.wire.cut();
    sol.wire.restore();
    stage.run();
    eventually(async || (sol.count("messages").await == 1).then_some(())).await;
    drained(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_answer_in_time_holds_nobody_up() {
    let stage = Stage::idle();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    stage.deliver(&one(A, "w0")).await.unwrap();
    let mut conn = sol.db.conn().await.unwrap();
    conn.batch_execute("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let both = body(&[
        (A, messages([text("w1", "34600000001", "a")])),
        (B, messages([text("w1", "34600000001", "b")])),
    ]);
    stage.deliver(&both).await.unwrap();
    assert_eq!(stage.rows("spool WHERE reason = 'slow'").await, 1);
    assert_eq!(luna.count("messages").await, 1);
    conn.batch_execute("ROLLBACK").await.unwrap();
    stage.run();
    drained(&stage).await;
    assert_eq!(sol.count("messages").await, 2);
    assert_eq!(sol.count("conversations WHERE unread_count = 2").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_applying_and_deleting_changes_nothing() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    sol.wire.cut();
    stage.deliver(&one(A, "w1")).await.unwrap();
    sol.wire.restore();
    // The row cannot be deleted, so the work stops exactly there.
    let mut held = stage.resolver().control().conn().await.unwrap();
    held.batch_execute("BEGIN; SELECT * FROM spool FOR UPDATE")
        .await
        .unwrap();
    stage.run();
    eventually(async || (sol.count("messages").await == 1).then_some(())).await;
    let waits = "pg_stat_activity WHERE query LIKE 'DELETE%spool%' AND wait_event_type = 'Lock' \
                 AND datname = current_database()";
    eventually(async || (stage.rows(waits).await == 1).then_some(())).await;
    let kill = format!("SELECT pg_terminate_backend(pid) FROM {waits}");
    let mut killer = stage.resolver().control().conn().await.unwrap();
    killer.batch_execute(&kill).await.unwrap();
    held.batch_execute("ROLLBACK").await.unwrap();
    drained(&stage).await;
    assert_eq!(in_order(&sol).await, ["w1"]);
    assert_eq!(sol.count("conversations WHERE unread_count = 1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_does_not_open_is_put_aside_and_those_behind_it_go_on() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let other = MasterKey::parse("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").unwrap();
    let other = Keyring::new(other, Vec::new());
    let contents = SecretString::from("[]");
    let rows = [
        NewSpooled::seal(&other, sol.id, &contents, 1, now()),
        NewSpooled::seal(
            stage.resolver().keyring(),
            sol.id,
            &SecretString::from("?"),
            1,
            now(),
        ),
    ];
    let mut conn = stage.resolver().control().conn().await.unwrap();
    Spool::new(&mut conn).insert(&rows).await.unwrap();
    sol.wire.cut();
    stage.deliver(&one(A, "w1")).await.unwrap();
    sol.wire.restore();
    stage.run();
    eventually(async || (sol.count("messages").await == 1).then_some(())).await;
    let failed = "spool WHERE state = 'failed' AND last_error IS NOT NULL AND attempts = 1";
    eventually(async || (stage.rows(failed).await == 2).then_some(())).await;
    assert_eq!(stage.rows("spool").await, 2);
    // A person tries it again in vain, and it is put aside again.
    let id = Spool::new(&mut conn)
        .list(
            &control::spool::SpoolFilter::default(),
            &pg::PageRequest {
                limit: 1,
                cursor: None,
            },
        )
        .await
        .unwrap()
        .items[0]
        .id;
    let row = retry_spooled(&mut conn, id, &actor(), now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state, "waiting");
    eventually(async || (stage.rows(failed).await == 2).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_for_a_tenant_without_a_database_waits_for_one() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let mut conn = stage.resolver().control().conn().await.unwrap();
    conn.batch_execute("DELETE FROM tenant_databases").await.unwrap();
    stage.resolver().forget();
    stage.run();
    stage.deliver(&one(A, "w1")).await.unwrap();
    let noted = "spool WHERE last_error LIKE '%no database%' AND last_tried_at IS NOT NULL";
    eventually(async || (stage.rows(noted).await == 1).then_some(())).await;
    stage.attach(sol.id, sol.wire.url()).await;
    stage.resolver().forget();
    stage.engine.drain_now(sol.id);
    drained(&stage).await;
    assert_eq!(sol.count("messages").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spool_holds_nothing_that_can_be_read() {
    let stage = Arc::new(Stage::idle());
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    sol.wire.cut();
    let secret = body(&[(A, messages([text("w1", "34600000001", "mi clave es 1234")]))]);
    stage.deliver(&secret).await.unwrap();
    let readable = "spool s WHERE to_jsonb(s)::text LIKE '%clave%' OR to_jsonb(s)::text LIKE '%34600000001%'";
    assert_eq!((stage.rows("spool").await, stage.rows(readable).await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_beyond_what_may_wait_is_spooled_and_not_refused() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    stage.deliver(&one(A, "w")).await.unwrap();
    let mut conn = sol.db.conn().await.unwrap();
    conn.batch_execute("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    // 500 in one transaction, 512 that wait for it, and then some.
    let bodies: Vec<Vec<u8>> = (0..1_100).map(|n| one(A, &format!("w{n}"))).collect();
    let taken = futures_util::future::join_all(bodies.iter().map(|body| stage.deliver(body))).await;
    assert!(taken.iter().all(Result::is_ok));
    assert!(stage.rows("spool WHERE reason = 'busy'").await >= 88);
    assert_eq!(stage.rows("spool").await, 1_100);
    conn.batch_execute("ROLLBACK").await.unwrap();
    stage.run();
    drained(&stage).await;
    assert_eq!(sol.count("messages").await, 1_101);
}
