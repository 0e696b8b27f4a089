//! Who changed what in this tenant. Entries are only ever added; the database refuses anything else.

use chrono::{DateTime, Utc};
use diesel::{prelude::*, sql_types::Text};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, ListError, Page, PageRequest, Tenant};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    conversation::escape_like,
    schema::{audit_log, impersonations, users},
    user::UserId,
};

/// One line of the audit: a stable action such as `conversation.assigned`, what
/// it was done to, and the values that changed (never a secret, never a text of a customer).
#[derive(Debug)]
pub struct AuditEntry<'a> {
    /// Who; `None` for the system.
    pub actor: Option<UserId>,
    /// What, as `entity.verb`.
    pub action: &'a str,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// Values worth keeping.
    pub data: serde_json::Value,
}

/// Writes one entry; call it in the transaction of the change it tells of.
pub async fn record(
    conn: &mut Conn<Tenant>,
    entry: AuditEntry<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(Uuid::now_v7()),
            audit_log::at.eq(now),
            audit_log::actor_id.eq(entry.actor),
            audit_log::action.eq(entry.action),
            audit_log::target.eq(entry.target),
            audit_log::data.eq(entry.data),
        ))
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// Writes several entries at once.
pub(crate) async fn record_all(
    conn: &mut Conn<Tenant>,
    entries: Vec<AuditEntry<'_>>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let rows: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            (
                audit_log::id.eq(Uuid::now_v7()),
                audit_log::at.eq(now),
                audit_log::actor_id.eq(entry.actor),
                audit_log::action.eq(entry.action),
                audit_log::target.eq(entry.target),
                audit_log::data.eq(entry.data),
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(audit_log::table)
        .values(rows)
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// Each member of two objects that differs, as `{"from", "to"}`.
pub(crate) fn difference(before: &Value, after: &Value) -> Map<String, Value> {
    let members = after.as_object().into_iter().flatten();
    members
        .filter(|(name, to)| before[name.as_str()] != **to)
        .map(|(name, to)| (name.clone(), json!({ "from": before[name.as_str()], "to": to })))
        .collect()
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRecord {
    /// Sorts entries of one instant.
    pub id: Uuid,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// Who did it; `None` for the system.
    pub actor_id: Option<UserId>,
    /// That person's name now; `None` also where the tenant does not know the person.
    pub actor_name: Option<String>,
    /// The SuperAdmin's e-mail, where one did it as one of the team; the name is his then.
    pub superadmin: Option<String>,
    /// What was done, as `entity.verb`.
    pub action: String,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// Values worth keeping.
    pub data: Value,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditActor {
    /// Nobody: the system by itself.
    System,
    /// This person.
    User(UserId),
}

/// Which entries a list shows; an empty filter shows all.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Done by.
    pub actor: Option<AuditActor>,
    /// The action or what it begins with: `settings.` and `settings.updated` both find the latter.
    pub action: Option<String>,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Part of the action, the target, the person's name or the values.
    pub q: Option<String>,
}

/// Writes down that somebody takes what `filter` finds out of the house; returns the filter of what there
/// is at this moment.
pub async fn begin_export(
    conn: &mut Conn<Tenant>,
    filter: AuditFilter,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<AuditFilter, DbError> {
    let of = filter.actor.map(|actor| match actor {
        AuditActor::System => "system".to_owned(),
        AuditActor::User(id) => id.to_string(),
    });
    let data = json!({
        "actor": of,
        "action": filter.action,
        "target": filter.target,
        "from": filter.from,
        "until": filter.until,
        "q": filter.q,
    });
    let entry = AuditEntry {
        actor: Some(actor),
        action: "audit.exported",
        target: None,
        data,
    };
    record(conn, entry, now).await?;
    Ok(AuditFilter {
        until: Some(filter.until.map_or(now, |until| until.min(now))),
        ..filter
    })
}

type Row = (
    Uuid,
    DateTime<Utc>,
    Option<Uuid>,
    Option<String>,
    Option<(String, String)>,
    String,
    Option<String>,
    Value,
);

impl From<Row> for AuditRecord {
    fn from((id, at, actor, user_name, superadmin, action, target, data): Row) -> Self {
        let (name, superadmin) = superadmin.unzip();
        Self {
            id,
            at,
            actor_id: actor.map(UserId),
            actor_name: user_name.or(name),
            superadmin,
            action,
            target,
            data,
        }
    }
}

/// Queries over `audit_log`.
pub struct Audit<'c>(&'c mut Conn<Tenant>);

impl<'c> Audit<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// The entries, newest first.
    pub async fn list(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRecord>, ListError> {
        let mut query = audit_log::table
            .left_join(users::table.on(audit_log::actor_id.eq(users::id.nullable())))
            .left_join(impersonations::table.on(audit_log::actor_id.eq(impersonations::id.nullable())))
            .order((audit_log::at.desc(), audit_log::id.desc()))
            .limit(page.fetch_limit())
            .select((
                audit_log::id,
                audit_log::at,
                audit_log::actor_id,
                users::name.nullable(),
                (impersonations::superadmin_name, impersonations::superadmin_email).nullable(),
                audit_log::action,
                audit_log::target,
                audit_log::data,
            ))
            .into_boxed();
        match filter.actor {
            None => {}
            Some(AuditActor::System) => query = query.filter(audit_log::actor_id.is_null()),
            Some(AuditActor::User(id)) => query = query.filter(audit_log::actor_id.eq(id.uuid())),
        }
        if let Some(action) = &filter.action {
            query = query.filter(audit_log::action.like(format!("{}%", escape_like(action))));
        }
        if let Some(target) = &filter.target {
            query = query.filter(audit_log::target.eq(target));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_log::at.ge(from));
        }
        if let Some(until) = filter.until {
            query = query.filter(audit_log::at.lt(until));
        }
        if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let pattern = format!("%{}%", escape_like(q));
            let found = audit_log::action
                .ilike(pattern.clone())
                .or(audit_log::target.ilike(pattern.clone()))
                .or(users::name.nullable().ilike(pattern.clone()))
                .or(impersonations::superadmin_name.nullable().ilike(pattern.clone()))
                .or(impersonations::superadmin_email.nullable().ilike(pattern.clone()))
                .or(audit_log::data.cast::<Text>().ilike(pattern));
            query = query.filter(found);
        }
        if let Some((at, id)) = page.after::<(DateTime<Utc>, Uuid)>()? {
            let same_instant = audit_log::at.eq(at).and(audit_log::id.lt(id));
            query = query.filter(audit_log::at.lt(at).or(same_instant));
        }
        let rows: Vec<Row> = query.load(&mut **self.0).await?;
        let rows = rows.into_iter().map(AuditRecord::from).collect();
        Ok(Page::from_rows(rows, page.limit, |record: &AuditRecord| {
            (record.at, record.id)
        }))
    }
}
