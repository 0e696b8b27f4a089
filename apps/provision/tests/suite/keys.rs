//! Changing the master key while the servers run.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use control::{
    Actor,
    meta_app::{MetaAppChanges, MetaAppId, NewMetaApp, create_meta_app, update_meta_app},
    odoo::{OdooChoice, save_odoo},
    push_key::read_or_keep,
    spool::{NewSpooled, Spool},
};
use crypto::{Keyring, MasterKey, SecretString};
use pg::{Conn, Connector, Control, Db, Patch};
use testkit::TestDb;

use crate::{
    common::{KEY, Platform},
    stand::Stand,
};

const NEW_KEY: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn rotate(platform: &Platform, more: &[&str]) -> crate::common::Ended {
    let keys = [("MASTER_KEY", NEW_KEY), ("MASTER_KEY_PREVIOUS", KEY)];
    platform.run_with(&[&["--json", "keys", "rotate"], more].concat(), &keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn key_rotation_under_traffic() {
    let mut stand = Stand::start().await;
    let (running, failed, done) = (
        Arc::new(AtomicBool::new(true)),
        Arc::new(AtomicU32::new(0)),
        Arc::new(AtomicU32::new(0)),
    );
    // The servers are replaced one after the other; the last one has the new key alone.
    let both = stand.serve(NEW_KEY, KEY).await;
    let stand = Arc::new(stand);
    assert_eq!(
        (stand.logs_in(&stand.url).await, stand.logs_in(&both).await),
        (200, 200)
    );
    let traffic = {
        let (stand, both) = (Arc::clone(&stand), both.clone());
        let (running, failed, done) = (Arc::clone(&running), Arc::clone(&failed), Arc::clone(&done));
        tokio::spawn(async move {
            while running.load(Ordering::SeqCst) {
                let written = stand.customer_writes("hola").await;
                let login = stand.logs_in(&both).await;
                if (written, login) != (200, 200) {
                    failed.fetch_add(1, Ordering::SeqCst);
                }
                done.fetch_add(1, Ordering::SeqCst);
            }
        })
    };
    stand.call_back_to(&both);
    let (walker, before) = (Arc::clone(&stand), done.load(Ordering::SeqCst));
    let rotated = tokio::task::spawn_blocking(move || rotate(&walker.platform, &[]))
        .await
        .unwrap()
        .done()
        .json();
    assert_eq!(rotated["left"], 0, "{rotated}");
    let resealed: i64 = rotated["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["resealed"].as_i64().unwrap())
        .sum();
    assert_eq!(resealed, 3, "{rotated}");
    while done.load(Ordering::SeqCst) < before + 5 {
        tokio::task::yield_now().await;
    }
    running.store(false, Ordering::SeqCst);
    traffic.await.unwrap();
    assert_eq!(failed.load(Ordering::SeqCst), 0);

    let mut stand = Arc::into_inner(stand).unwrap();
    let alone = stand.serve(NEW_KEY, "").await;
    stand.call_back_to(&alone);
    assert_eq!(
        (stand.logs_in(&alone).await, stand.customer_writes("hola").await),
        (200, 200)
    );
    stand
        .doctor(&[("MASTER_KEY", NEW_KEY), ("API_URL", &alone)], &[])
        .is_well();
}

/// A platform with something sealed in every column, and 450 rows in the spool.
struct Sealed {
    platform: Platform,
    _databases: [TestDb; 2],
}

impl Sealed {
    async fn new() -> Self {
        let (platform, admin) = (Platform::migrated(), TestDb::empty("admin"));
        let database = crate::common::tenant_database();
        let url = [("ADMIN_DB_URL", admin.url())];
        platform
            .run_with(&["server", "add", "--name", "uno"], &url)
            .done();
        let create = [
            "--json",
            "tenant",
            "create",
            "--name",
            "Sol",
            "--slug",
            "sol",
            "--database-url",
        ];
        let created = platform.run(&[&create[..], &[database.url()]].concat());
        let tenant = created.done().json()["tenant"]["id"].as_str().unwrap().parse();
        let add = ["channel", "add", "--tenant", "sol", "--phone-number-id", "10001"];
        let secrets = [
            ("CHANNEL_WA_TOKEN", "EAABtokenvalue"),
            ("CHANNEL_APP_SECRET", "appsecretvalue"),
        ];
        platform.run_with(&add, &secrets).done();
        // As the predecessor had sealed it, under the same key.
        platform.database.execute(
            "UPDATE channels SET wa_token_sealed = 'v1:BwcHBwcHBwcHBwcH:BRlhL/D6V/c/ln3Fr+F5Ig==:ZwXKPUJ7uJ+j8zI='",
        );
        let tenant = tenant.unwrap();
        fill(&platform, tenant, 450).await;
        second_factors(&platform, &database, tenant);
        Self {
            platform,
            _databases: [admin, database],
        }
    }
}

/// Rows in the spool, apps at Meta and an Odoo, sealed with the old key.
async fn fill(platform: &Platform, tenant: pg::TenantId, count: usize) {
    let old = Arc::new(Keyring::new(MasterKey::parse(KEY).unwrap(), Vec::new()));
    let url = platform.database.url().parse().unwrap();
    let control: Db<Control> = Db::new(&Connector::current(), &url, 1);
    let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let rows: Vec<NewSpooled> = (0..count)
        .map(|_| NewSpooled::seal(&old, tenant, &SecretString::from("secreto"), 3, now))
        .collect();
    let mut conn = control.conn().await.unwrap();
    read_or_keep(&mut conn, &old, || SecretString::from("push_key"), now)
        .await
        .unwrap();
    Spool::new(&mut conn).insert(&rows).await.unwrap();
    let anybodys = app(&mut conn, &old, None, now).await;
    let changes = MetaAppChanges {
        app_secret: Patch::Set(SecretString::from("another_secret")),
        ..MetaAppChanges::default()
    };
    let actor = Actor::command_line();
    update_meta_app(&mut conn, &old, anybodys, changes, &actor, now)
        .await
        .unwrap();
    app(&mut conn, &old, Some(tenant), now).await;
    let odoo = OdooChoice {
        base_url: "https://erp.example".to_owned(),
        db_name: "sol".to_owned(),
        username: "bot".to_owned(),
        password: Patch::Set(SecretString::from("password")),
        api_key: Patch::Set(SecretString::from("api_key")),
    };
    save_odoo(&mut conn, &old, tenant, odoo, &actor, now)
        .await
        .unwrap();
}

/// A second factor of a SuperAdmin's and one of somebody of the tenant's, sealed with the old key.
fn second_factors(platform: &Platform, database: &TestDb, tenant: pg::TenantId) {
    const WHO: &str = "01920000-0000-7000-8000-000000000001";
    let old = Keyring::new(MasterKey::parse(KEY).unwrap(), Vec::new());
    let secret = SecretString::from("JBSWY3DPEHPK3PXP");
    let of_platform = old.seal(&control::second_factor::place(WHO.parse().unwrap()), &secret);
    let of_tenant = old.seal(
        &tenant::second_factor::place(tenant, WHO.parse().unwrap()),
        &secret,
    );
    platform.database.execute(&format!(
        "INSERT INTO platform_users (id, email, name, password_hash, totp_sealed, totp_confirmed_at) \
         VALUES ('{WHO}', 'root@sol.example', 'Root', '!', '{of_platform}', now())"
    ));
    database.execute(&format!(
        "INSERT INTO users (id, email, name, password_hash, role, totp_sealed, totp_confirmed_at) \
         VALUES ('{WHO}', 'ana@sol.example', 'Ana', '!', 'admin', '{of_tenant}', now())"
    ));
}

/// An app at Meta, of one tenant's or of anybody's.
async fn app(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    tenant_id: Option<pg::TenantId>,
    now: chrono::DateTime<chrono::Utc>,
) -> MetaAppId {
    let wanted = NewMetaApp {
        tenant_id,
        name: "App".to_owned(),
        app_secret: Some(SecretString::from("appsecretvalue")),
        ..NewMetaApp::default()
    };
    let made = create_meta_app(conn, keyring, wanted, &Actor::command_line(), now).await;
    made.unwrap().app.id
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_sealed_takes_the_new_key_and_a_second_run_has_nothing_to_do() {
    let sealed = Sealed::new().await;
    let platform = &sealed.platform;
    let counted = rotate(platform, &["--check"]).done().json();
    assert_eq!(counted["left"], 462, "{counted}");
    let rotated = rotate(platform, &[]).done().json();
    let columns = rotated["columns"].as_array().unwrap().iter();
    let resealed: Vec<_> = columns
        .map(|column| {
            let [table, name] = ["table", "column"].map(|part| column[part].as_str().unwrap());
            (format!("{table}.{name}"), column["resealed"].as_i64().unwrap())
        })
        .collect();
    let expected = [
        ("tenant_databases.url_sealed", 1),
        ("channels.wa_token_sealed", 1),
        ("channels.app_secret_sealed", 1),
        ("database_servers.admin_url_sealed", 1),
        ("meta_apps.app_secret_sealed", 2),
        ("meta_apps.previous_secret_sealed", 1),
        ("odoo_configs.password_sealed", 1),
        ("odoo_configs.api_key_sealed", 1),
        ("platform_users.totp_sealed", 1),
        ("push_keys.private_key_sealed", 1),
        ("spool.sealed", 450),
        ("users.totp_sealed", 1),
    ];
    assert_eq!(
        resealed,
        expected.map(|(column, count)| (column.to_owned(), count))
    );
    let again = rotate(platform, &[]).done().json();
    let columns = again["columns"].as_array().unwrap();
    assert!(columns.iter().all(|column| column["resealed"] == 0));
    // With the new key alone all of it opens; with the old one alone nothing does.
    let alone = platform.run_with(
        &["--json", "keys", "rotate", "--check"],
        &[("MASTER_KEY", NEW_KEY)],
    );
    assert_eq!(alone.done().json()["left"], 0);
    platform
        .run(&["keys", "rotate"])
        .refused(1, "MASTER_KEY_PREVIOUS");
}
