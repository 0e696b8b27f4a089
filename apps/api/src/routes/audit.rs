//! Who changed what in the tenant.

pub(crate) mod export;

use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use tenant::{
    audit::{Audit, AuditActor, AuditFilter, AuditRecord},
    settings::day_begins,
};
use utoipa::{IntoParams, ToSchema};

use self::export::get_audit_export;
use super::settings;
use crate::{
    auth::{AuditRead, Member},
    json::{self, Query},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/audit").route(web::get().to(list_audit)))
        .service(super::resource("/audit/export.csv").route(web::get().to(get_audit_export)));
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// The id of whoever did it; `system` for what nobody did.
    actor: Option<String>,
    /// The action, or what it begins with: `settings.` finds `settings.updated`.
    action: Option<String>,
    /// The id of what it was done to.
    target: Option<String>,
    /// YYYY-MM-DD in the tenant's zone: from the beginning of this day.
    from: Option<String>,
    /// YYYY-MM-DD in the tenant's zone: to the end of this day.
    to: Option<String>,
    /// Part of the action, the target, the person's name or the values.
    q: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whoever did it.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantAuditActor)]
pub(crate) struct ActorBody {
    id: String,
    /// null: nobody of the team that there is now.
    name: Option<String>,
    /// The e-mail of the platform's SuperAdmin who did it as one of the team.
    superadmin: Option<String>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantAuditEntry)]
pub(crate) struct EntryBody {
    id: String,
    at: DateTime<Utc>,
    /// null: the system by itself.
    actor: Option<ActorBody>,
    /// `entity.verb`
    action: String,
    /// The id of what it was done to.
    target: Option<String>,
    /// Values; of a change, each field with `from` and `to`.
    data: serde_json::Value,
}

/// One page of entries, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct TenantAuditPage {
    items: Vec<EntryBody>,
    next_cursor: Option<String>,
}

/// Which entries, of however many.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditExportQuery {
    /// The id of whoever did it; `system` for what nobody did.
    actor: Option<String>,
    /// The action, or what it begins with: `settings.` finds `settings.updated`.
    action: Option<String>,
    /// The id of what it was done to.
    target: Option<String>,
    /// YYYY-MM-DD in the tenant's zone: from the beginning of this day.
    from: Option<String>,
    /// YYYY-MM-DD in the tenant's zone: to the end of this day.
    to: Option<String>,
    /// Part of the action, the target, the person's name or the values.
    q: Option<String>,
}

/// The first and the last day that were asked for.
#[derive(Clone, Copy)]
struct Days {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl AuditExportQuery {
    fn days(&self) -> Result<Days, Problem> {
        let day = |pointer, text: &Option<String>| {
            text.as_deref()
                .map(|text| settings::date(pointer, text))
                .transpose()
        };
        let (from, to) = (day("/from", &self.from)?, day("/to", &self.to)?);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(Problem::field(
                "/to",
                "end_before_beginning",
                "the last day is before the first",
            ));
        }
        Ok(Days { from, to })
    }

    fn filter(self, days: Days, zone: Tz) -> Result<AuditFilter, Problem> {
        let actor = match self.actor.as_deref() {
            None => None,
            Some("system") => Some(AuditActor::System),
            Some(id) => Some(AuditActor::User(json::body_id("/actor", id)?)),
        };
        let day_after = days.to.and_then(|day| day.succ_opt());
        Ok(AuditFilter {
            actor,
            action: self.action,
            target: self.target,
            from: days.from.map(|day| day_begins(zone, day)),
            until: day_after.map(|day| day_begins(zone, day)),
            q: self.q,
        })
    }
}

impl From<AuditRecord> for EntryBody {
    fn from(record: AuditRecord) -> Self {
        let AuditRecord {
            id,
            at,
            actor_id,
            actor_name: name,
            superadmin,
            action,
            target,
            data,
        } = record;
        let actor = actor_id.map(|id| ActorBody {
            id: id.to_string(),
            name,
            superadmin,
        });
        Self {
            id: id.to_string(),
            at,
            actor,
            action,
            target,
            data,
        }
    }
}

/// Who changed what in the tenant.
#[utoipa::path(get, path = "/api/audit", tag = "settings", params(AuditQuery),
    responses((status = 200, body = TenantAuditPage)), extensions(("x-permission" = json!("audit.read"))))]
pub(crate) async fn list_audit(
    member: Member<AuditRead>,
    Query(query): Query<AuditQuery>,
) -> Result<web::Json<TenantAuditPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let wanted = AuditExportQuery {
        actor: query.actor,
        action: query.action,
        target: query.target,
        from: query.from,
        to: query.to,
        q: query.q,
    };
    let days = wanted.days()?;
    let mut conn = member.conn().await?;
    let zone = settings::zone_of(&member, &mut conn).await?;
    let filter = wanted.filter(days, zone)?;
    let found = Audit::new(&mut conn).list(&filter, &page).await?;
    Ok(web::Json(TenantAuditPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}
