//! A running cluster: start, readiness, stop.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::account::Account;
use crate::binaries::{Binaries, Search, Source, Version};
use crate::data::{Access, Layout};
use crate::error::Error;
use crate::launch::{Launch, stop_orphan, wait_until};
use crate::pidfile::signal_pid;
use crate::watchdog::Watchdog;

/// How long a server may take to stop.
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

    /// The server's command line.
    pub(crate) fn arguments(&self, port: u16) -> Vec<String> {
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
    is_new: bool,
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
        let launch = Launch {
            layout: &layout,
            options,
            binaries: &binaries,
            account,
        };
        let (child, port) = launch.until_ready()?;
        let access = Access::new(port, layout.password()?);
        Ok(Self {
            layout,
            access,
            version: binaries.version,
            is_new: major.is_none(),
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

    /// Whether this start made the cluster: there was no data before.
    pub fn is_new(&self) -> bool {
        self.is_new
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
