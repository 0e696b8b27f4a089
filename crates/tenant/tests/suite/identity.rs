//! One person, however WhatsApp calls him today.

use pg::ChannelId;
use tenant::{
    contact::{ChangedIds, Identity},
    conversation::{ConversationFilter, ConversationId},
    inbound::{self, InboundContent, InboundItem, SystemNotice},
    status::Delivery,
    user::User,
};
use uuid::Uuid;

use crate::common::{LINE, Test, at, from, known_by_phone, report, rows, text};

const OLD: &str = "34600000001";
const NEW: &str = "34600000009";
const ID: &str = "ES.90000000000000000001";
const NEW_ID: &str = "ES.90000000000000000009";
const EPOCH: &str = "SELECT identity_epoch AS count FROM tenant_meta";

fn by_id(id: &str) -> Identity {
    Identity {
        user_key: id.to_owned(),
        bsuid: Some(id.to_owned()),
        ..Identity::default()
    }
}

fn by_both(phone: &str, id: &str) -> Identity {
    Identity {
        bsuid: Some(id.to_owned()),
        ..known_by_phone(phone)
    }
}

fn changed(wamid: &str, ids: ChangedIds, seconds: i64) -> InboundItem {
    InboundItem {
        channel: LINE,
        content: InboundContent::Notice(SystemNotice {
            wamid: wamid.to_owned(),
            about: known_by_phone(OLD),
            changed: Some(ids),
            body: Some("changed".to_owned()),
            payload: None,
            at: Some(at(seconds)),
        }),
        raw: "{}".to_owned(),
    }
}

fn old_to_new() -> ChangedIds {
    ChangedIds {
        old_phone: Some(OLD.to_owned()),
        phone: Some(NEW.to_owned()),
        ..ChangedIds::default()
    }
}

async fn threads(test: &Test) -> Vec<(Option<String>, Option<String>, i32)> {
    test.list(&ConversationFilter::default())
        .await
        .into_iter()
        .map(|row| {
            (
                row.contact.phone,
                row.contact.bsuid,
                row.conversation.unread_count,
            )
        })
        .collect()
}

fn one(phone: &str, id: Option<&str>, unread: i32) -> Vec<(Option<String>, Option<String>, i32)> {
    vec![(Some(phone.to_owned()), id.map(ToOwned::to_owned), unread)]
}

/// Drafts in both threads, and a notification of the one that goes.
async fn told_and_written(test: &Test, agent: &User, kept: ConversationId, gone: ConversationId) {
    let drafts = [(kept, "note"), (gone, "note"), (gone, "reply")].map(|(thread, kind)| {
        let content = format!(
            r#"{{"text":"{kind} de {}"}}"#,
            if thread == kept { "uno" } else { "otro" }
        );
        format!(
            "INSERT INTO drafts (user_id, conversation_id, kind, content, updated_at) \
             VALUES ('{}', '{thread}', '{kind}', '{content}', now());",
            agent.id
        )
    });
    test.run(&drafts.concat()).await;
    test.run(&format!(
        "INSERT INTO notifications (id, user_id, kind, conversation_id, created_at) \
         VALUES ('{}', '{}', 'assigned', '{gone}', now())",
        Uuid::from_u128(7),
        agent.id
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_threads_become_one_with_everything_that_was_in_them() {
    let test = Test::new();
    let (kept, agent) = test.thread(OLD).await;
    let line = ChannelId(Uuid::from_u128(2));
    let mut elsewhere = from(by_id(ID), "elsewhere", "otra línea", 1);
    elsewhere.channel = line;
    test.apply(&[from(by_id(ID), "w1", "soy yo", 1), elsewhere], 1)
        .await;
    let list = test.list(&ConversationFilter::default()).await;
    let gone = list
        .iter()
        .find(|row| row.contact.bsuid.is_some() && row.conversation.channel_id == LINE)
        .unwrap()
        .conversation
        .id;
    let tag = Uuid::from_u128(7);
    test.run(&format!(
        "INSERT INTO tags (id, name) VALUES ('{tag}', 'VIP'); \
         INSERT INTO conversation_tags (conversation_id, tag_id) VALUES ('{gone}', '{tag}')"
    ))
    .await;
    let answer = test.queue(gone, &agent, "hola", 2).await;
    told_and_written(&test, &agent, kept, gone).await;
    let epoch = test.count(EPOCH).await;

    test.apply(&[from(by_both(OLD, ID), "w2", "las dos", 3)], 3).await;

    let list = test.list(&ConversationFilter::default()).await;
    assert_eq!(list.len(), 2, "one per line");
    assert_eq!(list[0].contact.id, list[1].contact.id);
    let thread = list.iter().find(|row| row.conversation.id == kept).unwrap();
    assert_eq!(
        thread.last_message.as_ref().unwrap().body.as_deref(),
        Some("las dos")
    );
    assert_eq!(
        thread.conversation.unread_count, 2,
        "the answer had read the younger thread"
    );
    assert_eq!(test.messages(kept).await.len(), 4);
    assert_eq!(test.message(answer.id).await.conversation_id, kept);
    let mut conn = test.conn().await;
    // Of two drafts of one kind the kept thread's own stays.
    let words = "SELECT content ->> 'text' AS row FROM drafts ORDER BY kind";
    assert_eq!(rows(&mut conn, words).await, ["note de uno", "reply de otro"]);
    for table in ["outbox", "conversation_tags", "notifications"] {
        let query = format!("SELECT conversation_id::text AS row FROM {table}");
        assert_eq!(rows(&mut conn, &query).await, [kept.to_string()], "{table}");
    }
    assert_eq!(test.claim(4).await.unwrap().conversation, kept);
    assert_eq!(test.count(EPOCH).await, epoch + 1);
    let stale = format!(
        "SELECT count(*) AS count FROM events \
         WHERE conversation_id = '{gone}' AND kind <> 'conversation.updated'"
    );
    assert_eq!(
        test.count(&stale).await,
        0,
        "no event names a thread that is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tells_nothing_new_leaves_the_epoch_alone() {
    let test = Test::new();
    for n in 0..3 {
        test.apply(&[from(by_both(OLD, ID), &format!("w{n}"), "hola", n)], n)
            .await;
    }
    assert_eq!(test.count(EPOCH).await, 0);
    assert_eq!(threads(&test).await, one(OLD, Some(ID), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_number_carries_the_thread_over_in_whatever_order_it_comes() {
    let items = [
        text("w1", OLD, "antes", 1),
        changed("s1", old_to_new(), 2),
        text("w2", NEW, "después", 3),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let test = Test::new();
        for index in order {
            test.apply(std::slice::from_ref(&items[index]), 4).await;
        }
        // And all of it once more.
        test.apply(&items, 5).await;
        assert_eq!(threads(&test).await, one(NEW, None, 2), "{order:?}");
        let id = test.list(&ConversationFilter::default()).await[0].conversation.id;
        let kinds: Vec<_> = test.messages(id).await.into_iter().map(|row| row.kind).collect();
        assert_eq!(kinds, ["text", "system", "text"], "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_in_a_row_end_at_the_last_one_in_whatever_order_they_come() {
    let last = "34600000010";
    let first_change = changed("s1", old_to_new(), 2);
    let second_change = changed(
        "s2",
        ChangedIds {
            old_phone: Some(NEW.to_owned()),
            phone: Some(last.to_owned()),
            ..ChangedIds::default()
        },
        3,
    );
    for order in [[&first_change, &second_change], [&second_change, &first_change]] {
        let test = Test::new();
        test.apply(&[text("w1", OLD, "hola", 1)], 1).await;
        for item in order {
            test.apply(std::slice::from_ref(item), 4).await;
        }
        assert_eq!(threads(&test).await, one(last, None, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_user_id_carries_the_thread_over_and_the_old_one_still_names_it() {
    let test = Test::new();
    test.apply(&[from(by_both(OLD, ID), "w1", "hola", 1)], 1).await;
    let ids = ChangedIds {
        old_bsuid: Some(ID.to_owned()),
        bsuid: Some(NEW_ID.to_owned()),
        ..ChangedIds::default()
    };
    test.apply(&[changed("s1", ids, 2)], 2).await;
    test.apply(&[from(by_id(NEW_ID), "w2", "nuevo", 3)], 3).await;
    test.apply(&[from(by_id(ID), "w3", "tarde", 1)], 4).await;
    assert_eq!(threads(&test).await, one(OLD, Some(NEW_ID), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_given_to_somebody_else_does_not_bring_the_old_thread() {
    let test = Test::new();
    test.apply(&[text("w1", OLD, "hola", 1), changed("s1", old_to_new(), 2)], 2)
        .await;
    // Sent before the change, delivered late: still the first one's.
    test.apply(&[text("w2", OLD, "tarde", 1)], 3).await;
    assert_eq!(threads(&test).await, one(NEW, None, 2));
    // Sent after it: somebody else has the number now.
    test.apply(&[from(by_both(OLD, "ES.2"), "w3", "soy otro", 9)], 9)
        .await;
    let mut found = threads(&test).await;
    found.sort();
    let mut wanted = one(OLD, Some("ES.2"), 1);
    wanted.extend(one(NEW, None, 2));
    assert_eq!(found, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_go_to_the_new_number() {
    let test = Test::new();
    let (id, agent) = test.thread(OLD).await;
    test.apply(&[changed("s1", old_to_new(), 1)], 1).await;
    test.queue(id, &agent, "hola", 2).await;
    let attempt = test.claim(3).await.unwrap();
    assert_eq!(attempt.phone.as_deref(), Some(NEW));
    let sent = [report("w.out", Delivery::Sent, 4, Some(attempt.reference))];
    test.apply(&sent, 5).await;
    assert_eq!(test.messages(id).await[0].wamid.as_deref(), Some("w.out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_learns_of_somebody_holds_here_at_once() {
    let test = Test::new();
    // Remembered here: OLD writes in this thread.
    let kept = test.begun_by(OLD).await;
    test.apply(&[text("w1", OLD, "otra vez", 1)], 1).await;
    let elsewhere = changed("notice", old_to_new(), 10);
    inbound::apply(&mut test.conn().await, &[elsewhere], at(10))
        .await
        .unwrap();
    // The number has a new owner, as Meta's time says.
    test.apply(&[text("w2", OLD, "número nuevo", 20)], 20).await;
    test.apply(&[text("w3", NEW, "sigo siendo yo", 21)], 21).await;
    let list = test.list(&ConversationFilter::default()).await;
    assert_eq!(list.len(), 2);
    let says = |at: usize| list[at].last_message.as_ref().unwrap().body.clone().unwrap();
    assert_eq!(
        (list[0].conversation.id, says(0)),
        (kept, "sigo siendo yo".to_owned())
    );
    assert_eq!(says(1), "número nuevo");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_was_merged_elsewhere_loses_nothing_that_is_written_to_it() {
    let test = Test::new();
    let kept = test.begun_by(OLD).await;
    test.apply(&[from(by_id(ID), "w1", "soy yo", 1)], 1).await;
    let elsewhere = from(by_both(OLD, ID), "w2", "las dos", 2);
    inbound::apply(&mut test.conn().await, &[elsewhere], at(2))
        .await
        .unwrap();
    let batch = [from(by_id(ID), "w3", "uno", 3), text("w4", OLD, "dos", 4)];
    test.apply(&batch, 4).await;
    let list = test.list(&ConversationFilter::default()).await;
    assert_eq!((list.len(), list[0].conversation.id), (1, kept));
    assert_eq!(list[0].conversation.unread_count, 5);
    let events = "SELECT count(*) - max(seq) AS count FROM events";
    assert_eq!(test.count(events).await, 0, "numbers without gaps");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_left_without_a_notice_is_not_remembered_as_its_old_holders() {
    let test = Test::new();
    test.apply(&[from(by_both(OLD, ID), "w1", "hola", 1)], 1).await;
    // Remembered: whoever shows OLD alone writes in this thread.
    test.apply(&[text("w2", OLD, "otra vez", 2)], 2).await;
    test.apply(&[text("w3", OLD, "y otra", 3)], 3).await;
    test.apply(&[from(by_both(NEW, ID), "w4", "número nuevo", 10)], 10)
        .await;
    test.apply(&[text("w5", OLD, "soy otra persona", 20)], 20).await;
    assert_eq!(threads(&test).await.len(), 2);
}
