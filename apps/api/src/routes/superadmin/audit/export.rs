//! The platform's audit as a table for a spreadsheet. It is read page by page while it is sent,
//! so its length costs no memory.

use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    web::Bytes,
};
use control::audit::{Audit, AuditEntry, AuditFilter, AuditRecord, record};
use futures_util::stream;
use pg::{Control, Cursor, Db, PageRequest};
use serde_json::json;

use super::AuditExportQuery;
use crate::{auth::Platform, json::Query, problem::Problem};

/// Entries that are read at once.
const BATCH: usize = 500;
/// By this Excel knows that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const HEAD: [&str; 7] = [
    "time",
    "actor",
    "actor_id",
    "tenant_id",
    "action",
    "target",
    "data",
];

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
    let table = Table {
        control: platform.app.resolver().control().clone(),
        filter,
        place: Place::Beginning,
    };
    let name = format!("audit_{}.csv", platform.now.date_naive());
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .streaming(stream::try_unfold(table, Table::next)))
}

/// How far the table was sent.
enum Place {
    Beginning,
    After(Cursor),
    End,
}

/// A table that is being sent.
struct Table {
    control: Db<Control>,
    filter: AuditFilter,
    place: Place,
}

impl Table {
    /// The next rows and the rest of the table. What fails here breaks the answer off, which the
    /// browser tells.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Box<dyn std::error::Error>> {
        let (cursor, mut text) = match std::mem::replace(&mut self.place, Place::End) {
            Place::Beginning => {
                let head = csv(|rows| rows.write_record(HEAD))?;
                (None, [BYTE_ORDER_MARK.as_bytes(), &head].concat())
            }
            Place::After(cursor) => (Some(cursor), Vec::new()),
            Place::End => return Ok(None),
        };
        let page = PageRequest { limit: BATCH, cursor };
        let mut conn = self.control.conn().await?;
        let found = Audit::new(&mut conn).list(&self.filter, &page).await?;
        drop(conn);
        text.extend(csv(|rows| {
            let mut records = found.items.iter();
            records.try_for_each(|record| rows.write_record(cells(record)))
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
        assert_eq!(harmless("{\"a\":1}".to_owned()), "{\"a\":1}");
    }
}
