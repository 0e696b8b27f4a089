//! Ends a process when its owner is gone, however the owner went.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A small shell that waits for our end of a pipe to close and then signals a process.
///
/// The kernel closes the pipe when we die, even of `SIGKILL`. Dropping the watchdog calls it
/// off without a signal: drop it only once the process it guards has ended.
#[derive(Debug)]
pub struct Watchdog {
    shell: Child,
    _pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Sends `signal` (such as `INT`) to the process `pid` when this process ends.
    pub fn over(pid: u32, signal: &str) -> io::Result<Self> {
        let mut shell = quiet_shell(r#"read -r _; kill -"$2" "$1""#)
            .args([pid.to_string().as_str(), signal])
            .stdin(Stdio::piped())
            .spawn()?;
        let pipe = shell.stdin.take();
        Ok(Self { shell, _pipe: pipe })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Either fails only if the shell is gone already, which is what is wanted.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

/// Sends `INT` to `pid` once nobody has touched `file` for five minutes, or it is gone.
/// Outlives this process: for a server that several short-lived processes share.
pub(crate) fn stop_when_idle(pid: u32, file: &std::path::Path) -> io::Result<()> {
    let script = r#"while sleep 15; do
        kill -0 "$1" || exit 0
        if [ -z "$(find "$2" -mmin -5)" ]; then kill -INT "$1"; exit 0; fi
    done"#;
    quiet_shell(script)
        .arg(pid.to_string())
        .arg(file)
        .stdin(Stdio::null())
        .spawn()
        .map(drop)
}

/// A shell in a process group of its own, so that Ctrl-C at the terminal passes it by.
fn quiet_shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", script, "sh"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        .process_group(0);
    command
}
