//! Who changed what on the platform. Entries are only ever added.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, PgTextExpressionMethods, QueryDsl,
    TextExpressionMethods,
    dsl::sql,
    sql_types::{Bool, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};
use serde_json::Value;
use uuid::Uuid;

use crate::{Actor, schema::audit_log, text};

diesel::define_sql_function! {
    /// The first that is not NULL.
    fn coalesce(text: Nullable<Text>, otherwise: Text) -> Text;
}

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
    /// Only what somebody with this in the e-mail did.
    pub actor: Option<String>,
    /// Only actions that begin so: `channel` or `channel.created`.
    pub action: Option<String>,
    /// Only what was done then or later.
    pub from: Option<DateTime<Utc>>,
    /// Only what was done before.
    pub until: Option<DateTime<Utc>>,
    /// Only what has this in its action, target, e-mail or data.
    pub q: Option<String>,
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
        if let Some(actor) = wanted(filter.actor.as_deref()) {
            query = query.filter(audit_log::actor_email.ilike(text::contains_pattern(actor)));
        }
        if let Some(action) = wanted(filter.action.as_deref()) {
            query = query.filter(audit_log::action.like(text::prefix_pattern(action)));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_log::at.ge(from));
        }
        if let Some(until) = filter.until {
            query = query.filter(audit_log::at.lt(until));
        }
        if let Some(q) = wanted(filter.q.as_deref()) {
            let pattern = text::contains_pattern(q);
            let in_data = sql::<Bool>("audit_log.data::text ILIKE ").bind::<Text, _>(pattern.clone());
            query = query.filter(
                audit_log::action
                    .ilike(pattern.clone())
                    .or(coalesce(audit_log::target, "").ilike(pattern.clone()))
                    .or(coalesce(audit_log::actor_email, "").ilike(pattern))
                    .or(in_data),
            );
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

/// What was asked for, unless it is blank.
fn wanted(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
