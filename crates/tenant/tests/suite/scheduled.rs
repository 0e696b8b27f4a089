//! Messages for later: they wait out of sight, join the queue in their time, and are judged then.

use tenant::{
    contact::Identity,
    conversation::{ConversationFilter, ConversationId},
    message::{Message, MessageStatus},
    outbox::{NewContent, QueueMessage, Target, cancel_message, queue_message, tidy},
    user::User,
};

use crate::common::{LINE, Test, accepted, answer, at, known_by_phone, next_due, settle};

const ANA: &str = "34600000001";
const DAY: i64 = 24 * 3_600;

async fn schedule(test: &Test, thread: ConversationId, user: &User, kind: &str, due: i64) -> Message {
    let message = QueueMessage {
        send_at: Some(at(due)),
        content: NewContent {
            kind,
            body: Some("luego".to_owned()),
            ..NewContent::default()
        },
        ..answer(thread, user.id, "luego")
    };
    queue_message(&mut test.conn().await, &message, at(10))
        .await
        .unwrap()
}

async fn begun(test: &Test, seconds: i64) -> usize {
    tidy(&mut test.conn().await, at(seconds)).await.unwrap().begun
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_later_joins_when_it_is_due_and_shows_in_the_list_only_then() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let before = test.conversation(ana).await;
    let later = schedule(&test, ana, &user, "text", 500).await;
    let meanwhile = test.conversation(ana).await;
    assert_eq!(meanwhile.last_message_id, before.last_message_id);
    assert_eq!(meanwhile.unread_count, 1, "who plans an answer has not answered");
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), Some(at(500)));
    assert_eq!(begun(&test, 499).await, 0);
    assert!(test.claim(499).await.is_none());
    assert_eq!(begun(&test, 500).await, 1);
    assert_eq!(test.conversation(ana).await.last_message_id, Some(later.id));
    let attempt = test.claim(500).await.unwrap();
    assert_eq!(
        (attempt.reference.message, attempt.reference.attempt),
        (later.id, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_later_holds_up_nothing_that_is_written_before_it_is_due() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let later = schedule(&test, ana, &user, "text", 500).await;
    let now = test.queue(ana, &user, "ahora", 20).await;
    let attempt = test.claim(20).await.unwrap();
    assert_eq!(attempt.reference.message, now.id);
    assert!(
        settle(&mut test.conn().await, &attempt, &accepted("w1"), at(21))
            .await
            .unwrap()
    );
    assert!(test.claim(22).await.is_none());
    let newest = test.queue(ana, &user, "después", 600).await;
    // It was due before: in the list the newest stays.
    assert_eq!(begun(&test, 601).await, 1);
    assert_eq!(test.conversation(ana).await.last_message_id, Some(newest.id));
    assert_eq!(test.claim(601).await.unwrap().reference.message, later.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_counts_when_a_message_is_due_and_not_when_it_is_planned() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let late = schedule(&test, ana, &user, "text", 2 * DAY).await;
    assert_eq!(begun(&test, 2 * DAY).await, 1);
    assert!(test.claim(2 * DAY).await.is_none());
    let now = test.message(late.id).await;
    assert_eq!(now.status(), MessageStatus::Failed);
    assert_eq!(now.failure().unwrap().title, "window_closed");
    assert_eq!(now.failed_at, Some(at(2 * DAY)));
    // A template needs no window.
    let template = schedule(&test, ana, &user, "template", 2 * DAY).await;
    assert_eq!(begun(&test, 2 * DAY).await, 1);
    assert_eq!(test.claim(2 * DAY).await.unwrap().reference.message, template.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_for_somebody_who_has_opted_out_meanwhile_is_not_sent() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let template = schedule(&test, ana, &user, "template", 500).await;
    test.run("UPDATE contacts SET marketing_opt_out_at = now()").await;
    assert_eq!(begun(&test, 500).await, 1);
    assert!(test.claim(500).await.is_none());
    let failure = test.message(template.id).await.failure().unwrap();
    assert_eq!(failure.title, "contact_opted_out");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_may_close_between_writing_and_sending() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let message = test.queue(ana, &user, "a tiempo", DAY - 1).await;
    let told = test
        .count("SELECT count(*) AS count FROM events WHERE kind = 'message.updated'")
        .await;
    assert!(test.claim(DAY).await.is_none());
    let failure = test.message(message.id).await.failure().unwrap();
    assert_eq!((failure.code, failure.title.as_str()), (None, "window_closed"));
    let told_now = test
        .count("SELECT count(*) AS count FROM events WHERE kind = 'message.updated'")
        .await;
    assert_eq!(told_now, told + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_later_is_called_off_and_never_begins() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let later = schedule(&test, ana, &user, "text", 500).await;
    cancel_message(&mut test.conn().await, later.id, user.id, at(20))
        .await
        .unwrap();
    assert_eq!(begun(&test, 500).await, 0);
    assert!(test.claim(500).await.is_none());
    assert_eq!(next_due(&mut test.conn().await).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_first_messages_to_a_stranger_at_once_make_one_contact_and_one_thread() {
    let test = Test::new();
    let user = test.user(tenant::user::Role::Admin).await;
    for round in 0..10 {
        let phone = format!("3461000000{round}");
        let to = |identity: Identity| QueueMessage {
            target: Target::Person {
                channel: LINE,
                identity,
            },
            content: NewContent {
                kind: "template",
                body: Some("hola".to_owned()),
                ..NewContent::default()
            },
            ..answer(ConversationId::generate(), user.id, "hola")
        };
        let first = async || {
            let message = to(known_by_phone(&phone));
            queue_message(&mut test.conn().await, &message, at(1)).await
        };
        let (one, two) = tokio::join!(first(), first());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.conversation_id, two.conversation_id);
        assert_ne!(one.id, two.id);
    }
    assert_eq!(test.count("SELECT count(*) AS count FROM contacts").await, 10);
    assert_eq!(test.list(&ConversationFilter::default()).await.len(), 10);
    let gaps = "SELECT max(seq) - count(*) AS count FROM events";
    assert_eq!(test.count(gaps).await, 0);
}
