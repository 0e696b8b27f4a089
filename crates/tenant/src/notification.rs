//! What somebody of the team is told of: that a note names him, that a conversation became his.
//!
//! One is told of what others do, never of what one does oneself, and only of conversations in one's sight.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, ListError, Page, PageRequest, Tenant};

pub use crate::id::NotificationId;
use crate::{
    contact::Contact,
    conversation::{ConversationId, Sight, UserRef},
    event::{self, EventKind},
    id::MessageId,
    schema::{contacts, conversations, messages, notifications},
    text_enum,
    user::{UserId, Users},
};

/// What [`Notifications::unread`] counts to; one more stands for more than this.
pub const MOST_UNREAD: i64 = 99;

text_enum! {
    /// What happened.
    NotificationKind {
        /// A note names the person.
        Mention = "mention",
        /// Somebody gave the person the conversation.
        Assigned = "assigned",
    }
}

/// Something that somebody is to be told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewNotification {
    pub user: UserId,
    pub kind: NotificationKind,
    pub conversation: ConversationId,
    pub message: Option<MessageId>,
}

/// Keeps what is to be told and tells of it; what somebody did himself he is not told of. Last in a
/// transaction, as [`event::append`].
pub(crate) async fn tell(
    tx: &mut Conn<Tenant>,
    new: &[NewNotification],
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let new: Vec<&NewNotification> = new.iter().filter(|new| new.user != actor).collect();
    if new.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = new
        .iter()
        .map(|new| {
            (
                notifications::id.eq(NotificationId::generate()),
                notifications::user_id.eq(new.user),
                notifications::kind.eq(new.kind.as_str()),
                notifications::conversation_id.eq(new.conversation),
                notifications::message_id.eq(new.message),
                notifications::actor_id.eq(actor),
                notifications::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(notifications::table)
        .values(rows)
        .execute(&mut **tx)
        .await?;
    let told: Vec<_> = new
        .iter()
        .map(|new| (new.user, new.conversation, new.message))
        .collect();
    event::append_for(tx, EventKind::NotificationCreated, &told).await
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = notifications)]
struct Row {
    id: NotificationId,
    #[diesel(deserialize_as = String)]
    kind: NotificationKind,
    conversation_id: ConversationId,
    message_id: Option<MessageId>,
    actor_id: Option<UserId>,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

/// Something that somebody is told of, with what a list shows of it.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What happened.
    pub kind: NotificationKind,
    /// Where.
    pub conversation_id: ConversationId,
    /// The customer's name.
    pub contact: String,
    /// The note that names the person, and what it says.
    pub note: Option<(MessageId, String)>,
    /// Who did it; `None`: the system.
    pub actor: Option<UserRef>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the person saw it.
    pub read_at: Option<DateTime<Utc>>,
}

/// Which of them somebody has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// All.
    All,
    /// Those of a conversation.
    In(ConversationId),
    /// These.
    These(Vec<NotificationId>),
}

/// Queries over `notifications`, of one person's own in his sight.
pub struct Notifications<'c> {
    conn: &'c mut Conn<Tenant>,
    owner: UserId,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl<'c> Notifications<'c> {
    /// Over this connection, of what `owner` is told.
    pub fn new(conn: &'c mut Conn<Tenant>, owner: UserId) -> Self {
        Self { conn, owner }
    }

    /// What he is told of, the newest first; only what he has not seen when `only_unread`.
    pub async fn list(
        &mut self,
        sight: Sight,
        only_unread: bool,
        page: &PageRequest,
    ) -> Result<Page<Notification>, ListError> {
        let mut query = notifications::table
            .inner_join(conversations::table.inner_join(contacts::table))
            .left_join(messages::table.on(notifications::message_id.eq(messages::id.nullable())))
            .filter(notifications::user_id.eq(self.owner))
            .order((notifications::created_at.desc(), notifications::id.desc()))
            .limit(page.fetch_limit())
            .select((Row::as_select(), Contact::as_select(), messages::body.nullable()))
            .into_boxed();
        if let Some(user) = sight.only_of() {
            let free = conversations::assignee_id.is_null();
            query = query.filter(free.or(conversations::assignee_id.eq(user)));
        }
        if only_unread {
            query = query.filter(notifications::read_at.is_null());
        }
        if let Some((at, id)) = page.after::<(DateTime<Utc>, NotificationId)>()? {
            let same_instant = notifications::created_at.eq(at).and(notifications::id.lt(id));
            query = query.filter(notifications::created_at.lt(at).or(same_instant));
        }
        let rows: Vec<(Row, Contact, Option<String>)> = query.load(&mut **self.conn).await?;
        let page = Page::from_rows(rows, page.limit, |(row, ..)| (row.created_at, row.id));
        let actors: Vec<UserId> = page.items.iter().filter_map(|(row, ..)| row.actor_id).collect();
        let names: HashMap<UserId, String> =
            Users::new(self.conn).names(&actors).await?.into_iter().collect();
        Ok(page.map(|(row, contact, body)| Notification {
            id: row.id,
            kind: row.kind,
            conversation_id: row.conversation_id,
            contact: contact.display_name(),
            note: row.message_id.zip(body),
            actor: row.actor_id.map(|id| UserRef {
                id,
                name: names.get(&id).cloned().unwrap_or_default(),
            }),
            created_at: row.created_at,
            read_at: row.read_at,
        }))
    }

    /// How many he has not seen; [`MOST_UNREAD`] + 1 stands for more.
    pub async fn unread(&mut self, sight: Sight) -> Result<i64, DbError> {
        let query = "SELECT count(*) AS count FROM (SELECT FROM notifications n \
                     JOIN conversations c ON c.id = n.conversation_id \
                     WHERE n.user_id = $1 AND n.read_at IS NULL \
                     AND ($2 IS NULL OR c.assignee_id IS NULL OR c.assignee_id = $2) LIMIT $3) AS unseen";
        let row: Counted = diesel::sql_query(query)
            .bind::<SqlUuid, _>(self.owner)
            .bind::<Nullable<SqlUuid>, _>(sight.only_of())
            .bind::<BigInt, _>(MOST_UNREAD + 1)
            .get_result(&mut **self.conn)
            .await?;
        Ok(row.count)
    }
}

/// Notes what somebody has seen, and tells his other desks; how many that were.
pub async fn mark_seen(
    conn: &mut Conn<Tenant>,
    owner: UserId,
    seen: &Seen,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    conn.transaction(async |tx| {
        let mut update = diesel::update(notifications::table)
            .filter(notifications::user_id.eq(owner))
            .filter(notifications::read_at.is_null())
            .set(notifications::read_at.eq(now))
            .into_boxed();
        match seen {
            Seen::All => {}
            Seen::In(conversation) => update = update.filter(notifications::conversation_id.eq(conversation)),
            Seen::These(ids) => update = update.filter(notifications::id.eq_any(ids)),
        }
        let read: Vec<ConversationId> = update
            .returning(notifications::conversation_id)
            .get_results(&mut **tx)
            .await
            .map_err(DbError::from)?;
        // One is enough: whoever hears it asks for the whole list.
        let told: Vec<_> = read.iter().take(1).map(|id| (owner, *id, None)).collect();
        event::append_for(tx, EventKind::NotificationRead, &told).await?;
        Ok(read.len())
    })
    .await
}
