//! Servers that the platform makes databases on.

use testkit::TestDb;

use crate::common::{Platform, password_of};

#[test]
fn a_server_is_added_once_and_databases_are_made_on_it() {
    let (platform, admin) = (Platform::migrated(), TestDb::empty("admin"));
    let create = [
        "--json", "tenant", "create", "--name", "Sol", "--slug", "sol", "--server",
    ];
    platform.run(&create).refused(1, "provision server add");

    let url = [("ADMIN_DB_URL", admin.url())];
    let add = ["--json", "server", "add", "--name", "uno"];
    let added = platform.run_with(&add, &url).done();
    added.keeps_secret(&password_of(admin.url()));
    assert_eq!(added.json()["server"]["is_default"], true);
    let again = platform.run_with(&add, &url).done().json();
    assert_eq!(
        (&again["created"], &again["server"]["id"]),
        (&false.into(), &added.json()["server"]["id"])
    );
    let listed = platform.run(&["--json", "server", "list"]).done();
    listed.keeps_secret(&password_of(admin.url()));
    assert_eq!(listed.json()["servers"].as_array().unwrap().len(), 1);

    let created = platform.run(&create).done().json();
    let name = created["database"]["database"].as_str().unwrap();
    let _dropped_at_the_end = TestDb::adopt(name);
    assert_eq!(
        created["created"], false,
        "the tenant was there from the first try"
    );
    platform.run(&["server", "remove", "--name", "uno"]).done();
    platform
        .run(&["server", "remove", "--name", "uno"])
        .refused(1, "server list");
    let again = platform.run(&create).done().json();
    assert_eq!(again["database"]["database"], name);
}

#[test]
fn a_server_that_cannot_make_databases_is_not_added() {
    let platform = Platform::migrated();
    let nowhere = [("ADMIN_DB_URL", "postgres://u:hunter2@127.0.0.1:9/postgres")];
    let add = ["server", "add", "--name", "uno"];
    platform
        .run_with(&add, &nowhere)
        .refused(1, "no Postgres answers")
        .keeps_secret("hunter2");
    let admin = TestDb::empty("admin");
    let url = [("ADMIN_DB_URL", admin.url())];
    platform
        .run_with(&["server", "add", "--name", " "], &url)
        .refused(2, "--name");
    platform.run(&["server", "list"]).done();
}
