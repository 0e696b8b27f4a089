//! The audit takes new entries only.

use diesel_async::SimpleAsyncConnection;
use tenant::{tag::create_tag, user::Role};

use crate::common::{Test, at, rows};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_down_can_neither_be_changed_nor_taken_away() {
    let test = Test::new();
    let user = test.user(Role::Admin).await;
    let mut conn = test.conn().await;
    create_tag(&mut conn, "Vip", None, user.id, at(1)).await.unwrap();
    let told = "SELECT action AS row FROM audit_log ORDER BY at";
    let before = rows(&mut conn, told).await;
    for statement in [
        "UPDATE audit_log SET action = 'nothing'",
        "DELETE FROM audit_log",
        "DELETE FROM audit_log WHERE false",
        "TRUNCATE audit_log",
    ] {
        let refused = conn.batch_execute(statement).await.unwrap_err().to_string();
        assert!(
            refused.contains("audit_log takes new entries only"),
            "{statement}: {refused}"
        );
    }
    assert_eq!(rows(&mut conn, told).await, before);
}
