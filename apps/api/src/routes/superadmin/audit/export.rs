//! The platform's audit as a table for a spreadsheet.

use std::error::Error;

use actix_web::HttpResponse;
use control::audit::{Audit, AuditEntry, AuditFilter, AuditRecord, record};
use pg::{Control, Cursor, Db, PageRequest};
use serde_json::json;

use super::AuditExportQuery;
use crate::{
    auth::Platform,
    json::Query,
    problem::Problem,
    table::{self, Rows},
};

/// The audit as CSV, the newest first, times in UTC. That it was taken is written in the audit.
#[utoipa::path(get, path = "/api/superadmin/audit/export.csv", tag = "superadmin", params(AuditExportQuery),
    responses((status = 200, description = "A table with a head, in UTF-8.", content_type = "text/csv", body = String)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_platform_audit_export(
    platform: Platform,
    Query(query): Query<AuditExportQuery>,
) -> Result<HttpResponse, Problem> {
    let filter = query.filter()?;
    let entry = AuditEntry {
        at: platform.now,
        actor: &platform.actor(),
        tenant_id: filter.tenant_id,
        action: "audit.exported",
        target: None,
        data: json!({ "actor": filter.actor, "action": filter.action, "q": filter.q }),
    };
    record(&mut platform.conn().await?, entry).await?;
    let name = format!("audit_{}.csv", platform.now.date_naive());
    let control = platform.app.resolver().control().clone();
    Ok(table::answer(name, Entries { control, filter }))
}

/// The entries of the platform's audit.
struct Entries {
    control: Db<Control>,
    filter: AuditFilter,
}

impl Rows<7> for Entries {
    const HEAD: [&'static str; 7] = [
        "time",
        "actor",
        "actor_id",
        "tenant_id",
        "action",
        "target",
        "data",
    ];

    async fn page(&self, page: PageRequest) -> Result<(Vec<[String; 7]>, Option<Cursor>), Box<dyn Error>> {
        let mut conn = self.control.conn().await?;
        let found = Audit::new(&mut conn).list(&self.filter, &page).await?;
        Ok((found.items.iter().map(cells).collect(), found.next))
    }
}

fn cells(record: &AuditRecord) -> [String; 7] {
    let id = record.actor_id.map(|id| id.to_string());
    let tenant = record.tenant_id.map(|id| id.to_string());
    [
        record.at.format("%Y-%m-%d %H:%M:%SZ").to_string(),
        record.actor_email.clone().unwrap_or_default(),
        id.unwrap_or_default(),
        tenant.unwrap_or_default(),
        record.action.clone(),
        record.target.clone().unwrap_or_default(),
        record.data.to_string(),
    ]
}
