//! The audit as a table for a spreadsheet. It is read page by page while it is sent, so its length costs no memory.

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    web::Bytes,
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures_util::stream;
use pg::{Cursor, PageRequest};
use resolver::TenantHandle;
use tenant::audit::{Audit, AuditFilter, AuditRecord, begin_export};

use super::{AuditExportQuery, Days};
use crate::{
    auth::{AuditRead, Member},
    json::Query,
    problem::Problem,
    routes::settings,
};

/// Entries that are read at once.
const BATCH: usize = 500;
/// By this Excel knows that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const HEAD: [&str; 6] = ["time", "actor", "actor_id", "action", "target", "data"];

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
    let filter = begin_export(&mut conn, filter, member.user.id, member.now).await?;
    drop(conn);
    let table = Table {
        tenant: Arc::clone(&member.tenant),
        filter,
        zone,
        place: Place::Beginning,
    };
    let name = file_name(&member.tenant.tenant.slug.to_string(), days, member.now, zone);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .streaming(stream::try_unfold(table, Table::next)))
}

fn file_name(slug: &str, days: Days, now: DateTime<Utc>, zone: Tz) -> String {
    let last = days.to.unwrap_or_else(|| now.with_timezone(&zone).date_naive());
    match days.from {
        Some(first) => format!("audit_{slug}_{first}_{last}.csv"),
        None => format!("audit_{slug}_until_{last}.csv"),
    }
}

/// How far the table was sent.
enum Place {
    Beginning,
    After(Cursor),
    End,
}

/// A table that is being sent.
struct Table {
    tenant: Arc<TenantHandle>,
    filter: AuditFilter,
    zone: Tz,
    place: Place,
}

impl Table {
    /// The next rows and the rest of the table. What fails here breaks the answer off, which the browser tells.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Box<dyn std::error::Error>> {
        let (cursor, mut text) = match std::mem::replace(&mut self.place, Place::End) {
            Place::Beginning => (
                None,
                [BYTE_ORDER_MARK.as_bytes(), &csv(|rows| rows.write_record(HEAD))?].concat(),
            ),
            Place::After(cursor) => (Some(cursor), Vec::new()),
            Place::End => return Ok(None),
        };
        let page = PageRequest { limit: BATCH, cursor };
        let mut conn = self.tenant.db().await?.conn().await?;
        let found = Audit::new(&mut conn).list(&self.filter, &page).await?;
        drop(conn);
        text.extend(csv(|rows| {
            let mut records = found.items.iter();
            records.try_for_each(|record| rows.write_record(cells(record, self.zone)))
        })?);
        if let Some(cursor) = found.next {
            self.place = Place::After(cursor);
        }
        Ok(Some((Bytes::from(text), self)))
    }
}

fn csv(
    write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut rows = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    write(&mut rows)?;
    Ok(rows.into_inner()?)
}

fn cells(record: &AuditRecord, zone: Tz) -> [String; 6] {
    let id = record.actor_id.map(|id| id.to_string());
    [
        record
            .at
            .with_timezone(&zone)
            .format("%Y-%m-%d %H:%M:%S%:z")
            .to_string(),
        record.actor_name.clone().unwrap_or_default(),
        id.unwrap_or_default(),
        record.action.clone(),
        record.target.clone().unwrap_or_default(),
        record.data.to_string(),
    ]
    .map(harmless)
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for formula in ["=1+1", "+51987654321", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        for text in ["", "Ana", " =1", "{\"a\":1}"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

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
