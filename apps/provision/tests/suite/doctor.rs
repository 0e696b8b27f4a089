//! The doctor on an installation that is well, and on twelve that are broken, a test each.

use testkit::TestDb;

use crate::{
    common::{KEY, Platform, provision, tenant_database},
    stand::{LINE, Stand, token_of, token_without_access},
};

const ANOTHER_KEY: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_is_well_has_nothing_to_mend() {
    let stand = Stand::start().await;
    let found = stand.doctor(&[], &[]);
    found.is_well();
    assert!(found.says("durability").contains("fsync is off"));
    stand.doctor(&[], &["--slug", "sol"]).is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_key() {
    let stand = Stand::start().await;
    // Nothing that is sealed opens, so the database and the line cannot be looked at either.
    let env = [
        ("CONTROL_DB_URL", stand.platform.database.url()),
        ("MASTER_KEY", ANOTHER_KEY),
        ("GRAPH_BASE_URL", stand.graph.as_str()),
    ];
    let ended = provision(&["doctor"], &env)
        .refused(1, "[master_key] MASTER_KEY does not open 3 of the sealed values");
    assert!(
        ended
            .stderr
            .contains("put the key that sealed them into MASTER_KEY")
    );
}

#[test]
fn unmigrated() {
    let platform = Platform::empty();
    let ended = platform.run(&["doctor"]).refused(1, "[control_migrations]");
    assert!(ended.stderr.contains("run `provision control migrate`"));
    assert!(ended.stderr.contains("1 faults"));
}

#[tokio::test(flavor = "multi_thread")]
async fn token_without_access_to_the_number() {
    let stand = Stand::start().await;
    stand.platform.database.execute("DELETE FROM channels");
    stand.add_line(LINE, &token_without_access());
    let found = stand.doctor(&[], &[]);
    found.names("line_scope_missing", "whatsapp_business_messaging");
    assert!(
        found
            .says("line_number_unreadable")
            .contains("no access to the number")
    );

    // The token is right, and the number's id is not.
    stand.platform.database.execute("DELETE FROM channels");
    stand.add_line("800000000000099", &token_of(LINE));
    stand.doctor(&[], &[]).names(
        "line_number_unreadable",
        "compare the phone number ID with Meta's",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_channel() {
    let stand = Stand::start().await;
    stand.platform.database.execute("DELETE FROM channels");
    stand.doctor(&[], &[]).names("channel", "provision channel add");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_verify_token() {
    let stand = Stand::start().await;
    stand
        .doctor(&[("VERIFY_TOKEN", "another one")], &[])
        .names("verify_token", "the same VERIFY_TOKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_origin() {
    let stand = Stand::start().await;
    for origin in ["https://other.example", "https://web.example/panel", "*"] {
        stand
            .doctor(&[("FRONTEND_ORIGIN", origin)], &[])
            .names("frontend_origin", "scheme, name and port only");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_database() {
    let stand = Stand::start().await;
    stand
        .database
        .execute("UPDATE tenant_meta SET tenant_id = '00000000-0000-7000-8000-000000000001'");
    let found = stand.doctor(&[], &[]);
    found.names("tenant_database_owner", "paste the right URL");
    assert!(
        found
            .says("tenant_database_owner")
            .contains("belongs to another tenant")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended() {
    let stand = Stand::start().await;
    stand
        .platform
        .database
        .execute("UPDATE tenants SET is_active = false");
    stand.doctor(&[], &[]).warns("tenant_suspended", "Resume");
}

#[tokio::test(flavor = "multi_thread")]
async fn drifted_schema() {
    let stand = Stand::start().await;
    stand
        .database
        .execute("ALTER TABLE contacts ADD COLUMN extra text");
    let found = stand.doctor(&[], &[]);
    found.names("schema_drift", "undo what was changed by hand");
    assert!(found.says("schema_drift").contains("column contacts.extra"));
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_skew() {
    let stand = Stand::start().await;
    for ahead in ["90", "-90"] {
        stand
            .doctor(&[], &["--clock-ahead-seconds", ahead])
            .names("clock", "NTP");
    }
    stand
        .doctor(&[], &["--clock-ahead-seconds", "15"])
        .warns("clock", "NTP");
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_odoo() {
    let stand = Stand::start().await;
    let nobody = "http://127.0.0.1:9";
    stand
        .doctor(&[("ODOO_BASE_URL", nobody)], &[])
        .names("odoo", "ODOO_BASE_URL");
    stand
        .doctor(&[("ODOO_URL", stand.url.as_str())], &[])
        .names("odoo", "ODOO_BASE_URL");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_webhook() {
    let stand = Stand::start().await;
    stand
        .doctor(&[("API_URL", "http://127.0.0.1:9")], &[])
        .names("webhook", "over HTTPS");
    let elsewhere = format!("{}/v25.0", stand.graph);
    let found = stand.doctor(&[("API_URL", elsewhere.as_str()), ("FRONTEND_ORIGIN", "")], &[]);
    assert!(found.says("webhook").contains("not as the webhook does"));
}

#[test]
fn a_company_without_an_admin_or_without_a_database_is_named_too() {
    let platform = Platform::migrated();
    let database = tenant_database();
    let create = [
        "tenant",
        "create",
        "--name",
        "Sol",
        "--slug",
        "sol",
        "--database-url",
    ];
    platform.run(&[&create[..], &[database.url()]].concat()).done();
    platform
        .run(&["doctor"])
        .refused(1, "[admin] sol: it has no active admin");
    platform
        .run(&["tenant", "create", "--name", "Luna", "--slug", "luna"])
        .done();
    let luna = platform.run(&["doctor", "--slug", "luna"]);
    let luna = luna.refused(1, "[tenant_database] luna: it has no database");
    assert!(!luna.stderr.contains("sol:"));
    let behind = TestDb::empty("control");
    let env = [("CONTROL_DB_URL", behind.url()), ("MASTER_KEY", KEY)];
    provision(&["doctor", "--slug", "sol"], &env).refused(1, "[control_migrations]");
    provision(&["doctor"], &[]).refused(2, "CONTROL_DB_URL");
}
