//! The audit as a table for a spreadsheet.

use std::{error::Error, sync::Arc};

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use pg::{Cursor, PageRequest};
use resolver::TenantHandle;
use tenant::audit::{Audit, AuditFilter, AuditRecord, begin_export};

use super::{AuditExportQuery, Days};
use crate::{
    auth::{AuditRead, Member},
    json::Query,
    problem::Problem,
    routes::settings,
    table::{self, Rows},
};

/// The audit as CSV, the newest first. That it was taken is written in the audit.
#[utoipa::path(get, path = "/api/audit/export.csv", tag = "settings", params(AuditExportQuery),
    responses((status = 200, description = "A table with a head, in UTF-8.", content_type = "text/csv", body = String)),
    extensions(("x-permission" = json!("audit.read"))))]
pub(crate) async fn get_audit_export(
    member: Member<AuditRead>,
    Query(wanted): Query<AuditExportQuery>,
) -> Result<HttpResponse, Problem> {
    let days = wanted.days()?;
    let mut conn = member.conn().await?;
    let zone = settings::zone_of(&member, &mut conn).await?;
    let filter = wanted.filter(days, zone)?;
    let filter = begin_export(&mut conn, filter, member.acting(), member.now).await?;
    drop(conn);
    let name = file_name(&member.tenant.tenant.slug.to_string(), days, member.now, zone);
    let tenant = Arc::clone(&member.tenant);
    Ok(table::answer(name, Entries { tenant, filter, zone }))
}

fn file_name(slug: &str, days: Days, now: DateTime<Utc>, zone: Tz) -> String {
    let last = days.to.unwrap_or_else(|| now.with_timezone(&zone).date_naive());
    match days.from {
        Some(first) => format!("audit_{slug}_{first}_{last}.csv"),
        None => format!("audit_{slug}_until_{last}.csv"),
    }
}

/// The entries of a tenant's audit.
struct Entries {
    tenant: Arc<TenantHandle>,
    filter: AuditFilter,
    zone: Tz,
}

impl Rows<7> for Entries {
    const HEAD: [&'static str; 7] = [
        "time",
        "actor",
        "actor_id",
        "superadmin",
        "action",
        "target",
        "data",
    ];

    async fn page(&self, page: PageRequest) -> Result<(Vec<[String; 7]>, Option<Cursor>), Box<dyn Error>> {
        let mut conn = self.tenant.db().await?.conn().await?;
        let found = Audit::new(&mut conn).list(&self.filter, &page).await?;
        let rows = found.items.iter().map(|record| cells(record, self.zone));
        Ok((rows.collect(), found.next))
    }
}

fn cells(record: &AuditRecord, zone: Tz) -> [String; 7] {
    let id = record.actor_id.map(|id| id.to_string());
    [
        record
            .at
            .with_timezone(&zone)
            .format("%Y-%m-%d %H:%M:%S%:z")
            .to_string(),
        record.actor_name.clone().unwrap_or_default(),
        id.unwrap_or_default(),
        record.superadmin.clone().unwrap_or_default(),
        record.action.clone(),
        record.target.clone().unwrap_or_default(),
        record.data.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_by_its_days() {
        let (day, now) = (
            "2026-11-01".parse().unwrap(),
            "2026-12-01T02:00:00Z".parse().unwrap(),
        );
        let days = |from, to| Days { from, to };
        let name = |days| file_name("sol", days, now, Tz::America__Lima);
        assert_eq!(name(days(Some(day), None)), "audit_sol_2026-11-01_2026-11-30.csv");
        assert_eq!(name(days(None, Some(day))), "audit_sol_until_2026-11-01.csv");
    }
}
