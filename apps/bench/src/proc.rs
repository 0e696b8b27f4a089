//! CPU time and memory of processes, from `/proc`.
//!
//! A tree's CPU is what its root used, what the root has reaped (`cutime`, `cstime`: backends
//! that ended), and what its living children used. A backend that ends between two looks moves
//! from the third to the second, so nothing is counted twice or lost.

use std::{fs, sync::OnceLock, time::Duration};

use nix::unistd::{SysconfVar, sysconf};

struct Stat {
    parent: u32,
    own: u64,
    reaped: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in the second field may hold anything but ends at the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        reaped: number(13)? + number(14)?,
    })
}

/// CPU time that `root` and its children, living and ended, have used so far.
pub fn tree_cpu(root: u32) -> Duration {
    let children = children(root);
    let living: u64 = children
        .iter()
        .filter_map(|pid| stat(*pid))
        .map(|stat| stat.own + stat.reaped)
        .sum();
    let own = stat(root).map_or(0, |stat| stat.own + stat.reaped);
    ticks(own + living)
}

/// CPU time of one process alone.
pub fn cpu(pid: u32) -> Duration {
    ticks(stat(pid).map_or(0, |stat| stat.own))
}

/// This process's own CPU time.
pub fn own_cpu() -> Duration {
    cpu(std::process::id())
}

fn ticks(count: u64) -> Duration {
    static PER_SECOND: OnceLock<u64> = OnceLock::new();
    let per_second = PER_SECOND.get_or_init(|| {
        let known = sysconf(SysconfVar::CLK_TCK).ok().flatten();
        known.and_then(|ticks| u64::try_from(ticks).ok()).unwrap_or(100)
    });
    Duration::from_micros(count * 1_000_000 / per_second)
}

fn children(root: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| stat(*pid).is_some_and(|stat| stat.parent == root))
        .collect()
}

/// Resident memory of a process in bytes, now and at its highest.
pub fn resident(pid: u32) -> (u64, u64) {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    (kilobytes(&text, "VmRSS:"), kilobytes(&text, "VmHWM:"))
}

/// Lets the highest resident memory of a process count from now on.
pub fn reset_peak(pid: u32) {
    // Where it is not allowed the peak counts from the start, which is never too low.
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

/// Proportional memory of a process and its children in bytes: shared pages are counted once.
pub fn tree_pss(root: u32) -> u64 {
    let all = children(root).into_iter().chain([root]);
    all.map(|pid| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        kilobytes(&text, "Pss:")
    })
    .sum()
}

fn kilobytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or_default() * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_ended_still_counts() {
        let me = std::process::id();
        let before = tree_cpu(me);
        let mut burner = std::process::Command::new("sh")
            .args(["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"])
            .spawn()
            .unwrap();
        burner.wait().unwrap();
        assert!(tree_cpu(me) > before);
        assert!(resident(me).0 > 0);
    }
}
