//! The outbox: one attempt at a time, never twice by itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tenant::{
    message::MessageStatus,
    outbox::{QueueMessageError, RetryError, Settlement, retry_message},
    status::SendFailure,
    user::Role,
};

use crate::common::{Test, accepted, at, claim_next, expire_leases, next_due, settle};

const ANA: &str = "34600000001";

fn failed() -> Settlement {
    Settlement::Failed(SendFailure {
        code: Some(190),
        title: "token expired".to_owned(),
        detail: None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversations_messages_go_one_after_the_other_and_others_beside_them() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let eva = test.begun_by("34600000002").await;
    let one = test.queue(ana, &user, "uno", 1).await;
    let two = test.queue(ana, &user, "dos", 1).await;
    let other = test.queue(eva, &user, "otro", 2).await;
    let first = test.claim(3).await.unwrap();
    assert_eq!((first.reference.message, first.reference.attempt), (one.id, 1));
    assert_eq!(
        (first.body.as_deref(), first.phone.as_deref()),
        (Some("uno"), Some(ANA))
    );
    assert_eq!(test.claim(3).await.unwrap().reference.message, other.id);
    assert!(test.claim(3).await.is_none(), "the second waits for the first");
    // Turned away for now: the second still waits.
    let retry = Settlement::Retry {
        at: at(30),
        why: None,
    };
    assert!(
        settle(&mut test.conn().await, &first, &retry, at(4))
            .await
            .unwrap()
    );
    assert!(test.claim(29).await.is_none());
    let again = test.claim(30).await.unwrap();
    assert_eq!((again.reference.message, again.reference.attempt), (one.id, 2));
    assert!(
        settle(&mut test.conn().await, &again, &accepted("w1"), at(31))
            .await
            .unwrap()
    );
    assert_eq!(test.claim(31).await.unwrap().reference.message, two.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_due_that_waits_for_its_predecessor() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    test.queue(ana, &user, "uno", 1).await;
    test.queue(ana, &user, "dos", 1).await;
    let first = test.claim(2).await.unwrap();
    assert_eq!(
        next_due(&mut test.conn().await).await.unwrap(),
        Some(first.lease_until)
    );
    let retry = Settlement::Retry {
        at: at(300),
        why: None,
    };
    assert!(
        settle(&mut test.conn().await, &first, &retry, at(3))
            .await
            .unwrap()
    );
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), Some(at(300)));
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_never_take_the_same_message_and_keep_every_conversations_order() {
    let test = Test::new();
    let user = test.user(Role::Admin).await;
    let mut wanted = HashMap::new();
    for thread in 0..6 {
        let id = test.begun_by(&format!("3463000000{thread}")).await;
        for n in 0..5 {
            let message = test.queue(id, &user, &format!("{n}"), 1).await;
            wanted.entry(id).or_insert_with(Vec::new).push(message.id);
        }
    }
    // In the order in which calls would be made: noted before the attempt is settled.
    let calls = Arc::new(Mutex::new(Vec::new()));
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let (db, calls) = (test.db.clone(), Arc::clone(&calls));
            tokio::spawn(async move {
                let mut conn = db.conn().await.unwrap();
                let (mut taken, mut idle) = (0, 0);
                // A conversation under way may free its next message at any moment.
                while idle < 200 {
                    let Some(attempt) = claim_next(&mut conn, at(5)).await else {
                        idle += 1;
                        tokio::task::yield_now().await;
                        continue;
                    };
                    (taken, idle) = (taken + 1, 0);
                    calls
                        .lock()
                        .unwrap()
                        .push((attempt.conversation, attempt.reference));
                    let accepted = accepted(&format!("{worker}.{taken}"));
                    assert!(settle(&mut conn, &attempt, &accepted, at(6)).await.unwrap());
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let calls = calls.lock().unwrap();
    assert!(calls.iter().all(|(_, reference)| reference.attempt == 1));
    assert_eq!(calls.len(), 30);
    for (conversation, messages) in wanted {
        let order: Vec<_> = calls
            .iter()
            .filter(|(of, _)| *of == conversation)
            .map(|(_, reference)| reference.message)
            .collect();
        assert_eq!(order, messages);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_whose_worker_vanished_is_unknown_and_is_never_repeated_by_itself() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = test.queue(ana, &user, "uno", 1).await;
    let attempt = test.claim(1).await.unwrap();
    assert_eq!(attempt.lease_until, at(61));
    assert_eq!(expire_leases(&mut test.conn().await, at(61)).await.unwrap(), 0);
    assert_eq!(expire_leases(&mut test.conn().await, at(62)).await.unwrap(), 1);
    assert_eq!(expire_leases(&mut test.conn().await, at(63)).await.unwrap(), 0);
    assert_eq!(test.message(message.id).await.status(), MessageStatus::Unknown);
    assert!(test.claim(9_999).await.is_none());
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), None);
    // The worker was only slow: what it knows is still worth having.
    assert!(
        settle(&mut test.conn().await, &attempt, &accepted("w1"), at(64))
            .await
            .unwrap()
    );
    assert_eq!(test.message(message.id).await.status(), MessageStatus::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_comes_back_after_a_retry_changes_nothing() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = test.queue(ana, &user, "uno", 1).await;
    let old = test.claim(1).await.unwrap();
    expire_leases(&mut test.conn().await, at(62)).await.unwrap();
    retry_message(&mut test.conn().await, message.id, user.id, at(63))
        .await
        .unwrap();
    let mut outcomes = vec![accepted("old"), failed(), Settlement::Unknown { why: None }];
    outcomes.push(Settlement::Retry {
        at: at(90),
        why: None,
    });
    for outcome in &outcomes {
        assert!(
            !settle(&mut test.conn().await, &old, outcome, at(64))
                .await
                .unwrap()
        );
    }
    assert_eq!(test.message(message.id).await.status(), MessageStatus::Queued);
    let new = test.claim(64).await.unwrap();
    for outcome in &outcomes {
        assert!(
            !settle(&mut test.conn().await, &old, outcome, at(65))
                .await
                .unwrap()
        );
    }
    assert_eq!(test.message(message.id).await.status(), MessageStatus::Sending);
    assert!(
        settle(&mut test.conn().await, &new, &accepted("new"), at(66))
            .await
            .unwrap()
    );
    assert!(
        !settle(&mut test.conn().await, &new, &failed(), at(67))
            .await
            .unwrap()
    );
    let now = test.message(message.id).await;
    assert_eq!(
        (now.status(), now.wamid.as_deref()),
        (MessageStatus::Accepted, Some("new"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_failed_or_is_unconfirmed_is_sent_again() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = test.queue(ana, &user, "uno", 1).await;
    let refused = async |seconds| {
        let result = retry_message(&mut test.conn().await, message.id, user.id, at(seconds)).await;
        assert!(matches!(result, Err(RetryError::NotFailed)), "{result:?}");
    };
    refused(2).await;
    let attempt = test.claim(3).await.unwrap();
    refused(4).await;
    assert!(
        settle(&mut test.conn().await, &attempt, &failed(), at(5))
            .await
            .unwrap()
    );
    let failure = test.message(message.id).await.failure().unwrap();
    assert_eq!(
        (failure.code, failure.title.as_str()),
        (Some(190), "token expired")
    );
    let again = retry_message(&mut test.conn().await, message.id, user.id, at(6))
        .await
        .unwrap();
    assert_eq!((again.status(), again.failure()), (MessageStatus::Queued, None));
    refused(7).await;
    let attempt = test.claim(8).await.unwrap();
    assert!(
        settle(&mut test.conn().await, &attempt, &accepted("w1"), at(9))
            .await
            .unwrap()
    );
    refused(10).await;
    let inbound = test.messages(ana).await.pop().unwrap();
    let result = retry_message(&mut test.conn().await, inbound.id, user.id, at(11)).await;
    assert!(matches!(result, Err(RetryError::NotFailed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clicks_on_retry_are_one_and_the_window_counts() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    for round in 0..5 {
        let message = test.queue(ana, &user, "uno", 1).await;
        let attempt = test.claim(3).await.unwrap();
        assert!(
            settle(&mut test.conn().await, &attempt, &failed(), at(5))
                .await
                .unwrap()
        );
        let clicks: Vec<_> = (0..2)
            .map(|_| {
                let (db, id, actor) = (test.db.clone(), message.id, user.id);
                tokio::spawn(
                    async move { retry_message(&mut db.conn().await.unwrap(), id, actor, at(6)).await },
                )
            })
            .collect();
        let mut taken = 0;
        for click in clicks {
            match click.await.unwrap() {
                Ok(_) => taken += 1,
                Err(error) => assert!(matches!(error, RetryError::NotFailed), "{error:?}"),
            }
        }
        assert_eq!(taken, 1, "round {round}");
        let attempt = test.claim(7).await.unwrap();
        assert!(
            settle(&mut test.conn().await, &attempt, &failed(), at(8))
                .await
                .unwrap()
        );
        let late = at(24 * 3_600);
        let refused = retry_message(&mut test.conn().await, message.id, user.id, late).await;
        assert!(matches!(
            refused,
            Err(RetryError::Refused(QueueMessageError::WindowClosed {
                since: Some(_)
            }))
        ));
    }
}
