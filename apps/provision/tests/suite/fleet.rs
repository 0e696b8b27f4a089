//! Many tenants' databases: migrated side by side, and looked at.

use std::{fs, path::Path};

use serde_json::{Value, json};
use testkit::TestDb;

use crate::common::{Platform, tenant_database};

/// A platform with tenants that have a database each.
struct Fleet {
    platform: Platform,
    databases: Vec<(String, String, TestDb)>,
}

impl Fleet {
    /// Tenants of these names, each one's database at this release's version.
    fn of(slugs: &[&str]) -> Self {
        let platform = Platform::migrated();
        let databases = slugs
            .iter()
            .map(|slug| {
                let database = tenant_database();
                let args = ["--json", "tenant", "create", "--name", slug, "--slug", slug];
                let url = ["--database-url", database.url()];
                let created = platform.run(&[&args[..], &url].concat()).done().json();
                let id = created["tenant"]["id"].as_str().unwrap().to_owned();
                ((*slug).to_owned(), id, database)
            })
            .collect();
        Self { platform, databases }
    }

    /// The same, but each database lacks the newest migration.
    fn behind(slugs: &[&str]) -> Self {
        let fleet = Self::of(slugs);
        for (_, id, database) in &fleet.databases {
            database.execute(&previous_release(id));
        }
        fleet
    }

    fn database(&self, slug: &str) -> &TestDb {
        let found = self.databases.iter().find(|(name, ..)| name == slug);
        &found.unwrap().2
    }

    fn migrate(&self, more: &[&str]) -> Value {
        let args = ["--json", "tenant", "migrate", "--all"];
        self.platform.run(&[&args[..], more].concat()).json()
    }

    fn status(&self) -> Vec<Value> {
        let seen = self.platform.run(&["--json", "fleet", "status"]).done().json();
        seen["tenants"].as_array().unwrap().clone()
    }

    /// Lets no statement change this tenant's database, and lets it again.
    fn freeze(&self, slug: &str, frozen: bool) {
        let database = self.database(slug);
        let name = database.name();
        self.platform.database.execute(&if frozen {
            format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on")
        } else {
            format!("ALTER DATABASE \"{name}\" RESET default_transaction_read_only")
        });
    }
}

/// What makes a database one of the release before: everything but the newest migration.
fn previous_release(tenant: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations-tenant");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.pop();
    let mut statements = String::from(
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE __diesel_schema_migrations \
         (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);",
    );
    for name in names {
        statements.push_str(&fs::read_to_string(folder.join(&name).join("up.sql")).unwrap());
        let version: String = name.split('_').next().unwrap().replace('-', "");
        let applied = format!("; INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');");
        statements.push_str(&applied);
    }
    let owner = format!("UPDATE tenant_meta SET tenant_id = '{tenant}'");
    statements.push_str(&owner);
    statements
}

fn slugs(list: &Value) -> Vec<&str> {
    let mut slugs: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["tenant"].as_str().unwrap())
        .collect();
    slugs.sort_unstable();
    slugs
}

#[test]
fn everybody_is_migrated_the_canary_first_and_again_there_is_nothing_to_do() {
    let fleet = Fleet::behind(&["a", "b", "c"]);
    let first = fleet.migrate(&["--jobs", "2"]);
    assert_eq!(first["ok"], true, "{first}");
    assert_eq!(slugs(&first["migrated"]), ["a", "b", "c"]);
    assert_eq!(
        (&first["migrated"][0]["tenant"], &first["migrated"][0]["canary"]),
        (&"a".into(), &true.into())
    );
    for migrated in first["migrated"].as_array().unwrap() {
        assert_eq!(migrated["applied"].as_array().unwrap().len(), 1, "{migrated}");
        assert_ne!(migrated["from"], migrated["to"]);
    }
    let second = fleet.migrate(&[]);
    assert!(
        second["migrated"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["applied"] == json!([])),
        "{second}"
    );
    assert!(fleet.status().iter().all(|tenant| tenant["state"] == "ok"));
    assert_eq!(fleet.migrate(&["--resume"])["run"], Value::Null);
}

#[test]
fn a_tenant_that_fails_is_named_blocks_only_itself_and_is_what_a_resumed_run_does() {
    let fleet = Fleet::behind(&["a", "b", "c", "d"]);
    fleet.freeze("b", true);
    let run = fleet.migrate(&[]);
    assert_eq!(run["ok"], false);
    assert_eq!(slugs(&run["migrated"]), ["a", "c", "d"]);
    assert_eq!(slugs(&run["failed"]), ["b"]);
    let error = run["failed"][0]["error"].as_str().unwrap();
    assert!(error.contains("read-only"), "{error}");
    let args = ["tenant", "migrate", "--all", "--resume"];
    fleet.platform.run(&args).refused(1, "error: b: ");

    fleet.freeze("b", false);
    let resumed = fleet.migrate(&["--resume"]);
    assert_eq!((&resumed["run"], &resumed["ok"]), (&run["run"], &true.into()));
    assert_eq!(slugs(&resumed["migrated"]), ["b"]);
    let rows = fleet.platform.database.row_counts();
    assert_eq!(rows["tenant_migrations"], 4);
}

#[test]
fn a_canary_that_fails_stops_the_run_unless_told_otherwise() {
    let fleet = Fleet::behind(&["a", "b", "c"]);
    fleet.freeze("c", true);
    let stopped = fleet.migrate(&["--canary-slug", "c"]);
    assert_eq!(slugs(&stopped["failed"]), ["c"]);
    assert_eq!(stopped["not_started"], json!(["a", "b"]));
    assert_eq!(stopped["migrated"], json!([]));
    let rest = fleet.migrate(&["--canary-slug", "c", "--ring", "rest", "--only", "a,c"]);
    assert_eq!((slugs(&rest["migrated"]), &rest["ok"]), (vec!["a"], &true.into()));
    let all = fleet.migrate(&["--canary-slug", "c", "--keep-going"]);
    assert_eq!(
        (slugs(&all["migrated"]), slugs(&all["failed"])),
        (vec!["a", "b"], vec!["c"])
    );
    fleet.freeze("c", false);
    let canary = fleet.migrate(&["--canary-slug", "c", "--ring", "canary"]);
    assert_eq!(
        (slugs(&canary["migrated"]), &canary["ok"]),
        (vec!["c"], &true.into())
    );
    let unknown = ["tenant", "migrate", "--all", "--only", "zzz"];
    fleet.platform.run(&unknown).refused(2, "zzz");
}

#[test]
fn two_operators_at_once_do_each_database_once() {
    let fleet = Fleet::behind(&["a", "b", "c"]);
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| fleet.migrate(&[]));
        let two = scope.spawn(|| fleet.migrate(&[]));
        (one.join().unwrap(), two.join().unwrap())
    });
    assert_eq!(
        (&one["ok"], &two["ok"]),
        (&true.into(), &true.into()),
        "{one} {two}"
    );
    let applied: usize = [&one, &two]
        .iter()
        .flat_map(|run| run["migrated"].as_array().unwrap())
        .map(|migrated| migrated["applied"].as_array().unwrap().len())
        .sum();
    assert_eq!(applied, 3);
}

#[test]
fn what_goes_with_all_databases_makes_no_sense_for_one() {
    for args in [
        &["tenant", "migrate", "postgres://u:p@h/d", "--resume"][..],
        &["tenant", "migrate", "--all", "--resume", "--only", "a"],
        &["tenant", "migrate", "--all", "--jobs", "0"],
        &["tenant", "migrate", "--all", "--ring", "moon"],
    ] {
        assert_eq!(crate::common::provision(args, &[]).code, 2, "{args:?}");
    }
}

#[test]
fn the_status_names_what_is_wrong_with_each_database() {
    let fleet = Fleet::of(&["fine", "drifted", "behind", "gone", "swapped"]);
    fleet.database("drifted").execute(
        "ALTER TABLE contacts ADD COLUMN extra text; ALTER TABLE messages DROP CONSTRAINT messages_channel_id_wamid_key; \
         ALTER TABLE tags ALTER COLUMN name TYPE varchar(40)",
    );
    let (_, id, database) = &fleet.databases[2];
    database.execute(&previous_release(id));
    fleet
        .database("swapped")
        .execute("UPDATE tenant_meta SET tenant_id = '00000000-0000-7000-8000-000000000001'");
    let gone = fleet.database("gone").name();
    fleet
        .platform
        .database
        .execute(&format!("ALTER DATABASE \"{gone}\" ALLOW_CONNECTIONS false"));
    let status = fleet.status();
    let of = |slug: &str| status.iter().find(|tenant| tenant["tenant"] == slug).unwrap();
    assert_eq!(of("fine")["state"], "ok", "{}", of("fine"));
    assert!(of("fine")["size_bytes"].as_i64().unwrap() > 1_000_000);
    assert_eq!(
        (&of("behind")["state"], &of("behind")["pending"]),
        (&"behind".into(), &1.into())
    );
    assert_eq!(of("gone")["state"], "unreachable");
    assert!(
        of("swapped")["error"]
            .as_str()
            .unwrap()
            .contains("another tenant")
    );
    assert_eq!(of("drifted")["state"], "drifted");
    let drift = of("drifted")["drift"].to_string();
    for difference in [
        "column contacts.extra does not belong there",
        "column tags.name is character varying(40) NOT NULL and should be text NOT NULL",
        "constraint messages.messages_channel_id_wamid_key is missing",
    ] {
        assert!(drift.contains(difference), "{drift}");
    }
    let said = fleet
        .platform
        .run(&["fleet", "status", "--slug", "drifted"])
        .done();
    assert!(said.stdout.contains("contacts.extra") && !said.stdout.contains("swapped"));
    assert_eq!(fleet.platform.database.row_counts()["tenant_states"], 5);
}
