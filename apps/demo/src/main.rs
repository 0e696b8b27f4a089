//! The whole product on this machine, with data to look at: one command, Ctrl-C to end.
//!
//! It is an operator with a script, not a part of the product: it runs a private PostgreSQL,
//! uses `provision` as the runbook says, starts `simulator` and `api` as processes, and talks
//! to them over HTTP. It links none of the product's crates.

mod banner;
mod child;
mod databases;
mod home;
mod http;
mod plan;
mod progress;
mod provision;
mod register;
mod seed;
mod site;
mod state;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::home::Home;
use crate::site::Site;

/// Runs Centralita with two sample tenants, a private PostgreSQL and a stand-in for Meta.
#[derive(Debug, Parser)]
#[command(name = "scripts/demo")]
pub(crate) struct Args {
    /// Start over: forget every change made in the demo.
    #[arg(long)]
    reset: bool,
    /// The port of the API and the web; 3000, or the next free one, unless given.
    #[arg(long)]
    port: Option<u16>,
    /// The checkout's top folder.
    #[arg(long, default_value = ".", hide = true)]
    root: PathBuf,
    /// Where the demo keeps its data.
    #[arg(long, env = "CENTRALITA_DEMO_DIR", hide = true)]
    dir: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nscripts/demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    let home = Home::open(&args)?;
    let mut site = Site::default();
    let outcome = tokio::select! {
        biased;
        asked = asked_to_stop() => asked,
        ended = serve(&args, &home, &mut site) => ended,
    };
    eprintln!("\nStopping…");
    home.withdraw_report();
    let stopped = site.stop().await;
    outcome.and(stopped)
}

/// Brings everything up, says where to look, and returns only when a part has failed.
async fn serve(args: &Args, home: &Home, site: &mut Site) -> anyhow::Result<()> {
    let report = site::bring_up(args, home, site).await?;
    home.publish_report(&report)?;
    banner::print(&report, home);
    site.first_failure().await
}

async fn asked_to_stop() -> anyhow::Result<()> {
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}
