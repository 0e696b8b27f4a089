//! The server: reads the configuration, starts the engine, serves HTTP.

use anyhow::Context;
use api::{app::App, config::Config, server, telemetry};

/// The main runtime drives databases and what runs by itself; requests have threads
/// of their own. A thread for every four cores: a second one on a small machine
/// mostly wakes the first, which costs a single webhook more than it helps.
fn main() -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.div_ceil(4))
        .enable_all()
        .build()
        .context("the runtime cannot start")?
        .block_on(serve())
}

async fn serve() -> anyhow::Result<()> {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            // Before logging is set up, and for a person at a terminal.
            eprintln!("centralita cannot start: {error}");
            std::process::exit(2);
        }
    };
    telemetry::init(&config);
    let metrics = telemetry::metrics().context("metrics cannot be set up")?;
    let app = App::start(&config, Some(metrics))
        .await
        .context("the engine cannot start")?;
    server::run(&config, app).await.context("the server stopped")
}
