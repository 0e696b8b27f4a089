//! `control migrate`

use anyhow::Context as _;
use control::contents::{Contents, contents};
use pg::{
    Connector, Control, Db,
    migrate::{self, SchemaState},
    probe,
};
use serde_json::json;

use crate::{
    args::Global,
    outcome::{Failure, Report},
    platform::{ahead, control_url, not_control, place},
    progress,
};

pub(crate) async fn run(global: &Global) -> Result<Report, Failure> {
    let url = control_url(global)?;
    let connector = Connector::current();
    probe::probe(&connector, &url)
        .await
        .with_context(|| format!("cannot use the control plane's database at {}", place(&url)))?;
    let db: Db<Control> = Db::new(&connector, &url, 1);
    let mut conn = db.conn().await?;
    if contents(&mut conn).await? == Contents::Foreign {
        return Err(not_control(&url));
    }
    let status = migrate::status(&mut conn, &control::MIGRATIONS).await?;
    drop(conn);
    if let SchemaState::Ahead { unknown } = &status.state {
        return Err(ahead("the control plane's database", unknown));
    }
    let bar = progress::bar(global.json, "control plane");
    let moving = bar.clone();
    let applied = migrate::run(&connector, &url, control::MIGRATIONS, move |done, total| {
        progress::step(&moving, done, total);
    })
    .await?;
    bar.finish_and_clear();
    let line = match applied.len() {
        0 => "The control plane's database is up to date.".to_owned(),
        count => format!("The control plane's database is up to date: {count} migrations applied."),
    };
    Ok(Report::done(
        line,
        json!({ "applied": applied, "schema_version": status.expected }),
    ))
}
