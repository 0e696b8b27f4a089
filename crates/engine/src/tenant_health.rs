//! How a tenant does, at a glance: what the control plane and this process know, and a brief look
//! into the tenant's own database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use control::{
    spool::Spool,
    tenant::{TenantSummary, Tenants},
    traffic::Traffic,
};
use pg::{DbError, TenantId};
use resolver::{ResolveError, Unready};
use tenant::{dead_letter::DeadLetters, user::Users};
use tokio::time::timeout;

use crate::{BreakerState, Engine, line_health::LineCondition};

/// A look into a tenant's database does not take longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a tenant's database can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatabaseCondition {
    /// It can.
    Ready,
    /// None is attached.
    None,
    /// It cannot be reached, or not in time.
    Unreachable,
    /// Its schema is not the one that this release needs.
    Behind,
    /// Its URL does not open with this server's keys.
    Sealed,
    /// It belongs to another tenant.
    Foreign,
}

impl DatabaseCondition {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[
        Self::Ready,
        Self::None,
        Self::Unreachable,
        Self::Behind,
        Self::Sealed,
        Self::Foreign,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::None => "none",
            Self::Unreachable => "unreachable",
            Self::Behind => "behind",
            Self::Sealed => "sealed",
            Self::Foreign => "foreign",
        }
    }
}

/// What a look into a tenant's database showed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inside {
    /// Items set aside that nobody has dealt with.
    pub(crate) dead_letters: i64,
    /// Active admins.
    pub(crate) admins: usize,
    /// Whether one of them has ever logged in.
    pub(crate) has_logged_in: bool,
}

/// How many of a tenant's active lines do how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// All of them.
    pub active: usize,
    /// Nothing is sent over these.
    pub paused: usize,
    /// These work, but somebody should look.
    pub attention: usize,
    /// Of these Meta has not been heard yet.
    pub unknown: usize,
}

/// How a tenant does.
#[derive(Debug, Clone)]
pub struct TenantHealth {
    /// What the control plane knows.
    pub summary: TenantSummary,
    /// Whether its database can be used.
    pub database: DatabaseCondition,
    /// What this process's breaker does about the database.
    pub breaker: BreakerState,
    /// How its lines do.
    pub lines: LineCounts,
    /// Since when the oldest webhook waits.
    pub oldest_spooled_at: Option<DateTime<Utc>>,
    /// Items set aside that nobody has dealt with; `None`: the database cannot be asked.
    pub dead_letters: Option<i64>,
    /// When something last came in.
    pub last_webhook_at: Option<DateTime<Utc>>,
    /// When a message of the tenant's was last known to have arrived.
    pub last_delivered_at: Option<DateTime<Utc>>,
}

impl TenantHealth {
    /// Whether somebody should do something.
    pub fn needs_attention(&self) -> bool {
        self.summary.needs_attention()
            || self.database != DatabaseCondition::Ready
            || self.lines.attention > 0
            || self.dead_letters.is_some_and(|open| open > 0)
    }
}

impl Engine {
    /// How a tenant does; `None` if there is no such tenant.
    pub async fn tenant_health(&self, tenant: TenantId) -> Result<Option<TenantHealth>, DbError> {
        let mut conn = self.resolver().control().conn().await?;
        let Some(summary) = Tenants::new(&mut conn).summary(tenant).await? else {
            return Ok(None);
        };
        let traffic = Traffic::new(&mut conn).of_tenant(tenant).await?;
        let oldest_spooled_at = Spool::new(&mut conn).oldest_of(tenant).await?;
        drop(conn);
        let mut lines = LineCounts::default();
        for report in self.line_reports(tenant).await? {
            if report.channel.is_active {
                lines.active += 1;
                match report.condition {
                    LineCondition::Ok => {}
                    LineCondition::Attention => lines.attention += 1,
                    LineCondition::Paused => lines.paused += 1,
                    LineCondition::Unknown => lines.unknown += 1,
                }
            }
        }
        let inside = self.look_into(tenant).await;
        Ok(Some(TenantHealth {
            summary,
            database: inside.as_ref().err().copied().unwrap_or(DatabaseCondition::Ready),
            breaker: self.breaker(tenant),
            lines,
            oldest_spooled_at,
            dead_letters: inside.ok().map(|inside| inside.dead_letters),
            last_webhook_at: traffic.iter().filter_map(|line| line.webhook_at).max(),
            last_delivered_at: traffic.iter().filter_map(|line| line.delivered_at).max(),
        }))
    }

    /// A brief look into a tenant's database.
    pub(crate) async fn look_into(&self, tenant: TenantId) -> Result<Inside, DatabaseCondition> {
        let looked = timeout(PATIENCE, self.try_look_into(tenant)).await;
        looked.unwrap_or(Err(DatabaseCondition::Unreachable))
    }

    async fn try_look_into(&self, tenant: TenantId) -> Result<Inside, DatabaseCondition> {
        let unreachable = |_error: DbError| DatabaseCondition::Unreachable;
        let handle = self
            .resolver()
            .tenant(tenant)
            .await
            .map_err(|error| condition(&error))?;
        let handle = handle.ok_or(DatabaseCondition::None)?;
        let db = handle.db().await.map_err(|error| condition(&error))?;
        let mut conn = db.conn().await.map_err(unreachable)?;
        let dead_letters = DeadLetters::new(&mut conn)
            .open_count()
            .await
            .map_err(unreachable)?;
        let users = Users::new(&mut conn).list(true).await.map_err(unreachable)?;
        let admins: Vec<_> = users.iter().filter(|user| user.role.is_admin()).collect();
        Ok(Inside {
            dead_letters,
            admins: admins.len(),
            has_logged_in: admins.iter().any(|user| user.last_login_at.is_some()),
        })
    }
}

fn condition(error: &ResolveError) -> DatabaseCondition {
    match error {
        ResolveError::TenantNotReady(Unready::NotAttached) => DatabaseCondition::None,
        ResolveError::TenantNotReady(Unready::Schema) => DatabaseCondition::Behind,
        ResolveError::TenantNotReady(Unready::Sealed) => DatabaseCondition::Sealed,
        ResolveError::TenantNotReady(Unready::OfAnother) => DatabaseCondition::Foreign,
        ResolveError::TenantNotReady(Unready::Unreachable(_)) | ResolveError::Unavailable(_) => {
            DatabaseCondition::Unreachable
        }
    }
}
