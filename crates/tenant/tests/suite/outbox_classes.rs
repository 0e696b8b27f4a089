//! Who is served first, what the bot and campaigns may do by themselves, and what is called off.

use tenant::{
    conversation::ConversationId,
    message::{Message, MessageStatus},
    outbox::{
        Attempt, CancelError, QueueMessage, SendClass, Settlement, Tidied, cancel_message, queue_message,
        tidy,
    },
    status::Delivery,
    user::User,
};

use crate::common::{Test, accepted, answer, at, next_due, report, settle, text};

const ANA: &str = "34600000001";
const EVA: &str = "34600000002";
const DAY: i64 = 24 * 3_600;

async fn queue(test: &Test, thread: ConversationId, user: &User, class: SendClass, seconds: i64) -> Message {
    let message = QueueMessage {
        class,
        author: (class == SendClass::Agent).then_some(user.id),
        ..answer(thread, user.id, class.as_str())
    };
    queue_message(&mut test.conn().await, &message, at(seconds))
        .await
        .unwrap()
}

async fn unknown(test: &Test, attempt: &Attempt, seconds: i64) {
    let unknown = Settlement::Unknown { why: None };
    assert!(
        settle(&mut test.conn().await, attempt, &unknown, at(seconds))
            .await
            .unwrap()
    );
}

async fn tidied(test: &Test, seconds: i64) -> Tidied {
    tidy(&mut test.conn().await, at(seconds)).await.unwrap()
}

async fn cancel(test: &Test, message: &Message, user: &User, seconds: i64) -> Result<Message, CancelError> {
    cancel_message(&mut test.conn().await, message.id, user.id, at(seconds)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_go_before_the_bot_and_the_bot_before_campaigns() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let eva = test.begun_by(EVA).await;
    let leo = test.begun_by("34600000003").await;
    queue(&test, ana, &user, SendClass::Campaign, 1).await;
    queue(&test, eva, &user, SendClass::Bot, 2).await;
    queue(&test, leo, &user, SendClass::Agent, 3).await;
    let mut served = Vec::new();
    while let Some(attempt) = test.claim(4).await {
        served.push(attempt.class);
    }
    assert_eq!(served, [SendClass::Agent, SendClass::Bot, SendClass::Campaign]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaigns_message_that_waits_does_not_hold_up_an_agents_in_the_same_thread() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    queue(&test, ana, &user, SendClass::Campaign, 1).await;
    let written = queue(&test, ana, &user, SendClass::Agent, 2).await;
    let first = test.claim(3).await.unwrap();
    assert_eq!(first.reference.message, written.id);
    assert!(test.claim(3).await.is_none(), "one at a time in a thread");
    assert!(
        settle(&mut test.conn().await, &first, &accepted("w1"), at(4))
            .await
            .unwrap()
    );
    let second = test.claim(5).await.unwrap();
    assert_eq!(second.class, SendClass::Campaign);
    // What is on its way is waited for, whoever comes.
    queue(&test, ana, &user, SendClass::Agent, 6).await;
    assert!(test.claim(7).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bots_reply_is_repeated_once_after_a_minute_and_then_given_up() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let reply = queue(&test, ana, &user, SendClass::Bot, 1).await;
    unknown(&test, &test.claim(1).await.unwrap(), 10).await;
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), Some(at(70)));
    assert_eq!(tidied(&test, 69).await, Tidied::default());
    assert_eq!(tidied(&test, 70).await.repeated, 1);
    let again = test.claim(70).await.unwrap();
    assert_eq!((again.reference.message, again.reference.attempt), (reply.id, 2));
    unknown(&test, &again, 80).await;
    // A report of the second has its minute as well.
    assert_eq!(tidied(&test, 139).await, Tidied::default());
    assert_eq!(tidied(&test, 140).await.given_up, 1);
    let now = test.message(reply.id).await;
    assert_eq!(now.status(), MessageStatus::Failed);
    assert_eq!(now.failure().unwrap().title, "not_confirmed");
    assert!(test.claim(DAY - 1).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bots_reply_is_not_repeated_when_the_customer_has_written_since() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let reply = queue(&test, ana, &user, SendClass::Bot, 1).await;
    unknown(&test, &test.claim(1).await.unwrap(), 10).await;
    test.apply(&[text("w2", ANA, "¿hola?", 20)], 20).await;
    let tidied = tidied(&test, 70).await;
    assert_eq!((tidied.repeated, tidied.given_up), (0, 1));
    assert_eq!(test.message(reply.id).await.status(), MessageStatus::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaigns_message_is_given_up_after_a_day_and_a_late_report_puts_that_right() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = queue(&test, ana, &user, SendClass::Campaign, 1).await;
    let attempt = test.claim(1).await.unwrap();
    unknown(&test, &attempt, 10).await;
    assert_eq!(tidied(&test, 9 + DAY).await, Tidied::default());
    assert_eq!(tidied(&test, 10 + DAY).await.given_up, 1);
    assert_eq!(
        test.message(message.id).await.failure().unwrap().title,
        "not_confirmed"
    );
    let late = report("w1", Delivery::Delivered, 12, Some(attempt.reference));
    test.apply(&[late], 11 + DAY).await;
    let now = test.message(message.id).await;
    assert_eq!((now.status(), now.failed_at), (MessageStatus::Delivered, None));
    assert_eq!(now.failure(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_of_an_agents_message_stays_so_for_ever() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = queue(&test, ana, &user, SendClass::Agent, 1).await;
    unknown(&test, &test.claim(1).await.unwrap(), 10).await;
    assert_eq!(tidied(&test, 99 * DAY).await, Tidied::default());
    assert_eq!(test.message(message.id).await.status(), MessageStatus::Unknown);
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_called_off_and_what_is_on_its_way_is_not() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let queued = queue(&test, ana, &user, SendClass::Agent, 1).await;
    let called_off = cancel(&test, &queued, &user, 2).await.unwrap();
    assert_eq!(called_off.failure().unwrap().title, "cancelled");
    assert!(matches!(
        cancel(&test, &queued, &user, 3).await,
        Err(CancelError::TooLate)
    ));
    assert!(test.claim(4).await.is_none());

    let turned_away = queue(&test, ana, &user, SendClass::Agent, 5).await;
    let attempt = test.claim(5).await.unwrap();
    assert!(matches!(
        cancel(&test, &turned_away, &user, 6).await,
        Err(CancelError::TooLate)
    ));
    let retry = Settlement::Retry {
        at: at(30),
        why: None,
    };
    assert!(
        settle(&mut test.conn().await, &attempt, &retry, at(7))
            .await
            .unwrap()
    );
    cancel(&test, &turned_away, &user, 8).await.unwrap();
    assert!(test.claim(99).await.is_none());
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_called_off_or_sent_whoever_comes_first_and_never_both() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    for round in 0..40 {
        let message = queue(&test, ana, &user, SendClass::Agent, 1).await;
        let (cancelled, claimed) = tokio::join!(cancel(&test, &message, &user, 2), test.claim(2));
        assert_eq!(cancelled.is_ok(), claimed.is_none(), "round {round}");
        let status = test.message(message.id).await.status();
        match claimed {
            Some(attempt) => {
                assert_eq!(status, MessageStatus::Sending);
                let wamid = format!("w{round}");
                assert!(
                    settle(&mut test.conn().await, &attempt, &accepted(&wamid), at(3))
                        .await
                        .unwrap()
                );
            }
            None => assert_eq!(status, MessageStatus::Failed),
        }
    }
}
