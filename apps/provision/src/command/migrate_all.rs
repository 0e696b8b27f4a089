//! `tenant migrate --all`: one database first; if that went well, the others
//! side by side. A failure starts no further one, and the report names every
//! tenant that is left behind.

use std::{collections::VecDeque, sync::Arc};

use anyhow::Context as _;
use control::{
    database::TenantDatabases,
    tenant::{TenantFilter, Tenants},
};
use indicatif::ProgressBar;
use pg::{Connector, DatabaseUrl, PageRequest};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::migrate_tenant::migrate_one;
use crate::{
    args::Global,
    outcome::{self, Failure, Report},
    platform::Platform,
    progress,
};

/// How many databases are migrated at once.
const SIDE_BY_SIDE: usize = 4;

/// A tenant whose database is to be migrated.
struct Due {
    slug: String,
    url: anyhow::Result<DatabaseUrl>,
}

/// What became of each.
#[derive(Default)]
struct Tally {
    migrated: Vec<Value>,
    applied: usize,
    failed: Vec<(String, String)>,
    not_started: Vec<String>,
}

pub(crate) async fn run(global: &Global) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let mut queue = due(&platform).await?;
    let total = queue.len();
    let bar = progress::bar(global.json, "tenants' databases");
    progress::step(&bar, 0, total);
    let connector = Arc::new(platform.connector);
    let mut tally = Tally::default();
    let mut running = JoinSet::new();
    let mut width = 1;
    loop {
        while running.len() < width
            && tally.failed.is_empty()
            && let Some(next) = queue.pop_front()
        {
            running.spawn(migrate(Arc::clone(&connector), next));
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        let (slug, result) = ended?;
        match result {
            Ok(applied) => {
                tally.applied += applied.len();
                tally.migrated.push(json!({ "tenant": slug, "applied": applied }));
            }
            Err(error) => tally.failed.push((slug, outcome::chain(&error))),
        }
        bar.inc(1);
        width = SIDE_BY_SIDE;
    }
    bar.finish_and_clear();
    tally.not_started = queue.into_iter().map(|due| due.slug).collect();
    Ok(report(tally))
}

/// Every tenant with a database, oldest first.
async fn due(platform: &Platform) -> Result<VecDeque<Due>, Failure> {
    let mut conn = platform.db.conn().await?;
    let databases = TenantDatabases::new(&mut conn).all().await?;
    let mut found = VecDeque::with_capacity(databases.len());
    let mut request = PageRequest {
        limit: 200,
        cursor: None,
    };
    loop {
        let page = Tenants::new(&mut conn)
            .list(&TenantFilter::default(), &request)
            .await?;
        for tenant in page.items {
            if let Some(database) = databases.iter().find(|database| database.tenant_id == tenant.id) {
                let opened = database.open_url(&platform.keyring);
                let url = opened.context("its URL does not open; is this the MASTER_KEY that sealed it?");
                found.push_front(Due {
                    slug: tenant.slug.to_string(),
                    url,
                });
            }
        }
        match page.next {
            Some(cursor) => request.cursor = Some(cursor),
            None => return Ok(found),
        }
    }
}

async fn migrate(connector: Arc<Connector>, due: Due) -> (String, anyhow::Result<Vec<String>>) {
    let result = match due.url {
        Ok(url) => match migrate_one(&connector, &url, &ProgressBar::hidden()).await {
            Ok(applied) => Ok(applied),
            Err(Failure::Failed(error)) => Err(error),
            Err(Failure::Usage(sentence)) => Err(anyhow::Error::msg(sentence)),
        },
        Err(error) => Err(error),
    };
    (due.slug, result)
}

fn report(tally: Tally) -> Report {
    let Tally {
        migrated,
        applied,
        failed,
        not_started,
    } = tally;
    let mut lines = vec![format!(
        "{} databases are up to date: {applied} migrations applied.",
        migrated.len()
    )];
    lines.extend(
        failed
            .iter()
            .map(|(tenant, error)| format!("error: {tenant}: {error}")),
    );
    if !not_started.is_empty() {
        lines.push(format!(
            "Not started after that: {}. Mend it and run the command again.",
            not_started.join(", ")
        ));
    }
    let complete = failed.is_empty();
    let failed: Vec<Value> = failed
        .into_iter()
        .map(|(tenant, error)| json!({ "tenant": tenant, "error": error }))
        .collect();
    Report {
        lines,
        data: json!({ "migrated": migrated, "failed": failed, "not_started": not_started }),
        complete,
    }
}
