//! Events: numbered without gaps, visible in order.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tenant::{event, inbound};

use crate::common::{Test, at, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_sees_a_gap_that_is_filled_later() {
    let test = Test::new();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (db, done) = (test.db.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let mut conn = db.conn().await.unwrap();
            let mut last = 0;
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
        })
    };
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
