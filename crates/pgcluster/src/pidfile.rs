//! `postmaster.pid`, which the server writes into its data directory.

use std::path::Path;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a server says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) port: u16,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn read(data: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let pid = lines.next()?.parse().ok()?;
        let port = lines.nth(2)?.parse().ok()?;
        // Lines: pid, directory, start time, port, socket, address, shared memory, state.
        Some(Self {
            pid,
            port,
            ready: lines.nth(3) == Some("ready"),
        })
    }

    /// Whether the process is a server on this very data directory, not a later process
    /// that happens to have been given the same number.
    pub(crate) fn is_server_of(self, data: &Path) -> bool {
        let Ok(answer) = Command::new("ps")
            .args(["-o", "args=", "-p", &self.pid.to_string()])
            .output()
        else {
            return false;
        };
        String::from_utf8_lossy(&answer.stdout).contains(&*data.to_string_lossy())
    }

    /// Sends a signal to the process; an error means that it is gone.
    pub(crate) fn signal(self, signal: Signal) -> nix::Result<()> {
        signal_pid(self.pid, signal)
    }

    /// Whether a process with this number exists.
    pub(crate) fn is_alive(self) -> bool {
        i32::try_from(self.pid).is_ok_and(|pid| kill(Pid::from_raw(pid), None).is_ok())
    }
}

/// Sends `signal` to the process `pid`.
pub(crate) fn signal_pid(pid: u32, signal: Signal) -> nix::Result<()> {
    i32::try_from(pid).map_or(Err(Errno::ESRCH), |pid| kill(Pid::from_raw(pid), signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_in_every_state() {
        let starting = "41\n/data\n1700000000\n5433\n\n127.0.0.1\n  123 456\nstarting\n";
        assert_eq!(
            PidFile::parse(starting),
            Some(PidFile {
                pid: 41,
                port: 5433,
                ready: false
            })
        );
        assert!(
            PidFile::parse(&starting.replace("starting", "ready   "))
                .unwrap()
                .ready
        );
        assert_eq!(PidFile::parse("41\n/data\n"), None);
    }
}
