//! Sends signed events to real servers while they and their databases are killed and stopped, and
//! then compares what was acknowledged with what is stored. Fails when anything is lost or doubled.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use bench::chaos::{
    check::Verdict,
    drill::{Outcome, RATIO, Settings, run},
    sabotage::Sabotage,
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
    /// How long events are sent.
    #[arg(long, default_value_t = 5.0, value_name = "N")]
    minutes: f64,
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
    let settings = Settings {
        server: args.server,
        dir: args.dir,
        keep: args.keep,
        rate: args.rate,
        length: Duration::from_secs_f64(args.minutes * 60.0),
        grace: Duration::from_secs(args.grace),
        kills: args.kills,
        stops: args.stops,
        servers: args.servers,
        tenants: args.tenants.max(2),
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1_000_000)),
        sabotage: args.sabotage,
    };
    let outcome = run(&settings).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&outcome)?);
    } else {
        print(&outcome);
    }
    let right = outcome.last().is_clean() && outcome.given_up == 0;
    Ok(if right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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
