//! What is known of a customer, all of it together: his ids, what the team wrote down, where he is blocked, whoever
//! is the same person, his conversations and the files in them. Reads only.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, ListError, Page, PageRequest, Tenant};

use super::{Contact, ContactId};
use crate::{
    conversation::{ConversationId, ConversationView, Conversations, Sight},
    id::MessageId,
    message::{Message, Messages},
    schema::{contact_attributes, contact_blocks, contact_keys, contacts},
};

/// Conversations that [`conversations_of`] tells of at most: a customer has one on each line.
const MOST_CONVERSATIONS: i64 = 100;
/// Names of attributes that are offered at most.
const MOST_OFFERED: i64 = 500;

/// What the team wrote down of a customer: text by name.
pub type Attributes = std::collections::BTreeMap<String, String>;

/// Everything about a customer.
#[derive(Debug, Clone)]
pub struct ContactCard {
    /// The one who was asked for.
    pub contact: Contact,
    /// What the team wrote down; where contacts are one person, of all of them, and the main one's word counts.
    pub attributes: Attributes,
    /// Ids that he used before, the last first.
    pub former_keys: Vec<FormerKey>,
    /// The lines on which WhatsApp itself turns him away.
    pub blocked_lines: Vec<ChannelId>,
    /// The others that are the same person; the main one first.
    pub same: Vec<Contact>,
}

/// An id that a customer does not use any more.
#[derive(Debug, Clone, Queryable)]
pub struct FormerKey {
    /// The phone number, without a plus, or user id.
    pub key: String,
    /// When he left it.
    pub left_at: DateTime<Utc>,
}

#[derive(Queryable)]
struct Member {
    contact: Contact,
    attributes: serde_json::Value,
}

/// All that is known of a contact; `None` where there is none for these eyes.
pub async fn card(
    conn: &mut Conn<Tenant>,
    id: ContactId,
    sight: Sight,
) -> Result<Option<ContactCard>, DbError> {
    let mut members = members(conn, id).await?;
    let Some(place) = members.iter().position(|member| member.contact.id == id) else {
        return Ok(None);
    };
    if sight.only_of().is_some() && conversation_ids(conn, id, sight).await?.is_empty() {
        return Ok(None);
    }
    // The main one comes first; whatever it says stays said.
    let mut attributes = Attributes::new();
    for member in &members {
        for (key, value) in read(&member.attributes) {
            attributes.entry(key).or_insert(value);
        }
    }
    let contact = members.remove(place).contact;
    let former_keys = contact_keys::table
        .filter(contact_keys::contact_id.eq(id))
        .filter(contact_keys::left_at.is_not_null())
        .order(contact_keys::left_at.desc())
        .select((contact_keys::key, contact_keys::left_at.assume_not_null()))
        .load(&mut **conn)
        .await?;
    let blocked_lines = contact_blocks::table
        .filter(contact_blocks::contact_id.eq(id))
        .order(contact_blocks::channel_id)
        .select(contact_blocks::channel_id)
        .load(&mut **conn)
        .await?;
    Ok(Some(ContactCard {
        contact,
        attributes,
        former_keys,
        blocked_lines,
        same: members.into_iter().map(|member| member.contact).collect(),
    }))
}

/// The contact and all who are the same person, the main one first.
async fn members(conn: &mut Conn<Tenant>, id: ContactId) -> Result<Vec<Member>, DbError> {
    let Some(main) = main_of(conn, id).await? else {
        return Ok(Vec::new());
    };
    Ok(contacts::table
        .filter(contacts::id.eq(main).or(contacts::merged_into.eq(main)))
        .order((contacts::merged_into.asc().nulls_first(), contacts::id))
        .select((Contact::as_select(), contacts::attributes))
        .load(&mut **conn)
        .await?)
}

/// The one that stands for the whole person; `None` if there is no such contact.
pub(super) async fn main_of(conn: &mut Conn<Tenant>, id: ContactId) -> Result<Option<ContactId>, DbError> {
    let found: Option<Option<ContactId>> = contacts::table
        .find(id)
        .select(contacts::merged_into)
        .first(&mut **conn)
        .await
        .optional()?;
    Ok(found.map(|into| into.unwrap_or(id)))
}

pub(super) fn read(value: &serde_json::Value) -> Attributes {
    let members = value.as_object().into_iter().flatten();
    members
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
}

async fn conversation_ids(
    conn: &mut Conn<Tenant>,
    contact: ContactId,
    sight: Sight,
) -> Result<Vec<ConversationId>, DbError> {
    let query = "\
        SELECT c.id FROM conversations c JOIN contacts p ON p.id = c.contact_id \
        WHERE (p.id = main.id OR p.merged_into = main.id) AND ($2 IS NULL OR c.assignee_id IS NULL OR c.assignee_id = $2)";
    let query = format!(
        "SELECT found.id FROM (SELECT COALESCE(merged_into, id) AS id FROM contacts WHERE id = $1) AS main \
         CROSS JOIN LATERAL ({query} ORDER BY c.last_activity_at DESC, c.id DESC LIMIT $3) AS found"
    );
    let found: Vec<Found> = diesel::sql_query(query)
        .bind::<SqlUuid, _>(contact)
        .bind::<Nullable<SqlUuid>, _>(sight.only_of())
        .bind::<BigInt, _>(MOST_CONVERSATIONS)
        .load(&mut **conn)
        .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// The conversations in sight with this person, on whichever line and number, the most recently active first.
pub async fn conversations_of(
    conn: &mut Conn<Tenant>,
    contact: ContactId,
    sight: Sight,
) -> Result<Vec<ConversationView>, DbError> {
    let ids = conversation_ids(conn, contact, sight).await?;
    Conversations::new(conn).views(&ids).await
}

#[derive(QueryableByName)]
struct FileAt {
    #[diesel(sql_type = SqlUuid)]
    id: MessageId,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Messages with files in this person's conversations in sight, the newest first.
pub async fn files_of(
    conn: &mut Conn<Tenant>,
    contact: ContactId,
    sight: Sight,
    page: &PageRequest,
) -> Result<Page<Message>, ListError> {
    let after = page.after::<(DateTime<Utc>, MessageId)>()?;
    let threads = conversation_ids(conn, contact, sight).await?;
    let query = "\
        SELECT file.id, file.at FROM unnest($1) AS thread (id) CROSS JOIN LATERAL ( \
            SELECT m.id, m.occurred_at AS at FROM messages m \
            WHERE m.conversation_id = thread.id AND m.kind IN ('image', 'video', 'audio', 'document') \
              AND ($2 IS NULL OR (m.occurred_at <= $2 AND (m.occurred_at, m.id) < ($2, $3))) \
            ORDER BY m.occurred_at DESC, m.id DESC LIMIT $4) AS file \
        ORDER BY file.at DESC, file.id DESC LIMIT $4";
    let found: Vec<FileAt> = diesel::sql_query(query)
        .bind::<diesel::sql_types::Array<SqlUuid>, _>(threads)
        .bind::<Nullable<Timestamptz>, _>(after.map(|(at, _)| at))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
        .bind::<BigInt, _>(page.fetch_limit())
        .load(&mut **conn)
        .await?;
    let page = Page::from_rows(found, page.limit, |row| (row.at, row.id));
    let ids: Vec<MessageId> = page.items.iter().map(|row| row.id).collect();
    Ok(Page {
        items: Messages::new(conn).all_of(&ids).await?,
        next: page.next,
    })
}

/// Names of attributes that were ever written down, in alphabetical order.
pub async fn known_attributes(conn: &mut Conn<Tenant>) -> Result<Vec<String>, DbError> {
    Ok(contact_attributes::table
        .order(contact_attributes::key)
        .limit(MOST_OFFERED)
        .select(contact_attributes::key)
        .load(&mut **conn)
        .await?)
}
