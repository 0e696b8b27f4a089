//! The server that test databases live on.

use std::path::PathBuf;
use std::sync::OnceLock;

use pgcluster::{Options, Source};
use tokio_postgres::{Client, NoTls};
use url::Url;

/// The URL of `database` on the tests' server.
///
/// The server is looked up (and started if need be) once in a process, which at the same
/// time tells it that it is still in use.
pub(crate) fn url(database: &str) -> String {
    static SERVER: OnceLock<Url> = OnceLock::new();
    let mut url = SERVER.get_or_init(find).clone();
    url.set_path(database);
    url.into()
}

/// A connection to `url`. Its driver ends with the runtime it was made on.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .unwrap_or_else(|error| panic!("the tests' PostgreSQL refuses a connection: {error}"));
    tokio::spawn(connection);
    client
}

fn find() -> Url {
    let text = match std::env::var("CENTRALITA_TEST_PG_URL") {
        Ok(url) if !url.is_empty() => url,
        _ => start(),
    };
    Url::parse(&text).expect("CENTRALITA_TEST_PG_URL is a postgres:// URL")
}

fn start() -> String {
    let home = home();
    let options = Options {
        source: Source::from_env().unwrap_or_else(|error| panic!("{error}")),
        cache: Some(home.join("pg-bin")),
        ..Options::throw_away()
    };
    let access = pgcluster::shared(&home.join("pg"), &options).unwrap_or_else(|error| panic!("{error}"));
    access.url("postgres")
}

/// A folder below the target directory, found from the test program, which lies in it.
/// Doc tests are built elsewhere; they get one in the system's temporary directory.
fn home() -> PathBuf {
    let program = std::env::current_exe().expect("the test program's path");
    let target = program.ancestors().find(|dir| dir.join("CACHEDIR.TAG").exists());
    let temporary = || std::env::temp_dir().join(format!("centralita-tests-{}", nix::unistd::geteuid()));
    target.map_or_else(temporary, |target| target.join("testkit"))
}
