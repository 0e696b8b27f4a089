//! The folder that a run works in, and the clusters below it.

use std::path::{Path, PathBuf};

use anyhow::Context;
use pgcluster::{Cluster, Options, Source};

/// A folder of the run's own, removed with all that is in it when dropped.
pub struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// Makes an empty folder below `base`.
    pub fn create(base: &Path, name: &str, keep: bool) -> anyhow::Result<Self> {
        let path = base.join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let path = path.canonicalize()?;
        Ok(Self { path, keep })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How clusters here are run: durable as in production, with room for the tenants' pools.
    pub fn options(&self) -> anyhow::Result<Options> {
        let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Ok(Options {
            max_connections: 1200,
            source: Source::from_env()?,
            cache: self.path.parent().map(|base| base.join("pg-bin")),
            settings: vec![
                setting("shared_buffers", "256MB"),
                setting("max_wal_size", "4GB"),
                // With hundreds of databases, looking at every file after a crash would take a minute.
                setting("recovery_init_sync_method", "syncfs"),
            ],
            ..Options::durable()
        })
    }

    /// Starts (again) the cluster of this name.
    pub fn cluster(&self, name: &str) -> anyhow::Result<Cluster> {
        Ok(Cluster::start(&self.path.join(name), &self.options()?)?)
    }

    /// Removes a cluster that has been stopped.
    fn remove(&self) {
        let clusters = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in clusters.filter(|entry| entry.path().is_dir()) {
            // Nobody is left to tell.
            let _ = pgcluster::remove(&entry.path());
        }
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            self.remove();
        }
    }
}
