//! What somebody sees of the inbox. Whatever is out of sight does not exist for him.

use diesel::{
    prelude::*,
    sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, DbError};

use super::{ConversationId, Conversations};
use crate::{
    contact::Identity,
    id::{MessageId, UserId},
    role::ConversationScope,
    user::User,
};

/// Which conversations somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of them.
    Everything,
    /// Those that are assigned to this person or to nobody.
    OwnAndUnassigned(UserId),
}

impl Sight {
    /// What this person's role lets him see.
    pub fn of(user: &User) -> Self {
        match user.role.conversations {
            ConversationScope::All => Self::Everything,
            ConversationScope::Own => Self::OwnAndUnassigned(user.id),
        }
    }

    /// Whether a conversation with this owner is seen.
    pub fn sees(self, assignee: Option<UserId>) -> bool {
        match self {
            Self::Everything => true,
            Self::OwnAndUnassigned(user) => assignee.is_none_or(|assignee| assignee == user),
        }
    }

    /// The one whose conversations alone are seen, if there is one.
    pub(crate) fn only_of(self) -> Option<UserId> {
        match self {
            Self::Everything => None,
            Self::OwnAndUnassigned(user) => Some(user),
        }
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

impl Conversations<'_> {
    /// Whether there is such a conversation, for these eyes.
    pub async fn is_seen(&mut self, id: ConversationId, sight: Sight) -> Result<bool, DbError> {
        let query = "SELECT EXISTS (SELECT FROM conversations WHERE id = $1 \
                     AND ($2 IS NULL OR assignee_id IS NULL OR assignee_id = $2)) AS found";
        let asked = diesel::sql_query(query)
            .bind::<SqlUuid, _>(id)
            .bind::<Nullable<SqlUuid>, _>(sight.only_of());
        let row: Found = asked.get_result(&mut **self.0).await?;
        Ok(row.found)
    }

    /// Whether there is such a message, for these eyes.
    pub async fn is_message_seen(&mut self, id: MessageId, sight: Sight) -> Result<bool, DbError> {
        let query = "SELECT EXISTS (SELECT FROM messages m JOIN conversations c ON c.id = m.conversation_id \
                     WHERE m.id = $1 AND ($2 IS NULL OR c.assignee_id IS NULL OR c.assignee_id = $2)) AS found";
        let asked = diesel::sql_query(query)
            .bind::<SqlUuid, _>(id)
            .bind::<Nullable<SqlUuid>, _>(sight.only_of());
        let row: Found = asked.get_result(&mut **self.0).await?;
        Ok(row.found)
    }

    /// Whether a thread with this customer on this line is there, but out of sight.
    pub async fn is_hidden_with(
        &mut self,
        channel: ChannelId,
        identity: &Identity,
        sight: Sight,
    ) -> Result<bool, DbError> {
        let Some(user) = sight.only_of() else {
            return Ok(false);
        };
        let keys: Vec<&str> = identity.keys().collect();
        let query = "SELECT EXISTS (SELECT FROM contact_keys k JOIN conversations c USING (contact_id) \
                     WHERE k.key = ANY ($1) AND k.left_at IS NULL AND c.channel_id = $2 \
                     AND c.assignee_id IS NOT NULL AND c.assignee_id <> $3) AS found";
        let asked = diesel::sql_query(query)
            .bind::<Array<Text>, _>(keys)
            .bind::<SqlUuid, _>(channel)
            .bind::<SqlUuid, _>(user);
        let row: Found = asked.get_result(&mut **self.0).await?;
        Ok(row.found)
    }
}
