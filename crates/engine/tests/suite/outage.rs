//! A tenant's database is away, and the control plane too.

use engine::{BreakerState, ingest::IngestError};
use testkit::proxy::Proxy;

use crate::{
    bodies::{body, messages, one, text},
    common::{A, B, PLATFORM, Stage, eventually, signed},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_during_an_outage_is_taken_and_lands_once() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    stage.deliver(&one(A, "w0")).await.unwrap();
    sol.wire.cut();
    for _ in 0..2 {
        stage.deliver(&one(A, "w1")).await.unwrap();
    }
    assert_eq!(stage.rows("spool").await, 2);
    stage.run();
    sol.wire.restore();
    eventually(async || (stage.rows("spool").await == 0).then_some(())).await;
    stage.deliver(&one(A, "w1")).await.unwrap();
    assert_eq!(sol.count("messages").await, 2);
    assert_eq!(sol.count("conversations WHERE unread_count = 2").await, 1);
    // Connections that were open and went dead are no reason to give up for good.
    sol.wire.cut();
    sol.wire.restore();
    stage.deliver(&one(A, "w2")).await.unwrap();
    eventually(async || (sol.count("messages").await == 3).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_outage_keeps_nobody_elses_messages() {
    let stage = Stage::idle();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    let body = body(&[
        (A, messages([text("w1", "34600000001", "a")])),
        (B, messages([text("w1", "34600000001", "b")])),
    ]);
    sol.wire.cut();
    stage.deliver(&body).await.unwrap();
    assert_eq!(luna.count("messages").await, 1);
    assert_eq!(
        (
            stage.rows("spool").await,
            stage.rows(&format!("spool WHERE tenant_id = '{}'", sol.id)).await
        ),
        (1, 1)
    );
    sol.wire.restore();
    stage.run();
    eventually(async || (sol.count("messages").await == 1).then_some(())).await;
    assert_eq!(luna.count("messages").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_keeps_failing_is_left_alone_and_found_again() {
    let stage = Stage::idle();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    sol.wire.cut();
    let resting = "spool WHERE reason = 'resting'";
    for n in 0..50 {
        stage.deliver(&one(A, &format!("w{n}"))).await.unwrap();
    }
    assert!(stage.rows(resting).await > 0);
    stage.deliver(&one(B, "w")).await.unwrap();
    assert_eq!(stage.engine.breaker(luna.id), BreakerState::Closed);
    assert_eq!(luna.count("messages").await, 1);
    sol.wire.restore();
    stage.run();
    eventually(async || (sol.count("messages").await == 50).then_some(())).await;
    eventually(async || (stage.engine.breaker(sol.id) == BreakerState::Closed).then_some(())).await;
    let spooled = stage.rows("spool").await;
    stage.deliver(&one(A, "direct")).await.unwrap();
    assert_eq!((spooled, sol.count("messages").await), (0, 51));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_both_databases_away_meta_is_told_to_come_again() {
    let stage = Stage::idle();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let control = Proxy::start(stage.control_url());
    let engine = stage.another_over(control.url());
    let deliver = async |wamid: &str| {
        let body = one(A, wamid);
        engine.ingest(&body, Some(&signed(PLATFORM, &body))).await
    };
    deliver("w0").await.unwrap();
    control.cut();
    deliver("w1").await.unwrap();
    sol.wire.cut();
    for _ in 0..2 {
        let result = deliver("w2").await;
        assert!(matches!(result, Err(IngestError::Unavailable)), "{result:?}");
    }
    assert_eq!(stage.rows("spool").await, 0);
    // Either of the two is enough.
    control.restore();
    eventually(async || deliver("w3").await.ok()).await;
    control.cut();
    sol.wire.restore();
    eventually(async || deliver("w4").await.ok()).await;
    control.restore();
    stage.run();
    eventually(async || (sol.count("messages").await == 4).then_some(())).await;
    deliver("w2").await.unwrap();
    eventually(async || (sol.count("messages").await == 5).then_some(())).await;
}
