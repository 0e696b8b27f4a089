//! Reports about our messages: any order, any number of times, the same end.

use tenant::{
    conversation::ConversationId,
    event,
    inbound::InboundItem,
    message::{Message, MessageStatus},
    outbox::{Attempt, Settlement, retry_message},
    status::{
        Delivery::{self, Delivered, Failed, Read, Sent},
        SendFailure,
    },
    user::User,
};

use crate::common::{Test, accepted, at, expire_leases, report, rows, settle};

const ANA: &str = "34600000001";

async fn claimed(test: &Test, thread: ConversationId, user: &User) -> Attempt {
    test.queue(thread, user, "buenas", 1).await;
    test.claim(1).await.unwrap()
}

async fn sent(test: &Test, thread: ConversationId, user: &User, wamid: &str) -> Attempt {
    let attempt = claimed(test, thread, user).await;
    assert!(accept(test, &attempt, wamid).await);
    attempt
}

async fn accept(test: &Test, attempt: &Attempt, wamid: &str) -> bool {
    let settlement = accepted(wamid);
    settle(&mut test.conn().await, attempt, &settlement, at(2))
        .await
        .unwrap()
}

type Outcome = (
    MessageStatus,
    [Option<chrono::DateTime<chrono::Utc>>; 4],
    Option<String>,
    Option<i32>,
);

fn outcome(message: &Message) -> Outcome {
    (
        message.status(),
        [
            message.sent_at,
            message.delivered_at,
            message.read_at,
            message.failed_at,
        ],
        message.wamid.clone(),
        message.error_code,
    )
}

/// Every order of `items`.
fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for index in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(index);
        for mut tail in permutations(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_the_reports_ends_the_same_whether_the_message_is_known_or_not() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let kinds: [(Delivery, i64); 5] = [(Sent, 10), (Delivered, 20), (Read, 30), (Read, 25), (Sent, 12)];
    let mut seen: Option<Outcome> = None;
    for (number, order) in permutations(&kinds).into_iter().enumerate() {
        let wamid = format!("out{number}");
        // How many come before the message is known.
        let early = number % (order.len() + 1);
        let attempt = claimed(&test, thread, &user).await;
        for (n, (kind, seconds)) in order.iter().enumerate() {
            if n == early {
                assert!(accept(&test, &attempt, &wamid).await);
            }
            test.apply(&[report(&wamid, *kind, *seconds, None)], 40).await;
        }
        if early == order.len() {
            assert!(accept(&test, &attempt, &wamid).await);
        }
        let mut now = outcome(&test.message(attempt.reference.message).await);
        assert_eq!(now.2.take(), Some(wamid));
        assert_eq!(
            *seen.get_or_insert_with(|| now.clone()),
            now,
            "{order:?}, {early} early"
        );
    }
    let (status, times, ..) = seen.unwrap();
    assert_eq!(status, MessageStatus::Read);
    assert_eq!(times, [Some(at(10)), Some(at(20)), Some(at(25)), None]);
    assert_eq!(
        test.count("SELECT count(*) AS count FROM orphan_statuses").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_failures_the_earlier_one_tells_why_in_any_order() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let failed = |wamid: &str, seconds: i64, code: i32| {
        let mut item = report(wamid, Failed, seconds, None);
        if let tenant::inbound::InboundContent::Status(status) = &mut item.content {
            status.failure = Some(SendFailure {
                code: Some(code),
                title: format!("title {code}"),
                detail: None,
            });
        }
        item
    };
    let mut number = 0;
    for early in [false, true] {
        for order in permutations(&[(20, 131_047), (10, 131_026), (10, 131_049)]) {
            number += 1;
            let wamid = format!("f{number}");
            let attempt = claimed(&test, thread, &user).await;
            let batch: Vec<InboundItem> = order
                .iter()
                .map(|(seconds, code)| failed(&wamid, *seconds, *code))
                .collect();
            if early {
                test.apply(&batch, 30).await;
                assert!(accept(&test, &attempt, &wamid).await);
            } else {
                assert!(accept(&test, &attempt, &wamid).await);
                test.apply(&batch, 30).await;
            }
            let message = test.message(attempt.reference.message).await;
            let failure = message.failure().unwrap();
            assert_eq!(
                (message.failed_at, failure.code, failure.title.as_str()),
                (Some(at(10)), Some(131_026), "title 131026"),
                "{order:?}, early: {early}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_after_sent_shows_and_one_after_delivered_does_not() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    for (number, (before, expected)) in [
        (Sent, MessageStatus::Failed),
        (Delivered, MessageStatus::Delivered),
    ]
    .into_iter()
    .enumerate()
    {
        let wamid = format!("out{number}");
        let attempt = sent(&test, thread, &user, &wamid).await;
        test.apply(
            &[report(&wamid, before, 10, None), report(&wamid, Failed, 11, None)],
            12,
        )
        .await;
        let message = test.message(attempt.reference.message).await;
        assert_eq!(message.status(), expected);
        assert_eq!(message.failure().is_some(), expected == MessageStatus::Failed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_overtakes_the_answer_settles_the_attempt() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let attempt = claimed(&test, thread, &user).await;
    // One report that says nothing of the attempt came even before.
    test.apply(&[report("out", Delivered, 6, None)], 7).await;
    test.apply(&[report("out", Sent, 5, Some(attempt.reference))], 7)
        .await;
    let message = test.message(attempt.reference.message).await;
    assert_eq!(
        (message.wamid.as_deref(), message.status()),
        (Some("out"), MessageStatus::Delivered)
    );
    assert_eq!(message.sent_at, Some(at(5)));
    assert_eq!(
        test.count("SELECT count(*) AS count FROM orphan_statuses").await,
        0
    );
    // The answer comes afterwards and changes nothing.
    assert!(!accept(&test, &attempt, "out").await);
    assert!(test.claim(9_999).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_settles_an_attempt_of_unknown_outcome() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let attempt = claimed(&test, thread, &user).await;
    assert_eq!(expire_leases(&mut test.conn().await, at(62)).await.unwrap(), 1);
    test.apply(&[report("out", Read, 70, Some(attempt.reference))], 71)
        .await;
    let message = test.message(attempt.reference.message).await;
    assert_eq!(message.status(), MessageStatus::Read);
    let mut conn = test.conn().await;
    assert_eq!(
        rows(&mut conn, "SELECT state AS row FROM outbox").await,
        ["accepted"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_proves_wrong_that_an_attempt_was_turned_away() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let attempt = claimed(&test, thread, &user).await;
    let retry = Settlement::Retry {
        at: at(30),
        why: None,
    };
    assert!(
        settle(&mut test.conn().await, &attempt, &retry, at(2))
            .await
            .unwrap()
    );
    test.apply(&[report("out", Sent, 5, Some(attempt.reference))], 6)
        .await;
    assert_eq!(
        test.message(attempt.reference.message).await.status(),
        MessageStatus::Sent
    );
    assert!(test.claim(60).await.is_none(), "it would be sent twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_the_unconfirmed_attempt_calls_a_repetition_off_that_has_not_begun() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let attempt = claimed(&test, thread, &user).await;
    let message = attempt.reference.message;
    assert!(
        settle(
            &mut test.conn().await,
            &attempt,
            &Settlement::Unknown { why: None },
            at(2)
        )
        .await
        .unwrap()
    );
    retry_message(&mut test.conn().await, message, user.id, at(3))
        .await
        .unwrap();
    test.apply(&[report("out", Sent, 5, Some(attempt.reference))], 6)
        .await;
    assert_eq!(test.message(message).await.status(), MessageStatus::Sent);
    assert!(test.claim(60).await.is_none(), "it would be sent twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_report_of_an_older_attempt_changes_nothing() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let first = sent(&test, thread, &user, "out1").await;
    let message = first.reference.message;
    test.apply(&[report("out1", Failed, 5, Some(first.reference))], 6)
        .await;
    retry_message(&mut test.conn().await, message, user.id, at(10))
        .await
        .unwrap();
    let late = [
        report("out1", Failed, 5, Some(first.reference)),
        report("out1", Sent, 4, Some(first.reference)),
    ];
    test.apply(&late, 11).await;
    assert_eq!(test.message(message).await.status(), MessageStatus::Queued);
    let second = test.claim(12).await.unwrap();
    assert_eq!(second.reference.message, message);
    assert!(second.reference.attempt > first.reference.attempt);
    test.apply(&late, 13).await;
    assert_eq!(test.message(message).await.status(), MessageStatus::Sending);
    assert!(accept(&test, &second, "out2").await);
    test.apply(&late, 14).await;
    let now = test.message(message).await;
    assert_eq!(
        (now.status(), now.wamid.as_deref(), now.failure()),
        (MessageStatus::Accepted, Some("out2"), None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_about_a_customers_own_message_changes_nothing() {
    let test = Test::new();
    let (thread, _user) = test.thread(ANA).await;
    test.apply(&[report(&format!("begin.{ANA}"), Read, 5, None)], 6)
        .await;
    let message = test.messages(thread).await.remove(0);
    assert_eq!(
        (message.status(), message.read_at),
        (MessageStatus::Received, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_comes_while_the_answer_is_written_down_is_not_lost() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let attempt = claimed(&test, thread, &user).await;
    let settlement = accepted("out");
    let mut conn = test.conn().await;
    let reporting = conn
        .transaction(async |tx| {
            settle(tx, &attempt, &settlement, at(2)).await?;
            let db = test.db.clone();
            let reporting = tokio::spawn(async move {
                let delivered = report("out", Delivered, 5, None);
                tenant::inbound::apply(&mut db.conn().await.unwrap(), &[delivered], at(6)).await
            });
            while !reporting.is_finished() && test.waiting().await == 0 {
                tokio::task::yield_now().await;
            }
            Ok::<_, pg::DbError>(reporting)
        })
        .await
        .unwrap();
    reporting.await.unwrap().unwrap();
    let message = test.message(attempt.reference.message).await;
    assert_eq!(message.status(), MessageStatus::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_told_again_tells_nobody_anything() {
    let test = Test::new();
    let (thread, user) = test.thread(ANA).await;
    let attempt = sent(&test, thread, &user, "w1").await;
    let failure = [report("w1", Failed, 10, Some(attempt.reference))];
    test.apply(&failure, 10).await;
    let told = event::newest(&mut test.conn().await).await.unwrap();
    test.apply(&failure, 11).await;
    assert_eq!(event::newest(&mut test.conn().await).await.unwrap(), told);
}
