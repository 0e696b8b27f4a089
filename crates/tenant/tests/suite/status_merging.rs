//! Reports are a set: whatever order, repetition and grouping they come in, and
//! whenever the message becomes known, it ends in one state.

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestError, TestRunner},
};
use tenant::{
    conversation::ConversationId,
    inbound::{InboundContent, InboundItem},
    message::Message,
    outbox::Attempt,
    status::{Delivery, SendFailure},
    user::User,
};
use tokio::runtime::Builder;

use crate::common::{Test, accepted, at, report, settle};

/// What Meta reports once: a kind, a second, the error of a failure, and whether
/// our callback data came along.
#[derive(Debug, Clone)]
struct Told {
    delivery: Delivery,
    seconds: i64,
    code: i32,
    names_attempt: bool,
}

/// How it is delivered: which report comes next (some several times), how many at
/// once, and after how many the answer to our call is written down.
#[derive(Debug, Clone)]
struct Way {
    again: Vec<Index>,
    shuffle: Vec<Index>,
    batches: Vec<usize>,
    accepted_after: Index,
}

fn told() -> impl Strategy<Value = Told> {
    let delivery = prop_oneof![
        Just(Delivery::Sent),
        Just(Delivery::Delivered),
        Just(Delivery::Read),
        Just(Delivery::Failed)
    ];
    (delivery, 10..14_i64, 131_000..131_003_i32, any::<bool>()).prop_map(
        |(delivery, seconds, code, names_attempt)| Told {
            delivery,
            seconds,
            code,
            names_attempt,
        },
    )
}

fn way() -> impl Strategy<Value = Way> {
    (
        proptest::collection::vec(any::<Index>(), 0..6),
        proptest::collection::vec(any::<Index>(), 16),
        proptest::collection::vec(1..5_usize, 16),
        any::<Index>(),
    )
        .prop_map(|(again, shuffle, batches, accepted_after)| Way {
            again,
            shuffle,
            batches,
            accepted_after,
        })
}

fn item(told: &Told, wamid: &str, attempt: &Attempt) -> InboundItem {
    let attempt = told.names_attempt.then_some(attempt.reference);
    let mut item = report(wamid, told.delivery, told.seconds, attempt);
    if let InboundContent::Status(status) = &mut item.content
        && let Some(failure) = &mut status.failure
    {
        *failure = SendFailure {
            code: Some(told.code),
            title: format!("title {}", told.code),
            detail: None,
        };
    }
    item
}

async fn accept(test: &Test, attempt: &Attempt, wamid: &str) {
    let settlement = accepted(wamid);
    // False where a report had settled it before.
    settle(&mut test.conn().await, attempt, &settlement, at(2))
        .await
        .unwrap();
}

async fn in_order(test: &Test, told: &[Told], attempt: &Attempt, wamid: &str) -> Message {
    accept(test, attempt, wamid).await;
    for told in told {
        test.apply(&[item(told, wamid, attempt)], 40).await;
    }
    test.message(attempt.reference.message).await
}

async fn some_way(test: &Test, told: &[Told], way: &Way, attempt: &Attempt, wamid: &str) -> Message {
    let mut left: Vec<&Told> = told.iter().collect();
    left.extend(way.again.iter().map(|again| again.get(told)));
    let mut order = Vec::new();
    for next in way.shuffle.iter().cycle() {
        if left.is_empty() {
            break;
        }
        order.push(left.remove(next.index(left.len())));
    }
    let accepted_after = way.accepted_after.index(order.len() + 1);
    let mut sizes = way.batches.iter().cycle();
    let (early, late) = order.split_at(accepted_after);
    for (number, part) in [early, late].into_iter().enumerate() {
        let mut part = part;
        while !part.is_empty() {
            let (now, rest) = part.split_at((*sizes.next().unwrap()).min(part.len()));
            let items: Vec<InboundItem> = now.iter().map(|told| item(told, wamid, attempt)).collect();
            test.apply(&items, 40).await;
            part = rest;
        }
        if number == 0 {
            accept(test, attempt, wamid).await;
        }
    }
    test.message(attempt.reference.message).await
}

async fn attempt(test: &Test, thread: ConversationId, user: &User) -> Attempt {
    test.queue(thread, user, "buenas", 1).await;
    test.claim(1).await.unwrap()
}

#[test]
fn every_order_repetition_and_grouping_of_the_reports_ends_in_one_state() {
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let test = runtime.block_on(async { Test::new() });
    let (thread, user) = runtime.block_on(test.thread("34600000001"));
    let mut runner = TestRunner::new(Config {
        cases: 96,
        failure_persistence: None,
        ..Config::default()
    });
    let cases = (proptest::collection::vec(told(), 1..7), way());
    let number = std::cell::Cell::new(0);
    let outcome = runner.run(&cases, |(told, way)| {
        number.set(number.get() + 1);
        let (plain, mixed) = (format!("a{}", number.get()), format!("b{}", number.get()));
        let (expected, found) = runtime.block_on(async {
            let first = attempt(&test, thread, &user).await;
            let expected = in_order(&test, &told, &first, &plain).await;
            let second = attempt(&test, thread, &user).await;
            (expected, some_way(&test, &told, &way, &second, &mixed).await)
        });
        prop_assert_eq!(expected.status(), found.status());
        let times = |message: &Message| {
            [
                message.sent_at,
                message.delivered_at,
                message.read_at,
                message.failed_at,
            ]
        };
        prop_assert_eq!(times(&expected), times(&found));
        prop_assert_eq!(expected.failure(), found.failure());
        prop_assert_eq!(found.wamid.as_deref(), Some(mixed.as_str()));
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => panic!("{why}\n{case:#?}"),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    let orphans = runtime.block_on(test.count("SELECT count(*) AS count FROM orphan_statuses"));
    assert_eq!(orphans, 0);
}
