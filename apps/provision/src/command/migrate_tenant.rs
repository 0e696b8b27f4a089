//! `tenant migrate <TENANT_DB_URL>`

use anyhow::{Context as _, anyhow};
use indicatif::ProgressBar;
use pg::{
    Connector, DatabaseUrl, Db,
    migrate::{self, SchemaState},
    probe,
};
use serde_json::json;
use tenant::meta::{self, Contents};

use crate::{
    args::{Global, MigrateTenant},
    outcome::{Failure, Report},
    platform::{ahead, control_url, database_url, given, place},
    progress,
};

pub(crate) async fn run(global: &Global, args: &MigrateTenant) -> Result<Report, Failure> {
    let missing = "give the tenant's database as an argument or as TENANT_DB_URL, or say --all";
    let text = given(args.url.as_ref()).ok_or_else(|| Failure::Usage(missing.to_owned()))?;
    let url = database_url("the tenant's database", text)?;
    if given(global.control_db_url.as_ref()).is_some() && url.same_database(&control_url(global)?) {
        return Err(
            anyhow!("this is the control plane's own database; every tenant needs one of its own").into(),
        );
    }
    let bar = progress::bar(global.json, url.database());
    let applied = migrate_one(&Connector::current(), &url, &bar).await?;
    bar.finish_and_clear();
    let line = match applied.len() {
        0 => format!("The tenant's database {} is up to date.", url.database()),
        count => {
            let database = url.database();
            format!("The tenant's database {database} is up to date: {count} migrations applied.")
        }
    };
    Ok(Report::done(
        line,
        json!({ "database": url.database(), "applied": applied }),
    ))
}

/// Brings one tenant's database up to date, unless it holds something else.
pub(crate) async fn migrate_one(
    connector: &Connector,
    url: &DatabaseUrl,
    bar: &ProgressBar,
) -> Result<Vec<String>, Failure> {
    probe::probe(connector, url)
        .await
        .with_context(|| format!("cannot use the tenant's database at {}", place(url)))?;
    let db: Db<pg::Tenant> = Db::new(connector, url, 1);
    let mut conn = db.conn().await?;
    if meta::contents(&mut conn).await? == Contents::Foreign {
        let text = "holds tables of something else; a tenant needs an empty database";
        return Err(anyhow!("the database at {} {text}", place(url)).into());
    }
    let status = migrate::status(&mut conn, &tenant::MIGRATIONS).await?;
    if let SchemaState::Ahead { unknown } = &status.state {
        return Err(ahead("this database", unknown));
    }
    drop(conn);
    let moving = bar.clone();
    let step = move |done, total| progress::step(&moving, done, total);
    Ok(migrate::run(connector, url, tenant::MIGRATIONS, step).await?)
}
