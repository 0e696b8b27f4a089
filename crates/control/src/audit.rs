//! Who changed what on the platform. Entries are only ever added.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, HasQuery, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};
use serde_json::Value;
use uuid::Uuid;

use crate::{Actor, schema::audit_log};

/// Something that was done, to be recorded with it in one transaction.
#[derive(Debug, Clone)]
pub struct AuditEntry<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: &'a Actor,
    /// To which tenant, if to one.
    pub tenant_id: Option<TenantId>,
    /// What, as `noun.verb`: `channel.created`.
    pub action: &'a str,
    /// The id of the thing it was done to.
    pub target: Option<String>,
    /// More about it; never a secret.
    pub data: Value,
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq, HasQuery)]
#[diesel(table_name = audit_log)]
pub struct AuditRecord {
    /// Sorts entries of one instant.
    pub id: Uuid,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// The user who did it; `None` for the command line.
    pub actor_id: Option<Uuid>,
    /// That user's e-mail at the time.
    pub actor_email: Option<String>,
    /// The tenant it was done to.
    pub tenant_id: Option<TenantId>,
    /// What was done, as `noun.verb`.
    pub action: String,
    /// The id of the thing it was done to.
    pub target: Option<String>,
    /// More about it.
    pub data: Value,
}

/// Which entries a list shows.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only this tenant's.
    pub tenant_id: Option<TenantId>,
}

/// Adds an entry.
pub async fn record(conn: &mut Conn<Control>, entry: AuditEntry<'_>) -> Result<(), DbError> {
    let AuditEntry {
        at,
        actor,
        tenant_id,
        action,
        target,
        data,
    } = entry;
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(Uuid::now_v7()),
            audit_log::at.eq(at),
            audit_log::actor_id.eq(actor.id),
            audit_log::actor_email.eq(actor.email.as_deref()),
            audit_log::tenant_id.eq(tenant_id),
            audit_log::action.eq(action),
            audit_log::target.eq(target),
            audit_log::data.eq(data),
        ))
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// Queries over `audit_log`.
pub struct Audit<'c>(&'c mut Conn<Control>);

impl<'c> Audit<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The entries, newest first.
    pub async fn list(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRecord>, ListError> {
        let mut query = AuditRecord::query()
            .order((audit_log::at.desc(), audit_log::id.desc()))
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(tenant_id) = filter.tenant_id {
            query = query.filter(audit_log::tenant_id.eq(tenant_id));
        }
        if let Some((at, id)) = page.after::<(DateTime<Utc>, Uuid)>()? {
            query = query.filter(
                audit_log::at
                    .lt(at)
                    .or(audit_log::at.eq(at).and(audit_log::id.lt(id))),
            );
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |record| (record.at, record.id)))
    }
}
