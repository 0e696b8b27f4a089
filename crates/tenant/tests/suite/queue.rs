//! An agent's answer: stored with its send job, once per key, inside the window.

use pg::Patch;
use tenant::{
    conversation::{ConversationChanges, ConversationId, ConversationStatus, change, mark_read},
    message::{AddNoteError, Direction, MessageStatus, NewNote, add_note},
    outbox::{Idempotency, QueueMessageError},
    user::User,
};

use crate::common::{Test, at};

const ANA: &str = "34600000001";

fn note_by<'a>(user: &User, body: &'a str) -> NewNote<'a> {
    NewNote {
        author: user.id,
        body,
        mentions: &[],
    }
}

fn key(user: &User, key: &str, body: &str) -> Idempotency {
    Idempotency {
        user: user.id,
        key: key.to_owned(),
        body_digest: body.as_bytes().to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_closes_exactly_24_hours_after_the_customers_newest_message() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let end = 24 * 3_600;
    let last = test.queue(ana, &user, "a tiempo", end - 1).await;
    assert_eq!(last.status(), MessageStatus::Queued);
    let refused = test.try_queue(ana, &user, "tarde", None, end).await;
    let Err(QueueMessageError::WindowClosed { since }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(since, Some(at(end)));
    let unknown = test
        .try_queue(ConversationId::generate(), &user, "x", None, 1)
        .await;
    assert!(matches!(unknown, Err(QueueMessageError::UnknownConversation)));
    assert_eq!(test.count("SELECT count(*) AS count FROM outbox").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gives_the_same_message_and_refuses_another_body() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let first = test
        .try_queue(ana, &user, "hola", Some(key(&user, "k", "hola")), 1)
        .await
        .unwrap();
    let again = test
        .try_queue(ana, &user, "hola", Some(key(&user, "k", "hola")), 2)
        .await
        .unwrap();
    assert_eq!(first.id, again.id);
    let other = test
        .try_queue(ana, &user, "adiós", Some(key(&user, "k", "adiós")), 3)
        .await;
    assert!(matches!(other, Err(QueueMessageError::IdempotencyMismatch)));
    // Another person's key is another key, and a late repetition needs no window.
    let (_, somebody) = test.thread("34600000002").await;
    let theirs = test
        .try_queue(ana, &somebody, "hola", Some(key(&somebody, "k", "hola")), 4)
        .await
        .unwrap();
    assert_ne!(theirs.id, first.id);
    let late = test
        .try_queue(ana, &user, "hola", Some(key(&user, "k", "hola")), 99 * 3_600)
        .await
        .unwrap();
    assert_eq!(late.id, first.id);
    assert_eq!(test.count("SELECT count(*) AS count FROM outbox").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_from_many_tabs_at_once_is_one_message() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let request = |body: &'static str| test.try_queue(ana, &user, body, Some(key(&user, "k", body)), 1);
    let (one, two, three, four) = tokio::join!(request("a"), request("a"), request("a"), request("b"));
    let mut ids = Vec::new();
    let mut mismatches = 0;
    for result in [one, two, three, four] {
        match result {
            Ok(message) => ids.push(message.id),
            Err(QueueMessageError::IdempotencyMismatch) => mismatches += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert!(mismatches == 1 || mismatches == 3);
    assert_eq!(test.count("SELECT count(*) AS count FROM outbox").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_has_neither_wamid_nor_outbox_and_is_shown_as_newest() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    let note = add_note(&mut test.conn().await, ana, note_by(&user, "ojo"), at(99 * 3_600))
        .await
        .unwrap();
    assert_eq!(
        (note.direction, note.wamid, note.state),
        (Direction::Note, None, None)
    );
    assert_eq!(test.count("SELECT count(*) AS count FROM outbox").await, 0);
    assert!(test.claim(999 * 3_600).await.is_none());
    assert_eq!(test.conversation(ana).await.last_message_id, Some(note.id));
    let unknown = add_note(
        &mut test.conn().await,
        ConversationId::generate(),
        note_by(&user, "x"),
        at(1),
    )
    .await;
    assert!(matches!(unknown, Err(AddNoteError::UnknownConversation)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_reads_and_reopens_and_a_note_does_not_reopen() {
    let test = Test::new();
    let (ana, user) = test.thread(ANA).await;
    for status in [ConversationStatus::Closed, ConversationStatus::Snoozed] {
        let changes = ConversationChanges {
            status: Some(status),
            snoozed_until: Patch::Set(at(900)),
            ..ConversationChanges::default()
        };
        change(&mut test.conn().await, ana, &changes, user.id, at(1))
            .await
            .unwrap();
        add_note(&mut test.conn().await, ana, note_by(&user, "ojo"), at(2))
            .await
            .unwrap();
        assert_eq!(test.conversation(ana).await.status, status);
        test.queue(ana, &user, "hola", 3).await;
        let now = test.conversation(ana).await;
        assert_eq!((now.status, now.snoozed_until), (ConversationStatus::Open, None));
        assert_eq!(now.unread_count, 0);
    }
    let pending = ConversationChanges {
        status: Some(ConversationStatus::Pending),
        ..ConversationChanges::default()
    };
    change(&mut test.conn().await, ana, &pending, user.id, at(4))
        .await
        .unwrap();
    test.queue(ana, &user, "hola", 5).await;
    assert_eq!(test.conversation(ana).await.status, ConversationStatus::Pending);
    let events = test.count("SELECT count(*) AS count FROM events").await;
    mark_read(&mut test.conn().await, ana).await.unwrap();
    assert_eq!(test.count("SELECT count(*) AS count FROM events").await, events);
}
