//! The counters that a drill of the product goes by.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::stage::{CUSTOMER, LINE, Stage, text};

fn message(to: &str, callback: &str) -> Value {
    let mut message = text("hola");
    message["to"] = format!("+{to}").into();
    message["biz_opaque_callback_data"] = callback.into();
    message
}

async fn sends(stage: &Stage, query: &str) -> Value {
    stage.get(&format!("/simulator/sends{query}")).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_went_out_twice_is_named_whatever_the_attempt() {
    let stage = Stage::set();
    for callback in ["o1:m1:1", "o1:m1:2", "o1:m2:1", "o1:m3:1", "o1:m3:1"] {
        assert_eq!(stage.send(&message(CUSTOMER, callback)).await.0, 200);
    }
    let all = sends(&stage, "").await;
    assert_eq!(
        (&all["total"], &all["callbacks"], &all["messages"]),
        (&json!(5), &json!(4), &json!(3))
    );
    assert_eq!(all["by_callback"]["o1:m3:1"], 2);
    let repeated = all["repeated_callbacks"].as_array().unwrap();
    assert_eq!((repeated.len(), &repeated[0]["name"]), (1, &json!("o1:m3:1")));
    let names: Vec<_> = all["repeated_messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|repeated| (&repeated["name"], &repeated["count"]))
        .collect();
    assert_eq!(names, [(&json!("m1"), &json!(2)), (&json!("m3"), &json!(2))]);
    assert_eq!(all["repeated_messages"][0]["sends"][1]["callback"], "o1:m1:2");
    let none = sends(&stage, "?phone_number_id=9&brief=true").await;
    assert_eq!(
        (&none["total"], &none["repeated_messages"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(none.get("by_callback"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_or_lost_is_called_and_not_accepted() {
    let stage = Stage::set();
    stage.send(&message(CUSTOMER, "a")).await;
    stage
        .send(&json!({"messaging_product": "whatsapp", "to": "x"}))
        .await;
    stage
        .send(&json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}))
        .await;
    for fault in [json!("429"), json!({"code": 131_056}), json!("500")] {
        let fault = json!({"send": fault, "times": 1});
        stage.post("/simulator/faults", &fault).await;
        assert_ne!(stage.send(&message(CUSTOMER, "b")).await.0, 200);
    }
    let line = sends(&stage, &format!("?phone_number_id={LINE}")).await["lines"][0].take();
    assert_eq!((&line["calls"], &line["accepted"]), (&json!(5), &json!(1)));
    let refused = json!({"131008": 1, "130429": 1, "131056": 1, "131000": 1});
    assert_eq!(line["refused"], refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_sends_at_once_are_each_counted_once_and_per_second() {
    let stage = Stage::set();
    stage
        .post("/simulator/faults", &json!({"drop_statuses": true}))
        .await;
    stage
        .post("/simulator/limits", &json!({"throughput": false}))
        .await;
    let customer = |n: usize| format!("5491155{n:06}");
    let each = stream::iter(0..600).for_each_concurrent(16, |n| {
        let (stage, message) = (&stage, message(&customer(n), &format!("o1:m{n}:1")));
        async move {
            assert_eq!(stage.send(&message).await.0, 200);
        }
    });
    each.await;
    let all = sends(&stage, "?brief=false").await;
    assert_eq!((&all["total"], &all["messages"]), (&json!(600), &json!(600)));
    assert_eq!(all["repeated_messages"], json!([]));
    let line = &all["lines"][0];
    let seconds = line["per_second"].as_array().unwrap();
    let counts = seconds.iter().map(|second| second["accepted"].as_u64().unwrap());
    assert_eq!(counts.clone().sum::<u64>(), 600);
    // A second that begins anywhere holds at least as much as one of the clock.
    assert!(line["most_in_a_second"].as_u64() >= counts.max());
    stage.post("/simulator/sends/reset", &json!({})).await;
    let anew = sends(&stage, "").await;
    assert_eq!((&anew["total"], &anew["lines"]), (&json!(0), &json!([])));
}
