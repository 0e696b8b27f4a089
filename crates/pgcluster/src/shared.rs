//! One throw-away cluster for many short-lived processes: the tests of a workspace.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::cluster::{Cluster, Options};
use crate::data::{Access, Layout};
use crate::error::{Error, at};
use crate::pidfile::PidFile;
use crate::probe;
use crate::watchdog::stop_when_idle;

/// Access to the cluster in `dir`, which is begun anew unless another process has it running.
///
/// It outlives the caller and stops by itself five minutes after the last process that asked for
/// it has ended; `INT` to the process named on the first line of `data/postmaster.pid` stops it sooner.
pub fn shared(dir: &Path, options: &Options) -> Result<Access, Error> {
    let layout = Layout::new(dir)?;
    let lock = layout.lock()?;
    lock.lock().map_err(at("lock", &layout.dir))?;
    let used = layout.dir.join("last-used");
    // Written before looking, so that the cluster cannot fall idle in between.
    fs::write(&used, "").map_err(at("write", &used))?;
    let access = running(&layout).map_or_else(|| begin(layout, options, &used), Ok)?;
    File::unlock(&lock).map_err(at("unlock", dir))?;
    keep_in_use(used);
    Ok(access)
}

/// Says once a minute that the cluster is still wanted, for as long as this process lives.
fn keep_in_use(used: PathBuf) {
    thread::spawn(move || {
        while fs::write(&used, "").is_ok() {
            thread::sleep(Duration::from_mins(1));
        }
    });
}

fn running(layout: &Layout) -> Option<Access> {
    let found = PidFile::read(&layout.data())?;
    let up = found.ready && found.is_alive() && probe::accepts(found.port);
    up.then(|| layout.password().ok())
        .flatten()
        .map(|password| Access::new(found.port, password))
}

fn begin(layout: Layout, options: &Options, used: &Path) -> Result<Access, Error> {
    if let Some(found) = PidFile::read(&layout.data()).filter(|found| found.is_server_of(&layout.data())) {
        // Stopping or starting at this moment; whatever it holds is not wanted any more.
        let _ = found.signal(nix::sys::signal::Signal::SIGKILL);
    }
    layout.wipe()?;
    let (pid, access) = Cluster::launch(layout, options, None)?.leave_running();
    stop_when_idle(pid, used).map_err(|source| Error::Run {
        program: "/bin/sh".to_owned(),
        source,
    })?;
    Ok(access)
}
