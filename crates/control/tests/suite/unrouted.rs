//! Lines that are not registered: counted, bounded, forgotten.

use control::unrouted::{MAX_LINES, Unrouted, UnroutedHit};

use crate::common::{Test, at, page};

fn line(number: i64) -> UnroutedHit {
    hit(&number.to_string())
}

fn hit(id: &str) -> UnroutedHit {
    UnroutedHit {
        phone_number_id: id.to_owned(),
        waba_id: Some("77".to_owned()),
        display_phone_number: Some("+51 987".to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hits_add_up_and_ids_that_are_none_are_dropped() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let mut unrouted = Unrouted::new(&mut conn);
    unrouted
        .record(
            &[line(111), line(111), line(222), hit("x"), hit(&"1".repeat(33))],
            at(0),
        )
        .await
        .unwrap();
    let bare = UnroutedHit {
        waba_id: None,
        display_phone_number: Some("\0".to_owned()),
        ..line(111)
    };
    unrouted.record(&[bare], at(60)).await.unwrap();
    unrouted.record(&[], at(61)).await.unwrap();
    let lines = unrouted.list(&page(10)).await.unwrap().items;
    let ids: Vec<_> = lines
        .iter()
        .map(|line| (line.phone_number_id.as_str(), line.hits))
        .collect();
    assert_eq!(ids, [("111", 3), ("222", 1)]);
    assert_eq!((lines[0].first_seen_at, lines[0].last_seen_at), (at(0), at(60)));
    assert_eq!(
        (
            lines[0].waba_id.as_deref(),
            lines[0].display_phone_number.as_deref()
        ),
        (Some("77"), Some("+51 987"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_ids_do_not_fill_the_table_and_known_ones_go_on_counting() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let mut unrouted = Unrouted::new(&mut conn);
    let flood: Vec<_> = (10_000..12_500).map(line).collect();
    unrouted.record(&flood, at(0)).await.unwrap();
    unrouted
        .record(&[line(10_000), line(99_999)], at(1))
        .await
        .unwrap();

    let (mut seen, mut request) = (Vec::new(), page(200));
    loop {
        let found = unrouted.list(&request).await.unwrap();
        seen.extend(found.items);
        match found.next {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    assert_eq!(i64::try_from(seen.len()).unwrap(), MAX_LINES);
    assert_eq!((seen[0].phone_number_id.as_str(), seen[0].hits), ("10000", 2));
    assert!(unrouted.delete("10000").await.unwrap());
    assert!(!unrouted.delete("1' OR true").await.unwrap());
    unrouted.record(&[line(99_999)], at(2)).await.unwrap();
    assert_eq!(
        unrouted.list(&page(1)).await.unwrap().items[0].phone_number_id,
        "99999"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_count_the_same_lines_at_once_lose_no_hit() {
    let test = Test::new();
    let counting: Vec<_> = (0..8)
        .map(|n| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let mut hits: Vec<_> = (0..20).map(|n| line(1_000 + n)).collect();
                if n % 2 == 0 {
                    hits.reverse();
                }
                let mut conn = db.conn().await.unwrap();
                Unrouted::new(&mut conn).record(&hits, at(n)).await.unwrap();
            })
        })
        .collect();
    for counted in counting {
        counted.await.unwrap();
    }
    let mut conn = test.conn().await;
    let lines = Unrouted::new(&mut conn).list(&page(50)).await.unwrap().items;
    assert_eq!(lines.len(), 20);
    assert!(
        lines
            .iter()
            .all(|line| line.hits == 8 && line.last_seen_at == at(7))
    );
}
