//! Queries over `tenant_migrations`.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, HasQuery, OptionalExtension, QueryDsl,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

use super::RunId;
use crate::schema::tenant_migrations;

/// How far a tenant's database is in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum MigrationState {
    /// It was not begun.
    Waiting,
    /// It was begun; if its process is gone, it was interrupted.
    Running,
    /// It is up to date.
    Done,
    /// It failed, and the error says why.
    Failed,
}

/// No state has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the state must be waiting, running, done or failed")]
pub struct UnknownMigrationState;

impl MigrationState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// Its name in rows and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for MigrationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MigrationState {
    type Err = UnknownMigrationState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or(UnknownMigrationState)
    }
}

impl ToSql<Text, Pg> for MigrationState {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
    }
}

impl FromSql<Text, Pg> for MigrationState {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(<String as FromSql<Text, Pg>>::from_sql(bytes)?.parse()?)
    }
}

/// What a run did to one tenant's database.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = tenant_migrations)]
pub struct TenantMigration {
    /// The run.
    pub run_id: RunId,
    /// Whose database.
    pub tenant_id: TenantId,
    /// Whether it went first.
    pub is_canary: bool,
    /// How far it is.
    pub state: MigrationState,
    /// The newest migration before.
    pub from_version: Option<String>,
    /// The newest migration after.
    pub to_version: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Queries over `tenant_migrations`.
pub struct TenantMigrations<'c>(&'c mut Conn<Control>);

impl<'c> TenantMigrations<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// What the newest run has not done yet, in its order; `None` if it has done everything, or there is none.
    pub async fn unfinished(&mut self) -> Result<Option<(RunId, Vec<TenantMigration>)>, DbError> {
        let newest = tenant_migrations::table
            .select(tenant_migrations::run_id)
            .order(tenant_migrations::run_id.desc())
            .first::<RunId>(&mut **self.0)
            .await
            .optional()?;
        let Some(run) = newest else { return Ok(None) };
        let left: Vec<TenantMigration> = TenantMigration::query()
            .filter(tenant_migrations::run_id.eq(run))
            .filter(tenant_migrations::state.ne(MigrationState::Done))
            .order(tenant_migrations::place)
            .load(&mut **self.0)
            .await?;
        Ok((!left.is_empty()).then_some((run, left)))
    }

    /// What the newest run that knows the tenant did to each of these, in no order.
    pub async fn last_of(&mut self, tenants: &[TenantId]) -> Result<Vec<TenantMigration>, DbError> {
        let query = TenantMigration::query()
            .filter(tenant_migrations::tenant_id.eq_any(tenants))
            .distinct_on(tenant_migrations::tenant_id)
            .order((tenant_migrations::tenant_id, tenant_migrations::run_id.desc()));
        Ok(query.load(&mut **self.0).await?)
    }
}
