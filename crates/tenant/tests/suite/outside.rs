//! What was said without us, and what is no message at all.

use tenant::{
    contact::Identity,
    conversation::ConversationFilter,
    inbound::{InboundContent, InboundItem, OutsideMessage},
    line_event::{LineAct, LineEventId, LineEvents, NewLineEvent},
    message::{Direction, MessageStatus},
    outbox::{RetryError, retry_message},
    status::Delivery,
    user::Role,
};

use crate::common::{LINE, Test, at, known_by_phone, page, report, text};

const ANA: &str = "34600000001";
const DAY: i64 = 24 * 3_600;

fn outside(wamid: &str, kind: &str, seconds: i64) -> OutsideMessage {
    OutsideMessage {
        wamid: wamid.to_owned(),
        peer: known_by_phone(ANA),
        is_outbound: true,
        is_history: true,
        delivery: None,
        kind: kind.to_owned(),
        body: Some(wamid.to_owned()),
        payload: None,
        context_wamid: None,
        at: Some(at(seconds)),
    }
}

fn item(content: InboundContent) -> InboundItem {
    InboundItem {
        channel: LINE,
        content,
        raw: "{}".to_owned(),
    }
}

fn event(contents: &str, act: LineAct, seconds: i64) -> InboundItem {
    item(InboundContent::LineEvent(NewLineEvent {
        id: LineEventId::of_contents(contents),
        channel: Some(LINE),
        waba_id: Some("7".to_owned()),
        field: "user_preferences".to_owned(),
        kind: contents.to_owned(),
        at: Some(at(seconds)),
        payload: serde_json::json!({}),
        act,
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn history_and_echoes_join_the_thread_and_ask_for_nothing() {
    let test = Test::new();
    let old = outside("old", "text", -100 * DAY);
    let asked = OutsideMessage {
        is_outbound: false,
        ..outside("asked", "text", -101 * DAY)
    };
    let items = [old, asked].map(|message| item(InboundContent::Outside(message)));
    for _ in 0..2 {
        test.apply(&items, 0).await;
    }
    let found = test
        .list(&ConversationFilter::default())
        .await
        .remove(0)
        .conversation;
    assert_eq!((found.unread_count, found.window_expires_at), (0, None));
    assert_eq!(found.last_inbound_at, None);
    let thread = test.messages(found.id).await;
    let told: Vec<_> = thread
        .iter()
        .map(|message| (message.direction, message.occurred_at))
        .collect();
    let wanted = [(Direction::Out, at(-100 * DAY)), (Direction::In, at(-101 * DAY))];
    assert_eq!(told, wanted, "Meta's time, however old");
    assert_eq!(test.count("SELECT count(*) AS count FROM outbox").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_of_an_echo_and_of_a_history_only_go_forward() {
    let test = Test::new();
    let sent = OutsideMessage {
        delivery: Some(Delivery::Sent),
        ..outside("w1", "text", 0)
    };
    let read = OutsideMessage {
        delivery: Some(Delivery::Read),
        ..sent.clone()
    };
    // A live status came before the message was told of.
    test.apply(&[report("w1", Delivery::Delivered, 1, None)], 1).await;
    for message in [&sent, &read, &sent] {
        test.apply(&[item(InboundContent::Outside(message.clone()))], 2)
            .await;
    }
    let id = test.list(&ConversationFilter::default()).await[0].conversation.id;
    let message = test.messages(id).await.remove(0);
    assert_eq!(message.status(), MessageStatus::Read);
    assert_eq!(message.delivered_at, Some(at(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_takes_its_placeholders_place_whichever_comes_first() {
    for kinds in [["media_placeholder", "image"], ["image", "media_placeholder"]] {
        let test = Test::new();
        for kind in kinds {
            test.apply(&[item(InboundContent::Outside(outside("w1", kind, 0)))], 0)
                .await;
        }
        let id = test.list(&ConversationFilter::default()).await[0].conversation.id;
        let thread = test.messages(id).await;
        assert_eq!((thread.len(), thread[0].kind.as_str()), (1, "image"), "{kinds:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_business_sent_from_its_phone_is_not_sent_again_from_here() {
    let test = Test::new();
    let failed = OutsideMessage {
        delivery: Some(Delivery::Failed),
        ..outside("w1", "text", 0)
    };
    test.apply(
        &[item(InboundContent::Outside(failed)), text("w2", ANA, "hola", 1)],
        1,
    )
    .await;
    let agent = test.user(Role::Admin).await;
    let id = test.list(&ConversationFilter::default()).await[0].conversation.id;
    let message = test.messages(id).await.pop().unwrap();
    assert_eq!(message.status(), MessageStatus::Failed);
    let again = retry_message(&mut test.conn().await, message.id, agent.id, at(2)).await;
    assert!(matches!(again, Err(RetryError::NotFailed)), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_join_the_thread_without_waking_it() {
    let test = Test::new();
    test.apply(&[text("w1", ANA, "hola", 0)], 0).await;
    let mut reaction = text("w2", ANA, "👍", 9);
    if let InboundContent::Message(message) = &mut reaction.content {
        "reaction".clone_into(&mut message.kind);
        (message.is_news, message.opens_window) = (false, false);
    }
    test.apply(&[reaction], 9).await;
    let found = test
        .list(&ConversationFilter::default())
        .await
        .remove(0)
        .conversation;
    assert_eq!((found.unread_count, found.last_inbound_at), (1, Some(at(0))));
    assert_eq!(found.window_expires_at, Some(at(DAY)));
    assert_eq!(test.messages(found.id).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_kept_once_and_the_last_word_on_marketing_counts() {
    let said = |stop| LineAct::Marketing {
        who: known_by_phone(ANA),
        stop,
    };
    let items = [event("stop", said(true), 1), event("resume", said(false), 2)];
    for order in [[0, 1], [1, 0]] {
        let test = Test::new();
        for index in order.into_iter().chain([0]) {
            test.apply(std::slice::from_ref(&items[index]), 3).await;
        }
        let mut conn = test.conn().await;
        let kept = LineEvents::new(&mut conn)
            .list(None, &page(10))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept.items.len(), 2);
        let out = "SELECT count(*) AS count FROM contacts WHERE marketing_opt_out_at IS NOT NULL";
        assert_eq!(test.count(out).await, 0, "{order:?}");
        test.apply(&[event("stop again", said(true), 3)], 3).await;
        assert_eq!(test.count(out).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_paged_without_gaps_and_told_apart_by_field() {
    let test = Test::new();
    for n in 0..5 {
        test.apply(&[event(&format!("e{n}"), LineAct::Keep, n)], n).await;
    }
    let mut conn = test.conn().await;
    let mut events = LineEvents::new(&mut conn);
    let (mut seen, mut request) = (Vec::new(), page(2));
    loop {
        let found = events
            .list(Some("user_preferences"), &request)
            .await
            .unwrap()
            .unwrap();
        seen.extend(found.items.into_iter().map(|event| event.kind));
        let Some(next) = found.next else { break };
        request.cursor = Some(next);
    }
    assert_eq!(seen, ["e4", "e3", "e2", "e1", "e0"]);
    let none = events.list(Some("calls"), &page(2)).await.unwrap().unwrap();
    assert!(none.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_book_names_whom_the_team_has_not_named() {
    let test = Test::new();
    test.apply(&[text("w1", ANA, "hola", 0)], 0).await;
    let named = |name: &str| {
        item(InboundContent::AddressBook {
            who: known_by_phone(ANA),
            name: name.to_owned(),
        })
    };
    test.apply(&[named("Ana (vecina)"), named("Otra")], 1).await;
    let found = test.list(&ConversationFilter::default()).await.remove(0);
    assert_eq!(found.contact.display_name(), "Ana (vecina)");
    assert_eq!(found.conversation.unread_count, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_a_thread_of_its_own_that_goes_by_its_name() {
    let test = Test::new();
    let group = Identity {
        user_key: "Y2FwaV9ncm91cDox".to_owned(),
        ..Identity::default()
    };
    test.apply(&[crate::common::from(group.clone(), "w1", "hola", 0)], 0)
        .await;
    let name = async || {
        test.list(&ConversationFilter::default()).await[0]
            .contact
            .display_name()
    };
    assert_eq!(name().await, "Group");
    let who = Identity {
        profile_name: Some("VIP".to_owned()),
        ..group
    };
    test.apply(&[event("group_create", LineAct::Named { who }, 1)], 1)
        .await;
    assert_eq!(name().await, "VIP");
}
