//! The first messages of people who never wrote before, alone and in company.

use tenant::{
    contact::Identity,
    conversation::ConversationFilter,
    inbound::{InboundContent, InboundItem},
    message::MessageStatus,
    status::Delivery,
    user::Role,
};

use crate::common::{Test, accepted, at, from, known_by_phone, report, rows, settle, text};

const ANA: &str = "34600000001";
const LUIS: &str = "34600000002";
const EVENTS: &str = "SELECT e.kind || ' ' || COALESCE(m.wamid, c.user_key) AS row FROM events AS e \
                      JOIN conversations AS c ON c.id = e.conversation_id \
                      LEFT JOIN messages AS m ON m.id = e.message_id ORDER BY seq";

fn named(phone: &str, name: &str) -> Identity {
    Identity {
        profile_name: Some(name.to_owned()),
        ..known_by_phone(phone)
    }
}

/// What a message says that opens no window and counts as no news.
fn quiet(mut item: InboundItem) -> InboundItem {
    if let InboundContent::Message(message) = &mut item.content {
        (message.is_news, message.opens_window) = (false, false);
    }
    item
}

fn three_messages_of_two() -> [InboundItem; 3] {
    [
        from(named(ANA, "Ana"), "a1", "hola", 10),
        from(named(LUIS, "Luis"), "l1", "buenas", 11),
        from(named(ANA, "Ana"), "a2", "¿hay alguien?", 12),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_strangers_makes_each_of_them_a_contact_and_a_thread() {
    let test = Test::new();
    test.apply(&three_messages_of_two(), 20).await;
    let threads = test.list(&ConversationFilter::default()).await;
    let seen: Vec<_> = threads
        .iter()
        .map(|row| {
            let (contact, thread) = (&row.contact, &row.conversation);
            let newest = row
                .last_message
                .as_ref()
                .and_then(|message| message.body.as_deref());
            (
                (contact.profile_name.as_deref(), contact.phone.as_deref()),
                (thread.unread_count, newest),
                (thread.last_activity_at, thread.window_expires_at),
            )
        })
        .collect();
    let at_and_a_day = |seconds| (at(seconds), Some(at(seconds) + chrono::TimeDelta::hours(24)));
    assert_eq!(
        seen,
        [
            (
                (Some("Ana"), Some(ANA)),
                (2, Some("¿hay alguien?")),
                at_and_a_day(12)
            ),
            ((Some("Luis"), Some(LUIS)), (1, Some("buenas")), at_and_a_day(11)),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_threads_are_told_of_before_their_messages_and_only_once() {
    let test = Test::new();
    test.apply(&three_messages_of_two(), 20).await;
    let mut threads = rows(&mut test.conn().await, EVENTS).await;
    let messages = threads.split_off(2);
    threads.sort();
    assert_eq!(
        threads,
        [
            format!("conversation.created {ANA}"),
            format!("conversation.created {LUIS}")
        ]
    );
    assert_eq!(messages.len(), 3);
    // Known from now on: nothing is made again, not even by a server that remembers nothing.
    test.apply_fresh(&[from(named(ANA, "Ana"), "a3", "gracias", 30)], 31)
        .await;
    assert_eq!((test.rows()["contacts"], test.rows()["contact_keys"]), (2, 2));
    assert_eq!(
        rows(&mut test.conn().await, EVENTS).await[5..],
        ["message.created a3"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_turn_out_to_be_one_person_are_one_contact() {
    let test = Test::new();
    let both = Identity {
        bsuid: Some("ES.900000000000000001".to_owned()),
        ..known_by_phone(ANA)
    };
    let batch = [text("a1", ANA, "hola", 1), from(both, "a2", "soy yo", 2)];
    test.apply(&batch, 3).await;
    let threads = test.list(&ConversationFilter::default()).await;
    assert_eq!((threads.len(), threads[0].conversation.unread_count), (1, 2));
    assert_eq!(threads[0].contact.bsuid.as_deref(), Some("ES.900000000000000001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_quiet_message_counts_as_nothing_and_the_next_one_does() {
    let test = Test::new();
    let batch = [quiet(text("q1", ANA, "👍", 1)), text("a1", ANA, "hola", 2)];
    test.apply(&batch, 3).await;
    test.apply(&[quiet(text("q2", LUIS, "👍", 4))], 5).await;
    let threads = test.list(&ConversationFilter::default()).await;
    let seen: Vec<_> = threads
        .iter()
        .map(|row| {
            let thread = &row.conversation;
            (
                row.contact.phone.as_deref(),
                thread.unread_count,
                thread.window_expires_at.is_some(),
            )
        })
        .collect();
    assert_eq!(seen, [(Some(LUIS), 0, false), (Some(ANA), 1, true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_and_reports_in_one_batch_all_arrive_whoever_wrote() {
    let test = Test::new();
    test.apply(&[text("a1", ANA, "hola", 1)], 2).await;
    let thread = test.list(&ConversationFilter::default()).await[0].conversation.id;
    let agent = test.user(Role::Recepcion).await;
    let ours = test.queue(thread, &agent, "buenas", 3).await;
    let attempt = test.claim(4).await.unwrap();
    let taken = accepted("out1");
    assert!(
        settle(&mut test.conn().await, &attempt, &taken, at(5))
            .await
            .unwrap()
    );
    let batch = [
        text("a2", ANA, "gracias", 6),
        report("out1", Delivery::Delivered, 7, None),
        text("l1", LUIS, "hola", 8),
        report("parked", Delivery::Read, 9, None),
        report("out1", Delivery::Read, 10, None),
    ];
    test.apply(&batch, 11).await;
    assert_eq!(test.message(ours.id).await.status(), MessageStatus::Read);
    assert_eq!(test.list(&ConversationFilter::default()).await.len(), 2);
    // Answering had read the first one.
    assert_eq!(test.conversation(thread).await.unread_count, 1);
    assert_eq!(test.rows()["orphan_statuses"], 1);
    // All of it again, by a server that remembers nothing.
    let before = test.rows();
    test.apply_fresh(&batch, 12).await;
    assert_eq!(test.rows(), before);
}
