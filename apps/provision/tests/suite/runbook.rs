//! The operator's path on an empty server, and walking it twice.

use control::{
    directory::Directory,
    platform_user::PlatformUsers,
    second_factor,
    session::{SessionMeta, SessionSubject, Sessions, issue_session},
    tenant::Tenants,
};
use pg::{Connector, Control, Db};
use testkit::TestDb;

use crate::common::{Ended, PASSWORD, Platform, password_of, provision};

/// Every step in the order of the runbook; the admin is there before the tenant is.
fn walk(platform: &Platform, database: &TestDb) -> Vec<Ended> {
    let url = database.url();
    let secrets = [
        ("TENANT_DB_URL", url),
        ("ADMIN_EMAIL", "Ana@Sol.example"),
        ("ADMIN_PASSWORD", PASSWORD),
        ("SUPERADMIN_EMAIL", "root@centralita.example"),
        ("SUPERADMIN_PASSWORD", PASSWORD),
        ("CHANNEL_WA_TOKEN", "EAABtokenvalue"),
        ("CHANNEL_APP_SECRET", "appsecretvalue"),
    ];
    let create = ["tenant", "create", "--name", "Clínica Sol", "--slug", "sol"];
    let add = [
        "channel",
        "add",
        "--tenant",
        "sol",
        "--phone-number-id",
        "106540352242922",
        "--waba-id",
        "102290129340398",
        "--display-name",
        "Recepción",
    ];
    let steps: [&[&str]; 7] = [
        &["control", "migrate"],
        &["tenant", "migrate", url],
        &["seed", "admin", "--name", "Ana"],
        &["seed", "superadmin"],
        &create,
        &["tenant", "attach", "--tenant", "sol"],
        &add,
    ];
    let mut ended = Vec::new();
    for step in steps {
        let step = platform.run_with(&[&["--json"], step].concat(), &secrets).done();
        for secret in [
            PASSWORD,
            "EAABtokenvalue",
            "appsecretvalue",
            &password_of(url),
            "argon2",
        ] {
            step.keeps_secret(secret);
        }
        ended.push(step);
    }
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runbook_leads_from_nothing_to_a_line_and_may_be_walked_twice() {
    let (platform, database) = (Platform::empty(), TestDb::empty("tenant"));
    let first = walk(&platform, &database);
    assert!(
        first
            .iter()
            .all(|step| step.json()["ok"] == true && step.stderr.is_empty())
    );
    assert_eq!(first[2].json()["can_log_in"], false);
    assert_eq!(first[3].json()["outcome"], "created");
    assert_eq!(first[4].json()["created"], true);
    assert_eq!(first[6].json()["channel"]["has_token"], true);
    assert_eq!(first[6].json()["channel"]["is_default"], true);

    let control: Db<Control> = Db::new(
        &Connector::current(),
        &platform.database.url().parse().unwrap(),
        1,
    );
    let mut conn = control.conn().await.unwrap();
    let sol = Tenants::new(&mut conn)
        .find_by_slug("sol")
        .await
        .unwrap()
        .unwrap();
    let ana = "ana@sol.example".parse().unwrap();
    assert_eq!(Directory::new(&mut conn).tenants_of(&ana).await.unwrap(), [sol]);

    let second = walk(&platform, &database);
    assert_eq!(second[0].json()["applied"], serde_json::json!([]));
    assert_eq!(second[1].json()["applied"], serde_json::json!([]));
    assert_eq!(second[2].json()["can_log_in"], true);
    assert_eq!(second[3].json()["outcome"], "unchanged");
    assert_eq!(second[4].json()["created"], false);
    assert_eq!(second[6].json()["created"], false);
    assert_eq!(
        second[6].json()["channel"]["id"],
        first[6].json()["channel"]["id"]
    );
}

#[test]
fn without_json_a_person_is_told_what_comes_next() {
    let platform = Platform::migrated();
    let created = platform
        .run(&["tenant", "create", "--name", "Sol", "--slug", "sol"])
        .done();
    assert!(created.stdout.contains("provision tenant attach --tenant sol"));
    assert!(created.stderr.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_seeded_after_the_tenant_has_its_database_can_log_in_at_once() {
    let (platform, database) = (Platform::migrated(), crate::common::tenant_database());
    let create = [
        "tenant",
        "create",
        "--name",
        "Sol",
        "--slug",
        "sol",
        "--database-url",
    ];
    platform
        .run_with(&create, &[("TENANT_DB_URL", database.url())])
        .done();
    let seed = |email: &str, more: &[(&str, &str)]| {
        let mut env = vec![("ADMIN_EMAIL", email), ("ADMIN_PASSWORD", PASSWORD)];
        env.extend_from_slice(more);
        let by_slug = platform.run_with(&["--json", "seed", "admin", "--tenant", "sol"], &env);
        by_slug.done().json()
    };
    assert_eq!(seed("ana@sol.example", &[])["tenant"], "sol");

    // Without the control plane at hand it says so, and nobody can log in yet.
    let env = [
        ("TENANT_DB_URL", database.url()),
        ("ADMIN_EMAIL", "bea@sol.example"),
        ("ADMIN_PASSWORD", PASSWORD),
    ];
    let alone = provision(&["seed", "admin"], &env).done();
    assert!(alone.stdout.contains("CONTROL_DB_URL"));
    let control: Db<Control> = Db::new(
        &Connector::current(),
        &platform.database.url().parse().unwrap(),
        1,
    );
    let mut conn = control.conn().await.unwrap();
    for (email, tenants) in [("ana@sol.example", 1), ("bea@sol.example", 0)] {
        let found = Directory::new(&mut conn)
            .tenants_of(&email.parse().unwrap())
            .await
            .unwrap();
        assert_eq!(found.len(), tenants, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a session begins now")]
async fn another_password_for_an_admin_ends_the_sessions_of_the_old_one() {
    let (platform, database) = (Platform::empty(), TestDb::empty("tenant"));
    let ended = walk(&platform, &database);
    let tenant_id = ended[4].json()["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let user_id = ended[2].json()["id"].as_str().unwrap().parse().unwrap();
    let control_url = platform.database.url().parse().unwrap();
    let control: Db<Control> = Db::new(&Connector::current(), &control_url, 1);
    let mut conn = control.conn().await.unwrap();
    let subject = SessionSubject {
        tenant_id: Some(tenant_id),
        user_id,
    };
    let issued = issue_session(&mut conn, subject, &SessionMeta::default(), chrono::Utc::now())
        .await
        .unwrap();

    let seed = |password| {
        let env = [("TENANT_DB_URL", database.url()), ("ADMIN_PASSWORD", password)];
        platform
            .run_with(
                &["seed", "admin", "--email", "ana@sol.example", "--name", "Ana"],
                &env,
            )
            .done();
    };
    seed(PASSWORD);
    assert!(
        Sessions::new(&mut conn)
            .family_is_active(issued.family_id)
            .await
            .unwrap()
    );
    seed("another-horse-battery");
    assert!(
        !Sessions::new(&mut conn)
            .family_is_active(issued.family_id)
            .await
            .unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superadmin_who_lost_the_second_factor_comes_in_without_it_only_when_that_is_said() {
    let platform = Platform::migrated();
    let seed = |more: &[&str]| {
        let args = [&["--json", "seed", "superadmin"], more].concat();
        let env = [
            ("SUPERADMIN_EMAIL", "root@centralita.example"),
            ("SUPERADMIN_PASSWORD", PASSWORD),
        ];
        platform.run_with(&args, &env).done().json()
    };
    seed(&[]);
    platform.database.execute(
        "UPDATE platform_users SET totp_sealed = 'x', totp_confirmed_at = now(), recovery_codes = '{x}'",
    );
    let control_url = platform.database.url().parse().unwrap();
    let control: Db<Control> = Db::new(&Connector::current(), &control_url, 1);
    let mut conn = control.conn().await.unwrap();
    let id = PlatformUsers::new(&mut conn).list().await.unwrap()[0].id;
    for (more, is_on) in [(&[] as &[&str], true), (&["--reset-second-factor"], false)] {
        assert_eq!(seed(more)["second_factor_reset"], !is_on);
        let found = second_factor::find(&mut conn, id).await.unwrap().unwrap();
        assert_eq!(
            (found.is_on(), found.recovery_codes_left()),
            (is_on, usize::from(is_on))
        );
    }
    // Who has none loses nothing.
    assert_eq!(seed(&["--reset-second-factor"])["outcome"], "unchanged");
}
