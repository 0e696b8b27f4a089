//! The parts of the demo in their order: PostgreSQL, simulator, API.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use anyhow::{Context, bail};
use pgcluster::Cluster;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::Args;
use crate::child::{self, Service};
use crate::databases::{self, CONTROL};
use crate::home::{Home, write_private};
use crate::http::Http;
use crate::plan::{GRAPH_VERSION, PASSWORD, SUPERADMIN, TENANTS};
use crate::progress::Progress;
use crate::provision::Provision;
use crate::register;
use crate::seed;
use crate::state::{Secrets, State};

/// A debug build on a busy machine takes its time; a process that dies ends the wait at once.
const READY: Duration = Duration::from_mins(2);

/// What runs, so far.
#[derive(Default)]
pub(crate) struct Site {
    cluster: Option<Cluster>,
    simulator: Option<Service>,
    api: Option<Service>,
}

/// `.demo/demo.json`: addresses and keys for whoever wants to try something.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) api_url: String,
    pub(crate) web_url: String,
    pub(crate) simulator_url: String,
    pub(crate) verify_token: String,
    pub(crate) control_db_url: String,
    pub(crate) master_key: String,
    pub(crate) superadmin: Value,
    pub(crate) tenants: Vec<Value>,
}

/// Starts everything, in order, and fills it the first time.
pub(crate) async fn bring_up(args: &Args, home: &Home, site: &mut Site) -> anyhow::Result<Report> {
    let progress = Progress::new(7);
    let secrets = Secrets::load(home)?;

    progress.step("PostgreSQL");
    let cluster = site.cluster.insert(databases::start(home).await?);
    databases::create(cluster).await?;
    let mut state = State::load(home, cluster.is_new())?;
    let control_db_url = cluster.url(CONTROL);
    let provision = Provision {
        cluster,
        secrets: &secrets,
    };
    progress.step("Migrations / migraciones");
    register::migrate(&provision).await?;
    progress.step("Tenants, lines, users / clientes, líneas, usuarios");
    let tenants = register::tenants(&provision, &mut state).await?;

    progress.step("Simulator / simulador");
    let api_port = choose_port(args.port, 3000)?;
    let api_url = format!("http://127.0.0.1:{api_port}");
    let simulator_port = choose_port(None, 4010)?;
    let simulator_url = format!("http://127.0.0.1:{simulator_port}");
    site.simulator = Some(start_simulator(home, &secrets, &api_url, simulator_port)?);
    site.wait_for(&simulator_url, "/").await?;

    progress.step("API");
    site.api = Some(start_api(
        home,
        &secrets,
        &control_db_url,
        &simulator_url,
        api_port,
    )?);
    site.wait_for(&api_url, "/health/ready").await?;

    progress.step("Sample data / datos de muestra");
    let seeding = async {
        state
            .once("people", seed::people_and_branding(&api_url, &tenants))
            .await?;
        state
            .once("conversations", seed::conversations(&api_url, &simulator_url))
            .await
    };
    tokio::select! {
        seeded = seeding => seeded?,
        failed = first_failure(&mut site.cluster, &mut site.simulator, &mut site.api) => return Err(failed),
    };
    progress.step("Ready / listo");
    progress.finish();
    Ok(Report {
        web_url: api_url.clone(),
        api_url,
        simulator_url,
        verify_token: secrets.verify_token,
        control_db_url,
        master_key: secrets.master_key,
        superadmin: json!({ "email": SUPERADMIN.0, "password": PASSWORD }),
        tenants,
    })
}

impl Site {
    /// Waits for ever, unless a part ends: that is the error.
    pub(crate) async fn first_failure(&mut self) -> anyhow::Result<()> {
        Err(first_failure(&mut self.cluster, &mut self.simulator, &mut self.api).await)
    }

    /// Stops what runs: first who asks, last who answers. Every part is stopped, the first trouble is told.
    pub(crate) async fn stop(&mut self) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        for service in [self.api.take(), self.simulator.take()].into_iter().flatten() {
            outcome = outcome.and(service.stop().await);
        }
        if let Some(cluster) = self.cluster.take() {
            let stopped = spawn_blocking(move || cluster.stop()).await?;
            outcome = outcome.and(stopped.map_err(Into::into));
        }
        outcome
    }

    /// Waits until `path` answers 200, or a part fails.
    async fn wait_for(&mut self, base: &str, path: &str) -> anyhow::Result<()> {
        let http = Http::new(base)?;
        let answered = async {
            while !http.is_ok(path).await {
                sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            () = answered => Ok(()),
            () = sleep(READY) => bail!("{base}{path} did not answer within {} s; see the logs", READY.as_secs()),
            failed = first_failure(&mut self.cluster, &mut self.simulator, &mut self.api) => Err(failed),
        }
    }
}

async fn first_failure(
    cluster: &mut Option<Cluster>,
    simulator: &mut Option<Service>,
    api: &mut Option<Service>,
) -> anyhow::Error {
    let cluster_ended = async {
        loop {
            if let Some((status, log)) = cluster
                .as_mut()
                .and_then(|found| Some((found.exited()?, found.log())))
            {
                return anyhow::anyhow!("PostgreSQL ended ({status}); see {}", log.display());
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        failed = ended(simulator) => failed,
        failed = ended(api) => failed,
        failed = cluster_ended => failed,
    }
}

async fn ended(service: &mut Option<Service>) -> anyhow::Error {
    match service {
        Some(service) => service.ended().await,
        None => std::future::pending().await,
    }
}

fn start_simulator(home: &Home, secrets: &Secrets, api_url: &str, port: u16) -> anyhow::Result<Service> {
    let mut lines = Vec::new();
    for line in TENANTS.iter().flat_map(|tenant| tenant.lines) {
        let keys = secrets.line(line)?;
        lines.push(json!({
            "phone_number_id": line.phone_number_id,
            "waba_id": line.waba_id,
            "display_phone_number": line.number,
            "verified_name": line.name,
            "token": keys.token,
            "app_secret": keys.app_secret,
        }));
    }
    let config = json!({
        "callback_url": format!("{api_url}/webhook"),
        "verify_token": secrets.verify_token,
        "version": GRAPH_VERSION,
        "lines": lines,
    });
    let path = home.dir().join("simulator.json");
    write_private(&path, &serde_json::to_string_pretty(&config)?)?;
    let mut command = child::program("simulator")?;
    command
        .arg("--port")
        .arg(port.to_string())
        .arg("--config")
        .arg(path);
    command
        .arg("--ready-file")
        .arg(home.dir().join("simulator-ready.json"))
        .arg("--state-file")
        .arg(home.dir().join("simulator-state.json"));
    Service::start("simulator", &home.logs(), command)
}

fn start_api(
    home: &Home,
    secrets: &Secrets,
    control_db_url: &str,
    simulator_url: &str,
    port: u16,
) -> anyhow::Result<Service> {
    let mut command = child::program("api")?;
    command
        .env("CONTROL_DB_URL", control_db_url)
        .env("MASTER_KEY", &secrets.master_key)
        .env("JWT_SECRET", &secrets.jwt_secret)
        .env("VERIFY_TOKEN", &secrets.verify_token)
        .env(
            "FRONTEND_ORIGIN",
            format!("http://127.0.0.1:{port},http://localhost:{port}"),
        )
        .env("GRAPH_BASE_URL", simulator_url)
        .env("GRAPH_VERSION", GRAPH_VERSION)
        .env("MEDIA_URL", format!("file://{}", home.files().display()))
        .env("PORT", port.to_string())
        .env("APP_ENV", "development")
        .env("WEB_DIR", home.web());
    Service::start("api", &home.logs(), command)
}

/// The port that was asked for, or the first free one from `usual` on.
fn choose_port(asked: Option<u16>, usual: u16) -> anyhow::Result<u16> {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok();
    match asked {
        Some(port) if free(&port) => Ok(port),
        Some(port) => bail!("port {port} is in use; choose another with --port"),
        None => (usual..usual + 100).find(free).context("no free port was found"),
    }
}
