//! Creates many tenants through `provision` on a Postgres of its own, then migrates them all with
//! one that is broken on purpose, mends it and finishes. Fails when a promise is not kept.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use bench::{sql, stand::Folder};
use clap::Parser;
use pgcluster::{Cluster, random_hex};
use serde_json::{Value, json};

/// Creating a tenant with its database may take so long, on average.
const GOAL: Duration = Duration::from_millis(500);
/// The database of the release before, from which tenants' are copied.
const BEHIND: &str = "behind";

/// Creates tenants from the template and migrates the whole fleet.
#[derive(Parser, Debug)]
#[command(name = "fleet")]
struct Args {
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// How many tenants.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(3..=2000))]
    tenants: u16,
    /// Databases that are migrated at once.
    #[arg(long, default_value_t = 8)]
    jobs: u8,
    /// The program.
    #[arg(long, value_name = "FILE")]
    provision: PathBuf,
    /// The tenants' migrations.
    #[arg(long, value_name = "DIR")]
    migrations: PathBuf,
    /// Where the databases are put.
    #[arg(long, default_value = "target/bench", value_name = "DIR")]
    dir: PathBuf,
    /// Leave the databases there.
    #[arg(long)]
    keep: bool,
}

/// A tenant that was created.
struct Made {
    slug: String,
    id: String,
    database: String,
    took: Duration,
}

/// How `provision` is run here.
struct Provision<'a> {
    program: &'a Path,
    env: Vec<(&'static str, String)>,
}

impl Provision<'_> {
    /// Runs a command; its exit status, its JSON, and how long it took.
    fn run(&self, args: &[&str]) -> anyhow::Result<(i32, Value, Duration)> {
        let started = Instant::now();
        let output = Command::new(self.program)
            .arg("--json")
            .args(args)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (*name, value)))
            .output()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        let said = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{args:?} said: {}", String::from_utf8_lossy(&output.stderr)))?;
        Ok((output.status.code().unwrap_or(-1), said, started.elapsed()))
    }

    /// Runs a command that must succeed.
    fn done(&self, args: &[&str]) -> anyhow::Result<(Value, Duration)> {
        let (code, said, took) = self.run(args)?;
        ensure!(code == 0, "{args:?} ended with {code}: {said}");
        Ok((said, took))
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let folder = Folder::create(&args.dir, "fleet", args.keep)?;
    let cluster = folder.cluster("server")?;
    let provision = set_up(&args, &cluster).await?;
    let made = create(&provision, usize::from(args.tenants))?;
    go_back(&args, &cluster, &made).await?;
    let migrated = migrate(&args, &provision, &cluster, &made).await?;
    let report = report(&made, &migrated);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(if report["ok"] == true {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The control plane, and the server that databases are made on.
async fn set_up<'a>(args: &'a Args, cluster: &Cluster) -> anyhow::Result<Provision<'a>> {
    let server = sql::connect(&cluster.url("postgres")).await?;
    server.batch_execute("CREATE DATABASE control").await?;
    let provision = Provision {
        program: &args.provision,
        env: vec![
            ("CONTROL_DB_URL", cluster.url("control")),
            ("MASTER_KEY", random_hex(32)?),
            ("ADMIN_DB_URL", cluster.url("postgres")),
        ],
    };
    provision.done(&["control", "migrate"])?;
    provision.done(&["server", "add", "--name", "server"])?;
    Ok(provision)
}

/// Creates the tenants one after the other, each by a command of its own.
fn create(provision: &Provision<'_>, count: usize) -> anyhow::Result<Vec<Made>> {
    let mut made = Vec::with_capacity(count);
    for index in 1..=count {
        let slug = format!("tenant-{index}");
        let create = ["tenant", "create", "--name", &slug, "--slug", &slug, "--server"];
        let (said, took) = provision.done(&create)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        made.push(Made {
            id: text(&said["tenant"]["id"]),
            database: text(&said["database"]["database"]),
            slug,
            took,
        });
    }
    Ok(made)
}

/// Puts every tenant's database back to the release before: all migrations but the newest.
async fn go_back(args: &Args, cluster: &Cluster, made: &[Made]) -> anyhow::Result<()> {
    let server = sql::connect(&cluster.url("postgres")).await?;
    server.batch_execute(&format!("CREATE DATABASE {BEHIND}")).await?;
    let inside = sql::connect(&cluster.url(BEHIND)).await?;
    inside
        .batch_execute(&previous_release(&args.migrations)?)
        .await
        .context("the migrations of the release before")?;
    drop(inside);
    let close =
        format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{BEHIND}'");
    server.batch_execute(&close).await?;
    for Made { id, database, .. } in made {
        for statement in [
            format!("DROP DATABASE {database} WITH (FORCE)"),
            format!("CREATE DATABASE {database} OWNER {database} TEMPLATE {BEHIND}"),
        ] {
            server.batch_execute(&statement).await?;
        }
        let inside = sql::connect(&cluster.url(database)).await?;
        let claim = format!(
            "UPDATE tenant_meta SET tenant_id = '{id}'; REASSIGN OWNED BY centralita_template TO {database}"
        );
        inside.batch_execute(&claim).await?;
    }
    Ok(())
}

/// Everything that the release before applied, as the role that owns what templates hold.
fn previous_release(migrations: &Path) -> anyhow::Result<String> {
    let mut folders = std::fs::read_dir(migrations)?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<Vec<PathBuf>>>()?;
    folders.sort();
    folders.pop();
    let mut statements = String::from(
        "GRANT CREATE ON SCHEMA public TO centralita_template; SET ROLE centralita_template; \
         CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, \
         run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);",
    );
    for folder in folders {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let version = name.split('_').next().unwrap_or_default().replace('-', "");
        statements.push_str(&std::fs::read_to_string(folder.join("up.sql"))?);
        let applied = format!("; INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');");
        statements.push_str(&applied);
    }
    statements.push_str("RESET ROLE; REVOKE CREATE ON SCHEMA public FROM centralita_template");
    Ok(statements)
}

/// Migrates everybody with one broken, then what is left once it is mended.
async fn migrate(
    args: &Args,
    provision: &Provision<'_>,
    cluster: &Cluster,
    made: &[Made],
) -> anyhow::Result<Value> {
    let broken = made.get(made.len() / 2).context("no tenant")?;
    let server = sql::connect(&cluster.url("postgres")).await?;
    let freeze = format!(
        "ALTER DATABASE {} SET default_transaction_read_only = on",
        broken.database
    );
    server.batch_execute(&freeze).await?;
    let jobs = args.jobs.to_string();
    let all = ["tenant", "migrate", "--all", "--jobs", &jobs];
    let (first_code, first, first_took) = provision.run(&all)?;
    let mend = format!(
        "ALTER DATABASE {} RESET default_transaction_read_only",
        broken.database
    );
    server.batch_execute(&mend).await?;
    let (again, again_took) = provision.done(&all)?;
    let (status, status_took) = provision.done(&["fleet", "status"])?;
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let applied = again["migrated"].as_array().into_iter().flatten();
    let applied: Vec<&Value> = applied
        .filter(|migrated| count(&migrated["applied"]) > 0)
        .map(|migrated| &migrated["tenant"])
        .collect();
    let named = first["failed"][0]["tenant"] == broken.slug.as_str();
    let ok = first_code == 1
        && count(&first["migrated"]) == made.len() - 1
        && count(&first["failed"]) == 1
        && named
        && applied == [&json!(broken.slug)]
        && status["need_somebody"] == 0;
    Ok(json!({
        "ok": ok,
        "migrated": count(&first["migrated"]),
        "failed": first["failed"],
        "seconds": first_took.as_secs_f64(),
        "finished_by_second_run": applied,
        "second_run_seconds": again_took.as_secs_f64(),
        "status_seconds": status_took.as_secs_f64(),
        "need_somebody": status["need_somebody"],
    }))
}

fn report(made: &[Made], migrated: &Value) -> Value {
    let mut times: Vec<f64> = made.iter().map(|made| made.took.as_secs_f64()).collect();
    let first = times.first().copied().unwrap_or_default();
    let total: f64 = times.iter().sum();
    let mean = total / f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    times.sort_by(f64::total_cmp);
    let at = |share: usize| {
        times
            .get((times.len() - 1) * share / 100)
            .copied()
            .unwrap_or_default()
    };
    let is_fast = mean <= GOAL.as_secs_f64();
    json!({
        "ok": is_fast && migrated["ok"] == true,
        "tenants": made.len(),
        "create": {
            "goal_seconds": GOAL.as_secs_f64(), "met": is_fast, "first_seconds": first, "mean_seconds": mean,
            "median_seconds": at(50), "p95_seconds": at(95), "total_seconds": total,
        },
        "migrate": migrated,
    })
}

fn print(report: &Value) {
    let (create, migrate) = (&report["create"], &report["migrate"]);
    let seconds = |value: &Value| value.as_f64().unwrap_or_default();
    println!(
        "{} tenants created in {:.1} s: {:.3} s each (median {:.3}, 95 % {:.3}, the first with the template {:.3}; goal {:.1})",
        report["tenants"],
        seconds(&create["total_seconds"]),
        seconds(&create["mean_seconds"]),
        seconds(&create["median_seconds"]),
        seconds(&create["p95_seconds"]),
        seconds(&create["first_seconds"]),
        seconds(&create["goal_seconds"]),
    );
    println!(
        "{} migrated in {:.1} s, one broken on purpose: {}",
        migrate["migrated"],
        seconds(&migrate["seconds"]),
        migrate["failed"]
    );
    println!(
        "after mending it a second run migrated {} in {:.1} s; looking at all took {:.1} s, {} need somebody",
        migrate["finished_by_second_run"],
        seconds(&migrate["second_run_seconds"]),
        seconds(&migrate["status_seconds"]),
        migrate["need_somebody"]
    );
    let verdict = if report["ok"] == true {
        "every promise was kept"
    } else {
        "A PROMISE WAS NOT KEPT"
    };
    println!("{verdict}");
}
