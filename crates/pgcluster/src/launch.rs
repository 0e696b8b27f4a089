//! Getting a server to take connections, whatever its predecessor left behind.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::account::Account;
use crate::binaries::Binaries;
use crate::cluster::Options;
use crate::data::Layout;
use crate::error::{Error, at};
use crate::pidfile::PidFile;
use crate::probe;

/// How often a state is looked at while waiting for it to change.
const LOOK: Duration = Duration::from_millis(20);
/// Recovery after a crash can take long; a server that is alive gets this much time.
const START: Duration = Duration::from_mins(3);
/// How long an orphan may take to stop.
const STOP: Duration = Duration::from_secs(30);
/// How long files of a dead server may stand in the way before they are taken for stale.
const STALE: Duration = Duration::from_secs(6);
/// How long obstacles that pass by themselves are waited for.
const RETRY: Duration = Duration::from_secs(12);

/// What is needed to start a server.
pub(crate) struct Launch<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) options: &'a Options,
    pub(crate) binaries: &'a Binaries,
    pub(crate) account: Account,
}

/// Why a server did not come up.
struct Failed {
    /// It ended by itself, rather than taking too long.
    reason: Option<String>,
    /// What it wrote.
    said: String,
}

impl Launch<'_> {
    /// Starts the server and waits until it takes connections, on the port of last time if it is free.
    ///
    /// Between our look at the port and the server's a stranger may take it: then another is
    /// tried. A server killed a moment ago may still be in the way: that is waited for.
    pub(crate) fn until_ready(&self) -> Result<(Child, u16), Error> {
        let begun = Instant::now();
        let mut port = self.layout.port().filter(|port| probe::is_free(*port));
        loop {
            let free = || probe::free_port().map_err(at("find a free port for", &self.layout.dir));
            let chosen = port.take().map_or_else(free, Ok)?;
            let failed = match self.attempt(chosen)? {
                Ok(child) => {
                    self.layout.remember_port(chosen)?;
                    return Ok((child, chosen));
                }
                Err(failed) => failed,
            };
            let may_pass = failed.reason.is_some() && begun.elapsed() < RETRY;
            if may_pass && failed.is_port_taken() {
                continue;
            }
            if may_pass && failed.is_predecessor_in_the_way() {
                port = Some(chosen);
                clear_stale_pid_file(&self.layout.data(), begun)?;
                sleep(LOOK * 5);
                continue;
            }
            return Err(Error::Start {
                reason: failed.reason.unwrap_or_else(|| "it took too long".to_owned()),
                log: self.layout.log(),
                tail: tail(&failed.said),
            });
        }
    }

    fn attempt(&self, port: u16) -> Result<Result<Child, Failed>, Error> {
        let (log, start) = self.layout.open_log()?;
        let also = log.try_clone().map_err(at("share", &self.layout.log()))?;
        let program = self.binaries.program("postgres");
        let data = self.layout.data();
        let mut command = self.account.command(&program);
        command.arg("-D").arg(&data).args(self.options.arguments(port));
        // A process group of its own: Ctrl-C at the terminal is for its owner, who stops it in order.
        command.stdout(log).stderr(also).process_group(0);
        let mut child = command.spawn().map_err(|source| Error::Run {
            program: program.display().to_string(),
            source,
        })?;
        let mut ended = None;
        wait_until(START, || {
            ended = child.try_wait().ok().flatten();
            ended.is_some() || is_ready(&data, child.id())
        });
        if ended.is_none() && is_ready(&data, child.id()) {
            return Ok(Ok(child));
        }
        let _ = child.kill();
        let _ = child.wait();
        let reason = ended.map(|status| status.to_string());
        Ok(Err(Failed {
            reason,
            said: self.layout.log_since(start),
        }))
    }
}

impl Failed {
    fn is_port_taken(&self) -> bool {
        self.said.contains("could not bind")
    }

    fn is_predecessor_in_the_way(&self) -> bool {
        self.said.contains("postmaster.pid\" already exists") || self.said.contains("shared memory block")
    }
}

/// Looks every few milliseconds whether `done`, for as long as `patience`.
pub(crate) fn wait_until(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
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
pub(crate) fn stop_orphan(data: &Path) {
    if let Some(found) = PidFile::read(data).filter(|found| found.is_server_of(data)) {
        // Either it goes now, or the start that follows says what is in the way.
        let _ = found.signal(Signal::SIGINT);
        wait_until(STOP, || !found.is_server_of(data));
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

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().take(12).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
