//! `fleet status`

use std::time::Duration;

use control::fleet::{Burden, burdens};
use engine::Clock;
use futures_util::{StreamExt, stream};
use pg::TenantId;
use resolver::fleet::{Seen, Target, look, targets};
use serde_json::{Value, json};

use crate::{
    args::{FleetStatus, Global},
    outcome::{Failure, Report},
    platform::Platform,
    progress,
};

/// How many databases are looked at at once, and for how long.
const SIDE_BY_SIDE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) async fn run(global: &Global, args: &FleetStatus) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let mut targets = targets(platform.attaching()).await?;
    if let Some(slug) = &args.slug {
        let tenant = platform.tenant(slug).await?;
        targets.retain(|target| target.tenant.id == tenant.id);
    }
    let ids: Vec<TenantId> = targets.iter().map(|target| target.tenant.id).collect();
    let burdens = burdens(&mut platform.db.conn().await?, &ids).await?;
    let bar = progress::bar(global.json, "tenants' databases");
    progress::step(&bar, 0, targets.len());
    let clock = Clock::default();
    let mut looks = stream::iter(&targets)
        .map(|target| {
            let (attaching, now) = (platform.attaching(), clock.now());
            async move {
                look(attaching, target, PATIENCE, now)
                    .await
                    .map(|seen| (target, seen))
            }
        })
        .buffered(SIDE_BY_SIDE);
    let mut rows = Vec::with_capacity(targets.len());
    while let Some(row) = looks.next().await {
        rows.push(row?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(report(&rows, &burdens))
}

fn report(rows: &[(&Target, Seen)], burdens: &[Burden]) -> Report {
    let wrong = rows.iter().filter(|(_, seen)| verdict(seen) != "ok").count();
    let mut report = Report::done(
        match wrong {
            0 => format!("{} databases are as they should be.", rows.len()),
            _ => format!("{wrong} of {} databases need somebody.", rows.len()),
        },
        Value::Null,
    );
    let mut faces = Vec::with_capacity(rows.len());
    for (target, seen) in rows {
        let burden = burdens.iter().find(|burden| burden.tenant_id == target.tenant.id);
        report = report.and(line(target, seen, burden));
        for difference in &seen.state.drift {
            report = report.and(format!("    {difference}"));
        }
        faces.push(face(target, seen, burden));
    }
    report.data = json!({ "tenants": faces, "need_somebody": wrong });
    report
}

/// What is to be said of a database in one word.
fn verdict(seen: &Seen) -> &'static str {
    match seen {
        Seen {
            is_reachable: false, ..
        } => "unreachable",
        Seen { state, .. } if state.error.is_some() => "unusable",
        Seen { is_ahead: true, .. } => "ahead",
        Seen { state, .. } if state.pending.is_some_and(|pending| pending > 0) => "behind",
        Seen { state, .. } if !state.drift.is_empty() => "drifted",
        _ => "ok",
    }
}

fn line(target: &Target, seen: &Seen, burden: Option<&Burden>) -> String {
    let state = &seen.state;
    let mut line = format!("  {}: {}", target.tenant.slug, verdict(seen));
    let mut say = |text: String| {
        line.push_str(", ");
        line.push_str(&text);
    };
    if let Some(error) = &state.error {
        say(error.clone());
    }
    if let Some(version) = &state.version {
        say(format!("version {version}"));
    }
    if let Some(pending @ 1..) = state.pending {
        say(format!("{pending} migrations to apply"));
    }
    if let (Some(size), Some(connections)) = (state.size_bytes, state.connections) {
        say(format!("{} MB, {connections} connections", size / 1_000_000));
    }
    if let Some(at) = burden.and_then(|burden| burden.oldest_spooled_at) {
        say(format!("something is spooled since {at}"));
    }
    if let Some(paused @ 1..) = burden.map(|burden| burden.paused_lines) {
        say(format!("{paused} lines paused"));
    }
    line
}

fn face(target: &Target, seen: &Seen, burden: Option<&Burden>) -> Value {
    let state = &seen.state;
    json!({
        "tenant": target.tenant.slug.as_str(), "is_active": target.tenant.is_active,
        "state": verdict(seen), "reachable": seen.is_reachable, "error": state.error,
        "version": state.version, "pending": state.pending, "size_bytes": state.size_bytes,
        "connections": state.connections, "drift": state.drift,
        "oldest_spooled_at": burden.and_then(|burden| burden.oldest_spooled_at),
        "lines": burden.map(|burden| burden.lines),
        "paused_lines": burden.map(|burden| burden.paused_lines),
    })
}
