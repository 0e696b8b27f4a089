//! Lists as tables for a spreadsheet (RFC 4180). A table is read page by page while it is sent, so its
//! length costs no memory.

use std::{error::Error, future::Future};

use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    web::Bytes,
};
use futures_util::stream;
use pg::{Cursor, PageRequest};

/// Rows that are read at once.
const BATCH: usize = 500;
/// By this Excel knows that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

type Failure = Box<dyn Error>;

/// Where the rows of a table of `N` columns come from.
pub(crate) trait Rows<const N: usize>: 'static {
    /// The names of the columns.
    const HEAD: [&'static str; N];

    /// A page of rows, and where the next one begins.
    fn page(
        &self,
        page: PageRequest,
    ) -> impl Future<Output = Result<(Vec<[String; N]>, Option<Cursor>), Failure>>;
}

/// The table as a file of this name. What fails on the way breaks the answer off, which the browser tells.
pub(crate) fn answer<const N: usize>(name: String, rows: impl Rows<N>) -> HttpResponse {
    let table = Table {
        rows,
        place: Place::Beginning,
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .streaming(stream::try_unfold(table, Table::next))
}

/// How far a table was sent.
enum Place {
    Beginning,
    After(Cursor),
    End,
}

struct Table<R> {
    rows: R,
    place: Place,
}

impl<R> Table<R> {
    /// The next rows and the rest of the table.
    async fn next<const N: usize>(mut self) -> Result<Option<(Bytes, Self)>, Failure>
    where
        R: Rows<N>,
    {
        let (cursor, mut text) = match std::mem::replace(&mut self.place, Place::End) {
            Place::Beginning => (
                None,
                [
                    BYTE_ORDER_MARK.as_bytes(),
                    &written([R::HEAD.map(str::to_owned)])?,
                ]
                .concat(),
            ),
            Place::After(cursor) => (Some(cursor), Vec::new()),
            Place::End => return Ok(None),
        };
        let (rows, next) = self.rows.page(PageRequest { limit: BATCH, cursor }).await?;
        text.extend(written(rows)?);
        if let Some(cursor) = next {
            self.place = Place::After(cursor);
        }
        Ok(Some((Bytes::from(text), self)))
    }
}

fn written<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> Result<Vec<u8>, Failure> {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        table.write_record(row.map(harmless))?;
    }
    Ok(table.into_inner()?)
}

/// A cell that no spreadsheet takes for a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
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
}
