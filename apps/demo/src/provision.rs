//! The operator's path, with the operator's tool.

use std::process::Stdio;

use anyhow::{Context, bail};
use pgcluster::Cluster;
use serde_json::Value;

use crate::child;
use crate::databases::CONTROL;
use crate::plan::{Line, PASSWORD, SUPERADMIN, Tenant};
use crate::state::{LineSecrets, Secrets};

/// `provision`, pointed at this demo.
pub(crate) struct Provision<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) secrets: &'a Secrets,
}

impl Provision<'_> {
    /// Brings the platform's database up to date.
    pub(crate) async fn migrate_control(&self) -> anyhow::Result<Value> {
        self.run(&["control", "migrate"], &[]).await
    }

    /// Brings a tenant's database up to date.
    pub(crate) async fn migrate_tenant(&self, tenant: &Tenant) -> anyhow::Result<Value> {
        self.run(&["tenant", "migrate", &self.cluster.url(tenant.database)], &[])
            .await
    }

    /// The tenant's first user, who exists before the tenant does.
    pub(crate) async fn seed_admin(&self, tenant: &Tenant) -> anyhow::Result<Value> {
        let admin = tenant.users.first().context("the plan names an admin")?;
        let arguments = [
            "seed",
            "admin",
            "--email",
            admin.email,
            "--name",
            admin.name,
            "--password",
            PASSWORD,
        ];
        self.run(
            &arguments,
            &[("TENANT_DB_URL", &self.cluster.url(tenant.database))],
        )
        .await
    }

    /// The platform's operator.
    pub(crate) async fn seed_superadmin(&self) -> anyhow::Result<Value> {
        let (email, name) = SUPERADMIN;
        self.run(
            &[
                "seed",
                "superadmin",
                "--email",
                email,
                "--name",
                name,
                "--password",
                PASSWORD,
            ],
            &[],
        )
        .await
    }

    /// Registers the tenant with its database.
    pub(crate) async fn create_tenant(&self, tenant: &Tenant) -> anyhow::Result<Value> {
        let url = self.cluster.url(tenant.database);
        let arguments = [
            "tenant",
            "create",
            "--name",
            tenant.name,
            "--slug",
            tenant.slug,
            "--database-url",
            &url,
        ];
        self.run(&arguments, &[]).await
    }

    /// Registers one of the tenant's lines.
    pub(crate) async fn add_line(&self, tenant: &Tenant, line: &Line, first: bool) -> anyhow::Result<Value> {
        let LineSecrets { app_secret, token } = self.secrets.line(line)?;
        let mut arguments = vec!["channel", "add", "--tenant", tenant.slug];
        arguments.extend([
            "--phone-number-id",
            line.phone_number_id,
            "--waba-id",
            line.waba_id,
        ]);
        arguments.extend(["--display-name", line.name, "--display-phone-number", line.number]);
        arguments.extend(["--wa-token", token, "--app-secret", app_secret]);
        arguments.extend(["--verify-token", &self.secrets.verify_token]);
        arguments.extend(first.then_some("--default"));
        self.run(&arguments, &[]).await
    }

    async fn run(&self, arguments: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Value> {
        let task = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let mut command = child::program("provision")?;
        command
            .args(arguments)
            .arg("--json")
            .env("CONTROL_DB_URL", self.cluster.url(CONTROL))
            .env("MASTER_KEY", &self.secrets.master_key)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = command
            .output()
            .await
            .with_context(|| format!("cannot run provision {task}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            bail!(
                "provision {task} failed ({}):\n{}\n{}",
                output.status,
                why.trim(),
                said.trim()
            );
        }
        let answer = said.trim();
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(answer).with_context(|| format!("provision {task} answered no JSON: {answer}"))
    }
}
