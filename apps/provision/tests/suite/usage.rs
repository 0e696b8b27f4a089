//! Wrong usage ends with 2 and a sentence; failures end with 1.

use crate::common::{KEY, PASSWORD, Platform, provision};

#[test]
fn help_and_version_are_no_errors() {
    for args in [["--help"], ["--version"]] {
        let ended = provision(&args, &[("MASTER_KEY", KEY)]).done();
        ended.keeps_secret(KEY);
        assert!(ended.stdout.contains("provision"));
    }
    let help = provision(
        &["seed", "admin", "--help"],
        &[
            ("ADMIN_PASSWORD", PASSWORD),
            ("TENANT_DB_URL", "postgres://u:hunter2@h/d"),
        ],
    );
    help.keeps_secret(PASSWORD);
    help.keeps_secret("hunter2");
}

#[test]
fn a_command_that_makes_no_sense_ends_with_two() {
    let cases: [&[&str]; 5] = [
        &[],
        &["fly"],
        &["tenant", "create", "--name", "Sol"],
        &["tenant", "create", "--name", "a", "--slug", "a", "--plan", "gold"],
        &[
            "tenant",
            "create",
            "--name",
            "a",
            "--slug",
            "a",
            "--database-url",
            "x",
            "--admin-url",
            "y",
        ],
    ];
    for args in cases {
        assert_eq!(provision(args, &[]).code, 2, "{args:?}");
    }
    let json = provision(&["--json", "tenant", "create", "--name", "Sol"], &[]).refused(2, "");
    assert_eq!(json.json()["ok"], false);
}

#[test]
fn what_is_missing_from_the_environment_is_named() {
    provision(&["control", "migrate"], &[]).refused(2, "CONTROL_DB_URL");
    provision(&["control", "migrate"], &[("CONTROL_DB_URL", "")]).refused(2, "CONTROL_DB_URL");
    provision(&["tenant", "migrate"], &[]).refused(2, "TENANT_DB_URL");
    let url = [("CONTROL_DB_URL", "postgres://u:p@127.0.0.1:9/d")];
    provision(&["tenant", "migrate", "--all"], &url).refused(2, "MASTER_KEY");
    let create = ["tenant", "create", "--name", "a", "--slug", "a", "--admin-url"];
    provision(&create, &url).refused(2, "ADMIN_DB_URL");
}

#[test]
fn a_wrong_url_or_key_is_explained_and_not_repeated() {
    let cases = [
        ("mysql://u:hunter2@h/d", KEY, "postgres://"),
        ("postgres://u:hunter2@h/d?host=/tmp", KEY, "sslmode"),
        ("hunter2", KEY, "not a URL"),
        ("postgres://u:hunter2@127.0.0.1:9/d", "hunter2", "32 bytes"),
    ];
    for (url, key, sentence) in cases {
        let env = [("CONTROL_DB_URL", url), ("MASTER_KEY", key)];
        provision(&["tenant", "migrate", "--all"], &env)
            .refused(2, sentence)
            .keeps_secret("hunter2");
    }
}

#[test]
fn a_server_that_cannot_be_used_is_a_failure_with_its_reason() {
    let platform = Platform::migrated();
    let nobody = [("CONTROL_DB_URL", "postgres://u:hunter2@127.0.0.1:9/d")];
    provision(&["control", "migrate"], &nobody)
        .refused(1, "no Postgres answers")
        .keeps_secret("hunter2");
    let missing = format!("{}_gone", platform.database.url());
    provision(&["control", "migrate"], &[("CONTROL_DB_URL", &missing)])
        .refused(1, "no database of this name");
}

#[test]
fn a_weak_password_or_an_odd_email_is_refused() {
    let platform = Platform::migrated();
    for (email, password) in [("root@x.pe", "short"), ("51", PASSWORD)] {
        let env = [("SUPERADMIN_EMAIL", email), ("SUPERADMIN_PASSWORD", password)];
        platform.run_with(&["seed", "superadmin"], &env).refused(2, "");
    }
}
