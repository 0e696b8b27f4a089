//! The command line of the simulator.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use clap::Parser;
use simulator::{Simulator, config::Config, persist, serve, world::World};
use tokio::runtime::Handle;
use tracing_subscriber::EnvFilter;

/// Stands in for Meta: Graph API, signed webhooks, and a phone to write as a customer.
#[derive(Parser)]
struct Arguments {
    /// Port to listen on; 0 takes any free one.
    #[arg(long, env = "SIMULATOR_PORT", default_value_t = 4010)]
    port: u16,
    /// Address to listen on.
    #[arg(long, env = "SIMULATOR_HOST", default_value = "127.0.0.1")]
    host: String,
    /// JSON file with the callback URL and the lines.
    #[arg(long, env = "SIMULATOR_CONFIG")]
    config: Option<PathBuf>,
    /// File that keeps lines and chats between runs.
    #[arg(long, env = "SIMULATOR_STATE_FILE")]
    state_file: Option<PathBuf>,
    /// File to write once requests are served: `{"url", "port", "pid"}`.
    #[arg(long, env = "SIMULATOR_READY_FILE")]
    ready_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let config = match &arguments.config {
        Some(path) => read_config(path)?,
        None => Config::default(),
    };
    let world = match &arguments.state_file {
        Some(path) => persist::load(path).context("the state file is unreadable")?,
        None => World::default(),
    };
    let http = whatsapp::client::http_client()?;
    let simulator = Simulator::new(config, world, http, Handle::current());
    let (server, address) = serve(Arc::clone(&simulator), &arguments.host, arguments.port)
        .with_context(|| format!("cannot listen on {}:{}", arguments.host, arguments.port))?;
    let server = tokio::spawn(server);
    if let Some(path) = arguments.state_file.clone() {
        let simulator = Arc::clone(&simulator);
        tokio::spawn(async move { persist::keep(&simulator, &path).await });
    }
    let url = format!("http://{address}");
    tracing::info!(%url, "the phone is ready");
    if let Some(path) = &arguments.ready_file {
        let ready = serde_json::json!({"url": url, "port": address.port(), "pid": std::process::id()});
        persist::replace(path, ready.to_string().as_bytes()).context("cannot write the ready file")?;
    }
    server.await??;
    if let Some(path) = &arguments.state_file {
        persist::save(&simulator, path).context("cannot write the state file")?;
    }
    Ok(())
}

fn read_config(path: &PathBuf) -> anyhow::Result<Config> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    serde_json::from_str(&text).with_context(|| format!("{name} is not a valid configuration"))
}
