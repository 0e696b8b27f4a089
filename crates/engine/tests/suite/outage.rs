//! A tenant's database is away.

use engine::ingest::IngestError;

use crate::{
    bodies::{body, messages, one, text},
    common::{A, B, PLATFORM, Stage, signed},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_stored_comes_again_and_lands_once() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let body = one(A, "w1");
    let header = signed(PLATFORM, &body);
    sol.wire.cut();
    for _ in 0..2 {
        let result = stage.engine.ingest(&body, Some(&header)).await;
        assert!(matches!(result, Err(IngestError::Unavailable)), "{result:?}");
    }
    sol.wire.restore();
    for _ in 0..2 {
        stage.engine.ingest(&body, Some(&header)).await.unwrap();
    }
    assert_eq!(sol.count("messages").await, 1);
    // Connections that were open and went dead are no reason to give up for good.
    sol.wire.cut();
    sol.wire.restore();
    let body = one(A, "w2");
    let header = signed(PLATFORM, &body);
    crate::common::eventually(async || stage.engine.ingest(&body, Some(&header)).await.ok()).await;
    assert_eq!(sol.count("messages").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_outage_keeps_nobody_elses_messages() {
    let stage = Stage::new();
    let (sol, luna) = (stage.company("sol").await, stage.company("luna").await);
    stage.line(&sol, A, None).await;
    stage.line(&luna, B, None).await;
    let body = body(&[
        (A, messages([text("w1", "34600000001", "a")])),
        (B, messages([text("w1", "34600000001", "b")])),
    ]);
    let header = signed(PLATFORM, &body);
    sol.wire.cut();
    let result = stage.engine.ingest(&body, Some(&header)).await;
    assert!(matches!(result, Err(IngestError::Unavailable)));
    assert_eq!(luna.count("messages").await, 1);
    sol.wire.restore();
    crate::common::eventually(async || stage.engine.ingest(&body, Some(&header)).await.ok()).await;
    assert_eq!(
        (sol.count("messages").await, luna.count("messages").await),
        (1, 1)
    );
}
