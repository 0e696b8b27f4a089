//! What is remembered of a change, and who hears of it.

use std::sync::mpsc;

use control::{
    Actor, CONFIG_CHANNEL,
    audit::{Audit, AuditFilter},
    channel::{ChannelChanges, create_channel, update_channel},
    tenant::{TenantChanges, create_tenant, update_tenant},
};
use diesel_async::RunQueryDsl;
use pg::Connector;

use crate::common::{Test, actor, at, dump, keyring, line, page, tenant, wanted};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_who_did_what_to_whom_newest_first() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let luna = create_tenant(&mut conn, wanted("luna"), &Actor::command_line(), at(1))
        .await
        .unwrap();
    let suspend = TenantChanges {
        is_active: Some(false),
        ..Default::default()
    };
    update_tenant(&mut conn, sol.id, suspend, &actor(), at(2))
        .await
        .unwrap();

    let mut audit = Audit::new(&mut conn);
    let all = audit
        .list(&AuditFilter::default(), &page(10))
        .await
        .unwrap()
        .items;
    let actions: Vec<_> = all
        .iter()
        .map(|entry| (entry.action.as_str(), entry.tenant_id))
        .collect();
    assert_eq!(
        actions,
        [
            ("tenant.updated", Some(sol.id)),
            ("tenant.created", Some(luna.id)),
            ("tenant.created", Some(sol.id))
        ]
    );
    assert_eq!(
        all[0].data,
        serde_json::json!({ "is_active": { "from": true, "to": false } })
    );
    assert_eq!(all[0].actor_email.as_deref(), Some("root@centralita.example"));
    assert_eq!((all[1].actor_id, &all[1].actor_email), (None, &None));

    let only_sol = AuditFilter {
        tenant_id: Some(sol.id),
        ..AuditFilter::default()
    };
    let mut request = page(1);
    let first = audit.list(&only_sol, &request).await.unwrap();
    request.cursor = first.next;
    let second = audit.list(&only_sol, &request).await.unwrap();
    assert_eq!(
        (second.items[0].action.as_str(), second.next),
        ("tenant.created", None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_hear_of_changes_that_were_made_and_of_no_others() {
    let test = Test::new();
    let (payloads_in, payloads_out) = mpsc::channel();
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    let (connector, url) = (Connector::current(), test.url().parse().unwrap());
    let listening = tokio::spawn(async move {
        let on_ready = move || ready.send(()).unwrap();
        let on_payload = move |payload| payloads_in.send(payload).unwrap();
        pg::listen::listen(&connector, &url, CONFIG_CHANNEL, on_ready, on_payload).await
    });
    is_ready.await.unwrap();

    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    create_tenant(&mut conn, wanted("sol"), &actor(), at(1))
        .await
        .unwrap_err();
    update_tenant(&mut conn, sol.id, TenantChanges::default(), &actor(), at(1))
        .await
        .unwrap();
    let line = create_channel(&mut conn, &keyring(), sol.id, line("10001"), &actor(), at(1))
        .await
        .unwrap();
    let luna = tenant(&mut conn, "luna").await;
    update_channel(
        &mut conn,
        &keyring(),
        line.id,
        ChannelChanges::default(),
        &actor(),
        at(2),
    )
    .await
    .unwrap();

    let expected = [sol.id, sol.id, luna.id, sol.id].map(|id| id.to_string());
    let payloads = tokio::task::spawn_blocking(move || {
        let wait = std::time::Duration::from_secs(10);
        let payloads: Vec<String> = (0..4).map(|_| payloads_out.recv_timeout(wait).unwrap()).collect();
        assert!(payloads_out.try_recv().is_err());
        payloads
    });
    assert_eq!(payloads.await.unwrap(), expected);
    listening.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_only_ever_added_to() {
    let test = Test::new();
    let mut conn = test.conn().await;
    tenant(&mut conn, "sol").await;
    let before = dump(&mut conn, "audit_log").await;
    for change in [
        "UPDATE audit_log SET actor_email = 'nobody'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
    ] {
        let refused = diesel::sql_query(change).execute(&mut *conn).await;
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("only ever added to"), "{change}: {words}");
    }
    assert_eq!(dump(&mut conn, "audit_log").await, before);
}
