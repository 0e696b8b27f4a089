//! The spool's order, its slices, and what an operator does about a row.

use control::spool::{
    DiscardSpooledError, NewSpooled, Spool, SpoolFilter, SpoolReason, SpoolState, discard_spooled,
    retry_spooled,
};
use crypto::{ExposeSecret, OpenError, SecretString};
use pg::{Conn, Control, DbError, TenantId};

use crate::common::{Test, actor, at, dump, keyring, page, tenant};

fn row(tenant_id: TenantId, contents: &str, items: usize, seconds: i64) -> NewSpooled {
    NewSpooled::seal(
        &keyring(),
        tenant_id,
        &SecretString::from(contents),
        items,
        at(seconds),
    )
    .because(SpoolReason::Slow, Some("too\0 slow"))
}

async fn contents(conn: &mut Conn<Control>, tenant_id: TenantId, items: i64, bytes: i64) -> Vec<String> {
    let rows = Spool::new(conn).slice(tenant_id, items, bytes).await.unwrap();
    let open = |row: &control::spool::Waiting| row.open(&keyring()).unwrap().expose_secret().to_owned();
    rows.iter().map(open).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_in_order_in_slices_of_one_tenant() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (sol, luna) = (TenantId::generate(), TenantId::generate());
    assert_eq!(Spool::new(&mut conn).heads().await.unwrap(), []);
    let rows = [
        row(sol, "1", 5, 1),
        row(luna, "2", 1, 2),
        row(sol, "3", 5, 3),
        row(sol, "4", 5, 4),
    ];
    Spool::new(&mut conn).insert(&rows).await.unwrap();
    assert_eq!(contents(&mut conn, sol, 200, 1 << 20).await, ["1", "3", "4"]);
    assert_eq!(contents(&mut conn, sol, 6, 1 << 20).await, ["1", "3"]);
    // A row that is larger than the slice is a slice.
    assert_eq!(contents(&mut conn, sol, 1, 1 << 20).await, ["1"]);
    assert_eq!(contents(&mut conn, sol, 200, 1).await, ["1"]);
    let heads = Spool::new(&mut conn).heads().await.unwrap();
    let mut heads: Vec<_> = heads
        .iter()
        .map(|head| (head.tenant_id, head.received_at))
        .collect();
    heads.sort();
    let mut expected = [(sol, at(1)), (luna, at(2))];
    expected.sort();
    assert_eq!(heads, expected);
    assert_eq!(Spool::new(&mut conn).waiting().await.unwrap(), 4);
    assert!(!dump(&mut conn, "spool").await.contains("too\\u0000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_moved_to_another_tenant_does_not_open() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let (sol, luna) = (TenantId::generate(), TenantId::generate());
    Spool::new(&mut conn)
        .insert(&[row(sol, "1", 1, 1)])
        .await
        .unwrap();
    let moved = format!("UPDATE spool SET tenant_id = '{luna}'");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, &moved)
        .await
        .unwrap();
    let rows = Spool::new(&mut conn).slice(luna, 1, 1).await.unwrap();
    assert_eq!(rows[0].open(&keyring()).err(), Some(OpenError::Refused));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_works_on_a_tenant() {
    let test = Test::new();
    let (mut first, mut second) = (test.conn().await, test.conn().await);
    let (sol, luna) = (TenantId::generate(), TenantId::generate());
    let claims = first
        .transaction(async |tx| {
            let mine = Spool::new(tx).claim(sol).await?;
            let theirs = second
                .transaction(async |tx| {
                    Ok::<_, DbError>((
                        Spool::new(tx).claim(sol).await?,
                        Spool::new(tx).claim(luna).await?,
                    ))
                })
                .await?;
            Ok::<_, DbError>((mine, theirs))
        })
        .await
        .unwrap();
    assert_eq!(claims, (true, (false, true)));
    let freed = second.transaction(async |tx| Spool::new(tx).claim(sol).await);
    assert!(freed.await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_row_is_out_of_the_way_until_somebody_retries_or_discards_it() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await.id;
    let gone = TenantId::generate();
    let rows = [row(sol, "1", 2, 1), row(sol, "2", 3, 2), row(gone, "3", 1, 3)];
    Spool::new(&mut conn).insert(&rows).await.unwrap();
    Spool::new(&mut conn).fail(1, "unreadable", at(5)).await.unwrap();
    Spool::new(&mut conn)
        .note_failure(sol, "down", at(6))
        .await
        .unwrap();
    assert_eq!(contents(&mut conn, sol, 200, 1 << 20).await, ["2"]);
    let totals = Spool::new(&mut conn).totals(&page(10)).await.unwrap().items;
    let of = |id| totals.iter().find(|totals| totals.tenant_id == id).unwrap();
    assert_eq!(
        (
            of(sol).slug.as_deref(),
            of(sol).waiting,
            of(sol).items,
            of(sol).failed
        ),
        (Some("sol"), 1, 3, 1)
    );
    assert_eq!(of(sol).last_error.as_deref(), Some("down"));
    assert_eq!((of(gone).slug.as_deref(), of(gone).waiting), (None, 1));
    let first = Spool::new(&mut conn).totals(&page(1)).await.unwrap();
    let rest = pg::PageRequest {
        limit: 1,
        cursor: first.next,
    };
    let rest = Spool::new(&mut conn).totals(&rest).await.unwrap().items;
    assert_eq!([first.items, rest].concat(), totals);
    let failed = SpoolFilter {
        tenant_id: Some(sol),
        state: Some(SpoolState::Failed),
    };
    let failed = Spool::new(&mut conn)
        .list(&failed, &page(10))
        .await
        .unwrap()
        .items;
    assert_eq!((failed.len(), failed[0].id, failed[0].attempts), (1, 1, 1));
    let retried = retry_spooled(&mut conn, 1, &actor(), at(7))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((retried.state.as_str(), retried.attempts), ("waiting", 0));
    assert_eq!(contents(&mut conn, sol, 200, 1 << 20).await, ["1", "2"]);
    assert_eq!(retry_spooled(&mut conn, 99, &actor(), at(7)).await.unwrap(), None);
    let silent = discard_spooled(&mut conn, 1, " ", &actor(), at(8)).await;
    assert!(matches!(silent, Err(DiscardSpooledError::InvalidReason)));
    discard_spooled(&mut conn, 1, "a test", &actor(), at(8))
        .await
        .unwrap();
    let twice = discard_spooled(&mut conn, 1, "a test", &actor(), at(8)).await;
    assert!(matches!(twice, Err(DiscardSpooledError::Unknown)));
    assert_eq!(contents(&mut conn, sol, 200, 1 << 20).await, ["2"]);
    let audit = dump(&mut conn, "audit_log").await;
    assert!(audit.contains("spool.retried") && audit.contains("spool.discarded") && audit.contains("a test"));
}
