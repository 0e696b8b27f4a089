//! What is in a body, and where it ends up.

use serde_json::json;

use crate::{
    bodies::{body, messages, one, text},
    common::{A, PLATFORM, Stage, signed},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_body_twice_or_eight_times_at_once_is_one_message() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let other = stage.another();
    let body = one(A, "w1");
    let header = signed(PLATFORM, &body);
    let tries: Vec<_> = (0..8)
        .map(|n| {
            let engine = if n % 2 == 0 {
                stage.engine.clone()
            } else {
                other.clone()
            };
            let (body, header) = (body.clone(), header.clone());
            tokio::spawn(async move { engine.ingest(&body, Some(&header)).await.map(drop) })
        })
        .collect();
    for tried in tries {
        tried.await.unwrap().unwrap();
    }
    assert_eq!(
        (sol.count("messages").await, sol.count("conversations").await),
        (1, 1)
    );
    assert_eq!(sol.count("conversations WHERE unread_count = 1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_three_hundred_loses_nothing() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let all = (0..300).map(|n| text(&format!("w{n}"), &format!("3460000{:04}", n % 20), "hola"));
    let body = body(&[(A, messages(all))]);
    let taken = stage
        .engine
        .ingest(&body, Some(&signed(PLATFORM, &body)))
        .await
        .unwrap();
    assert_eq!(taken.items, 300);
    assert_eq!(
        (sol.count("messages").await, sol.count("conversations").await),
        (300, 20)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_item_that_cannot_be_stored_takes_none_of_its_neighbours_along() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    // No index takes a key this long and this random.
    let mut random = 7_u64;
    let endless: String = (0..20_000)
        .map(|_| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'a' + u8::try_from((random >> 33) % 26).unwrap())
        })
        .collect();
    let batch = messages([
        text("w1", "34600000001", "antes"),
        text(&endless, "34600000001", "veneno"),
        json!({"id": "w3", "type": "text"}),
        json!(7),
        text("w2", "34600000001", "después"),
    ]);
    let body = body(&[(A, batch)]);
    let header = signed(PLATFORM, &body);
    for _ in 0..2 {
        stage.engine.ingest(&body, Some(&header)).await.unwrap();
        assert_eq!(
            (sol.count("messages").await, sol.count("dead_letters").await),
            (2, 3)
        );
    }
    assert_eq!(sol.count("dead_letters WHERE length(reason) > 5").await, 3);
    assert_eq!(sol.count("dead_letters WHERE raw = '7'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_type_of_message_is_kept_with_its_json() {
    let stage = Stage::new();
    let sol = stage.company("sol").await;
    stage.line(&sol, A, None).await;
    let odd = json!({"id": "w1", "from": "34600000001", "timestamp": 1, "type": "hologram", "hologram": {"id": "9"}});
    let body = body(&[(A, messages([odd]))]);
    stage
        .engine
        .ingest(&body, Some(&signed(PLATFORM, &body)))
        .await
        .unwrap();
    let kept =
        "messages WHERE kind = 'hologram' AND payload -> 'hologram' ->> 'id' = '9' AND raw IS NOT NULL";
    assert_eq!(sol.count(kept).await, 1);
}
