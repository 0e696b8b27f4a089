//! Messages that come in: once each, in any order, from anybody at once.

use pg::ChannelId;
use tenant::{
    conversation::{ConversationChanges, ConversationFilter, ConversationStatus, change},
    inbound::{self, InboundContent, InboundItem},
};
use uuid::Uuid;

use crate::common::{LINE, Test, at, rows, text, truth};

const ANA: &str = "34600000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_redelivered_message_is_one_row_and_counts_once() {
    let test = Test::new();
    let message = text("w1", ANA, "hola", 0);
    test.apply(std::slice::from_ref(&message), 1).await;
    let events = test.count("SELECT count(*) AS count FROM events").await;
    test.apply(std::slice::from_ref(&message), 2).await;
    test.apply(&[message.clone(), message], 3).await;
    let found = test.list(&ConversationFilter::default()).await;
    assert_eq!((found.len(), found[0].conversation.unread_count), (1, 1));
    assert_eq!(test.messages(found[0].conversation.id).await.len(), 1);
    assert_eq!(test.count("SELECT count(*) AS count FROM events").await, events);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_inside_a_batch_counts_once_and_its_neighbours_stay() {
    let test = Test::new();
    let batch = [
        text("w1", ANA, "uno", 1),
        text("w2", "34600000002", "otro", 1),
        text("w1", ANA, "uno", 1),
        text("w3", ANA, "dos", 2),
    ];
    test.apply(&batch, 3).await;
    let found = test.list(&ConversationFilter::default()).await;
    let unread: Vec<_> = found.iter().map(|row| row.conversation.unread_count).collect();
    assert_eq!(unread, [2, 1]);
    assert_eq!(
        found[0].last_message.as_ref().unwrap().body.as_deref(),
        Some("dos")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_out_of_order_keep_the_newest_in_the_preview_and_their_place_in_the_thread() {
    let test = Test::new();
    for (wamid, seconds) in [("w2", 20), ("w3", 30), ("w1", 10)] {
        test.apply(&[text(wamid, ANA, wamid, seconds)], 40).await;
    }
    let found = test.list(&ConversationFilter::default()).await.remove(0);
    assert_eq!(found.last_message.unwrap().body.as_deref(), Some("w3"));
    assert_eq!(found.conversation.last_activity_at, at(30));
    assert_eq!(found.conversation.last_inbound_at, Some(at(30)));
    assert_eq!(found.conversation.window_expires_at, Some(at(30 + 24 * 3_600)));
    let thread = test.messages(found.conversation.id).await;
    let order: Vec<_> = thread
        .iter()
        .map(|message| message.body.as_deref().unwrap())
        .collect();
    assert_eq!(order, ["w3", "w2", "w1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn metas_time_is_kept_within_what_can_be_true() {
    let test = Test::new();
    let day = 24 * 3_600;
    test.apply(&[text("w1", ANA, "futuro", 10 * day)], 0).await;
    let found = test.list(&ConversationFilter::default()).await.remove(0);
    assert_eq!(found.conversation.last_activity_at, at(300));
    assert_eq!(found.conversation.window_expires_at, Some(at(300 + day)));
    test.apply(&[text("w2", ANA, "pasado", -30 * day)], 0).await;
    let thread = test.messages(found.conversation.id).await;
    assert_eq!(thread[1].occurred_at, at(-8 * day));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_on_two_lines_is_two_conversations_of_one_contact() {
    let test = Test::new();
    let mut elsewhere = text("w1", ANA, "hola", 0);
    elsewhere.channel = ChannelId(Uuid::from_u128(2));
    test.apply(&[text("w1", ANA, "hola", 0), elsewhere], 0).await;
    let found = test.list(&ConversationFilter::default()).await;
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].contact.id, found[1].contact.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_writes_opens_what_was_closed_or_asleep() {
    let test = Test::new();
    let (id, user) = test.thread(ANA).await;
    for (number, status) in [ConversationStatus::Closed, ConversationStatus::Snoozed]
        .into_iter()
        .enumerate()
    {
        let changes = ConversationChanges {
            status: Some(status),
            snoozed_until: pg::Patch::Set(at(9_000)),
            ..ConversationChanges::default()
        };
        change(&mut test.conn().await, id, &changes, user.id, at(1))
            .await
            .unwrap();
        assert_eq!(test.conversation(id).await.status, status);
        test.apply(&[text(&format!("again{number}"), ANA, "¿hola?", 2)], 2)
            .await;
        let now = test.conversation(id).await;
        assert_eq!((now.status, now.snoozed_until), (ConversationStatus::Open, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_webhook_on_two_connections_at_once_is_applied_once() {
    let test = Test::new();
    for round in 0..10 {
        let phone = format!("3461000000{round}");
        let batch: Vec<InboundItem> = (0..5)
            .map(|n| text(&format!("r{round}.{n}"), &phone, "hola", n))
            .collect();
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let (db, batch) = (test.db.clone(), batch.clone());
                tokio::spawn(
                    async move { inbound::apply(&mut db.conn().await.unwrap(), &batch, at(9)).await },
                )
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
    assert_eq!(test.count("SELECT count(*) AS count FROM messages").await, 50);
    assert_eq!(
        test.count("SELECT sum(unread_count) AS count FROM conversations")
            .await,
        50
    );
    let created = "SELECT count(*) AS count FROM events WHERE kind = 'conversation.created'";
    assert_eq!(test.count(created).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_name_the_same_customers_in_opposite_order_do_not_stop_each_other() {
    let test = Test::new();
    for round in 0..10 {
        let tasks: Vec<_> = (0..4)
            .map(|task| {
                let mut batch: Vec<InboundItem> = (0..20)
                    .map(|n| {
                        text(
                            &format!("o{round}.{task}.{n}"),
                            &format!("346300000{n:02}"),
                            "hola",
                            n,
                        )
                    })
                    .collect();
                if task % 2 == 0 {
                    batch.reverse();
                }
                let db = test.db.clone();
                tokio::spawn(
                    async move { inbound::apply(&mut db.conn().await.unwrap(), &batch, at(9)).await },
                )
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
    assert_eq!(
        test.count("SELECT sum(unread_count) AS count FROM conversations")
            .await,
        800
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_first_messages_at_once_are_one_contact_and_one_conversation() {
    let test = Test::new();
    for round in 0..10 {
        let phone = format!("3462000000{round}");
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let (db, item) = (test.db.clone(), text(&format!("f{round}.{n}"), &phone, "hola", n));
                tokio::spawn(
                    async move { inbound::apply(&mut db.conn().await.unwrap(), &[item], at(9)).await },
                )
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    }
    assert_eq!(test.count("SELECT count(*) AS count FROM contacts").await, 10);
    let found = test.list(&ConversationFilter::default()).await;
    assert_eq!(found.len(), 10);
    for row in found {
        assert_eq!(row.conversation.unread_count, 8);
        assert_eq!(row.conversation.last_inbound_at, Some(at(7)));
        assert_eq!(test.messages(row.conversation.id).await.len(), 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_json_is_kept_byte_for_byte_with_nul_and_lone_surrogates() {
    let test = Test::new();
    let raw = r#"{ "id":"w1",  "big": 12345678901234567890123, "text":{"body":"a\u0000b \ud83d x"}}"#;
    let mut item = text("w1", ANA, "a\u{fffd}b", 0);
    raw.clone_into(&mut item.raw);
    test.apply(&[item], 0).await;
    let mut conn = test.conn().await;
    let kept = rows(&mut conn, "SELECT raw::text AS row FROM messages").await;
    assert_eq!(kept, [raw]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_no_column_takes_spoils_the_batch_and_can_be_set_aside() {
    let test = Test::new();
    let poisoned = text("w2", ANA, "a\0b", 1);
    let batch = [text("w1", ANA, "hola", 0), poisoned.clone()];
    let error = inbound::apply(&mut test.conn().await, &batch, at(2))
        .await
        .unwrap_err();
    assert!(!error.is_unavailable(), "{error:?}");
    assert_eq!(test.count("SELECT count(*) AS count FROM messages").await, 0);
    inbound::set_aside(&mut test.conn().await, &poisoned, "no\0t text", at(2))
        .await
        .unwrap();
    let query =
        "SELECT kind = 'message' AND convert_from(raw, 'UTF8') LIKE '%w2%' AS truth FROM dead_letters";
    assert!(truth(&mut test.conn().await, query).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_item_is_set_aside_once_however_often_it_comes() {
    let test = Test::new();
    let unreadable = |raw: &str| InboundItem {
        channel: LINE,
        content: InboundContent::Unreadable {
            reason: "the message has no id".to_owned(),
        },
        raw: raw.to_owned(),
    };
    let batch = [unreadable("[1]"), text("w1", ANA, "hola", 0), unreadable("[2]")];
    test.apply(&batch, 1).await;
    test.apply(&batch, 5).await;
    let mut conn = test.conn().await;
    let kept = rows(
        &mut conn,
        "SELECT convert_from(raw, 'UTF8') AS row FROM dead_letters ORDER BY raw",
    );
    assert_eq!(kept.await, ["[1]", "[2]"]);
    let mut elsewhere = unreadable("[1]");
    elsewhere.channel = ChannelId(Uuid::from_u128(2));
    test.apply(&[elsewhere], 6).await;
    assert_eq!(test.count("SELECT count(*) AS count FROM dead_letters").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_for_every_webhook_stays_prepared() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let mut applier = inbound::Applier::default();
    for n in 0..5 {
        let item = text(&format!("w{n}"), ANA, "hola", n);
        applier.apply(&mut conn, &[&item], at(n)).await.unwrap();
    }
    let runs = "SELECT (generic_plans + custom_plans)::text AS row FROM pg_prepared_statements \
                WHERE statement LIKE 'WITH locked AS%' AND statement NOT LIKE '%unnest%'";
    // The first one had to look the sender up.
    assert_eq!(rows(&mut conn, runs).await, ["4"]);
}
