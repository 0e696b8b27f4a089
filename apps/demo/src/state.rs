//! What the demo remembers between runs: its secrets, and which steps are done.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::PathBuf;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::home::{Home, write_private};
use crate::plan;

/// Random at the first run, the same ever after.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    pub(crate) master_key: String,
    pub(crate) jwt_secret: String,
    pub(crate) verify_token: String,
    /// App secret and access token of each line, by phone number id.
    pub(crate) lines: BTreeMap<String, LineSecrets>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LineSecrets {
    pub(crate) app_secret: String,
    pub(crate) token: String,
}

impl Secrets {
    pub(crate) fn load(home: &Home) -> anyhow::Result<Self> {
        let path = home.dir().join("secrets.json");
        if let Some(secrets) = read(&path)? {
            return Ok(secrets);
        }
        let shared = pgcluster::random_hex(16)?;
        let mut lines = BTreeMap::new();
        for line in plan::TENANTS.iter().flat_map(|tenant| tenant.lines) {
            let app_secret = if line.shared_app {
                shared.clone()
            } else {
                pgcluster::random_hex(16)?
            };
            let token = format!("EAA{}", pgcluster::random_hex(24)?);
            lines.insert(line.phone_number_id.to_owned(), LineSecrets { app_secret, token });
        }
        let secrets = Self {
            master_key: pgcluster::random_hex(32)?,
            jwt_secret: pgcluster::random_hex(32)?,
            verify_token: pgcluster::random_hex(12)?,
            lines,
        };
        write_private(&path, &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }

    pub(crate) fn line(&self, line: &plan::Line) -> anyhow::Result<&LineSecrets> {
        let found = self.lines.get(line.phone_number_id);
        found.context("the demo's lines have changed since its first run: start over with --reset")
    }
}

/// The steps that are done, each with what it answered.
pub(crate) struct State {
    path: PathBuf,
    steps: BTreeMap<String, Value>,
}

impl State {
    /// `anew` forgets what an earlier run did, as the databases have.
    pub(crate) fn load(home: &Home, anew: bool) -> anyhow::Result<Self> {
        let path = home.dir().join("state.json");
        if anew {
            let _ = fs::remove_file(&path);
            let _ = fs::remove_file(home.dir().join("simulator-state.json"));
        }
        Ok(Self {
            steps: read(&path)?.unwrap_or_default(),
            path,
        })
    }

    /// What `work` answered, at this run or an earlier one: a step is done once.
    pub(crate) async fn once(
        &mut self,
        step: &str,
        work: impl Future<Output = anyhow::Result<Value>>,
    ) -> anyhow::Result<Value> {
        if let Some(answer) = self.steps.get(step) {
            return Ok(answer.clone());
        }
        let answer = work.await?;
        self.steps.insert(step.to_owned(), answer.clone());
        write_private(&self.path, &serde_json::to_string_pretty(&self.steps)?)?;
        Ok(answer)
    }
}

fn read<T: DeserializeOwned>(path: &PathBuf) -> anyhow::Result<Option<T>> {
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let value = serde_json::from_str(&text);
    value
        .map(Some)
        .with_context(|| format!("{} is damaged: start over with --reset", path.display()))
}
