//! Sends signed events to real servers while they and their databases are killed and stopped, and
//! then compares what was acknowledged with what is stored. Then a team sends messages while servers
//! are killed and Meta fails, and what Meta took is compared with what is shown. Fails when anything is
//! lost, doubled or untrue.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use bench::{
    chaos::{
        check::Verdict,
        drill::{Outcome, RATIO, Settings, run},
        sabotage::Sabotage,
    },
    sending,
};
use clap::Parser;

/// Sends signed events while servers are killed and databases are stopped; every acknowledged
/// event must be stored exactly once.
#[derive(Parser, Debug)]
#[command(name = "chaos")]
struct Args {
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// How long events are sent, 2 minutes if not said; 0 leaves that part out.
    #[arg(long, value_name = "N")]
    minutes: Option<f64>,
    /// Messages that the team sends, 5000 if not said; 0 leaves that part out.
    #[arg(long, value_name = "N")]
    sends: Option<usize>,
    /// Half a minute of events and 500 messages, unless something else is said.
    #[arg(long)]
    quick: bool,
    /// Events a second.
    #[arg(long, default_value_t = 500)]
    rate: u32,
    /// Faults and events are drawn from it.
    #[arg(long)]
    seed: Option<u64>,
    /// How often a server is killed.
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// How often a database server is stopped at once, the long outage not counted.
    #[arg(long, default_value_t = 6)]
    stops: usize,
    /// Servers, killed in turn.
    #[arg(long, default_value_t = 1)]
    servers: usize,
    /// Tenants, half of them on each of two database servers.
    #[arg(long, default_value_t = 8)]
    tenants: usize,
    /// Seconds that repeated deliveries, and then the servers' own catching up, may take at the end.
    #[arg(long, default_value_t = 180, value_name = "S")]
    grace: u64,
    /// Spoil what is stored, to see that the check tells.
    #[arg(long, value_delimiter = ',')]
    sabotage: Vec<Sabotage>,
    /// The server's program.
    #[arg(long, env = "BENCH_SERVER", value_name = "FILE")]
    server: PathBuf,
    /// Where databases and logs are put.
    #[arg(long, default_value = "target/bench", value_name = "DIR")]
    dir: PathBuf,
    /// Leave databases and logs there.
    #[arg(long)]
    keep: bool,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let events = if args.minutes() > 0.0 {
        Some(run(&args.settings(seed)).await?)
    } else {
        None
    };
    let sends = if args.sends() > 0 {
        Some(sending::drill::run(&args.sending(seed)).await?)
    } else {
        None
    };
    let events_right = events
        .as_ref()
        .is_none_or(|events| events.last().is_clean() && events.given_up == 0);
    let sends_right = sends.as_ref().is_none_or(sending::drill::Outcome::is_clean);
    if args.json {
        let both = serde_json::json!({ "events": events, "sends": sends });
        println!("{}", serde_json::to_string_pretty(&both)?);
    } else {
        events.iter().for_each(print);
        sends.iter().for_each(print_sends);
    }
    Ok(if events_right && sends_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Args {
    fn minutes(&self) -> f64 {
        self.minutes.unwrap_or(if self.quick { 0.5 } else { 2.0 })
    }

    fn sends(&self) -> usize {
        self.sends.unwrap_or(if self.quick { 500 } else { 5_000 })
    }

    fn settings(&self, seed: u64) -> Settings {
        Settings {
            server: self.server.clone(),
            dir: self.dir.clone(),
            keep: self.keep,
            rate: self.rate,
            length: Duration::from_secs_f64(self.minutes() * 60.0),
            grace: Duration::from_secs(self.grace),
            kills: self.kills,
            stops: self.stops,
            servers: self.servers,
            tenants: self.tenants.max(2),
            seed,
            sabotage: self.sabotage.clone(),
        }
    }

    fn sending(&self, seed: u64) -> sending::drill::Settings {
        sending::drill::Settings {
            server: self.server.clone(),
            dir: self.dir.clone(),
            keep: self.keep,
            sends: self.sends(),
            tenants: 4,
            kill_every: Duration::from_secs(3),
            seed,
        }
    }
}

fn print_sends(outcome: &sending::drill::Outcome) {
    let verdict = &outcome.verdict;
    println!(
        "seed {}: {} messages in {:.0} s, {} requests sent again, {} kills of a server ({} more ended by themselves)",
        outcome.seed,
        verdict.messages,
        outcome.writing_seconds,
        outcome.repeated_requests,
        outcome.kills,
        outcome.ended
    );
    println!("what Meta did: {}", outcome.faults);
    println!(
        "at rest after {:.0} s; at most {} a second on a line; {} reports sent again since all had been lost",
        outcome.resting_seconds, outcome.most_in_a_second, outcome.reported_again
    );
    let rows = [
        ("taken by Meta", verdict.accepted),
        ("shown as accepted", verdict.shown_accepted),
        ("shown as failed", verdict.shown_failed),
        ("not confirmed, never taken", verdict.unknown),
        ("  taken, reported, not shown", verdict.unknown_taken),
        ("  taken twice", verdict.taken_twice),
        ("  lost", verdict.lost),
        (
            "  not written, or twice",
            usize::try_from(verdict.foreign).unwrap_or_default(),
        ),
        ("  shown as accepted, not taken", verdict.claimed),
        ("  shown as failed, but taken", verdict.denied),
        ("  still waiting", verdict.waiting),
    ];
    for (what, count) in rows {
        println!("{what:<32} {count:>9}");
    }
    for example in outcome.at_rest.examples.iter().chain(&verdict.examples) {
        println!("  {example}");
    }
    let word = if outcome.is_clean() {
        "Nothing twice, nothing untrue."
    } else {
        "FAILED"
    };
    println!("{word}");
}

fn print(outcome: &Outcome) {
    let verdict = outcome.last();
    println!(
        "seed {}: {} events in {:.0} s, {} acknowledged, in {} webhooks ({} with several)",
        outcome.seed,
        outcome.events,
        outcome.seconds,
        outcome.acknowledged,
        outcome.webhooks,
        outcome.batches
    );
    println!(
        "{} deliveries: {} answered otherwise, {} broken off, {} duplicates of acknowledged ones, {} held back, {} given up",
        outcome.deliveries,
        outcome.refused,
        outcome.broken,
        outcome.duplicates,
        outcome.reordered,
        outcome.given_up
    );
    println!(
        "{} kills of a server ({} more ended by themselves), {} immediate stops of a database server",
        outcome.kills, outcome.ended, outcome.stops
    );
    if let (Some(calm), Some(outage), Some(ratio)) = (outcome.calm_p99, outcome.outage_p99, outcome.p99_ratio)
    {
        let word = if ratio <= RATIO { "met" } else { "MISSED" };
        println!(
            "others' p99: {calm:.1} ms calm, {outage:.1} ms in the outage of {:.0} s: {ratio:.2}x (goal {RATIO:.1}: {word})",
            outcome.outage_seconds
        );
    }
    println!("everything checked after {:.1} s", outcome.drained_seconds);
    print_verdict(verdict);
    let clean = verdict.is_clean() && outcome.given_up == 0;
    println!(
        "{}",
        if clean {
            "Nothing lost, nothing doubled."
        } else {
            "FAILED"
        }
    );
}

fn print_verdict(verdict: &Verdict) {
    let rows = [
        ("acknowledged messages", verdict.messages.to_string()),
        ("  lost", verdict.lost.to_string()),
        ("  doubled", verdict.doubled.to_string()),
        ("  never sent, or altered", verdict.foreign.to_string()),
        ("acknowledged statuses", verdict.statuses.to_string()),
        ("  not shown", verdict.statuses_lost.to_string()),
        ("  never sent", verdict.statuses_foreign.to_string()),
        ("events of the databases", verdict.events.to_string()),
        ("  numbers missing", verdict.event_gaps.to_string()),
        ("  messages told not once", verdict.events_wrong.to_string()),
        ("conversations wrong", verdict.conversations_wrong.to_string()),
        ("orphans whose message is there", verdict.orphans.to_string()),
        ("dead letters", verdict.dead_letters.to_string()),
        ("still in the spool", verdict.spooled.to_string()),
    ];
    for (what, count) in rows {
        println!("{what:<32} {count:>9}");
    }
    for example in &verdict.examples {
        println!("  {example}");
    }
}
