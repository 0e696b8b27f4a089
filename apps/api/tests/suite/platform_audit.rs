//! The platform's audit: what is found in it, taken out of it, and that nothing is ever changed in it.

use serde_json::json;

use crate::{
    caller::Caller,
    superadmin::{TENANTS, create},
    test_app::{SUPERADMIN, TestApp},
};

const AUDIT: &str = "/api/superadmin/audit";

async fn actions(superadmin: &Caller, query: &str) -> Vec<String> {
    let items = superadmin.items(&format!("{AUDIT}?{query}")).await;
    items
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_narrowed_by_who_what_when_and_words() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let nueva = create(&superadmin, "nueva").await;
    let path = format!("{TENANTS}/{nueva}");
    superadmin
        .patch(&path, &json!({ "name": "100% Aurora" }))
        .await
        .expect(200);
    let both = ["tenant.updated", "tenant.created"];
    assert_eq!(actions(&superadmin, &format!("tenant_id={nueva}")).await, both);
    assert_eq!(actions(&superadmin, "actor=ROOT@&action=tenant").await, both);
    assert_eq!(actions(&superadmin, "actor=nobody").await, [""; 0]);
    assert_eq!(
        actions(&superadmin, "action=tenant.updated").await,
        ["tenant.updated"]
    );
    assert_eq!(
        actions(&superadmin, "q=100%25%20aurora").await,
        ["tenant.updated"]
    );
    assert_eq!(actions(&superadmin, "q=%25%25").await, [""; 0]);
    assert_eq!(
        actions(&superadmin, "action=tenant&until=2020-01-01T00:00:00Z").await,
        [""; 0]
    );
    let since = "actor=root&action=tenant&from=2020-01-01T00:00:00Z";
    assert_eq!(actions(&superadmin, since).await, both);
    let page = superadmin
        .get(&format!("{AUDIT}?{since}&limit=1"))
        .await
        .expect(200)
        .json();
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(
        actions(&superadmin, &format!("{since}&cursor={cursor}")).await,
        ["tenant.created"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_has_every_entry_and_no_formula() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let nueva = create(&superadmin, "nueva").await;
    let answer = superadmin
        .get(&format!("{AUDIT}/export.csv?tenant_id={nueva}"))
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let text = answer.text();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "time,actor,actor_id,tenant_id,action,target,data");
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[2].contains("tenant.created") && lines[2].contains(SUPERADMIN),
        "{text}"
    );
    // Taking it is written down as well.
    assert!(lines[1].contains("audit.exported"), "{text}");
    app.admin()
        .await
        .get(&format!("{AUDIT}/export.csv"))
        .await
        .problem(403, "forbidden");
}
