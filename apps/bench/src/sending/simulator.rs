//! The simulator as a process of its own, and what it is asked and told.

use std::{
    collections::HashMap,
    fs::OpenOptions,
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use crypto::{ExposeSecret, SecretString};
use pgcluster::Watchdog;
use serde_json::{Value, json};
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::{
    http::Connection,
    provision::{self, Tenant},
};

/// How long it may take to answer.
const READY: Duration = Duration::from_secs(20);

/// A running simulator. Killed when dropped, and when this process ends.
pub struct Simulator {
    port: u16,
    _child: Child,
    _watchdog: Watchdog,
}

/// Where it will listen: servers are told before it runs, and it is told of them.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The base URL of a Meta on this port.
pub fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

impl Simulator {
    /// Starts it with the tenants' lines; its webhooks go to the server on `callback`.
    pub async fn start(
        program: &Path,
        dir: &Path,
        port: u16,
        callback: u16,
        tenants: &[Tenant],
        app_secret: &SecretString,
    ) -> anyhow::Result<Self> {
        let lines: Vec<Value> = tenants
            .iter()
            .map(|tenant| {
                let line = &tenant.line;
                json!({
                    "phone_number_id": line.phone_number_id, "waba_id": line.waba_id,
                    "display_phone_number": line.number, "verified_name": tenant.slug,
                    "token": provision::token(&line.phone_number_id),
                    "app_secret": app_secret.expose_secret(),
                })
            })
            .collect();
        let config = json!({
            "callback_url": format!("http://127.0.0.1:{callback}/webhook"),
            "lines": lines,
            "timing": { "status_min_ms": 20, "status_max_ms": 400, "retry_ms": 200 },
        });
        let path = dir.join("simulator.json");
        std::fs::write(&path, config.to_string())?;
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(dir.join("simulator.log"))?;
        let child = Command::new(program)
            .args(["--port", &port.to_string(), "--config"])
            .arg(&path)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start the simulator at {}", program.display()))?;
        let pid = child.id().context("the simulator ended at once")?;
        let simulator = Self {
            port,
            _child: child,
            _watchdog: Watchdog::over(pid, "KILL")?,
        };
        let begun = Instant::now();
        while simulator.get("/simulator/lines").await.is_err() {
            if begun.elapsed() > READY {
                bail!("the simulator does not answer");
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(simulator)
    }

    /// Asks it something.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Connection::open(self.port).await?.get(path).await?.json()
    }

    /// Tells it something.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let mut connection = Connection::open(self.port).await?;
        connection.post(path, body.to_string().as_bytes()).await?.json()
    }

    /// How often it accepted each message, by the message's id.
    pub async fn accepted(&self) -> anyhow::Result<HashMap<String, u64>> {
        let sends = self.get("/simulator/sends").await?;
        let mut accepted = HashMap::new();
        for (callback, count) in sends["by_callback"].as_object().into_iter().flatten() {
            let message = callback.split(':').nth(1).context("a send that is not ours")?;
            *accepted.entry(message.to_owned()).or_default() += count.as_u64().unwrap_or_default();
        }
        Ok(accepted)
    }

    /// Meta's id of a message that was accepted, by the message's own.
    pub async fn wamid(&self, line: &str, phone: &str, message: &str) -> anyhow::Result<Option<String>> {
        let path = format!("/simulator/chats?phone_number_id={line}&from={phone}");
        let chat = self.get(&path).await?;
        let ours = |bubble: &&Value| {
            let callback = bubble["callback_data"].as_str().unwrap_or_default();
            callback.split(':').nth(1) == Some(message)
        };
        let found = chat["messages"].as_array().into_iter().flatten().find(ours);
        Ok(found.and_then(|bubble| Some(bubble["wamid"].as_str()?.to_owned())))
    }
}
