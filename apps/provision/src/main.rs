//! Sets Centralita up from a terminal: migrations, tenants, first users, lines.
//!
//! Every command may be run again; what is there already is left as it is.
//! Exit status: 0 done, 1 failed, 2 used wrongly.

mod args;
mod command;
mod doctor;
mod outcome;
mod platform;
mod progress;

use std::process::ExitCode;

use chrono::Utc;
use clap::Parser;
use tracing_subscriber::EnvFilter;

use self::{args::Cli, outcome::Failure};

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("error")))
        .with_writer(std::io::stderr)
        .init();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) if std::env::args().any(|arg| arg == "--json") => {
            let text = error.render().to_string();
            let sentence = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            return outcome::fail(true, &Failure::Usage(sentence.to_owned()));
        }
        Err(error) => error.exit(),
    };
    let json = cli.global.json;
    #[expect(
        clippy::disallowed_methods,
        reason = "a program reads the clock once and passes it on"
    )]
    let now = Utc::now();
    match command::run(cli, now).await {
        Ok(report) => outcome::print(json, &report),
        Err(failure) => outcome::fail(json, &failure),
    }
}
