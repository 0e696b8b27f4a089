//! Dead letters: found, closed once, kept a while.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use tenant::{
    dead_letter::{DeadLetterFilter, DeadLetters, DiscardLetterError, close_replayed, discard_letter},
    housekeeping::{KEPT, clean},
    inbound::{InboundContent, InboundItem},
};

use crate::common::{LINE, Test, at, page};

fn unreadable(raw: &str, reason: &str) -> InboundItem {
    InboundItem {
        channel: LINE,
        content: InboundContent::Unreadable {
            reason: reason.to_owned(),
        },
        raw: raw.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_that_differ_in_what_they_quote_are_one_class() {
    let test = Test::new();
    let letters = [
        unreadable("1", "invalid input syntax for type integer: \"mi clave\""),
        unreadable("2", "invalid input syntax for type integer: \"77\""),
        unreadable("3", "row 5 is too long"),
    ];
    test.apply(&letters, 1).await;
    let mut conn = test.conn().await;
    let counts = DeadLetters::new(&mut conn).counts().await.unwrap();
    let classes: Vec<_> = counts
        .iter()
        .map(|count| (count.fingerprint.as_str(), count.letters))
        .collect();
    assert_eq!(
        classes,
        [
            ("invalid input syntax for type integer: #", 2),
            ("row # is too long", 1)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn those_not_tried_yet_come_before_those_that_failed_again() {
    let test = Test::new();
    for (second, raw) in ["1", "2", "3"].into_iter().enumerate() {
        let second = i64::try_from(second).unwrap();
        test.apply(&[unreadable(raw, "why")], second).await;
    }
    let mut conn = test.conn().await;
    let mut letters = DeadLetters::new(&mut conn);
    let all = DeadLetterFilter::default();
    let first = letters.due(&all, 3).await.unwrap();
    letters.note_failure(first[0], "still\0", at(9)).await.unwrap();
    let then = letters.due(&all, 3).await.unwrap();
    assert_eq!(then, [first[1], first[2], first[0]]);
    let (failed, _) = letters.find(first[0]).await.unwrap().unwrap();
    assert_eq!(
        (failed.reason.as_str(), failed.attempts, failed.last_tried_at),
        ("still\u{fffd}", 1, Some(at(9)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_letter_stays_closed_and_goes_after_its_time() {
    let test = Test::new();
    let items = [unreadable("1", "a"), unreadable("2", "b"), unreadable("3", "c")];
    test.apply(&items, 1).await;
    let mut conn = test.conn().await;
    let ids = DeadLetters::new(&mut conn)
        .due(&DeadLetterFilter::default(), 9)
        .await
        .unwrap();
    assert!(close_replayed(&mut conn, ids[0], None, at(2)).await.unwrap());
    assert!(!close_replayed(&mut conn, ids[0], None, at(3)).await.unwrap());
    let late = discard_letter(&mut conn, ids[0], "why", None, at(3)).await;
    assert!(matches!(late, Err(DiscardLetterError::Closed)));
    discard_letter(&mut conn, ids[1], " why ", None, at(3))
        .await
        .unwrap();
    // It is delivered once more, and the line's status came long ago for nothing.
    test.apply(&items, 4).await;
    conn.batch_execute(
        "INSERT INTO orphan_statuses (channel_id, wamid, status, at, received_at)
         SELECT channel_id, 'w', 'read', received_at, received_at FROM dead_letters LIMIT 1",
    )
    .await
    .unwrap();
    assert_eq!(clean(&mut conn, at(1) + KEPT).await.unwrap(), 0);
    let later = at(3) + KEPT + TimeDelta::seconds(1);
    assert_eq!(clean(&mut conn, later).await.unwrap(), 3);
    let left = DeadLetters::new(&mut conn)
        .list(&DeadLetterFilter::default(), &page(9))
        .await
        .unwrap()
        .items;
    assert_eq!(left.iter().map(|letter| letter.id).collect::<Vec<_>>(), [ids[2]]);
}
