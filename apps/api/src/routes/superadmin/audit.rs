//! Who changed what on the platform.

pub(crate) mod export;

use actix_web::web;
use chrono::{DateTime, Utc};
use control::audit::{Audit, AuditFilter, AuditRecord};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::Platform,
    json::{self, Query},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/audit").route(web::get().to(list_platform_audit)))
        .service(
            crate::routes::resource("/audit/export.csv")
                .route(web::get().to(export::get_platform_audit_export)),
        );
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only what concerns this tenant.
    tenant_id: Option<String>,
    /// Only what somebody with this in the e-mail did.
    actor: Option<String>,
    /// Only actions that begin so: channel, or channel.created.
    action: Option<String>,
    /// Only what was done then or later.
    from: Option<DateTime<Utc>>,
    /// Only what was done before.
    until: Option<DateTime<Utc>>,
    /// Only what has this in its action, target, e-mail or data.
    q: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which entries, all of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditExportQuery {
    /// Only what concerns this tenant.
    tenant_id: Option<String>,
    /// Only what somebody with this in the e-mail did.
    actor: Option<String>,
    /// Only actions that begin so: channel, or channel.created.
    action: Option<String>,
    /// Only what was done then or later.
    from: Option<DateTime<Utc>>,
    /// Only what was done before.
    until: Option<DateTime<Utc>>,
    /// Only what has this in its action, target, e-mail or data.
    q: Option<String>,
}

impl AuditExportQuery {
    fn filter(self) -> Result<AuditFilter, Problem> {
        Ok(AuditFilter {
            tenant_id: self
                .tenant_id
                .map(|id| json::body_id("/tenant_id", &id))
                .transpose()?,
            actor: self.actor,
            action: self.action,
            from: self.from,
            until: self.until,
            q: self.q,
        })
    }
}

/// Who did it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditActorBody {
    id: Option<String>,
    email: Option<String>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditBody {
    id: String,
    at: DateTime<Utc>,
    /// null: the command line.
    actor: Option<AuditActorBody>,
    tenant_id: Option<String>,
    action: String,
    target: Option<String>,
    data: serde_json::Value,
}

/// One page of entries, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPage {
    items: Vec<AuditBody>,
    next_cursor: Option<String>,
}

impl From<AuditRecord> for AuditBody {
    fn from(record: AuditRecord) -> Self {
        let AuditRecord {
            id,
            at,
            actor_id,
            actor_email,
            tenant_id,
            action,
            target,
            data,
        } = record;
        let actor = (actor_id.is_some() || actor_email.is_some()).then(|| AuditActorBody {
            id: actor_id.map(|id| id.to_string()),
            email: actor_email,
        });
        Self {
            id: id.to_string(),
            at,
            actor,
            tenant_id: tenant_id.map(|id| id.to_string()),
            action,
            target,
            data,
        }
    }
}

/// Who changed what on the platform.
#[utoipa::path(get, path = "/api/superadmin/audit", tag = "superadmin", params(AuditQuery),
    responses((status = 200, body = AuditPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_platform_audit(
    platform: Platform,
    Query(query): Query<AuditQuery>,
) -> Result<web::Json<AuditPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let wanted = AuditExportQuery {
        tenant_id: query.tenant_id,
        actor: query.actor,
        action: query.action,
        from: query.from,
        until: query.until,
        q: query.q,
    };
    let found = Audit::new(&mut platform.conn().await?)
        .list(&wanted.filter()?, &page)
        .await?;
    Ok(web::Json(AuditPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}
