//! Who changed what on the platform.

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
    config.service(crate::routes::resource("/audit").route(web::get().to(list_platform_audit)));
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Only what concerns this tenant.
    tenant_id: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
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
    let tenant_id = query
        .tenant_id
        .map(|id| json::body_id("/tenant_id", &id))
        .transpose()?;
    let page = json::page_request(query.limit, query.cursor)?;
    let found = Audit::new(&mut platform.conn().await?)
        .list(&AuditFilter { tenant_id }, &page)
        .await?;
    Ok(web::Json(AuditPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}
