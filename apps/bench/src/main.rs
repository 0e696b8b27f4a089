//! Measures the real server beside its yardsticks, on a Postgres of its own.

mod run;

use std::{path::PathBuf, process::ExitCode};

use bench::{inbox, sending::rate};
use clap::Parser;

/// Measures the server: acknowledged messages a second, CPU of each, latencies, memory, and the
/// same for the plain transaction and the other yardsticks in the same run.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Parser, Debug, Clone)]
#[command(name = "bench")]
pub(crate) struct Args {
    /// Print one JSON document instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// A short run: 1 and 50 tenants, 3 seconds each.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Tenants that get messages, one scenario each.
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub(crate) tenants: Vec<usize>,
    /// Requests in flight, one scenario each.
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub(crate) in_flight: Vec<usize>,
    /// Open loop: messages a second, one scenario each, beside the closed ones.
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    pub(crate) rate: Vec<u32>,
    /// How long each scenario counts.
    #[arg(long, value_name = "S")]
    pub(crate) seconds: Option<f64>,
    /// Every message is from somebody who never wrote before.
    #[arg(long)]
    pub(crate) strangers: bool,
    /// Leave the yardsticks out: figures without ratios.
    #[arg(long)]
    pub(crate) no_yardsticks: bool,
    /// Only this: how fast a line sends at Meta's speeds, `--seconds` each (10).
    #[arg(long)]
    pub(crate) sending: bool,
    /// Only this: how long the list, threads and search of a large tenant take.
    #[arg(long)]
    pub(crate) inbox: bool,
    /// With `--inbox`: its conversations.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub(crate) conversations: u32,
    /// With `--inbox`: its messages.
    #[arg(long, default_value_t = 2_000_000, value_name = "N")]
    pub(crate) messages: u32,
    /// With `--inbox`: how often each question is asked.
    #[arg(long, default_value_t = 400, value_name = "N")]
    pub(crate) rounds: u32,
    /// With `--inbox`: open it in a browser as well, from the web application built in this folder.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "apps/web")]
    pub(crate) desk: Option<PathBuf>,
    /// Fail when a goal is missed.
    #[arg(long)]
    pub(crate) check: bool,
    /// The server's program.
    #[arg(long, env = "BENCH_SERVER", value_name = "FILE")]
    pub(crate) server: PathBuf,
    /// Where the databases are put.
    #[arg(long, default_value = "target/bench", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Leave databases and logs there.
    #[arg(long)]
    pub(crate) keep: bool,
}

/// How often the desk is opened in a browser.
const DESK_ROUNDS: u32 = 20;

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if args.sending {
        return sending(&args).await;
    }
    if args.inbox {
        return inbox(&args).await;
    }
    let report = run::run(&args).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", report.table());
    }
    let missed = report.goals.iter().any(|goal| !goal.met);
    Ok(if args.check && missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn sending(args: &Args) -> anyhow::Result<ExitCode> {
    // Whole seconds, and few.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "see above"
    )]
    let seconds = args.seconds.unwrap_or(10.0).clamp(2.0, 600.0) as u64;
    let rates = rate::measure(&rate::Settings {
        server: args.server.clone(),
        dir: args.dir.clone(),
        keep: args.keep,
        seconds,
    })
    .await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rates)?);
    } else {
        print!("{}", rate::table(&rates)?);
    }
    let missed = rates.iter().any(|rate| !rate.holds());
    Ok(if args.check && missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn inbox(args: &Args) -> anyhow::Result<ExitCode> {
    let report = inbox::measure(&inbox::Settings {
        server: args.server.clone(),
        dir: args.dir.clone(),
        keep: args.keep,
        conversations: args.conversations,
        messages: args.messages,
        rounds: args.rounds,
        desk: args.desk.clone().map(|web| inbox::desk::Desk {
            web,
            rounds: DESK_ROUNDS,
        }),
    })
    .await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", report.table());
    }
    Ok(if args.check && !report.holds() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
