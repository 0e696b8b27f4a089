//! The processes that the demo keeps running.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pgcluster::Watchdog;
use tokio::process::{Child, Command};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(15);

/// A long-lived process with a log of its own, ended with us however we end.
pub(crate) struct Service {
    name: &'static str,
    log: PathBuf,
    child: Child,
    watchdog: Option<Watchdog>,
}

impl Service {
    /// Starts one of our programs.
    pub(crate) fn start(name: &'static str, logs: &Path, mut command: Command) -> anyhow::Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        // Its own process group: Ctrl-C is ours to hear, and ours to pass on in order.
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let pid = child.id().with_context(|| format!("{name} ended at once"))?;
        let watchdog = Watchdog::over(pid, "TERM").context("cannot run /bin/sh")?;
        Ok(Self {
            name,
            log,
            child,
            watchdog: Some(watchdog),
        })
    }

    /// Waits for the process to end, which it should not, and says how it did.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        let status = self.child.wait().await;
        self.failure(status.ok())
    }

    /// Asks the process to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.child.id().and_then(|pid| i32::try_from(pid).ok()) {
            // An error means that it has ended meanwhile.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            if timeout(PATIENCE, self.child.wait()).await.is_err() {
                self.child.kill().await?;
                bail!(
                    "{} did not stop within {} s and was ended",
                    self.name,
                    PATIENCE.as_secs()
                );
            }
        }
        drop(self.watchdog.take());
        Ok(())
    }

    fn failure(&self, status: Option<ExitStatus>) -> anyhow::Error {
        let how = status.map_or_else(|| "ended".to_owned(), |status| format!("ended ({status})"));
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        let tail: Vec<&str> = lines.into_iter().rev().collect();
        anyhow::anyhow!(
            "{} {how}. The end of {}:\n{}",
            self.name,
            self.log.display(),
            tail.join("\n")
        )
    }
}

/// A command for one of our programs, built beside this one, without the caller's settings:
/// a stray variable in the shell must not reach the product.
pub(crate) fn program(name: &str) -> anyhow::Result<Command> {
    let own = std::env::current_exe().context("cannot find this program's own path")?;
    let path = own.with_file_name(name);
    if !path.exists() {
        bail!(
            "{} is not built: run scripts/demo, which builds it",
            path.display()
        );
    }
    let mut command = Command::new(path);
    command.env_clear();
    for name in ["PATH", "HOME", "TMPDIR", "LANG", "RUST_LOG", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    Ok(command)
}
