//! Which process works on whom.

use std::time::Duration;

use engine::LeaseTimes;
use tenant::{event, message::MessageStatus};
use testkit::proxy::Proxy;

use crate::{
    bodies::{body, messages, one},
    common::{A, CUSTOMER, PLATFORM, Stage, eventually, now, signed},
    receiver::Slow,
};

/// Leases that end soon, so that a test sees their end.
const SHORT: LeaseTimes = LeaseTimes {
    lease: Duration::from_secs(2),
    renew: Duration::from_millis(300),
};

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_worker_holds_all_shares_when_another_joins_and_inherits_when_it_dies() {
    let stage = Stage::idle();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    let (first, running) = stage.worker(stage.control_url(), SHORT);
    eventually(async || (first.leases().held().len() == 2).then_some(())).await;
    let before = first.leases().holds(sol.id).unwrap();
    let (second, _running) = stage.worker(stage.control_url(), SHORT);
    eventually(async || {
        (first.leases().held().len() == 1 && second.leases().held().len() == 1).then_some(())
    })
    .await;
    // It stops without a word, as if killed.
    running.abort();
    let mut acquired = second.leases().acquired();
    eventually(async || (second.leases().held().len() == 2).then_some(())).await;
    let told = [acquired.next().await, acquired.next().await];
    assert!(told.contains(&sol.id) && told.contains(&luna.id));
    assert!(second.leases().holds(sol.id).unwrap() > before);
    assert!(first.leases().held().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_well_is_followed_at_once() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let (first, _one) = stage.worker(stage.control_url(), LeaseTimes::default());
    eventually(async || first.leases().holds(sol.id)).await;
    let (second, _two) = stage.worker(stage.control_url(), LeaseTimes::default());
    first.shut_down(Duration::from_secs(5)).await;
    assert_eq!(first.leases().holds(sol.id), None);
    eventually(async || second.leases().holds(sol.id)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_renew_stops_by_itself_and_resumes() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    let wire = Proxy::start(stage.control_url());
    let (worker, _running) = stage.worker(wire.url(), SHORT);
    eventually(async || worker.leases().holds(sol.id)).await;
    wire.cut();
    eventually(async || worker.leases().holds(sol.id).is_none().then_some(())).await;
    assert!(worker.leases().held().is_empty());
    wire.restore();
    eventually(async || worker.leases().holds(sol.id)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_hears_of_anothers_commit_without_looking() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let other = stage.another();
    let mut watch = stage.engine.watch(&stage.handle(&sol).await).await.unwrap();
    let body = one(A, "w1");
    other.ingest(&body, Some(&signed(PLATFORM, &body))).await.unwrap();
    let newest = event::newest(&mut sol.db.conn().await.unwrap()).await.unwrap();
    while watch.seq < newest {
        tokio::time::timeout(Duration::from_secs(20), watch.next())
            .await
            .unwrap()
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_sees_its_calls_to_their_end() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let mut message = crate::bodies::text("in", CUSTOMER, "hola");
    message["timestamp"] = now().timestamp().to_string().into();
    let body = body(&[(A, messages([message]))]);
    stage
        .engine
        .ingest(&body, Some(&signed(PLATFORM, &body)))
        .await
        .unwrap();
    let thread = sol.conversations().await.remove(0);
    let meta = Slow::start();
    let sending = stage.another_at(&meta.url);
    let sent = stage.reply_through(&sending, &sol, thread, "buenas").await;
    meta.arrived.acquire().await.unwrap().forget();
    let later = stage.reply_through(&sending, &sol, thread, "hasta luego").await;
    let ending = tokio::spawn({
        let sending = sending.clone();
        async move { sending.shut_down(Duration::from_secs(20)).await }
    });
    eventually(async || sending.leases().held().is_empty().then_some(())).await;
    assert!(!ending.is_finished());
    meta.answer.add_permits(2);
    ending.await.unwrap();
    assert_eq!(sol.message(sent.id).await.status(), MessageStatus::Accepted);
    // What was not begun waits for the next process.
    assert_eq!(sol.message(later.id).await.status(), MessageStatus::Queued);
}
