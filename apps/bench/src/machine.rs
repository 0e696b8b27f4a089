//! What the figures were measured on.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use pgcluster::Cluster;
use serde::Serialize;

use crate::figures::{Latencies, Spread};

/// Writes of the disk test.
const WRITES: u32 = 200;

/// The machine, the versions, the disk.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Processors that may be used.
    pub cores: usize,
    /// Their model.
    pub processor: String,
    /// The kernel's version.
    pub kernel: String,
    /// Postgres's version.
    pub postgres: String,
    /// The commit that was checked out, if this is a checkout.
    pub commit: Option<String>,
    /// How long it takes to write 8 kB and have it on disk, in milliseconds.
    pub fsync: Option<Spread>,
    /// The load of the last minute before the run: others at work spoil figures.
    pub load: String,
}

impl Machine {
    /// Looks at the machine; `dir` is on the disk that the databases are on.
    pub fn look(cluster: &Cluster, dir: &Path) -> anyhow::Result<Self> {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let processor = read("/proc/cpuinfo").lines().find_map(|line| {
            Some(
                line.strip_prefix("model name")?
                    .split_once(':')?
                    .1
                    .trim()
                    .to_owned(),
            )
        });
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: processor.unwrap_or_default(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            postgres: cluster.version().text.clone(),
            commit: commit(),
            fsync: fsync(dir)?,
            load: read("/proc/loadavg")
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

fn commit() -> Option<String> {
    let answer = Command::new("git")
        .args(["describe", "--always", "--dirty"])
        .output();
    let answer = answer.ok().filter(|answer| answer.status.success())?;
    Some(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

fn fsync(dir: &Path) -> anyhow::Result<Option<Spread>> {
    let path = dir.join("fsync");
    let mut file = File::create(&path)?;
    let block = [7_u8; 8192];
    file.write_all(&block.repeat(64))?;
    file.sync_all()?;
    let mut latencies = Latencies::default();
    let begun = Instant::now();
    for _ in 0..WRITES {
        if begun.elapsed() > Duration::from_secs(5) {
            break;
        }
        let write = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&block)?;
        file.sync_data()?;
        latencies.record(write.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(latencies.summary())
}
