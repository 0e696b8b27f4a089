//! `tenant migrate --all`: the canaries first; if that went well, the others side by side. Each
//! failure is its own tenant's alone, and the report names them.

use control::Actor;
use engine::Clock;
use resolver::fleet::{Canaries, FleetError, FleetRun, Migrated, MigrationPlan, Ring, migrate_fleet};
use serde_json::{Value, json};

use crate::{
    args::{Global, MigrateFleet, RingName},
    outcome::{Failure, Report},
    platform::Platform,
    progress,
};

pub(crate) async fn run(global: &Global, args: &MigrateFleet) -> Result<Report, Failure> {
    let platform = Platform::open(global).await?;
    let bar = progress::bar(global.json, "tenants' databases");
    let clock = Clock::default();
    let run = migrate_fleet(
        platform.attaching(),
        &plan(args),
        &Actor::command_line(),
        || clock.now(),
        |done, total| progress::step(&bar, done, total),
    )
    .await;
    bar.finish_and_clear();
    match run {
        Ok(run) => Ok(report(&run)),
        Err(error @ FleetError::UnknownTenant(_)) => Err(Failure::Usage(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn plan(args: &MigrateFleet) -> MigrationPlan {
    MigrationPlan {
        jobs: usize::from(args.jobs),
        canaries: if args.canary_slug.is_empty() {
            Canaries::Oldest(args.canary)
        } else {
            Canaries::Named(args.canary_slug.clone())
        },
        ring: args.ring.map(|ring| match ring {
            RingName::Canary => Ring::Canary,
            RingName::Rest => Ring::Rest,
        }),
        only: args.only.clone(),
        keep_going: args.keep_going,
        resume: args.resume,
    }
}

fn report(run: &FleetRun) -> Report {
    let (failed, migrated): (Vec<&Migrated>, Vec<&Migrated>) = run
        .ended
        .iter()
        .partition(|migrated| migrated.end.error.is_some());
    let applied: usize = migrated.iter().map(|migrated| migrated.end.applied.len()).sum();
    let mut lines = vec![match run.id {
        None => "Nothing is left to do.".to_owned(),
        Some(_) => format!(
            "{} databases are up to date: {applied} migrations applied.",
            migrated.len()
        ),
    }];
    lines.extend(failed.iter().map(|migrated| {
        let error = migrated.end.error.as_deref().unwrap_or_default();
        format!("error: {}: {error}", migrated.slug)
    }));
    if !run.not_started.is_empty() {
        lines.push(format!(
            "A canary failed, so these were not started: {}.",
            run.not_started.join(", ")
        ));
    }
    if !failed.is_empty() {
        lines.push("Mend it and run the command again, or with --resume for what is left.".to_owned());
    }
    Report {
        lines,
        data: json!({
            "run": run.id,
            "migrated": migrated.iter().map(|migrated| face(migrated)).collect::<Vec<_>>(),
            "failed": failed.iter().map(|migrated| face(migrated)).collect::<Vec<_>>(),
            "not_started": run.not_started,
        }),
        complete: failed.is_empty(),
    }
}

fn face(migrated: &Migrated) -> Value {
    let Migrated { slug, is_canary, end } = migrated;
    let mut face = json!({
        "tenant": slug, "canary": is_canary, "from": end.from_version, "to": end.to_version,
        "applied": end.applied,
    });
    if let (Some(error), Value::Object(fields)) = (&end.error, &mut face) {
        fields.insert("error".to_owned(), json!(error));
    }
    face
}
