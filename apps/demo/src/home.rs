//! The demo's directory: who may use it, what lies where in it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use crate::Args;

/// The directory, ours for as long as this lives.
pub(crate) struct Home {
    dir: PathBuf,
    root: PathBuf,
    _lock: File,
}

impl Home {
    /// Takes the directory, emptied if the demo is to start over.
    pub(crate) fn open(args: &Args) -> anyhow::Result<Self> {
        let root = args
            .root
            .canonicalize()
            .with_context(|| format!("no folder {}", args.root.display()))?;
        let dir = args.dir.clone().unwrap_or_else(|| root.join(".demo"));
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let dir = dir.canonicalize()?;
        let lock =
            File::create(dir.join("lock")).with_context(|| format!("cannot write to {}", dir.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "a demo is already running in {} (its addresses are in demo.json there); stop it with Ctrl-C first",
                dir.display()
            ),
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the demo's folder"),
        }
        let home = Self {
            dir,
            root,
            _lock: lock,
        };
        home.withdraw_report();
        if args.reset {
            home.empty()?;
        }
        fs::create_dir_all(home.logs())?;
        Ok(home)
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.dir.join("pg")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.dir.join("logs")
    }

    /// What customers sent.
    pub(crate) fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// The built web.
    pub(crate) fn web(&self) -> PathBuf {
        self.root.join("apps/web/dist")
    }

    /// Writes `demo.json` so that whoever waits for it never sees half of it.
    pub(crate) fn publish_report(&self, report: &impl Serialize) -> anyhow::Result<()> {
        write_private(&self.report(), &serde_json::to_string_pretty(report)?)
    }

    /// Takes `demo.json` away: it stands for a running demo.
    pub(crate) fn withdraw_report(&self) {
        // It may never have been written.
        let _ = fs::remove_file(self.report());
    }

    fn report(&self) -> PathBuf {
        self.dir.join("demo.json")
    }

    /// Removes everything but fetched server binaries, which are the same every time.
    fn empty(&self) -> anyhow::Result<()> {
        pgcluster::remove(&self.postgres())?;
        for name in [
            "secrets.json",
            "state.json",
            "simulator.json",
            "simulator-ready.json",
            "simulator-state.json",
        ] {
            let _ = fs::remove_file(self.dir.join(name));
        }
        let _ = fs::remove_dir_all(self.logs());
        Ok(())
    }
}

/// Writes a file only its owner can read, by way of a new one beside it.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let aside = path.with_extension("new");
    let _ = fs::remove_file(&aside);
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&aside);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&aside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
