//! Lanes: one owner at a time, by the database's clock.

use control::lane::{Epoch, Lanes, WorkerId};
use diesel_async::SimpleAsyncConnection;

use crate::common::{Test, page, tenant};

const LEASE: i64 = 30_000;

async fn three(test: &Test) -> Vec<pg::TenantId> {
    let mut conn = test.conn().await;
    let mut ids = Vec::new();
    for slug in ["sol", "luna", "mar"] {
        let id = tenant(&mut conn, slug).await.id;
        conn.batch_execute(&format!(
            "INSERT INTO tenant_databases (tenant_id, url_sealed, host, port, database_name, user_name, ssl_mode, \
             server_version) VALUES ('{id}', 'x', 'h', 5432, '{slug}', 'u', 'disable', '18')"
        ))
        .await
        .unwrap();
        ids.push(id);
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_share_and_what_a_dead_one_held_is_taken_with_a_higher_epoch() {
    let test = Test::new();
    three(&test).await;
    let mut conn = test.conn().await;
    let (one, two) = (WorkerId::generate(), WorkerId::generate());
    let mut lanes = Lanes::new(&mut conn);
    lanes.renew(one, "one", LEASE).await.unwrap();
    let balance = lanes.balance(one, LEASE).await.unwrap();
    assert_eq!((balance.tenants, balance.workers, balance.share()), (3, 1, 3));
    assert_eq!(lanes.claim(one, 3, LEASE).await.unwrap().len(), 3);

    // Another one finds nothing to take until some is given back.
    lanes.renew(two, "two", LEASE).await.unwrap();
    let balance = lanes.balance(two, LEASE).await.unwrap();
    assert_eq!((balance.workers, balance.share()), (2, 2));
    assert!(balance.next_end_ms.is_some_and(|ms| (1..=LEASE).contains(&ms)));
    assert!(lanes.claim(two, 2, LEASE).await.unwrap().is_empty());
    let held = lanes.renew(one, "one", LEASE).await.unwrap();
    lanes.release(one, &[held[0].tenant]).await.unwrap();
    let taken = lanes.claim(two, 2, LEASE).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].tenant, taken[0].epoch), (held[0].tenant, Epoch(2)));
    assert_eq!(lanes.totals().await.unwrap().without_owner, 0);

    // The first one dies: its leases end, and the second takes the rest.
    conn.batch_execute(&format!(
        "UPDATE lanes SET until = now() WHERE owner = '{one}'; \
         UPDATE workers SET seen_at = now() - interval '31 seconds' WHERE id = '{one}'"
    ))
    .await
    .unwrap();
    let mut lanes = Lanes::new(&mut conn);
    assert_eq!(lanes.totals().await.unwrap().without_owner, 2);
    let balance = lanes.balance(two, LEASE).await.unwrap();
    assert_eq!((balance.workers, balance.share()), (1, 3));
    let taken = lanes.claim(two, 2, LEASE).await.unwrap();
    assert_eq!(
        taken.iter().map(|lane| lane.epoch).collect::<Vec<_>>(),
        [Epoch(2); 2]
    );
    // Whoever comes back from the dead has nothing left.
    assert!(lanes.renew(one, "one", LEASE).await.unwrap().is_empty());
    let workers = lanes.workers(&page(10)).await.unwrap().items;
    let shown: Vec<_> = workers.iter().map(|worker| (worker.id, worker.lanes)).collect();
    assert_eq!(shown, [(one, 0), (two, 3)]);
}
