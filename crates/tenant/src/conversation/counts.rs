//! How many conversations each tab of the inbox holds.

use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use pg::DbError;

use super::{
    AssigneeFilter, ConversationFilter, Conversations, Sight,
    query::{self, Values},
};
use crate::{search, user::UserId};

/// Numbers are exact up to this one; one more stands for more.
pub const MOST_COUNTED: i64 = 1_000;

/// How many conversations match, by tab; each no further than [`MOST_COUNTED`] and one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Counts {
    /// Owned by the asker.
    #[diesel(sql_type = BigInt)]
    pub mine: i64,
    /// Owned by nobody.
    #[diesel(sql_type = BigInt)]
    pub unassigned: i64,
    /// All of them.
    #[diesel(sql_type = BigInt)]
    pub everyone: i64,
    /// Of all, those with unread messages.
    #[diesel(sql_type = BigInt)]
    pub unread: i64,
}

impl Conversations<'_> {
    /// Counts what is in sight and matches, whoever owns it, for `user`.
    pub async fn counts(
        &mut self,
        filter: &ConversationFilter,
        user: UserId,
        sight: Sight,
    ) -> Result<Counts, DbError> {
        if filter.search.is_some() {
            search::catch_up(self.0).await?;
        }
        let of = |assignee| ConversationFilter {
            assignee,
            ..filter.clone()
        };
        let unread = ConversationFilter {
            unread: Some(true),
            ..of(None)
        };
        // Who asks for what is read has none that is not.
        let none_unread = filter.unread == Some(false);
        let tabs = [
            ("mine", of(Some(AssigneeFilter::User(user)))),
            ("unassigned", of(Some(AssigneeFilter::Unassigned))),
            ("everyone", of(None)),
            ("unread", unread),
        ];
        let mut values = Values::default();
        let columns: Vec<String> = tabs
            .iter()
            .map(|(name, filter)| {
                let most = if none_unread && *name == "unread" {
                    0
                } else {
                    MOST_COUNTED + 1
                };
                let count = query::count(filter, sight, most, &mut values);
                format!("{count} AS {name}")
            })
            .collect();
        let sql = format!("SELECT {}", columns.join(", "));
        Ok(values.bound(sql).get_result(&mut **self.0).await?)
    }
}
