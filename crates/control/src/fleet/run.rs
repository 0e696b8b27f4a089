//! Writes down what a run of migrations does, as it does it.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};
use serde_json::json;

use super::MigrationState;
use crate::{
    Actor,
    audit::{self, AuditEntry},
    schema::tenant_migrations,
};

pg::id_type! {
    /// A run of migrations over many tenants.
    RunId
}

/// How a tenant's part of a run ended.
#[derive(Debug, Clone, Default)]
pub struct MigrationEnd {
    /// The newest migration before; `None` if it could not be asked.
    pub from_version: Option<String>,
    /// The newest migration after.
    pub to_version: Option<String>,
    /// The migrations that were applied.
    pub applied: Vec<String>,
    /// Why it failed; `None` if it did not.
    pub error: Option<String>,
}

/// Keeps whose databases a run is about, in their order, with the canaries marked.
pub async fn plan_run(
    conn: &mut Conn<Control>,
    tenants: &[(TenantId, bool)],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<RunId, DbError> {
    let run = RunId::generate();
    let rows: Vec<_> = tenants
        .iter()
        .zip(0_i32..)
        .map(|((tenant, is_canary), place)| {
            (
                tenant_migrations::run_id.eq(run),
                tenant_migrations::tenant_id.eq(*tenant),
                tenant_migrations::place.eq(place),
                tenant_migrations::is_canary.eq(*is_canary),
            )
        })
        .collect();
    conn.transaction(async |tx| {
        // Far below the 65 535 values that one statement takes.
        for rows in rows.chunks(5_000) {
            diesel::insert_into(tenant_migrations::table)
                .values(rows)
                .execute(&mut **tx)
                .await?;
        }
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: None,
            action: "fleet.migration_planned",
            target: Some(run.to_string()),
            data: json!({ "tenants": tenants.len() }),
        };
        audit::record(tx, entry).await?;
        Ok(run)
    })
    .await
}

/// A tenant's database is being migrated from now on.
pub async fn begin_migration(
    conn: &mut Conn<Control>,
    run: RunId,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(tenant_migrations::table.find((run, tenant)))
        .set((
            tenant_migrations::state.eq(MigrationState::Running),
            tenant_migrations::started_at.eq(now),
            tenant_migrations::ended_at.eq(None::<DateTime<Utc>>),
            tenant_migrations::error.eq(None::<String>),
        ))
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// A tenant's database was migrated, or was not.
pub async fn end_migration(
    conn: &mut Conn<Control>,
    run: RunId,
    tenant: TenantId,
    end: &MigrationEnd,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let state = match end.error {
        None => MigrationState::Done,
        Some(_) => MigrationState::Failed,
    };
    conn.transaction(async |tx| {
        diesel::update(tenant_migrations::table.find((run, tenant)))
            .set((
                tenant_migrations::state.eq(state),
                tenant_migrations::from_version.eq(&end.from_version),
                tenant_migrations::to_version.eq(&end.to_version),
                tenant_migrations::error.eq(&end.error),
                tenant_migrations::ended_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        if end.applied.is_empty() && end.error.is_none() {
            return Ok(());
        }
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: Some(tenant),
            action: if end.error.is_none() {
                "database.migrated"
            } else {
                "database.migration_failed"
            },
            target: Some(tenant.to_string()),
            data: json!({ "run": run, "applied": end.applied, "error": end.error }),
        };
        audit::record(tx, entry).await
    })
    .await
}
