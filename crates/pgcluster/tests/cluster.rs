//! Real servers: kept data, crashes, root or not.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use std::path::{Path, PathBuf};
use std::process::Command;

use pgcluster::{Account, Binaries, Cluster, Error, Options, Search, Source};
use tokio_postgres::{Client, NoTls};

/// A directory of the test's own, removed at its end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let dir = target().join("clusters").join(name);
        pgcluster::remove(&dir).unwrap();
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        pgcluster::remove(&self.0).unwrap();
    }
}

fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Fetched binaries are kept from run to run; they are checked when they are fetched.
fn cache() -> PathBuf {
    target().join("pg-bin")
}

fn options() -> Options {
    Options {
        cache: Some(cache()),
        max_connections: 20,
        ..Options::durable()
    }
}

fn start(dir: &Path) -> Cluster {
    Cluster::start(dir, &options()).unwrap()
}

async fn connect(cluster: &Cluster, database: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.url(database), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

async fn count(cluster: &Cluster) -> i64 {
    let client = connect(cluster, "kept").await;
    client
        .query_one("SELECT count(*) FROM note", &[])
        .await
        .unwrap()
        .get(0)
}

async fn write_a_note(cluster: &Cluster) {
    connect(cluster, "postgres")
        .await
        .batch_execute("CREATE DATABASE kept")
        .await
        .unwrap();
    let client = connect(cluster, "kept").await;
    client
        .batch_execute("CREATE TABLE note (id int); INSERT INTO note VALUES (1)")
        .await
        .unwrap();
}

#[tokio::test]
async fn fetched_binaries_run_what_the_product_needs() {
    // What forces them is a variable of the process's own: the test runs itself again under it.
    if std::env::var("CENTRALITA_PG").as_deref() != Ok("fetch") {
        let again = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "fetched_binaries_run_what_the_product_needs"])
            .env("CENTRALITA_PG", "fetch")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success() && told.contains("1 passed"), "{told}");
        return;
    }
    let dir = Dir::new("fetched");
    let options = Options {
        source: Source::from_env().unwrap(),
        ..options()
    };
    let cluster = Cluster::start(&dir.0, &options).unwrap();
    assert_eq!(cluster.version().major, 18);

    connect(&cluster, "postgres")
        .await
        .batch_execute("CREATE DATABASE tenant")
        .await
        .unwrap();
    let client = connect(&cluster, "tenant").await;
    client
        .batch_execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
        .await
        .unwrap();
    let found = client
        .query_one(
            "SELECT lower('ÁÉ'), unaccent('señal'), similarity('niñas', 'niña') > 0.5, current_setting('fsync')",
            &[],
        )
        .await
        .unwrap();

    assert_eq!(found.get::<_, &str>(0), "áé");
    assert_eq!(found.get::<_, &str>(1), "senal");
    assert!(found.get::<_, bool>(2));
    assert_eq!(found.get::<_, &str>(3), "on");
    cluster.stop().unwrap();
}

#[tokio::test]
async fn data_password_and_port_are_kept_over_a_restart() {
    let dir = Dir::new("restart");
    let cluster = start(&dir.0);
    write_a_note(&cluster).await;
    let url = cluster.url("kept");
    cluster.stop().unwrap();

    let cluster = start(&dir.0);

    assert_eq!(cluster.url("kept"), url);
    assert_eq!(count(&cluster).await, 1);
}

#[tokio::test]
async fn a_killed_server_recovers_at_the_next_start() {
    let dir = Dir::new("killed");
    let mut cluster = start(&dir.0);
    write_a_note(&cluster).await;
    let killed = Command::new("kill")
        .args(["-KILL", &cluster.pid().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    while cluster.exited().is_none() {
        tokio::task::yield_now().await;
    }
    drop(cluster);

    let cluster = start(&dir.0);

    assert_eq!(count(&cluster).await, 1);
}

#[tokio::test]
async fn a_port_taken_by_another_program_is_left_to_it() {
    let dir = Dir::new("port");
    let cluster = start(&dir.0);
    let port = cluster.access().port;
    cluster.stop().unwrap();
    let _stranger = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();

    let cluster = start(&dir.0);

    assert_ne!(cluster.access().port, port);
    connect(&cluster, "postgres").await;
}

#[test]
fn a_second_owner_is_refused_while_the_first_runs() {
    let dir = Dir::new("owner");
    let _first = start(&dir.0);

    let refused = Cluster::start(&dir.0, &options()).unwrap_err();

    assert!(matches!(refused, Error::AlreadyRunning { .. }), "{refused}");
}

#[test]
fn data_of_another_major_version_names_what_is_missing() {
    let search = Search {
        source: Source::System,
        cache: &cache(),
        major: Some(9),
        account: Account::choose().unwrap(),
    };

    let refused = Binaries::find(&search).unwrap_err().to_string();

    assert!(
        refused.contains("version 9") && refused.contains("CENTRALITA_PG_BIN"),
        "{refused}"
    );
}

/// Skipped for a plain user, who cannot make a folder that he cannot enter himself.
#[test]
fn root_may_keep_a_cluster_where_the_servers_account_cannot_go() {
    use std::os::unix::fs::PermissionsExt;
    let closed = Dir::new("closed");
    std::fs::create_dir_all(&closed.0).unwrap();
    std::fs::set_permissions(&closed.0, std::fs::Permissions::from_mode(0o700)).unwrap();
    let dir = Dir(closed.0.join("pg"));

    let cluster = start(&dir.0);

    assert!(cluster.is_new() && dir.0.join("data/PG_VERSION").exists());
    cluster.stop().unwrap();
    std::fs::remove_dir_all(&dir.0).unwrap();
    assert!(
        start(&dir.0).is_new(),
        "what was kept elsewhere belonged to the deleted folder"
    );
}
