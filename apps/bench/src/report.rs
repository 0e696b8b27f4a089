//! The figures of a run, for people and for programs, with their ratios and the goals.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{figures::Spread, machine::Machine, pgbench::Reached, plain::Bulk, scenario::Outcome};

/// Everything that a run found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What it ran on.
    pub machine: Machine,
    /// Seconds that each scenario counted.
    pub seconds: f64,
    /// The scenarios.
    pub rows: Vec<Row>,
    /// One multi-row insert, transaction after transaction.
    pub bulk: Option<Bulk>,
    /// Memory with tenants known and idle.
    pub idle: Option<Idle>,
    /// What had to be reached.
    pub goals: Vec<Goal>,
}

/// So many tenants, so many in flight.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Tenants that get messages.
    pub tenants: usize,
    /// Requests in flight; connections at most for an open loop.
    pub in_flight: usize,
    /// Messages a second of an open loop.
    pub rate: Option<u32>,
    /// The server.
    pub server: Outcome,
    /// The server while a browser follows the first tenant's events.
    pub watched: Outcome,
    /// The server with webhooks that hold nothing to store.
    pub handler: Option<Outcome>,
    /// The plain transaction, prepared.
    pub plain: Option<Reached>,
    /// The plain transaction, parsed each time.
    pub plain_simple: Option<Reached>,
    /// The plain transaction of an application that serves all these tenants.
    pub plain_spread: Option<Reached>,
    /// Against the plain transaction, prepared.
    pub ratio: Option<Ratio>,
}

/// The server's figures divided by the plain transaction's.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ratio {
    /// Messages a second.
    pub per_second: f64,
    /// CPU of each.
    pub cpu: f64,
    /// The 99th percentile.
    pub p99: Option<f64>,
}

/// The server at rest.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Idle {
    /// Tenants registered.
    pub tenants: usize,
    /// Resident bytes after the start.
    pub fresh: u64,
    /// Resident bytes after every tenant got a message and nothing more came.
    pub known: u64,
}

/// Something that had to be reached.
#[derive(Debug, Serialize)]
pub struct Goal {
    /// What.
    pub what: String,
    /// How far it got.
    pub reached: f64,
    /// Where it had to get.
    pub wanted: f64,
    /// Whether it did.
    pub met: bool,
}

impl Row {
    /// Puts the ratios in, once the yardstick is there.
    pub fn compare(&mut self) {
        self.ratio = self.plain.map(|plain| Ratio {
            per_second: self.server.per_second / plain.per_second,
            cpu: self.server.cpu.total() / plain.cpu.total(),
            p99: self
                .server
                .acknowledged
                .zip(plain.latency)
                .map(|(ours, theirs)| ours.p99 / theirs.p99),
        });
    }
}

/// The goals that these rows can tell of.
pub fn goals(rows: &[Row], idle: Option<Idle>) -> Vec<Goal> {
    let mut goals = Vec::new();
    let closed = rows.iter().filter(|row| row.rate.is_none());
    for (row, ratio) in closed.filter_map(|row| Some((row, row.ratio?))) {
        let (tenants, in_flight) = (row.tenants, row.in_flight);
        let most = match (tenants, in_flight) {
            (1, 1) => Some(0.75),
            (1, 64) => Some(1.0 / 5.0),
            (1, 256) => Some(1.0 / 6.0),
            _ => None,
        };
        let least = match (tenants, in_flight) {
            (1, 256) => Some(4.5),
            (50, 16) => Some(2.0),
            (50, 64) => Some(3.0),
            (50, 256) => Some(5.0),
            _ => None,
        };
        let at = format!("{tenants} tenants, {in_flight} in flight");
        if let Some(most) = most {
            goals.push(at_most(
                format!("{at}: CPU of a message / the plain transaction's"),
                ratio.cpu,
                most,
            ));
        }
        if let Some(least) = least {
            goals.push(Goal {
                what: format!("{at}: messages a second / the plain transaction's"),
                reached: ratio.per_second,
                wanted: least,
                met: ratio.per_second >= least,
            });
            if let Some(plain) = row.plain_spread {
                let reached = row.server.per_second / plain.per_second;
                goals.push(Goal {
                    what: format!("{at}: messages a second / the plain transaction's of any tenant"),
                    reached,
                    wanted: least,
                    met: reached >= least,
                });
            }
        }
    }
    if let Some(idle) = idle.filter(|idle| idle.tenants >= 500) {
        memory(rows, idle, &mut goals);
    }
    goals
}

fn memory(rows: &[Row], idle: Idle, goals: &mut Vec<Goal>) {
    goals.push(at_most(
        "500 tenants known and idle: MB of the server".to_owned(),
        megabytes(idle.known),
        100.0,
    ));
    let peak = rows
        .iter()
        .filter(|row| row.tenants >= 500)
        .map(|row| row.server.server_peak)
        .max();
    if let Some(peak) = peak {
        goals.push(at_most(
            "500 tenants under load: MB of the server".to_owned(),
            megabytes(peak),
            150.0,
        ));
    }
}

fn at_most(what: String, reached: f64, wanted: f64) -> Goal {
    Goal {
        what,
        reached,
        wanted,
        met: reached <= wanted,
    }
}

fn megabytes(bytes: u64) -> f64 {
    crate::figures::float(bytes) / 1_000_000.0
}

impl Report {
    /// A table for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let machine = &self.machine;
        let fsync = machine.fsync.map_or(0.0, |spread| spread.p50);
        writeln!(
            out,
            "{} cores ({}), kernel {}, PostgreSQL {}, fsync {fsync:.2} ms, load {} before, commit {}",
            machine.cores,
            machine.processor,
            machine.kernel,
            machine.postgres,
            machine.load,
            machine.commit.as_deref().unwrap_or("unknown")
        )?;
        writeln!(
            out,
            "\n{:>7} {:>9} {:<17} {:>8} {:>7} {:>8} {:>8} {:>8} {:>7} {:>16} {:>16} {:>7}",
            "tenants",
            "in flight",
            "what",
            "msg/s",
            "ratio",
            "CPU µs",
            "ratio",
            "app+pg",
            "client",
            "ack p50/p99",
            "socket p50/p99",
            "MB"
        )?;
        for row in &self.rows {
            row.write(out)?;
        }
        if let Some(bulk) = self.bulk {
            writeln!(
                out,
                "\nOne insert of {} rows a transaction: {:.0} rows/s, {:.1} µs of CPU a row",
                bulk.rows, bulk.per_second, bulk.cpu
            )?;
        }
        if let Some(idle) = self.idle {
            writeln!(
                out,
                "Server with {} tenants: {:.0} MB after the start, {:.0} MB known and idle",
                idle.tenants,
                megabytes(idle.fresh),
                megabytes(idle.known)
            )?;
        }
        if !self.goals.is_empty() {
            writeln!(out, "\nGoals")?;
        }
        for goal in &self.goals {
            let word = if goal.met { "met   " } else { "MISSED" };
            writeln!(
                out,
                "  {word} {}: {:.2} (goal {:.2})",
                goal.what, goal.reached, goal.wanted
            )?;
        }
        Ok(())
    }
}

impl Row {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let flight = match self.rate {
            Some(rate) => format!("{rate}/s"),
            None => self.in_flight.to_string(),
        };
        let start = format!("{:>7} {flight:>9}", self.tenants);
        let outcome = |out: &mut String, what: &str, figures: &Outcome| {
            let ratio = |ours: f64, theirs: Option<f64>| {
                theirs.map_or_else(String::new, |theirs| format!("{:.2}x", ours / theirs))
            };
            let plain = self.plain;
            writeln!(
                out,
                "{start} {what:<17} {:>8.0} {:>7} {:>8.0} {:>8} {:>8} {:>7.0} {:>16} {:>16} {:>7.0}",
                figures.per_second,
                ratio(figures.per_second, plain.map(|plain| plain.per_second)),
                figures.cpu.total(),
                ratio(figures.cpu.total(), plain.map(|plain| plain.cpu.total())),
                format!("{:.0}+{:.0}", figures.cpu.application, figures.cpu.postgres),
                figures.cpu.client,
                milliseconds(figures.acknowledged),
                milliseconds(figures.told),
                megabytes(figures.server_peak)
            )
        };
        outcome(out, "server", &self.server)?;
        outcome(out, "server, watched", &self.watched)?;
        if let Some(handler) = &self.handler {
            outcome(out, "handler alone", handler)?;
        }
        let plains = [
            ("plain prepared", self.plain),
            ("plain simple", self.plain_simple),
            ("plain, any tenant", self.plain_spread),
        ];
        for (what, plain) in plains
            .into_iter()
            .filter_map(|(what, plain)| Some((what, plain?)))
        {
            writeln!(
                out,
                "{start} {what:<17} {:>8.0} {:>7} {:>8.0} {:>8} {:>8} {:>7} {:>16}",
                plain.per_second,
                "",
                plain.cpu.total(),
                "",
                format!("{:.0}+{:.0}", plain.cpu.application, plain.cpu.postgres),
                "",
                milliseconds(plain.latency)
            )?;
        }
        let refused = self.server.refused + self.watched.refused;
        if refused > 0 || self.watched.untold > 0 {
            writeln!(
                out,
                "{start} {:<17} {refused} answers other than 200, {} messages the socket did not tell of",
                "", self.watched.untold
            )?;
        }
        Ok(())
    }
}

fn milliseconds(spread: Option<Spread>) -> String {
    spread.map_or_else(String::new, |spread| {
        format!("{:.1}/{:.1}", spread.p50, spread.p99)
    })
}
