//! The server: reads the configuration, starts the engine, serves HTTP.

use anyhow::Context;
use api::{app::App, config::Config, server, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
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
