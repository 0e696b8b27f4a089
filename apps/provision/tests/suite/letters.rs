//! What is spooled and what could not be applied, from the command line.

use std::sync::Arc;

use control::spool::{NewSpooled, Spool};
use crypto::{Keyring, MasterKey, SecretString};
use pg::{Connector, Db, TenantId};
use testkit::TestDb;

use crate::common::{KEY, Platform, tenant_database};

struct Stage {
    platform: Platform,
    database: TestDb,
    tenant: TenantId,
}

impl Stage {
    fn new() -> Self {
        let (platform, database) = (Platform::migrated(), tenant_database());
        platform
            .run(&["tenant", "create", "--name", "Sol", "--slug", "sol"])
            .done();
        let attach = [
            "--json",
            "tenant",
            "attach",
            "--tenant",
            "sol",
            "--database-url",
            database.url(),
        ];
        let attached = platform.run(&attach).done().json();
        let tenant = attached["tenant"]["id"].as_str().unwrap().parse().unwrap();
        Self {
            platform,
            database,
            tenant,
        }
    }

    /// A letter whose item says `raw`.
    fn letter(&self, number: u8, raw: &str) -> String {
        let id = format!("00000000-0000-8000-8000-0000000000{number:02}");
        self.database.execute(&format!(
            "INSERT INTO dead_letters (id, channel_id, kind, reason, raw, received_at) VALUES \
             ('{id}', '{id}', 'unreadable', 'the message has no id', convert_to('{raw}', 'UTF8'), now())"
        ));
        id
    }
}

const GOOD: &str =
    r#"{"id":"wamid.1","from":"34600000001","timestamp":"1790000000","type":"text","text":{"body":"hola"}}"#;

#[test]
fn dead_letters_are_listed_shown_replayed_and_discarded() {
    let stage = Stage::new();
    let (good, bad) = (stage.letter(1, GOOD), stage.letter(2, "7"));
    let run = |args: &[&str]| {
        let args = [&["--json", "dead-letters"], args, &["--tenant", "sol"]].concat();
        stage.platform.run(&args)
    };
    let listed = run(&["list", "--q", "34600000001"]).done().json();
    assert_eq!(listed["letters"].as_array().unwrap().len(), 1);
    assert_eq!(listed["letters"][0]["id"], good.as_str());
    assert_eq!(run(&["show", &good]).done().json()["raw"], GOOD);
    let tally = run(&["replay"]);
    assert_eq!(tally.code, 1, "one failed again");
    let tally = tally.json();
    assert_eq!((&tally["replayed"], &tally["failed"]), (&1.into(), &1.into()));
    assert_eq!(stage.database.row_counts()["messages"], 1);
    let listed = run(&["list", "--state", "open"]).done().json();
    assert_eq!(
        (&listed["letters"][0]["id"], &listed["letters"][0]["reason"]),
        (&bad.as_str().into(), &"the message is not an object".into())
    );
    run(&["replay", &good]).refused(1, "closed already");
    run(&["discard", &bad, "--reason", " "]).refused(2, "--reason");
    run(&["discard", &bad, "--reason", "una prueba"]).done();
    let listed = run(&["list", "--state", "discarded"]).done().json();
    assert_eq!(listed["letters"][0]["note"], "una prueba");
    assert_eq!(stage.database.row_counts()["audit_log"], 2);
    run(&["show", &stage.tenant.to_string()]).refused(1, "no dead letter");
    run(&["list", "--kind", "letter"]).refused(2, "must be one of");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spool_is_listed_and_a_row_retried_or_discarded() {
    let stage = Stage::new();
    let keyring = Arc::new(Keyring::new(MasterKey::parse(KEY).unwrap(), Vec::new()));
    let url = stage.platform.database.url().parse().unwrap();
    let db: Db<pg::Control> = Db::new(&Connector::current(), &url, 1);
    let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let row = NewSpooled::seal(&keyring, stage.tenant, &SecretString::from("secreto"), 3, now);
    let mut conn = db.conn().await.unwrap();
    Spool::new(&mut conn).insert(&[row]).await.unwrap();
    Spool::new(&mut conn)
        .fail(1, "the row's contents cannot be read", now)
        .await
        .unwrap();
    let listed = stage
        .platform
        .run(&["--json", "spool", "list", "--tenant", "sol"])
        .done();
    listed.keeps_secret("secreto");
    let listed = listed.json();
    assert_eq!(
        (
            &listed["tenants"][0]["failed"],
            &listed["rows"][0]["items"],
            &listed["rows"][0]["state"]
        ),
        (&1.into(), &3.into(), &"failed".into())
    );
    let retried = stage
        .platform
        .run(&["--json", "spool", "retry", "1"])
        .done()
        .json();
    assert_eq!(retried["row"]["state"], "waiting");
    stage
        .platform
        .run(&["spool", "retry", "2"])
        .refused(1, "no row 2");
    stage
        .platform
        .run(&["spool", "discard", "1", "--reason", ""])
        .refused(2, "--reason");
    stage
        .platform
        .run(&["spool", "discard", "1", "--reason", "de otra época"])
        .done();
    stage.platform.run(&["spool", "list"]).done();
    assert_eq!(stage.platform.database.row_counts()["spool"], 0);
}
