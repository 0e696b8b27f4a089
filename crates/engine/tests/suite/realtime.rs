//! Watching a tenant: everything, in order, or a clear word that something was missed.

use std::time::Duration;

use engine::realtime::Watch;
use tenant::event;
use testkit::TestDb;

use crate::{
    bodies::{body, messages, one, text},
    common::{A, Company, PLATFORM, Stage, signed},
};

async fn newest(company: &Company) -> i64 {
    event::newest(&mut company.db.conn().await.unwrap())
        .await
        .unwrap()
}

async fn take(stage: &Stage, body: &[u8]) {
    stage
        .engine
        .ingest(body, Some(&signed(PLATFORM, body)))
        .await
        .unwrap();
}

/// Reads on until this event has come.
async fn read_to(watch: &mut Watch, last: i64) {
    while watch.seq < last {
        let before = watch.seq;
        let event = tokio::time::timeout(Duration::from_secs(20), watch.next()).await;
        assert_eq!(event.unwrap().unwrap().seq, before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_in_order_to_every_watcher_and_from_other_servers_too() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    let other = stage.another();
    let handle = stage.handle(&sol).await;
    let mut watch = stage.engine.watch(&handle).await.unwrap();
    let mut second = stage.engine.watch(&handle).await.unwrap();
    let mut stranger = stage.engine.watch(&stage.handle(&luna).await).await.unwrap();
    for n in 0..20 {
        let body = one(A, &format!("w{n}"));
        let engine = if n % 2 == 0 { &stage.engine } else { &other };
        engine
            .ingest(&body, Some(&signed(PLATFORM, &body)))
            .await
            .unwrap();
    }
    let last = newest(&sol).await;
    assert_eq!(last, 21);
    read_to(&mut watch, last).await;
    read_to(&mut second, last).await;
    let heard = tokio::select! {
        biased;
        event = stranger.next() => Some(event),
        () = std::future::ready(()) => None,
    };
    assert!(heard.is_none(), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_falls_behind_is_told() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let handle = stage.handle(&sol).await;
    let mut slow = stage.engine.watch(&handle).await.unwrap();
    let mut quick = stage.engine.watch(&handle).await.unwrap();
    for batch in 0..6 {
        let all = (0..200).map(|n| text(&format!("w{batch}.{n}"), "34600000001", "hola"));
        take(&stage, &body(&[(A, messages(all))])).await;
        let last = newest(&sol).await;
        read_to(&mut quick, last).await;
    }
    assert!(slow.next().await.is_err());
    let again = stage.engine.watch(&handle).await.unwrap();
    assert_eq!(again.seq, newest(&sol).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_falls_between_the_number_and_the_stream() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let handle = stage.handle(&sol).await;
    for round in 0..60 {
        let bodies: Vec<_> = (0..4).map(|n| one(A, &format!("r{round}.{n}"))).collect();
        let engine = stage.engine.clone();
        let writing = tokio::spawn(async move {
            for body in bodies {
                engine
                    .ingest(&body, Some(&signed(PLATFORM, &body)))
                    .await
                    .unwrap();
            }
        });
        for _ in 0..round % 7 {
            tokio::task::yield_now().await;
        }
        let mut watch = stage.engine.watch(&handle).await.unwrap();
        writing.await.unwrap();
        read_to(&mut watch, newest(&sol).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_a_tenant_that_moves_to_another_database_is_told_and_goes_on_there() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let mut watch = stage.engine.watch(&stage.handle(&sol).await).await.unwrap();
    take(&stage, &one(A, "w1")).await;
    read_to(&mut watch, 2).await;
    let moved = TestDb::create("tenant", tenant::MIGRATIONS);
    stage.attach(sol.id, moved.url()).await;
    stage.resolver().forget();
    let told = tokio::time::timeout(Duration::from_secs(20), watch.next()).await;
    assert!(told.unwrap().is_err());
    let mut watch = stage.engine.watch(&stage.handle(&sol).await).await.unwrap();
    assert_eq!(watch.seq, 0);
    take(&stage, &one(A, "w2")).await;
    read_to(&mut watch, 2).await;
}
