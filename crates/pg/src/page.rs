//! Keyset pages: the cursor names the last row seen, so a page stays right
//! while rows come and go, and costs the same at any depth.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::DbError;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last page.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts `rows`, fetched with one more than `limit`, to a page. `key` names
    /// the sort key of the last row kept.
    pub fn from_rows<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl FnOnce(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more {
            rows.last().map(|row| Cursor::encode(&key(row)))
        } else {
            None
        };
        Self { items: rows, next }
    }

    /// The same page with each item converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}

/// What a caller asks of a list.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// Rows wanted, 1 to 200.
    pub limit: usize,
    /// Where to go on, from the page before.
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// The limit plus one, as SQL wants it: the extra row tells whether there is a next page.
    pub fn fetch_limit(&self) -> i64 {
        i64::try_from(self.limit.saturating_add(1)).unwrap_or(i64::MAX)
    }

    /// The key that the cursor carries, if there is a cursor.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, InvalidCursor> {
        self.cursor.as_ref().map(Cursor::decode).transpose()
    }
}

/// An opaque place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// The cursor was not made by this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list gave out")]
pub struct InvalidCursor;

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The request's cursor is not one of this list.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for ListError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Cursor {
    /// Takes a cursor from a request; it is checked when decoded.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to hand to the client.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn encode<K: Serialize>(key: &K) -> Self {
        let json = serde_json::to_vec(key).unwrap_or_default();
        Self(URL_SAFE_NO_PAD.encode(json))
    }

    fn decode<K: DeserializeOwned>(&self) -> Result<K, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_source| InvalidCursor)?;
        serde_json::from_slice(&bytes).map_err(|_source| InvalidCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extra_row_becomes_the_cursor_of_the_last_kept() {
        let page = Page::from_rows(vec![3, 2, 1], 2, |row| *row);
        assert_eq!(page.items, [3, 2]);
        let request = PageRequest {
            limit: 2,
            cursor: page.next,
        };
        assert_eq!(request.after::<i32>(), Ok(Some(2)));
    }

    #[test]
    fn a_full_last_page_has_no_cursor() {
        assert!(Page::from_rows(vec![2, 1], 2, |row| *row).next.is_none());
    }

    #[test]
    fn a_made_up_cursor_is_refused() {
        let request = PageRequest {
            limit: 1,
            cursor: Some(Cursor::new("zzz")),
        };
        assert_eq!(request.after::<(i64, String)>(), Err(InvalidCursor));
    }
}
