//! A running cluster: start, readiness, stop.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::account::Account;
use crate::binaries::{Binaries, Search, Source, Version};
use crate::data::{Access, Layout};
use crate::error::{Error, at};
use crate::pidfile::{PidFile, signal_pid};
use crate::probe;
use crate::watchdog::Watchdog;

/// How often a state is looked at while waiting for it to change.
const LOOK: Duration = Duration::from_millis(20);
/// Recovery after a crash can take long; a server that is alive gets this much time.
const START: Duration = Duration::from_mins(3);
/// How long files of a dead server may stand in the way before they are taken for stale.
const STALE: Duration = Duration::from_secs(6);
const STOP: Duration = Duration::from_secs(30);

/// How a cluster is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether committed data survives a crash. Off only for data nobody will miss.
    pub durable: bool,
    /// The server's `max_connections`.
    pub max_connections: u32,
    /// Where server binaries may come from.
    pub source: Source,
    /// Where fetched binaries are kept; beside the cluster unless given.
    pub cache: Option<PathBuf>,
    /// Further server settings.
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// For data that matters.
    pub fn durable() -> Self {
        Self {
            durable: true,
            max_connections: 200,
            source: Source::Any,
            cache: None,
            settings: Vec::new(),
        }
    }

    /// For tests: as fast as it gets, and lost in a crash.
    pub fn throw_away() -> Self {
        Self {
            durable: false,
            max_connections: 400,
            ..Self::durable()
        }
    }

    pub(crate) fn cache(&self, layout: &Layout) -> PathBuf {
        self.cache
            .clone()
            .unwrap_or_else(|| layout.dir.with_file_name("pg-bin"))
    }

    fn arguments(&self, port: u16) -> Vec<String> {
        let on = |yes: bool| if yes { "on" } else { "off" }.to_owned();
        let mut settings = vec![
            ("port".to_owned(), port.to_string()),
            ("listen_addresses".to_owned(), "127.0.0.1".to_owned()),
            // No socket file: its path has a limit of 107 bytes, and the default place may not be writable.
            ("unix_socket_directories".to_owned(), String::new()),
            ("max_connections".to_owned(), self.max_connections.to_string()),
            ("fsync".to_owned(), on(self.durable)),
            ("synchronous_commit".to_owned(), on(self.durable)),
            ("full_page_writes".to_owned(), on(self.durable)),
            ("logging_collector".to_owned(), on(false)),
            ("log_timezone".to_owned(), "UTC".to_owned()),
            ("timezone".to_owned(), "UTC".to_owned()),
        ];
        settings.extend(self.settings.iter().cloned());
        settings
            .into_iter()
            .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
            .collect()
    }
}

/// A server that this process runs. It is stopped when dropped, and when the process ends.
#[derive(Debug)]
pub struct Cluster {
    layout: Layout,
    access: Access,
    version: Version,
    child: Child,
    watchdog: Option<Watchdog>,
    /// Held while we run the cluster, so that nobody else does.
    _lock: Option<File>,
}

impl Cluster {
    /// Runs the cluster in `dir`, making it first if there is none.
    pub fn start(dir: &Path, options: &Options) -> Result<Self, Error> {
        let layout = Layout::new(dir)?;
        let lock = layout.lock()?;
        if lock.try_lock().is_err() {
            return Err(Error::AlreadyRunning { path: layout.dir });
        }
        let mut cluster = Self::launch(layout, options, Some(lock))?;
        let guard = Watchdog::over(cluster.child.id(), "INT");
        cluster.watchdog = Some(guard.map_err(|source| Error::Run {
            program: "/bin/sh".to_owned(),
            source,
        })?);
        Ok(cluster)
    }

    /// As `start`, for a caller who has locked the directory; without a watchdog.
    pub(crate) fn launch(layout: Layout, options: &Options, lock: Option<File>) -> Result<Self, Error> {
        let major = layout.major();
        let account = if major.is_some() {
            Account::of_data(&layout.data())?
        } else {
            Account::choose()?
        };
        let cache = options.cache(&layout);
        let binaries = Binaries::find(&Search {
            source: options.source,
            cache: &cache,
            major,
            account,
        })?;
        if major.is_none() {
            layout.initialise(&binaries, account, options.durable)?;
        }
        stop_orphan(&layout.data());
        let (child, port) = spawn_until_ready(&layout, options, &binaries, account)?;
        let access = Access::new(port, layout.password()?);
        Ok(Self {
            layout,
            access,
            version: binaries.version,
            child,
            watchdog: None,
            _lock: lock,
        })
    }

    /// The URL of a database in the cluster, password included.
    pub fn url(&self, database: &str) -> String {
        self.access.url(database)
    }

    /// How to log in.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The server's version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.layout.log()
    }

    /// The process id of the server.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the server ended, if it has.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Stops the server: open transactions are rolled back, clients are sent away, everything is on disk afterwards.
    pub fn stop(mut self) -> Result<(), Error> {
        self.shut_down(STOP)
    }

    /// Leaves the server running when this process ends.
    pub(crate) fn leave_running(self) -> (u32, Access) {
        debug_assert!(
            self.watchdog.is_none(),
            "a watched server cannot outlive its owner"
        );
        let kept = std::mem::ManuallyDrop::new(self);
        (kept.child.id(), kept.access.clone())
    }

    fn shut_down(&mut self, patience: Duration) -> Result<(), Error> {
        for (signal, patience) in [
            (Signal::SIGINT, patience),
            (Signal::SIGQUIT, Duration::from_secs(5)),
        ] {
            if self.exited().is_some() || signal_pid(self.child.id(), signal).is_err() {
                return Ok(());
            }
            if wait_until(patience, || self.exited().is_some()) {
                return if signal == Signal::SIGINT {
                    Ok(())
                } else {
                    Err(Error::Stop {
                        seconds: patience.as_secs(),
                    })
                };
            }
        }
        // Past saving: the next start recovers. Waited for, so that no zombie is left.
        let _ = self.child.kill();
        let _ = self.child.wait();
        Err(Error::Stop {
            seconds: patience.as_secs(),
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nobody is left to tell; what was not flushed is recovered at the next start.
        let _ = self.shut_down(Duration::from_secs(10));
    }
}

/// Looks every few milliseconds whether `done`, for as long as `patience`.
fn wait_until(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        if done() {
            return true;
        }
        if begun.elapsed() > patience {
            return false;
        }
        sleep(LOOK);
    }
}

/// Stops a server on this data that has lost its owner. The caller holds the lock, so it has none.
fn stop_orphan(data: &Path) {
    if let Some(found) = PidFile::read(data).filter(|found| found.is_server_of(data)) {
        // Either it goes now, or the start below says what is in the way.
        let _ = found.signal(Signal::SIGINT);
        wait_until(STOP, || !found.is_server_of(data));
    }
}

/// Starts the server and waits until it takes connections, on the port of last time if it is free.
///
/// Between our look at the port and the server's a stranger may take it: then another is
/// tried. A server killed a moment ago may still be in the way: that is waited for.
fn spawn_until_ready(
    layout: &Layout,
    options: &Options,
    binaries: &Binaries,
    account: Account,
) -> Result<(Child, u16), Error> {
    let begun = Instant::now();
    let mut port = layout.port().filter(|port| probe::is_free(*port));
    loop {
        let chosen = port
            .take()
            .map_or_else(probe::free_port, Ok)
            .map_err(at("find a free port for", &layout.dir))?;
        let (log, start) = layout.open_log()?;
        let also = log.try_clone().map_err(at("share", &layout.log()))?;
        let program = binaries.program("postgres");
        let mut child = account
            .command(&program)
            .arg("-D")
            .arg(layout.data())
            .args(options.arguments(chosen))
            .stdout(log)
            .stderr(also)
            .process_group(0)
            .spawn()
            .map_err(|source| Error::Run {
                program: program.display().to_string(),
                source,
            })?;
        let mut ended = None;
        wait_until(START, || {
            ended = child.try_wait().ok().flatten();
            ended.is_some() || is_ready(&layout.data(), child.id())
        });
        if ended.is_none() && is_ready(&layout.data(), child.id()) {
            layout.remember_port(chosen)?;
            return Ok((child, chosen));
        }
        let said = layout.log_since(start);
        let reason = ended.map_or_else(|| "it took too long".to_owned(), |status| status.to_string());
        let in_the_way =
            said.contains("postmaster.pid\" already exists") || said.contains("shared memory block");
        if ended.is_some() && begun.elapsed() < STALE * 2 && in_the_way {
            port = Some(chosen);
            clear_stale_pid_file(&layout.data(), begun)?;
            sleep(LOOK * 5);
            continue;
        }
        if ended.is_some() && begun.elapsed() < STALE * 2 && said.contains("could not bind") {
            continue;
        }
        let _ = child.kill();
        let _ = child.wait();
        let lines: Vec<&str> = said.lines().rev().take(12).collect();
        let tail = lines.into_iter().rev().collect::<Vec<_>>().join("\n");
        return Err(Error::Start {
            reason,
            log: layout.log(),
            tail,
        });
    }
}

fn is_ready(data: &Path, pid: u32) -> bool {
    PidFile::read(data).is_some_and(|found| found.pid == pid && found.ready && probe::accepts(found.port))
}

/// Removes the pid file of a server that is long gone, when its number now belongs to another
/// process (or to a zombie nobody reaps): the server would refuse to start for ever.
fn clear_stale_pid_file(data: &Path, begun: Instant) -> Result<(), Error> {
    let stale =
        PidFile::read(data).is_some_and(|found| !found.is_server_of(data) && !probe::accepts(found.port));
    if stale && begun.elapsed() > STALE {
        let path = data.join("postmaster.pid");
        std::fs::remove_file(&path).map_err(at("remove", &path))?;
    }
    Ok(())
}
