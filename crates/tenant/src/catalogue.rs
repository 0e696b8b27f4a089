//! What branches and services share: codes, what is searched in them, and the order that people put them in.

use diesel::sql_types::{Array, Integer, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use pg::{Conn, DbError, Tenant};
use uuid::Uuid;

use crate::conversation::escape_like;

/// The longest code, in characters.
const MAX_CODE: usize = 40;

/// Which rows of a catalogue a list shows; an empty filter shows all.
#[derive(Debug, Clone, Default)]
pub struct CatalogueFilter {
    /// Only those that are offered, or only those that are not.
    pub is_active: Option<bool>,
    /// Part of the name, the code or what stands below the name.
    pub q: Option<String>,
}

impl CatalogueFilter {
    /// A pattern for `ILIKE` that finds what is searched, if anything is.
    pub(crate) fn pattern(&self) -> Option<String> {
        let q = self.q.as_deref().map(str::trim).filter(|q| !q.is_empty())?;
        Some(format!("%{}%", escape_like(q)))
    }
}

/// A list whose rows have an id and a position.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Catalogue {
    Branches,
    Services,
}

#[derive(diesel::QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(diesel::QueryableByName)]
struct PositionRow {
    #[diesel(sql_type = Integer)]
    position: i32,
}

/// A code without the blanks around it; `None` if it has other characters than letters, digits, `.`, `_` and `-`.
pub(crate) fn code(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (1..=MAX_CODE).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    fits.then(|| text.to_owned())
}

impl Catalogue {
    fn table(self) -> &'static str {
        match self {
            Self::Branches => "branches",
            Self::Services => "services",
        }
    }

    /// Keeps others from adding and moving until the transaction ends; they may read.
    pub(crate) async fn lock(self, tx: &mut Conn<Tenant>) -> Result<(), DbError> {
        let lock = format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", self.table());
        Ok(tx.batch_execute(&lock).await?)
    }

    /// The position behind all others; under the lock.
    pub(crate) async fn end(self, tx: &mut Conn<Tenant>) -> Result<i32, DbError> {
        let last = format!(
            "SELECT coalesce(max(position), 0) + 1 AS position FROM {}",
            self.table()
        );
        let row: PositionRow = diesel::sql_query(last).get_result(&mut **tx).await?;
        Ok(row.position)
    }

    /// Puts a row in the n-th place, from 1, and numbers all anew; under the lock.
    pub(crate) async fn put(self, tx: &mut Conn<Tenant>, id: Uuid, place: usize) -> Result<(), DbError> {
        let table = self.table();
        let in_order = format!("SELECT id FROM {table} ORDER BY position, id");
        let rows: Vec<IdRow> = diesel::sql_query(in_order).load(&mut **tx).await?;
        let mut ids: Vec<Uuid> = rows
            .into_iter()
            .map(|row| row.id)
            .filter(|other| *other != id)
            .collect();
        ids.insert(place.saturating_sub(1).min(ids.len()), id);
        let number = format!(
            "UPDATE {table} SET position = wanted.place
             FROM unnest($1) WITH ORDINALITY AS wanted (id, place)
             WHERE {table}.id = wanted.id AND {table}.position <> wanted.place"
        );
        diesel::sql_query(number)
            .bind::<Array<SqlUuid>, _>(ids)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_fits_a_url_and_a_spreadsheet() {
        assert_eq!(code(" SUC-01.b_2 ").as_deref(), Some("SUC-01.b_2"));
        for bad in ["", " ", "a b", "ñ", "a/b", "=1", &"a".repeat(41)] {
            assert_eq!(code(bad), None, "{bad}");
        }
    }
}
