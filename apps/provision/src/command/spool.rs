//! `spool list`, `spool retry`, `spool discard`

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use control::{
    Actor,
    spool::{
        DiscardSpooledError, Spool, SpoolFilter, SpoolTotals, SpooledRow, discard_spooled, retry_spooled,
    },
};
use pg::PageRequest;
use serde_json::{Value, json};

use crate::{
    args::{DiscardSpooled, Global, ListSpool, RetrySpooled},
    outcome::{Failure, Report},
    platform::Platform,
};

pub(crate) async fn list(global: &Global, args: &ListSpool) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let tenant_id = match &args.tenant {
        Some(slug) => Some(platform.tenant(slug).await?.id),
        None => None,
    };
    let mut conn = platform.db.conn().await?;
    let whole = PageRequest {
        limit: 200,
        cursor: None,
    };
    let totals = Spool::new(&mut conn).totals(&whole).await?.items;
    let totals: Vec<_> = totals
        .into_iter()
        .filter(|totals| tenant_id.is_none_or(|id| id == totals.tenant_id))
        .collect();
    let filter = SpoolFilter {
        tenant_id,
        state: args.state,
    };
    let page = PageRequest {
        limit: usize::from(args.limit),
        cursor: None,
    };
    let rows = Spool::new(&mut conn).list(&filter, &page).await?.items;
    let data = json!({
        "tenants": totals.iter().map(face_of).collect::<Vec<_>>(),
        "rows": rows.iter().map(face).collect::<Vec<_>>(),
    });
    let mut report = match totals.len() {
        0 => Report::done("Nothing is spooled.", data),
        count => Report::done(format!("Something is spooled for {count} tenants."), data),
    };
    for totals in &totals {
        report = report.and(line_of(totals));
    }
    for row in &rows {
        report = report.and(line_of_row(row));
    }
    Ok(report)
}

pub(crate) async fn retry(
    global: &Global,
    args: &RetrySpooled,
    now: DateTime<Utc>,
) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let mut conn = platform.db.conn().await?;
    let row = retry_spooled(&mut conn, args.id, &Actor::command_line(), now).await?;
    let row = row.ok_or_else(|| unknown(args.id))?;
    Ok(Report::done(
        format!("Row {} waits again; a server takes it within seconds.", row.id),
        json!({ "row": face(&row) }),
    ))
}

pub(crate) async fn discard(
    global: &Global,
    args: &DiscardSpooled,
    now: DateTime<Utc>,
) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let mut conn = platform.db.conn().await?;
    discard_spooled(&mut conn, args.id, &args.reason, &Actor::command_line(), now)
        .await
        .map_err(|error| match error {
            DiscardSpooledError::Unknown => unknown(args.id).into(),
            DiscardSpooledError::InvalidReason => Failure::Usage(format!("--reason: {error}")),
            DiscardSpooledError::Db(error) => error.into(),
        })?;
    Ok(Report::done(
        format!("Row {} is gone, and what was in it.", args.id),
        json!({ "id": args.id }),
    ))
}

fn unknown(id: i64) -> anyhow::Error {
    anyhow!("the spool has no row {id}; it may have been applied in the meantime")
}

fn line_of(totals: &SpoolTotals) -> String {
    let gone = || totals.tenant_id.to_string();
    let name = totals.slug.clone().unwrap_or_else(gone);
    format!(
        "{name}: {} webhooks wait ({} items), {} failed, the oldest of {}; last error: {}",
        totals.waiting,
        totals.items,
        totals.failed,
        totals.oldest_at,
        totals.last_error.as_deref().unwrap_or("none"),
    )
}

fn line_of_row(row: &SpooledRow) -> String {
    format!(
        "  {} {} {} ({}), {} items, {} attempts: {}",
        row.id,
        row.state,
        row.received_at,
        row.reason,
        row.items,
        row.attempts,
        row.last_error.as_deref().unwrap_or("no error"),
    )
}

fn face_of(totals: &SpoolTotals) -> Value {
    json!({
        "tenant_id": totals.tenant_id, "slug": totals.slug, "waiting": totals.waiting, "items": totals.items,
        "failed": totals.failed, "oldest_at": totals.oldest_at, "last_error": totals.last_error,
    })
}

fn face(row: &SpooledRow) -> Value {
    json!({
        "id": row.id, "tenant_id": row.tenant_id, "items": row.items, "reason": row.reason, "state": row.state,
        "attempts": row.attempts, "last_error": row.last_error, "last_tried_at": row.last_tried_at,
        "received_at": row.received_at,
    })
}
