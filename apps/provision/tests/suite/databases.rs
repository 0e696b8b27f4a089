//! Which databases are taken, made and migrated, and which are refused.

use testkit::TestDb;

use crate::common::{KEY, PASSWORD, Platform, password_of, provision, tenant_database};

fn create(platform: &Platform, slug: &str, more: &[&str]) -> crate::common::Ended {
    let args = ["--json", "tenant", "create", "--name", slug, "--slug", slug];
    platform.run(&[&args, more].concat())
}

#[test]
fn a_database_is_made_with_a_role_of_its_own_and_made_only_once() {
    let (platform, admin) = (Platform::migrated(), TestDb::empty("admin"));
    let created = create(&platform, "sol-y-mar", &["--admin-url", admin.url()]).done();
    created.keeps_secret(&password_of(admin.url()));
    let made = created.json()["database"].clone();
    let name = made["database"].as_str().unwrap().to_owned();
    let _dropped_at_the_end = TestDb::adopt(&name);
    assert!(name.starts_with("centralita_") && !name.contains("sol"), "{name}");
    assert_eq!(made["user"], made["database"]);

    let again = create(&platform, "sol-y-mar", &["--admin-url", admin.url()]).done();
    assert_eq!(again.json()["database"], made);
    let env = [("ADMIN_EMAIL", "ana@sol.example"), ("ADMIN_PASSWORD", PASSWORD)];
    let seeded = platform
        .run_with(&["--json", "seed", "admin", "--tenant", "sol-y-mar"], &env)
        .done();
    assert_eq!(seeded.json()["can_log_in"], true);
}

#[test]
fn a_tenant_whose_database_fails_is_finished_by_the_same_command() {
    let (platform, database) = (Platform::migrated(), TestDb::empty("tenant"));
    let nowhere = "postgres://app:hunter2secret@127.0.0.1:9/sol";
    let failed =
        create(&platform, "sol", &["--database-url", nowhere]).refused(1, "run the same command again");
    failed.keeps_secret("hunter2secret");
    assert_eq!(failed.json()["ok"], false);
    let finished = create(&platform, "sol", &["--database-url", database.url()]).done();
    assert_eq!(finished.json()["created"], false);
    assert_eq!(finished.json()["database"]["database"], database.name());

    let other = TestDb::empty("tenant");
    create(&platform, "sol", &["--database-url", other.url()]).refused(1, "tenant attach");
    let attach = [
        "tenant",
        "attach",
        "--tenant",
        "sol",
        "--database-url",
        other.url(),
    ];
    platform.run(&attach).done();
}

#[test]
fn a_database_of_another_tenant_or_of_the_platform_is_refused() {
    let (platform, database) = (Platform::migrated(), tenant_database());
    create(&platform, "sol", &["--database-url", database.url()]).done();
    create(&platform, "luna", &["--database-url", database.url()]).refused(1, "another tenant");
    let control = platform.database.url();
    create(&platform, "mar", &["--database-url", control]).refused(1, "control plane's own");
    platform
        .run(&["tenant", "migrate", control])
        .refused(1, "control plane's own");
    provision(&["tenant", "migrate", control], &[]).refused(1, "something else");
    let swapped = [("CONTROL_DB_URL", database.url()), ("MASTER_KEY", KEY)];
    provision(&["control", "migrate"], &swapped).refused(1, "perhaps a tenant's");
    let env = [
        ("TENANT_DB_URL", control),
        ("ADMIN_EMAIL", "a@x.pe"),
        ("ADMIN_PASSWORD", PASSWORD),
    ];
    provision(&["seed", "admin"], &env).refused(1, "not a tenant's");
}

#[test]
fn what_is_not_migrated_yet_is_said_with_the_command_that_does_it() {
    let (platform, database) = (Platform::empty(), TestDb::empty("tenant"));
    create(&platform, "sol", &[]).refused(1, "provision control migrate");
    let env = [
        ("TENANT_DB_URL", database.url()),
        ("ADMIN_EMAIL", "a@x.pe"),
        ("ADMIN_PASSWORD", PASSWORD),
    ];
    provision(&["seed", "admin"], &env).refused(1, "provision tenant migrate");
}

#[test]
fn all_databases_are_migrated_and_a_failure_names_who_is_left_behind() {
    let platform = Platform::migrated();
    let databases: Vec<TestDb> = ["a", "b", "c"]
        .into_iter()
        .map(|slug| {
            let database = tenant_database();
            create(&platform, slug, &["--database-url", database.url()]).done();
            database
        })
        .collect();
    create(&platform, "none", &[]).done();
    let all = ["--json", "tenant", "migrate", "--all"];
    let migrated = platform.run(&all).done().json();
    assert_eq!(migrated["migrated"].as_array().unwrap().len(), 3);

    // The oldest goes first; without it none of the others is touched.
    let mut databases = databases.into_iter();
    drop(databases.next());
    let failed = platform.run(&all).refused(1, "no database of this name").json();
    assert_eq!(failed["ok"], false);
    assert_eq!(failed["failed"][0]["tenant"], "a");
    assert_eq!(failed["not_started"], serde_json::json!(["b", "c"]));
    platform
        .run(&["tenant", "migrate", "--all"])
        .refused(1, "these were not started: b, c");

    let other_key = [(
        "MASTER_KEY",
        "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    )];
    platform.run_with(&all, &other_key).refused(1, "MASTER_KEY");
}
