//! Items of a webhook that could not be applied: kept with the reason until
//! they are replayed or a person decides that they are not needed.
//!
//! `inbound` writes them; what an item says, and trying it again, is for `engine`.

mod close;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Binary, Bool},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, ListError, Page, PageRequest, Tenant};

pub use self::close::{DiscardLetterError, close_replayed, discard_letter};
pub use crate::id::DeadLetterId;
use crate::{conversation::escape_like, schema::dead_letters};

/// The longest reason that is kept, in characters.
const MAX_REASON: usize = 1_000;

crate::text_enum! {
    /// What an item is.
    DeadLetterKind {
        /// A customer's message.
        Message = "message",
        /// A report about a message of ours.
        Status = "status",
        /// Something that could not be read, or that nothing here takes.
        Unreadable = "unreadable",
    }
}

crate::text_enum! {
    /// What became of an item.
    DeadLetterState {
        /// Nothing yet.
        Open = "open",
        /// It was applied after all.
        Replayed = "replayed",
        /// Somebody decided that it is not needed.
        Discarded = "discarded",
    }
}

/// An item that could not be applied, without the item itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = dead_letters)]
pub struct DeadLetter {
    /// Its id: the same for the same item of the same line.
    pub id: DeadLetterId,
    /// The line it came in on.
    pub channel_id: ChannelId,
    /// What it is, by its stable name.
    pub kind: String,
    /// Why it could not be applied, the last time it was tried.
    pub reason: String,
    /// The class of the reason.
    pub fingerprint: String,
    /// What became of it, by its stable name.
    pub state: String,
    /// How often it was replayed in vain.
    pub attempts: i32,
    /// When it was replayed last.
    pub last_tried_at: Option<DateTime<Utc>>,
    /// When it was replayed with success, or discarded.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was discarded.
    pub note: Option<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// Which letters are meant.
#[derive(Debug, Clone, Default)]
pub struct DeadLetterFilter {
    /// Only of this kind.
    pub kind: Option<DeadLetterKind>,
    /// Only in this state.
    pub state: Option<DeadLetterState>,
    /// Only with this text in the reason (in any case) or in the item (exactly), as an id is.
    pub q: Option<String>,
}

/// How many letters are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterCount {
    /// Their kind.
    pub kind: String,
    /// Their state.
    pub state: String,
    /// The class of their reason, without what the reason quotes.
    pub fingerprint: String,
    /// How many there are.
    pub letters: i64,
    /// When the first came.
    pub oldest_at: DateTime<Utc>,
    /// When the last came.
    pub newest_at: DateTime<Utc>,
}

type CountRow = (
    String,
    String,
    String,
    i64,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
);

/// Queries over `dead_letters`.
pub struct DeadLetters<'c>(&'c mut Conn<Tenant>);

/// Narrows a boxed query over `dead_letters`.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let mut query = $query;
        if let Some(kind) = $filter.kind {
            query = query.filter(dead_letters::kind.eq(kind.as_str()));
        }
        if let Some(state) = $filter.state {
            query = query.filter(dead_letters::state.eq(state.as_str()));
        }
        if let Some(q) = $filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let in_raw = sql::<Bool>("position(")
                .bind::<Binary, _>(q.as_bytes().to_vec())
                .sql(" IN dead_letters.raw) > 0");
            let in_reason = dead_letters::reason.ilike(format!("%{}%", escape_like(q)));
            query = query.filter(in_reason.or(in_raw));
        }
        query
    }};
}

impl<'c> DeadLetters<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// The letters, the last to come first.
    pub async fn list(
        &mut self,
        filter: &DeadLetterFilter,
        page: &PageRequest,
    ) -> Result<Page<DeadLetter>, ListError> {
        let all = dead_letters::table
            .select(DeadLetter::as_select())
            .order((dead_letters::received_at.desc(), dead_letters::id.desc()))
            .limit(page.fetch_limit())
            .into_boxed();
        let mut query = narrowed!(all, filter);
        if let Some((at, id)) = page.after::<(DateTime<Utc>, DeadLetterId)>()? {
            let same_instant = dead_letters::received_at.eq(at).and(dead_letters::id.lt(id));
            query = query.filter(dead_letters::received_at.lt(at).or(same_instant));
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |row: &DeadLetter| {
            (row.received_at, row.id)
        }))
    }

    /// One letter, and the item as it came.
    pub async fn find(&mut self, id: DeadLetterId) -> Result<Option<(DeadLetter, Vec<u8>)>, DbError> {
        Ok(dead_letters::table
            .find(id.uuid())
            .select((DeadLetter::as_select(), dead_letters::raw))
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// Open letters to be replayed: those that were never tried before those that were, and the oldest first.
    pub async fn due(&mut self, filter: &DeadLetterFilter, limit: i64) -> Result<Vec<DeadLetterId>, DbError> {
        let open = dead_letters::table
            .filter(dead_letters::state.eq(DeadLetterState::Open.as_str()))
            .select(dead_letters::id)
            .order((
                dead_letters::last_tried_at.asc().nulls_first(),
                dead_letters::received_at,
                dead_letters::id,
            ))
            .limit(limit)
            .into_boxed();
        Ok(narrowed!(open, filter).load(&mut **self.0).await?)
    }

    /// How many there are of each class; what they hold stays out of it.
    pub async fn counts(&mut self) -> Result<Vec<DeadLetterCount>, DbError> {
        let rows: Vec<CountRow> = dead_letters::table
            .group_by((dead_letters::kind, dead_letters::state, dead_letters::fingerprint))
            .select((
                dead_letters::kind,
                dead_letters::state,
                dead_letters::fingerprint,
                diesel::dsl::count_star(),
                diesel::dsl::min(dead_letters::received_at),
                diesel::dsl::max(dead_letters::received_at),
            ))
            .order((
                dead_letters::state,
                diesel::dsl::count_star().desc(),
                dead_letters::kind,
                dead_letters::fingerprint,
            ))
            .load(&mut **self.0)
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(kind, state, fingerprint, letters, oldest, newest)| {
                Some(DeadLetterCount {
                    kind,
                    state,
                    fingerprint,
                    letters,
                    oldest_at: oldest?,
                    newest_at: newest?,
                })
            })
            .collect())
    }

    /// How many are open.
    pub async fn open_count(&mut self) -> Result<i64, DbError> {
        let open = dead_letters::table.filter(dead_letters::state.eq(DeadLetterState::Open.as_str()));
        Ok(open.count().get_result(&mut **self.0).await?)
    }

    /// Notes that replaying an open letter failed again, and why.
    pub async fn note_failure(
        &mut self,
        id: DeadLetterId,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let open = dead_letters::table
            .find(id.uuid())
            .filter(dead_letters::state.eq(DeadLetterState::Open.as_str()));
        let reason: String = reason
            .replace('\0', "\u{fffd}")
            .chars()
            .take(MAX_REASON)
            .collect();
        diesel::update(open)
            .set((
                dead_letters::reason.eq(reason),
                dead_letters::attempts.eq(dead_letters::attempts + 1),
                dead_letters::last_tried_at.eq(now),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }
}
