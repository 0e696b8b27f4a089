//! Migrating all tenants' databases: a few first, the others side by side if that went well.
//! What became of each is kept, so that a run that was cut short can be taken up.

use chrono::{DateTime, Utc};
use control::{
    Actor,
    fleet::{MigrationEnd, RunId, TenantMigrations, begin_migration, end_migration, plan_run},
};
use futures_util::{StreamExt, stream};
use pg::{DbError, migrate, migrate::SchemaState};

use super::{Target, reason, targets};
use crate::attach::{Platform, inspect};

/// Who goes first.
#[derive(Debug, Clone)]
pub enum Canaries {
    /// So many of the oldest tenants.
    Oldest(usize),
    /// The tenants with these short names.
    Named(Vec<String>),
}

/// One of the two parts of a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// Those who go first.
    Canary,
    /// All others.
    Rest,
}

/// Which databases to migrate and how.
#[derive(Debug, Clone)]
pub struct MigrationPlan {
    /// How many at once.
    pub jobs: usize,
    /// Who goes first.
    pub canaries: Canaries,
    /// Only one part; both if `None`.
    pub ring: Option<Ring>,
    /// Only the tenants with these short names; all if empty.
    pub only: Vec<String>,
    /// Go on although a canary failed.
    pub keep_going: bool,
    /// Take up what the newest run has not done, instead of beginning a new one.
    pub resume: bool,
}

/// Why nothing was migrated, or not all was tried.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// No tenant with a database has this short name.
    #[error("there is no tenant {0:?} with a database")]
    UnknownTenant(String),
    /// The control plane's database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What became of one tenant's database.
#[derive(Debug, Clone)]
pub struct Migrated {
    /// The tenant's short name.
    pub slug: String,
    /// Whether it went first.
    pub is_canary: bool,
    /// What was done.
    pub end: MigrationEnd,
}

/// What became of a run.
#[derive(Debug, Clone)]
pub struct FleetRun {
    /// The run; `None` if there was nothing to do.
    pub id: Option<RunId>,
    /// Those that were tried, in the order in which they ended.
    pub ended: Vec<Migrated>,
    /// Those that were not, since a canary failed.
    pub not_started: Vec<String>,
}

/// A tenant of a run.
struct Part {
    target: Target,
    is_canary: bool,
}

/// Migrates the tenants' databases. `clock` tells the time; `on_end(done, total)` is called
/// before the first and after each one.
pub async fn migrate_fleet(
    platform: Platform<'_>,
    plan: &MigrationPlan,
    actor: &Actor,
    clock: impl Fn() -> DateTime<Utc>,
    on_end: impl Fn(usize, usize),
) -> Result<FleetRun, FleetError> {
    let Some((id, parts)) = parts(platform, plan, actor, clock()).await? else {
        return Ok(FleetRun {
            id: None,
            ended: Vec::new(),
            not_started: Vec::new(),
        });
    };
    let total = parts.len();
    on_end(0, total);
    let mut run = FleetRun {
        id: Some(id),
        ended: Vec::with_capacity(total),
        not_started: Vec::new(),
    };
    let (canaries, rest): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| part.is_canary);
    for ring in [canaries, rest] {
        let failed = run.ended.iter().any(|migrated| migrated.end.error.is_some());
        if failed && !plan.keep_going {
            let slugs = ring.iter().map(|part| part.target.tenant.slug.to_string());
            run.not_started.extend(slugs);
            continue;
        }
        let mut ends = stream::iter(ring)
            .map(|part| one(platform, id, part, actor, &clock))
            .buffer_unordered(plan.jobs.max(1));
        while let Some(migrated) = ends.next().await {
            run.ended.push(migrated?);
            on_end(run.ended.len(), total);
        }
    }
    Ok(run)
}

/// The run and whom it is about; `None` if nobody is left.
async fn parts(
    platform: Platform<'_>,
    plan: &MigrationPlan,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<(RunId, Vec<Part>)>, FleetError> {
    let targets = targets(platform).await?;
    let mut conn = platform.control.conn().await?;
    if plan.resume {
        let Some((id, left)) = TenantMigrations::new(&mut conn).unfinished().await? else {
            return Ok(None);
        };
        let part = |target: Target| {
            let row = left.iter().find(|row| row.tenant_id == target.tenant.id)?;
            let is_canary = row.is_canary;
            Some(Part { target, is_canary })
        };
        return Ok(Some((id, targets.into_iter().filter_map(part).collect())));
    }
    let parts = chosen(targets, plan)?;
    if parts.is_empty() {
        return Ok(None);
    }
    let rows: Vec<_> = parts
        .iter()
        .map(|part| (part.target.tenant.id, part.is_canary))
        .collect();
    let id = plan_run(&mut conn, &rows, actor, now).await?;
    Ok(Some((id, parts)))
}

fn chosen(targets: Vec<Target>, plan: &MigrationPlan) -> Result<Vec<Part>, FleetError> {
    let named: &[String] = match &plan.canaries {
        Canaries::Named(slugs) => slugs,
        Canaries::Oldest(_) => &[],
    };
    for slug in named.iter().chain(&plan.only) {
        if !targets.iter().any(|target| target.tenant.slug.as_str() == slug) {
            return Err(FleetError::UnknownTenant(slug.clone()));
        }
    }
    let has =
        |slugs: &[String], target: &Target| slugs.iter().any(|slug| slug == target.tenant.slug.as_str());
    let wanted = targets
        .into_iter()
        .filter(|target| plan.only.is_empty() || has(&plan.only, target));
    let parts = wanted.enumerate().map(|(place, target)| Part {
        is_canary: match &plan.canaries {
            Canaries::Oldest(count) => place < *count,
            Canaries::Named(slugs) => has(slugs, &target),
        },
        target,
    });
    let ring = plan.ring.map(|ring| ring == Ring::Canary);
    Ok(parts
        .filter(|part| ring.is_none_or(|is_canary| part.is_canary == is_canary))
        .collect())
}

async fn one(
    platform: Platform<'_>,
    run: RunId,
    part: Part,
    actor: &Actor,
    clock: &impl Fn() -> DateTime<Utc>,
) -> Result<Migrated, FleetError> {
    let tenant = part.target.tenant.id;
    begin_migration(&mut platform.control.conn().await?, run, tenant, clock()).await?;
    let mut end = MigrationEnd::default();
    end.error = apply(platform, &part.target, &mut end).await.err();
    let mut conn = platform.control.conn().await?;
    end_migration(&mut conn, run, tenant, &end, actor, clock()).await?;
    Ok(Migrated {
        slug: part.target.tenant.slug.to_string(),
        is_canary: part.is_canary,
        end,
    })
}

async fn apply(platform: Platform<'_>, target: &Target, end: &mut MigrationEnd) -> Result<(), String> {
    let opened = target.database.open_url(platform.keyring);
    let url = opened.map_err(|error| {
        format!(
            "its URL does not open; is this the MASTER_KEY that sealed it? {}",
            reason(&error)
        )
    })?;
    let inspected = inspect(platform, target.tenant.id, &url).await;
    let inspection = inspected.map_err(|error| reason(&error))?;
    end.from_version.clone_from(&inspection.schema.applied);
    end.to_version.clone_from(&inspection.schema.applied);
    if !inspection.is_ours {
        return Err("it does not carry this tenant's id; attach it again".to_owned());
    }
    if inspection.schema.state == SchemaState::Current {
        return Ok(());
    }
    let applied = migrate::run(platform.connector, &url, tenant::MIGRATIONS, |_done, _total| {}).await;
    end.applied = applied.map_err(|error| reason(&error))?;
    end.to_version = inspection.schema.expected;
    Ok(())
}
