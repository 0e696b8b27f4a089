//! SuperAdmins in a tenant's panel: for a reason, for a time, and written down.
//!
//! An impersonation is no session: nothing renews it, and no user of the tenant
//! comes from it. It ends with its time, with the SuperAdmin's own session, or
//! when somebody ends it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, HasQuery, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Actor,
    audit::{self, AuditEntry},
    platform_user::{PlatformUser, PlatformUserId},
    schema::impersonations,
};

/// The longest one, in minutes.
pub const MAX_MINUTES: i64 = 60;

/// How many characters a reason has.
pub const REASON_LENGTH: std::ops::RangeInclusive<usize> = 5..=500;

pg::id_type! {
    /// One time that a SuperAdmin was in a tenant's panel.
    ImpersonationId
}

/// With whose eyes a SuperAdmin looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eyes {
    /// Those of one of the team.
    User(Uuid),
    /// Those of a role.
    Role(String),
}

/// An impersonation to begin.
#[derive(Debug, Clone)]
pub struct NewImpersonation {
    /// Its id: the tenant's own record has it already.
    pub id: ImpersonationId,
    /// The SuperAdmin's own session.
    pub family: Uuid,
    /// Whose panel.
    pub tenant_id: TenantId,
    /// With whose eyes.
    pub eyes: Eyes,
    /// Whether something may be changed.
    pub can_write: bool,
    /// What for; of [`REASON_LENGTH`].
    pub reason: String,
    /// How long, at most [`MAX_MINUTES`].
    pub lasts: TimeDelta,
}

/// One time that a SuperAdmin is, or was, in a tenant's panel.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = impersonations)]
pub struct Impersonation {
    /// Its id.
    pub id: ImpersonationId,
    /// Who.
    pub superadmin_id: PlatformUserId,
    /// As they were called then.
    pub superadmin_name: String,
    /// What they logged in with then.
    pub superadmin_email: String,
    /// Their own session.
    pub family_id: Uuid,
    /// Whose panel.
    pub tenant_id: TenantId,
    user_id: Option<Uuid>,
    role: Option<String>,
    /// Whether something may be changed.
    pub can_write: bool,
    /// What for.
    pub reason: String,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// Until when at most.
    pub expires_at: DateTime<Utc>,
    /// When somebody ended it before that.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Impersonation {
    /// With whose eyes.
    pub fn eyes(&self) -> Eyes {
        match (self.user_id, &self.role) {
            (Some(user), _) => Eyes::User(user),
            (None, role) => Eyes::Role(role.clone().unwrap_or_default()),
        }
    }

    /// Whether it goes on.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && self.expires_at > now
    }

    /// The SuperAdmin, as the audit names whoever acts.
    pub fn actor(&self) -> Actor {
        Actor::user(self.superadmin_id.uuid(), self.superadmin_email.as_str())
    }
}

/// Which impersonations a list shows.
#[derive(Debug, Clone, Default)]
pub struct ImpersonationFilter {
    /// Only in this tenant.
    pub tenant_id: Option<TenantId>,
    /// Only those that go on at this time.
    pub live_at: Option<DateTime<Utc>>,
}

/// Begins one, and writes it down in the platform's audit.
#[tracing::instrument(name = "impersonation.begin", skip_all)]
pub async fn begin(
    conn: &mut Conn<Control>,
    superadmin: &PlatformUser,
    new: NewImpersonation,
    now: DateTime<Utc>,
) -> Result<Impersonation, DbError> {
    let (user, role) = match new.eyes {
        Eyes::User(user) => (Some(user), None),
        Eyes::Role(role) => (None, Some(role)),
    };
    conn.transaction(async |tx| {
        diesel::insert_into(impersonations::table)
            .values((
                impersonations::id.eq(new.id),
                impersonations::superadmin_id.eq(superadmin.id),
                impersonations::superadmin_name.eq(&superadmin.name),
                impersonations::superadmin_email.eq(superadmin.email.as_str()),
                impersonations::family_id.eq(new.family),
                impersonations::tenant_id.eq(new.tenant_id),
                impersonations::user_id.eq(user),
                impersonations::role.eq(role),
                impersonations::can_write.eq(new.can_write),
                impersonations::reason.eq(new.reason),
                impersonations::began_at.eq(now),
                impersonations::expires_at.eq(now + new.lasts),
            ))
            .execute(&mut **tx)
            .await?;
        let begun = Impersonation::query()
            .filter(impersonations::id.eq(new.id))
            .first(&mut **tx)
            .await?;
        let data = json!({
            "user_id": user,
            "role": begun.role,
            "write": begun.can_write,
            "reason": begun.reason,
            "until": begun.expires_at,
        });
        record(tx, "impersonation.started", &begun, &begun.actor(), data, now).await?;
        Ok(begun)
    })
    .await
}

/// Ends one that goes on. `None` when there is none of this id, or it ended before.
#[tracing::instrument(name = "impersonation.end", skip_all)]
pub async fn end(
    conn: &mut Conn<Control>,
    id: ImpersonationId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<Impersonation>, DbError> {
    conn.transaction(async |tx| {
        let live = impersonations::table
            .find(id)
            .filter(impersonations::ended_at.is_null())
            .filter(impersonations::expires_at.gt(now));
        let ended = diesel::update(live)
            .set(impersonations::ended_at.eq(now))
            .execute(&mut **tx)
            .await?;
        if ended == 0 {
            return Ok(None);
        }
        let found = Impersonations::new(tx).find(id).await?;
        if let Some(ended) = &found {
            record(tx, "impersonation.ended", ended, actor, json!({}), now).await?;
        }
        Ok(found)
    })
    .await
}

async fn record(
    tx: &mut Conn<Control>,
    action: &'static str,
    of: &Impersonation,
    actor: &Actor,
    data: Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        at: now,
        actor,
        tenant_id: Some(of.tenant_id),
        action,
        target: Some(of.id.to_string()),
        data,
    };
    audit::record(tx, entry).await
}

/// Queries over `impersonations`.
pub struct Impersonations<'c>(&'c mut Conn<Control>);

impl<'c> Impersonations<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// One of them.
    pub async fn find(&mut self, id: ImpersonationId) -> Result<Option<Impersonation>, DbError> {
        let query = Impersonation::query().filter(impersonations::id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Those that a filter lets through, the newest first.
    pub async fn list(
        &mut self,
        filter: &ImpersonationFilter,
        page: &PageRequest,
    ) -> Result<Page<Impersonation>, ListError> {
        let mut query = Impersonation::query()
            .order((impersonations::began_at.desc(), impersonations::id.desc()))
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(tenant_id) = filter.tenant_id {
            query = query.filter(impersonations::tenant_id.eq(tenant_id));
        }
        if let Some(now) = filter.live_at {
            let live = impersonations::ended_at
                .is_null()
                .and(impersonations::expires_at.gt(now));
            query = query.filter(live);
        }
        if let Some((at, id)) = page.after::<(DateTime<Utc>, ImpersonationId)>()? {
            let same_instant = impersonations::began_at.eq(at).and(impersonations::id.lt(id));
            query = query.filter(impersonations::began_at.lt(at).or(same_instant));
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |row: &Impersonation| {
            (row.began_at, row.id)
        }))
    }
}
