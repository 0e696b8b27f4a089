//! How quick the desk is in a browser, which a script beside the web application measures.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::{
    provision::{PASSWORD, Tenant},
    sending::simulator,
};

/// The longest that the desk may take until it is usable, in milliseconds.
pub const OPEN_MS: f64 = 1_500.0;
/// The longest from the webhook's `200` to the screen.
pub const ARRIVES_MS: f64 = 300.0;

/// Where the web application is, and how often it is opened.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its folder, with a build in `dist`.
    pub web: PathBuf,
    /// How often.
    pub rounds: u32,
}

/// Milliseconds of each round, as the script prints them.
#[derive(Debug, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to the printed names")]
pub struct DeskFigures {
    open_ms: Vec<f64>,
    thread_ms: Vec<f64>,
    sending_to_screen_ms: Vec<f64>,
    answer_to_screen_ms: Vec<f64>,
}

impl Desk {
    /// The built files, which the server hands out.
    pub fn files(&self) -> anyhow::Result<PathBuf> {
        let files = self.web.join("dist");
        files
            .canonicalize()
            .with_context(|| format!("{} is missing: npm run build makes it", files.display()))
    }

    /// Opens the desk of `tenant` at `port`, whose customers write through the simulator.
    pub async fn measure(&self, tenant: &Tenant, port: u16, simulator: u16) -> anyhow::Result<DeskFigures> {
        let email = tenant.admin.as_deref().context("the tenant has an admin")?;
        let ran = Command::new("node")
            .arg(Path::new("bench/desk.mjs"))
            .current_dir(&self.web)
            .env("DESK_URL", format!("http://127.0.0.1:{port}"))
            .env("DESK_EMAIL", email)
            .env("DESK_PASSWORD", PASSWORD)
            .env("DESK_LINE", &tenant.line.phone_number_id)
            .env("DESK_ROUNDS", self.rounds.to_string())
            .env("SIMULATOR_URL", simulator::url(simulator))
            .output()
            .await
            .context("node could not be run")?;
        ensure!(
            ran.status.success(),
            "the desk could not be measured: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        Ok(serde_json::from_slice(&ran.stdout)?)
    }
}

/// The middle one, and the highest.
fn spread(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
    (middle, sorted.last().copied().unwrap_or(f64::NAN))
}

impl DeskFigures {
    fn rows(&self) -> [(&'static str, (f64, f64), Option<f64>); 4] {
        [
            ("the inbox, opened cold", spread(&self.open_ms), Some(OPEN_MS)),
            ("a thread, opened cold", spread(&self.thread_ms), Some(OPEN_MS)),
            (
                "a message on the screen, from its 200",
                spread(&self.answer_to_screen_ms),
                Some(ARRIVES_MS),
            ),
            (
                "the same, from its sending",
                spread(&self.sending_to_screen_ms),
                None,
            ),
        ]
    }

    /// Whether even the slowest round was quick enough.
    pub fn holds(&self) -> bool {
        self.rows()
            .iter()
            .all(|(_, (_, highest), goal)| goal.is_none_or(|goal| *highest < goal))
    }

    /// As lines of a table.
    pub fn table(&self) -> String {
        let line = |(name, (middle, highest), goal): (&str, (f64, f64), Option<f64>)| {
            let verdict = match goal {
                None => "",
                Some(goal) if highest < goal => "met",
                Some(_) => "MISSED",
            };
            format!("  {verdict:<6}  {name:<44} p50 {middle:>7.1} ms   max {highest:>7.1} ms\n")
        };
        self.rows().map(line).concat()
    }
}
