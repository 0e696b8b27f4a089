//! The real server as a process of its own, which can be killed.

use std::{
    fs::OpenOptions,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use crypto::ExposeSecret;
use pgcluster::Watchdog;
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{http::Connection, provision::Platform};

/// How long a server may take to answer.
const READY: Duration = Duration::from_mins(1);

/// How a server is run; enough to run it again after it was killed.
#[derive(Clone)]
pub struct Spec {
    program: PathBuf,
    dir: PathBuf,
    variables: Vec<(String, String)>,
    /// Where it listens.
    pub port: u16,
}

impl Spec {
    /// A server over this control plane; its log goes to `dir`.
    pub fn new(program: &Path, dir: &Path, control_url: &str, platform: &Platform) -> anyhow::Result<Self> {
        // It runs in a folder of its own, where a relative path leads elsewhere.
        let program = program
            .canonicalize()
            .with_context(|| format!("there is no server program at {}", program.display()))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let jwt_secret = pgcluster::random_hex(32)?;
        let fixed = [
            ("CONTROL_DB_URL", control_url),
            ("MASTER_KEY", &platform.master_key),
            ("JWT_SECRET", &jwt_secret),
            ("VERIFY_TOKEN", "bench-verify"),
            ("WHATSAPP_APP_SECRET", platform.app_secret.expose_secret()),
            // Nothing here sends; whatever tried to would reach nobody.
            ("GRAPH_BASE_URL", "http://127.0.0.1:9"),
            ("PORT", &port.to_string()),
            ("APP_ENV", "development"),
            ("RUST_LOG", "error"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let passed = ["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
        // What somebody wants to try goes past us: BENCH_SERVER_RUST_LOG becomes RUST_LOG.
        let wanted = std::env::vars()
            .filter_map(|(name, value)| Some((name.strip_prefix("BENCH_SERVER_")?.to_owned(), value)));
        Ok(Self {
            program,
            dir: dir.to_path_buf(),
            variables: fixed.into_iter().chain(passed).chain(wanted).collect(),
            port,
        })
    }

    /// The same server with this variable, unless somebody set it from outside.
    #[must_use]
    pub fn with(mut self, name: &str, value: usize) -> Self {
        self.variables.insert(0, (name.to_owned(), value.to_string()));
        self
    }

    /// The same server, sending to a Meta at this URL.
    #[must_use]
    pub fn sending_to(mut self, url: &str) -> Self {
        self.variables.push(("GRAPH_BASE_URL".to_owned(), url.to_owned()));
        self
    }

    /// The same server, handing out the web application of this folder.
    #[must_use]
    pub fn serving(mut self, web: &Path) -> Self {
        self.variables
            .push(("WEB_DIR".to_owned(), web.display().to_string()));
        self
    }

    /// The same server on another port.
    pub fn beside(&self) -> anyhow::Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut other = self.clone();
        other.variables.push(("PORT".to_owned(), port.to_string()));
        other.port = port;
        Ok(other)
    }

    /// Its log.
    pub fn log(&self) -> PathBuf {
        self.dir.join(format!("server-{}.log", self.port))
    }
}

/// A running server. Killed when dropped, and when this process ends.
pub struct Server {
    child: Child,
    pid: u32,
    _watchdog: Watchdog,
}

impl Server {
    /// Starts it; it may not answer yet.
    pub fn start(spec: &Spec) -> anyhow::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(spec.log())?;
        let mut command = Command::new(&spec.program);
        command
            .env_clear()
            .envs(spec.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&spec.dir)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn().context("cannot start the server")?;
        let pid = child.id().context("the server ended at once")?;
        Ok(Self {
            child,
            pid,
            _watchdog: Watchdog::over(pid, "KILL")?,
        })
    }

    /// Starts it and waits until it answers.
    pub async fn start_ready(spec: &Spec) -> anyhow::Result<Self> {
        let mut server = Self::start(spec)?;
        let begun = Instant::now();
        while !is_ready(spec.port).await {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended ({status}); see {}", spec.log().display());
            }
            if begun.elapsed() > READY {
                bail!("the server does not answer; see {}", spec.log().display());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until it ends.
    pub async fn ended(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(&mut self) -> std::io::Result<()> {
        self.child.kill().await
    }
}

/// Whether a server on this port says that it is ready.
pub async fn is_ready(port: u16) -> bool {
    let Ok(mut connection) = Connection::open(port).await else {
        return false;
    };
    connection
        .get("/health/ready")
        .await
        .is_ok_and(|answer| answer.status == 200)
}
