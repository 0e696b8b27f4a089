//! Events: numbered without gaps, visible in order.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use pg::{Db, Tenant};
use tenant::{
    event,
    inbound::{self, Applier},
    outbox::queue_message,
    status::Delivery,
};
use tokio::task::JoinSet;

use crate::common::{Test, answer, at, report, text};

/// Reads on after `last`, without a gap, until all is `done`; returns the last number.
async fn read_on(db: Db<Tenant>, mut last: i64, done: Arc<AtomicBool>) -> i64 {
    let mut conn = db.conn().await.unwrap();
    loop {
        let ending = done.load(Ordering::SeqCst);
        let found = event::since(&mut conn, last, 7).await.unwrap();
        for event in &found {
            assert_eq!(event.seq, last + 1);
            last = event.seq;
        }
        if ending && found.is_empty() {
            return last;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_a_gap_that_is_filled_later() {
    let test = Test::new();
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read_on(test.db.clone(), 0, Arc::clone(&done)));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let db = test.db.clone();
            tokio::spawn(async move {
                for n in 0..15 {
                    let item = text(
                        &format!("w{writer}.{n}"),
                        &format!("3460000000{writer}"),
                        "hola",
                        n,
                    );
                    inbound::apply(&mut db.conn().await.unwrap(), &[item], at(n))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let read = reader.await.unwrap();
    assert_eq!(read, 8 + 8 * 15);
    assert_eq!(event::newest(&mut test.conn().await).await.unwrap(), read);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_transactions_and_answers_at_once_leave_no_gap_and_stop_nobody() {
    const WRITERS: usize = 4;
    const ROUNDS: i64 = 15;
    let test = Test::new();
    let (thread, user) = test.thread("34600000000").await;
    let before = event::newest(&mut test.conn().await).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read_on(test.db.clone(), before, Arc::clone(&done)));
    let mut work = JoinSet::new();
    for writer in 0..WRITERS {
        let db = test.db.clone();
        work.spawn(async move {
            let mut applier = Applier::default();
            for n in 0..ROUNDS {
                // The same customers in another order for each; every third batch takes a transaction.
                let mut items: Vec<_> = (0..3)
                    .map(|who| {
                        text(
                            &format!("m{writer}.{n}.{who}"),
                            &format!("3460000000{}", (who + writer) % 3),
                            "hola",
                            n,
                        )
                    })
                    .collect();
                if n % 3 == 0 {
                    items.push(report(&format!("unknown{n}"), Delivery::Failed, n, None));
                }
                let items: Vec<_> = items.iter().collect();
                applier
                    .apply(&mut db.conn().await.unwrap(), &items, at(n))
                    .await
                    .unwrap();
            }
        });
    }
    for _ in 0..2 {
        let (db, author) = (test.db.clone(), user.id);
        work.spawn(async move {
            for n in 0..ROUNDS {
                let answer = answer(thread, author, "buenas");
                queue_message(&mut db.conn().await.unwrap(), &answer, at(n))
                    .await
                    .unwrap();
            }
        });
    }
    while let Some(ended) = work.join_next().await {
        ended.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let read = reader.await.unwrap();
    assert_eq!(read, event::newest(&mut test.conn().await).await.unwrap());
    let told = "SELECT count(*) AS count FROM events WHERE kind = 'message.created'";
    let messages = "SELECT count(*) AS count FROM messages";
    assert_eq!(test.count(told).await, test.count(messages).await);
}
