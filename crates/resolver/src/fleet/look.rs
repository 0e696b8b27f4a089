//! Looking at one tenant's database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use control::fleet::{TenantState, TenantStates};
use pg::{
    Db, DbError, catalog, facts,
    migrate::{self, SchemaState},
};
use tenant::meta::{self, Contents};

use super::{Target, reason};
use crate::attach::Platform;

/// What was seen of a tenant's database.
#[derive(Debug, Clone)]
pub struct Seen {
    /// As the control plane keeps it.
    pub state: TenantState,
    /// Whether it can be reached, whatever else is wrong with it.
    pub is_reachable: bool,
    /// Whether it carries this tenant's id.
    pub is_ours: bool,
    /// Whether a newer release migrated it.
    pub is_ahead: bool,
}

/// Looks at a tenant's database for at most `patience` and keeps what was seen. Whatever is
/// wrong with the database is no error but seen.
pub async fn look(
    platform: Platform<'_>,
    target: &Target,
    patience: Duration,
    now: DateTime<Utc>,
) -> Result<Seen, DbError> {
    let mut seen = Seen {
        state: TenantState {
            tenant_id: target.tenant.id,
            looked_at: now,
            error: None,
            version: None,
            pending: None,
            size_bytes: None,
            connections: None,
            drift: Vec::new(),
        },
        is_reachable: false,
        is_ours: false,
        is_ahead: false,
    };
    let looked = tokio::time::timeout(patience, see(platform, target, &mut seen)).await;
    seen.state.error = match looked {
        Ok(Ok(())) => None,
        Ok(Err(why)) => Some(why),
        Err(_elapsed) => Some(format!("no answer in {} seconds", patience.as_secs())),
    };
    let mut conn = platform.control.conn().await?;
    TenantStates::new(&mut conn).keep(&seen.state).await?;
    Ok(seen)
}

async fn see(platform: Platform<'_>, target: &Target, seen: &mut Seen) -> Result<(), String> {
    let failed = |error: DbError| reason(&error);
    let opened = target.database.open_url(platform.keyring);
    let url =
        opened.map_err(|error| format!("{}; is this the MASTER_KEY that sealed it?", reason(&error)))?;
    let probed = pg::probe::probe(platform.connector, &url).await;
    drop(probed.map_err(|error| reason(&error))?);
    seen.is_reachable = true;
    let db: Db<pg::Tenant> = Db::new(platform.connector, &url, 1);
    let mut conn = db.conn().await.map_err(failed)?;
    let state = &mut seen.state;
    let facts = facts::database(&mut conn).await.map_err(failed)?;
    (state.size_bytes, state.connections) = (Some(facts.size_bytes), Some(facts.connections));
    let held = meta::contents(&mut conn).await.map_err(failed)?;
    if held == Contents::Foreign {
        return Err("it holds tables of something else".to_owned());
    }
    let schema = migrate::status(&mut conn, &tenant::MIGRATIONS)
        .await
        .map_err(failed)?;
    state.version = schema.applied;
    state.pending = Some(match schema.state {
        SchemaState::Current | SchemaState::Ahead { .. } => 0,
        SchemaState::Behind { missing } => i32::try_from(missing).unwrap_or(i32::MAX),
        SchemaState::Empty => migrate::count(&tenant::MIGRATIONS),
    });
    seen.is_ahead = matches!(schema.state, SchemaState::Ahead { .. });
    if held == Contents::Nothing {
        return Err("it is empty".to_owned());
    }
    let owner = meta::owner(&mut conn).await.map_err(failed)?;
    seen.is_ours = owner == Some(target.tenant.id);
    if !seen.is_ours {
        return Err(match owner {
            Some(_) => "it belongs to another tenant".to_owned(),
            None => "it carries no tenant's id; attach it again".to_owned(),
        });
    }
    // What an older or a newer schema looks like, this release does not know.
    if schema.state == SchemaState::Current {
        let found = catalog::listing(&mut conn).await.map_err(failed)?;
        seen.state.drift = catalog::differences(tenant::expected::schema(), &found);
    }
    Ok(())
}
