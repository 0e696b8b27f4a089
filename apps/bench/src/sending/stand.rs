//! What a test of sending stands on: a database server, tenants whose admins can log in and whose
//! lines have tokens, and customers who have just written, so that they may be answered.

use std::path::{Path, PathBuf};

use anyhow::Context;
use pgcluster::Cluster;
use serde_json::json;
use tokio::task::JoinSet;

use super::simulator::{self, Simulator};
use crate::{
    http::Connection,
    provision::{CONTROL, Platform, Tenant, Wanted},
    server::Spec,
    socket::log_in,
    stand::Folder,
};

/// The parts that stand before a server runs.
pub struct Ground {
    /// The tenants.
    pub tenants: Vec<Tenant>,
    /// How a server is run here.
    pub spec: Spec,
    /// The control plane's database.
    pub control_url: String,
    program: PathBuf,
    port: u16,
    platform: Platform,
    /// The database server.
    pub cluster: Cluster,
    // Last: the cluster is stopped before its folder goes.
    folder: Folder,
}

/// A conversation that may be answered.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Whose, by its place.
    pub tenant: usize,
    /// Its id.
    pub id: String,
    /// The customer's number.
    pub phone: String,
}

impl Ground {
    /// Makes databases and tenants.
    pub async fn lay(server: &Path, dir: &Path, keep: bool, tenants: usize) -> anyhow::Result<Self> {
        let folder = Folder::create(dir, "sending", keep)?;
        let cluster = folder.cluster("pg")?;
        let platform = Platform::create(&cluster, "sending-app-secret").await?;
        platform.template(&cluster).await?;
        let wanted = (0..tenants).map(|index| Wanted {
            cluster: &cluster,
            index,
            with_admin: true,
            own_secret: true,
            sends: true,
        });
        let tenants = platform.tenants(wanted.collect()).await?;
        let port = simulator::free_port()?;
        let control_url = cluster.url(CONTROL);
        let spec =
            Spec::new(server, folder.path(), &control_url, &platform)?.sending_to(&simulator::url(port));
        let program = server.with_file_name("simulator");
        Ok(Self {
            tenants,
            spec,
            control_url,
            program,
            port,
            platform,
            cluster,
            folder,
        })
    }

    /// Where the simulator listens once it is started.
    pub fn simulator_port(&self) -> u16 {
        self.port
    }

    /// Starts the simulator, whose webhooks go to the server on this port.
    pub async fn simulator(&self, callback: u16) -> anyhow::Result<Simulator> {
        let (dir, secret) = (self.folder.path(), &self.platform.app_secret);
        Simulator::start(&self.program, dir, self.port, callback, &self.tenants, secret).await
    }
}

/// Lets `count` customers of each tenant write, and finds their conversations.
pub async fn greet(
    simulator: &Simulator,
    port: u16,
    tenants: &[Tenant],
    count: usize,
) -> anyhow::Result<(Vec<String>, Vec<Thread>)> {
    let (mut tokens, mut threads) = (Vec::new(), Vec::new());
    for (index, tenant) in tenants.iter().enumerate() {
        for customer in 0..count {
            let body = json!({
                "phone_number_id": tenant.line.phone_number_id,
                "from": format!("52155{index:03}{customer:05}"),
                "text": "hola",
            });
            simulator.post("/simulator/inbound", &body).await?;
        }
        let token = log_in(port, tenant).await?;
        threads.extend(conversations(port, index, &token, count).await?);
        tokens.push(token);
    }
    Ok((tokens, threads))
}

async fn conversations(port: u16, tenant: usize, token: &str, count: usize) -> anyhow::Result<Vec<Thread>> {
    let mut connection = Connection::open(port).await?;
    let mut threads = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/conversations?limit=200{cursor}");
        let page = connection.get_as(token, &path).await?.json()?;
        for item in page["items"].as_array().into_iter().flatten() {
            let text = |at: &str| {
                item.pointer(at)
                    .and_then(|value| value.as_str())
                    .map(str::to_owned)
            };
            threads.push(Thread {
                tenant,
                id: text("/id").context("a conversation without an id")?,
                phone: text("/contact/phone").context("a customer without a phone")?,
            });
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    anyhow::ensure!(
        threads.len() == count,
        "{} of {count} customers wrote",
        threads.len()
    );
    Ok(threads)
}

/// Ends when all of them have, with what they came to.
pub async fn together<T: 'static>(mut tasks: JoinSet<anyhow::Result<T>>) -> anyhow::Result<Vec<T>> {
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        all.push(ended??);
    }
    Ok(all)
}
