//! The inbox: filters, pages, counts, and what the team changes.

use diesel_async::SimpleAsyncConnection;
use pg::Patch;
use tenant::{
    contact::Identity,
    conversation::{
        AssigneeFilter, ChangeError, ConversationChanges, ConversationFilter, ConversationId,
        ConversationStatus, Conversations, Sight, TagFilter, change, mark_read, set_tags, wake_due,
    },
    user::{Role, UserChanges, update_user},
};

use crate::common::{Test, at, from, known_by_phone, page, text};

async fn ids(test: &Test, filter: ConversationFilter) -> Vec<ConversationId> {
    let mut found: Vec<_> = test
        .list(&filter)
        .await
        .iter()
        .map(|row| row.conversation.id)
        .collect();
    found.sort();
    found
}

fn sorted(mut ids: Vec<ConversationId>) -> Vec<ConversationId> {
    ids.sort();
    ids
}

fn assign(user: tenant::user::UserId) -> ConversationChanges {
    ConversationChanges {
        assignee: Patch::Set(user),
        ..ConversationChanges::default()
    }
}

fn to(status: ConversationStatus) -> ConversationChanges {
    ConversationChanges {
        status: Some(status),
        ..ConversationChanges::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn filters_by_state_owner_tag_line_and_unread_and_counts_what_is_open() {
    let test = Test::new();
    let (one, user) = test.thread("34600000001").await;
    let (two, three) = (
        test.begun_by("34600000002").await,
        test.begun_by("34600000003").await,
    );
    let mut conn = test.conn().await;
    change(&mut conn, one, &assign(user.id), user.id, at(1))
        .await
        .unwrap();
    change(&mut conn, two, &to(ConversationStatus::Closed), user.id, at(1))
        .await
        .unwrap();
    change(&mut conn, three, &to(ConversationStatus::Pending), user.id, at(1))
        .await
        .unwrap();
    mark_read(&mut conn, three).await.unwrap();
    set_tags(&mut conn, two, &["VIP".to_owned()], user.id, at(1))
        .await
        .unwrap();
    let tag = tenant::tag::Tags::new(&mut conn)
        .list()
        .await
        .unwrap()
        .remove(0)
        .0;
    let waiting = ConversationFilter {
        status: vec![ConversationStatus::Open, ConversationStatus::Pending],
        ..ConversationFilter::default()
    };
    let counts = Conversations::new(&mut conn)
        .counts(&waiting, user.id, Sight::Everything)
        .await
        .unwrap();
    assert_eq!(
        (counts.mine, counts.unassigned, counts.everyone, counts.unread),
        (1, 1, 2, 1)
    );
    drop(conn);
    let with = ConversationFilter::default;
    let cases = [
        (with(), vec![one, two, three]),
        (
            ConversationFilter {
                status: vec![ConversationStatus::Closed, ConversationStatus::Pending],
                ..with()
            },
            vec![two, three],
        ),
        (
            ConversationFilter {
                assignee: Some(AssigneeFilter::User(user.id)),
                ..with()
            },
            vec![one],
        ),
        (
            ConversationFilter {
                assignee: Some(AssigneeFilter::Unassigned),
                ..with()
            },
            vec![two, three],
        ),
        (
            ConversationFilter {
                tag: Some(TagFilter::Id(tag.id)),
                ..with()
            },
            vec![two],
        ),
        (
            ConversationFilter {
                tag: Some(TagFilter::Name("vip".to_owned())),
                ..with()
            },
            vec![two],
        ),
        (
            ConversationFilter {
                tag: Some(TagFilter::Name("v_p".to_owned())),
                ..with()
            },
            vec![],
        ),
        (
            ConversationFilter {
                unread: Some(true),
                ..with()
            },
            vec![one, two],
        ),
        (
            ConversationFilter {
                unread: Some(false),
                ..with()
            },
            vec![three],
        ),
        (
            ConversationFilter {
                channel: Some(pg::ChannelId::generate()),
                ..with()
            },
            vec![],
        ),
        (
            ConversationFilter {
                unread: Some(true),
                status: vec![ConversationStatus::Open],
                search: Some("0000001".to_owned()),
                ..with()
            },
            vec![one],
        ),
    ];
    for (filter, expected) in cases {
        let shown = format!("{filter:?}");
        assert_eq!(ids(&test, filter).await, sorted(expected), "{shown}");
    }
    let view = test
        .list(&with())
        .await
        .into_iter()
        .find(|row| row.conversation.id == one);
    assert_eq!(view.unwrap().assignee.unwrap().id, user.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_parts_of_names_and_phones_whatever_their_case_accents_and_signs() {
    let test = Test::new();
    let people = [
        ("34600000001", "Ana 100%"),
        ("34600000002", "Eva_Luz"),
        ("34611222333", r"Sala 2 \o/"),
        ("5491155550111", "Ana María"),
    ];
    for (phone, name) in people {
        let identity = Identity {
            profile_name: Some(name.to_owned()),
            ..known_by_phone(phone)
        };
        test.apply(&[from(identity, phone, "hola", 0)], 0).await;
    }
    let cases: [(&str, &[&str]); 12] = [
        ("ana", &["34600000001", "5491155550111"]),
        ("%", &[]),
        ("a_luz", &[]),
        ("va_uz", &["34600000002"]),
        ("100%", &["34600000001"]),
        ("sala 2", &["34611222333"]),
        ("Ana 10", &["34600000001"]),
        ("+34 611 222-333", &["34611222333"]),
        ("(54) 911.5555", &["5491155550111"]),
        ("ARIA", &["5491155550111"]),
        ("0000000", &["34600000001", "34600000002"]),
        ("nadie", &[]),
    ];
    for (search, expected) in cases {
        let filter = ConversationFilter {
            search: Some(search.to_owned()),
            ..ConversationFilter::default()
        };
        let mut found: Vec<_> = test
            .list(&filter)
            .await
            .into_iter()
            .map(|row| row.contact.user_key)
            .collect();
        found.sort();
        assert_eq!(found, expected, "{search}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_neither_lose_nor_repeat_what_stays_while_rows_move() {
    let test = Test::new();
    for n in 0..20 {
        // Several share an instant: the id decides between them.
        let phone = format!("346000000{n:02}");
        test.apply(&[text(&phone, &phone, "hola", n / 4)], 100).await;
    }
    let all = test.list(&ConversationFilter::default()).await;
    let moving: Vec<_> = [3, 9, 15, 19]
        .map(|place: usize| all[place].conversation.user_key.clone())
        .into();
    let (mut seen, mut request, mut moves) = (Vec::new(), page(3), moving.iter());
    loop {
        let mut conn = test.conn().await;
        let found = Conversations::new(&mut conn)
            .list(&ConversationFilter::default(), Sight::Everything, &request)
            .await
            .unwrap()
            .unwrap();
        drop(conn);
        seen.extend(found.items.into_iter().map(|row| row.conversation.user_key));
        if let Some(phone) = moves.next() {
            test.apply(&[text(&format!("again{phone}"), phone, "otra", 50)], 100)
                .await;
        }
        match found.next {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let expected: Vec<_> = all
        .iter()
        .map(|row| row.conversation.user_key.clone())
        .filter(|key| !moving.contains(key))
        .collect();
    let stayed: Vec<_> = seen.iter().filter(|key| !moving.contains(key)).cloned().collect();
    assert_eq!(stayed, expected);
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), seen.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_somebody_active_who_reads_conversations_can_own_one() {
    let test = Test::new();
    let (id, admin) = test.thread("34600000001").await;
    let marketing = test.user(Role::Marketing).await;
    let gone = test.user(Role::Recepcion).await;
    let out = UserChanges {
        is_active: Some(false),
        ..UserChanges::default()
    };
    let mut conn = test.conn().await;
    update_user(&mut conn, gone.id, out, None, at(1)).await.unwrap();
    for user in [marketing.id, gone.id, tenant::user::UserId::generate()] {
        let refused = change(&mut conn, id, &assign(user), admin.id, at(1)).await;
        assert!(matches!(refused, Err(ChangeError::InvalidAssignee)));
    }
    let nobody = ConversationChanges {
        assignee: Patch::Clear,
        ..ConversationChanges::default()
    };
    change(&mut conn, id, &assign(admin.id), admin.id, at(1))
        .await
        .unwrap();
    change(&mut conn, id, &nobody, admin.id, at(2)).await.unwrap();
    assert_eq!(test.conversation(id).await.assignee_id, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_take_it_at_once_one_is_told() {
    let test = Test::new();
    let (id, ana) = test.thread("34600000001").await;
    let luis = test.user(Role::Recepcion).await;
    let mut conn = test.conn().await;
    let from = |expected_assignee, to: tenant::user::UserId| ConversationChanges {
        expected_assignee,
        ..assign(to)
    };
    let first = from(Patch::Clear, luis.id);
    change(&mut conn, id, &first, luis.id, at(1)).await.unwrap();
    let second = from(Patch::Clear, ana.id);
    let refused = change(&mut conn, id, &second, ana.id, at(2)).await;
    assert!(matches!(refused, Err(ChangeError::OwnedMeanwhile)));
    assert_eq!(test.conversation(id).await.assignee_id, Some(luis.id));
    let knowing = from(Patch::Set(luis.id), ana.id);
    change(&mut conn, id, &knowing, ana.id, at(3)).await.unwrap();
    assert_eq!(test.conversation(id).await.assignee_id, Some(ana.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn snoozing_needs_a_time_to_come() {
    let test = Test::new();
    let (id, user) = test.thread("34600000001").await;
    let mut conn = test.conn().await;
    let refused = change(&mut conn, id, &to(ConversationStatus::Snoozed), user.id, at(5)).await;
    assert!(matches!(refused, Err(ChangeError::InvalidSnooze)));
    let until = |seconds| ConversationChanges {
        snoozed_until: Patch::Set(at(seconds)),
        ..ConversationChanges::default()
    };
    let refused = change(&mut conn, id, &until(5), user.id, at(5)).await;
    assert!(matches!(refused, Err(ChangeError::InvalidSnooze)));
    change(&mut conn, id, &until(6), user.id, at(5)).await.unwrap();
    assert_eq!(test.conversation(id).await.status, ConversationStatus::Snoozed);
    // Somebody else's business with it does not fail because its time has come.
    change(&mut conn, id, &assign(user.id), user.id, at(7))
        .await
        .unwrap();
    change(&mut conn, id, &to(ConversationStatus::Closed), user.id, at(8))
        .await
        .unwrap();
    let now = test.conversation(id).await;
    assert_eq!(
        (now.status, now.snoozed_until),
        (ConversationStatus::Closed, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_wakes_when_its_time_has_come_and_not_before() {
    let test = Test::new();
    let (id, user) = test.thread("34600000001").await;
    let mut conn = test.conn().await;
    let sleep = ConversationChanges {
        snoozed_until: Patch::Set(at(60)),
        ..ConversationChanges::default()
    };
    change(&mut conn, id, &sleep, user.id, at(5)).await.unwrap();
    assert_eq!(wake_due(&mut conn, at(59)).await.unwrap(), 0);
    assert_eq!(test.conversation(id).await.status, ConversationStatus::Snoozed);
    assert_eq!(wake_due(&mut conn, at(60)).await.unwrap(), 1);
    let awake = test.conversation(id).await;
    assert_eq!(
        (awake.status, awake.snoozed_until),
        (ConversationStatus::Open, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_before_the_search_is_made_searchable_and_what_was_deleted_is_not() {
    let test = Test::new();
    let items = [
        text("s1", "34600000001", "La Niña pidió un señal", 0),
        text("s2", "34600000002", "otra señal", 1),
    ];
    test.apply(&items, 2).await;
    let mut conn = test.conn().await;
    while tenant::search::advance(&mut conn).await.unwrap() {}
    let forget = "DELETE FROM message_search; DELETE FROM contact_search; \
        UPDATE search_progress SET messages_before = 'ffffffff-ffff-ffff-ffff-ffffffffffff', \
            contacts_before = 'ffffffff-ffff-ffff-ffff-ffffffffffff'; \
        INSERT INTO messages (id, conversation_id, channel_id, direction, kind, author_kind, context_wamid, occurred_at) \
        SELECT 'ffffffff-0000-7000-8000-000000000000', conversation_id, channel_id, 'in', 'revoke', 'contact', wamid, \
            occurred_at FROM messages WHERE wamid = 's2'";
    conn.batch_execute(forget).await.unwrap();
    while tenant::search::advance(&mut conn).await.unwrap() {}
    let found = tenant::search::find_messages(&mut conn, "SENAL", Sight::Everything, &page(10))
        .await
        .unwrap();
    let snippets: Vec<&str> = found.items.iter().map(|hit| hit.snippet.as_str()).collect();
    assert_eq!(snippets, ["La Niña pidió un señal"]);
    let people = tenant::search::find_conversations(&mut conn, "0000002", Sight::Everything, &page(10))
        .await
        .unwrap();
    assert_eq!(people.items.len(), 1);
}
