//! Several servers at one database, and a server that does not hear how its commit went.

use diesel_async::SimpleAsyncConnection;
use pg::{Connector, Db};
use tenant::{
    contact::Identity,
    conversation::ConversationFilter,
    inbound::{Applier, InboundItem},
};
use testkit::proxy::Proxy;
use tokio::task::JoinSet;

use crate::common::{Test, at, from, known_by_phone, text};

const PHONE: &str = "34600000001";

/// A customer as he may show himself: by phone, by user id, or by both.
fn seen(who: usize, how: usize) -> Identity {
    let (phone, id) = (format!("3460000000{who}"), format!("ES.9000000000000000000{who}"));
    let by_id = Identity {
        user_key: id.clone(),
        bsuid: Some(id.clone()),
        ..Identity::default()
    };
    let both = Identity {
        bsuid: Some(id),
        ..known_by_phone(&phone)
    };
    match how % 3 {
        0 => known_by_phone(&phone),
        1 => by_id,
        _ => both,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_learn_at_once_who_is_who_make_one_contact_and_one_thread_of_each() {
    const PEOPLE: usize = 3;
    const SERVERS: usize = 3;
    const ROUNDS: usize = 4;
    let test = Test::new();
    let mut servers = JoinSet::new();
    for server in 0..SERVERS {
        let db = test.db.clone();
        servers.spawn(async move {
            let mut applier = Applier::default();
            for round in 0..ROUNDS {
                // In another order on each server, and each shows another side first.
                let items: Vec<InboundItem> = (0..PEOPLE)
                    .map(|n| {
                        let who = (n + server) % PEOPLE;
                        let wamid = format!("{server}.{round}.{who}");
                        from(seen(who, server + round), &wamid, "hola", 1)
                    })
                    .collect();
                let items: Vec<&InboundItem> = items.iter().collect();
                let mut conn = db.conn().await.unwrap();
                applier.apply(&mut conn, &items, at(1)).await.unwrap();
            }
        });
    }
    while let Some(ended) = servers.join_next().await {
        ended.unwrap();
    }
    let mut threads: Vec<_> = test
        .list(&ConversationFilter::default())
        .await
        .into_iter()
        .map(|row| {
            (
                row.contact.phone,
                row.contact.bsuid,
                row.conversation.unread_count,
            )
        })
        .collect();
    threads.sort();
    let unread = i32::try_from(SERVERS * ROUNDS).unwrap();
    let wanted: Vec<_> = (0..PEOPLE)
        .map(|who| {
            let both = seen(who, 2);
            (both.phone, both.bsuid, unread)
        })
        .collect();
    assert_eq!(threads, wanted);
    assert_eq!(test.count("SELECT count(*) AS count FROM contacts").await, 3);
    let gaps = "SELECT max(seq) - count(*) AS count FROM events";
    assert_eq!(test.count(gaps).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_while_the_wire_broke_changes_nothing_when_it_comes_again() {
    let test = Test::new();
    let wire = Proxy::start(test.url());
    let db = Db::for_batches(&Connector::current(), &wire.url().parse().unwrap(), 1);
    let mut applier = Applier::default();
    // The thread is remembered, and the statement prepared: what waits below is all that is left to do.
    for known in [text("begin", PHONE, "hola", 0), text("w0", PHONE, "otra vez", 0)] {
        applier
            .apply(&mut db.conn().await.unwrap(), &[&known], at(0))
            .await
            .unwrap();
    }
    let item = text("w1", PHONE, "sigo", 1);
    // Nobody can write a message, so the statement is at the server when the wire breaks.
    let mut gate = test.conn().await;
    gate.batch_execute("BEGIN; LOCK TABLE messages IN SHARE MODE")
        .await
        .unwrap();
    let mut conn = db.conn().await.unwrap();
    let applying = tokio::spawn({
        let item = item.clone();
        async move {
            let result = applier.apply(&mut conn, &[&item], at(1)).await;
            (applier, result)
        }
    });
    test.until_waiting(1).await;
    wire.cut();
    let (mut applier, told) = applying.await.unwrap();
    assert!(told.unwrap_err().is_unavailable());
    gate.batch_execute("COMMIT").await.unwrap();
    let written = "SELECT count(*) AS count FROM messages WHERE wamid = 'w1'";
    while test.count(written).await == 0 {
        tokio::task::yield_now().await;
    }
    wire.restore();
    let before = test.rows();
    for _ in 0..2 {
        applier
            .apply(&mut db.conn().await.unwrap(), &[&item], at(2))
            .await
            .unwrap();
    }
    assert_eq!(test.rows(), before);
    let list = test.list(&ConversationFilter::default()).await;
    assert_eq!(list[0].conversation.unread_count, 3);
}
