//! Adding, changing, using and removing quick replies, written down together with who did it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::{Value, json};

use super::{
    MAX_BODY, QuickReplies, QuickReply, QuickReplyId,
    template::{self, InvalidTemplate, Variable},
};
use crate::{
    audit::{self, AuditEntry, difference},
    contact::Contact,
    conversation::{ConversationId, Sight},
    schema::{contacts, conversations, quick_replies},
    text,
    user::{User, UserId},
};

/// Whoever changes quick replies, and which ones he may.
#[derive(Debug, Clone, Copy)]
pub struct Editor {
    /// Who.
    pub user: UserId,
    /// Whether everybody's are his to change.
    pub may_share: bool,
    /// Whether he may have some of his own.
    pub may_own: bool,
}

/// A quick reply to add.
#[derive(Debug, Clone)]
pub struct NewQuickReply {
    /// 1 to 32 of `a-z`, `0-9`, `_` and `-`.
    pub shortcut: String,
    /// 1 to 120 characters.
    pub title: String,
    /// 1 to [`MAX_BODY`] characters, with variables.
    pub body: String,
    /// Whether it is everybody's, else the editor's own.
    pub shared: bool,
}

/// What to change; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct QuickReplyChanges {
    /// Another shortcut.
    pub shortcut: Option<String>,
    /// Another title.
    pub title: Option<String>,
    /// Another text.
    pub body: Option<String>,
}

/// Why a quick reply was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveQuickReplyError {
    /// There is none, or it is somebody else's.
    #[error("there is no such quick reply")]
    Unknown,
    /// The conversation for which it was to be filled in does not exist.
    #[error("there is no such conversation")]
    UnknownConversation,
    /// It is not the editor's to change.
    #[error("only whoever may change the settings may change what everybody uses")]
    Forbidden,
    /// Other characters, none or too many.
    #[error("a shortcut has 1 to 32 of a-z, 0-9, _ and -")]
    InvalidShortcut,
    /// Empty, too long or with control characters.
    #[error("a title has 1 to 120 characters")]
    InvalidTitle,
    /// Empty, too long or with control characters.
    #[error("a text has 1 to {MAX_BODY} characters")]
    InvalidBody,
    /// A variable that nothing stands for.
    #[error(transparent)]
    Template(#[from] InvalidTemplate),
    /// Another one has the shortcut.
    #[error("there is already a quick reply with this shortcut")]
    ShortcutTaken,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveQuickReplyError {
    fn from(error: DbError) -> Self {
        let taken = ["quick_replies_shared_key", "quick_replies_own_key"];
        if taken.iter().any(|key| error.conflicts_with(key)) {
            Self::ShortcutTaken
        } else {
            Self::Db(error)
        }
    }
}

impl Editor {
    fn may_change(self, owner: Option<UserId>) -> Result<(), SaveQuickReplyError> {
        let may = match owner {
            None => self.may_share,
            Some(owner) => owner == self.user && self.may_own,
        };
        may.then_some(()).ok_or(SaveQuickReplyError::Forbidden)
    }
}

fn shortcut(text: &str) -> Result<String, SaveQuickReplyError> {
    let text = text.trim().trim_start_matches('/');
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(SaveQuickReplyError::InvalidShortcut)
    }
}

fn title(text: &str) -> Result<String, SaveQuickReplyError> {
    text::line(text, 120).ok_or(SaveQuickReplyError::InvalidTitle)
}

fn body(text: &str) -> Result<String, SaveQuickReplyError> {
    let body = text::lines(text, MAX_BODY).ok_or(SaveQuickReplyError::InvalidBody)?;
    template::check(&body)?;
    Ok(body)
}

/// As the audit has it: of somebody's own the text stays out.
fn told(reply: &QuickReply) -> Value {
    let shared = reply.owner_id.is_none();
    let mut told = json!({ "shortcut": reply.shortcut, "title": reply.title, "shared": shared });
    if shared {
        told["body"] = json!(reply.body);
    }
    told
}

/// Adds a quick reply.
pub async fn create_quick_reply(
    conn: &mut Conn<Tenant>,
    new: NewQuickReply,
    editor: Editor,
    now: DateTime<Utc>,
) -> Result<QuickReply, SaveQuickReplyError> {
    let owner = (!new.shared).then_some(editor.user);
    editor.may_change(owner)?;
    let (shortcut, title, body) = (shortcut(&new.shortcut)?, title(&new.title)?, body(&new.body)?);
    conn.transaction(async |tx| {
        let reply: QuickReply = diesel::insert_into(quick_replies::table)
            .values((
                quick_replies::id.eq(QuickReplyId::generate()),
                quick_replies::shortcut.eq(shortcut),
                quick_replies::title.eq(title),
                quick_replies::body.eq(body),
                quick_replies::owner_id.eq(owner),
                quick_replies::created_at.eq(now),
                quick_replies::updated_at.eq(now),
            ))
            .returning(QuickReply::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(
            tx,
            "quick_reply.created",
            reply.id,
            told(&reply),
            editor.user,
            now,
        )
        .await?;
        Ok(reply)
    })
    .await
}

/// Changes what is named of a quick reply; whose it is stays.
pub async fn change_quick_reply(
    conn: &mut Conn<Tenant>,
    id: QuickReplyId,
    changes: QuickReplyChanges,
    editor: Editor,
    now: DateTime<Utc>,
) -> Result<QuickReply, SaveQuickReplyError> {
    conn.transaction(async |tx| {
        let before = QuickReplies::new(tx, editor.user)
            .lock(id)
            .await?
            .ok_or(SaveQuickReplyError::Unknown)?;
        editor.may_change(before.owner_id)?;
        let new = |change: Option<String>, before: &String| change.unwrap_or_else(|| before.clone());
        let after: QuickReply = diesel::update(quick_replies::table.find(id))
            .set((
                quick_replies::shortcut.eq(shortcut(&new(changes.shortcut, &before.shortcut))?),
                quick_replies::title.eq(title(&new(changes.title, &before.title))?),
                quick_replies::body.eq(body(&new(changes.body, &before.body))?),
                quick_replies::updated_at.eq(now),
            ))
            .returning(QuickReply::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let data = difference(&told(&before), &told(&after));
        if before.body != after.body || !data.is_empty() {
            record(tx, "quick_reply.updated", id, data.into(), editor.user, now).await?;
        }
        Ok(after)
    })
    .await
}

/// Removes a quick reply.
pub async fn delete_quick_reply(
    conn: &mut Conn<Tenant>,
    id: QuickReplyId,
    editor: Editor,
    now: DateTime<Utc>,
) -> Result<(), SaveQuickReplyError> {
    conn.transaction(async |tx| {
        let reply = QuickReplies::new(tx, editor.user)
            .lock(id)
            .await?
            .ok_or(SaveQuickReplyError::Unknown)?;
        editor.may_change(reply.owner_id)?;
        diesel::delete(quick_replies::table.find(id))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "quick_reply.deleted", id, told(&reply), editor.user, now).await?;
        Ok(())
    })
    .await
}

/// The text for a conversation that the agent sees, its variables filled in; counts that it was used.
/// A customer without a name leaves his variables empty.
pub async fn use_quick_reply(
    conn: &mut Conn<Tenant>,
    id: QuickReplyId,
    conversation: ConversationId,
    agent: &User,
    now: DateTime<Utc>,
) -> Result<String, SaveQuickReplyError> {
    let reply = QuickReplies::new(conn, agent.id).find(id).await?;
    let reply = reply.ok_or(SaveQuickReplyError::Unknown)?;
    let found: Option<(Contact, Option<UserId>)> = conversations::table
        .inner_join(contacts::table)
        .filter(conversations::id.eq(conversation))
        .select((Contact::as_select(), conversations::assignee_id))
        .first(&mut **conn)
        .await
        .optional()
        .map_err(DbError::from)?;
    let (contact, _) = found
        .filter(|(_, assignee)| Sight::of(agent).sees(*assignee))
        .ok_or(SaveQuickReplyError::UnknownConversation)?;
    diesel::update(quick_replies::table.find(id))
        .set((
            quick_replies::uses.eq(quick_replies::uses + 1),
            quick_replies::last_used_at.eq(now),
        ))
        .execute(&mut **conn)
        .await
        .map_err(DbError::from)?;
    Ok(template::fill(&reply.body, |variable| {
        value(variable, &contact, agent)
    }))
}

fn value(variable: Variable, contact: &Contact, agent: &User) -> String {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let named = contact.name.as_ref().or(contact.profile_name.as_ref());
    let contact_name = named.map_or("", |name| name.trim());
    match variable {
        Variable::ContactName => contact_name.to_owned(),
        Variable::ContactFirstName => first(contact_name),
        Variable::ContactPhone => contact
            .phone
            .as_ref()
            .map_or_else(String::new, |phone| format!("+{phone}")),
        Variable::AgentName => agent.name.clone(),
        Variable::AgentFirstName => first(&agent.name),
    }
}

impl QuickReplies<'_> {
    /// One quick reply, if it is everybody's or one's own, locked until the transaction ends.
    async fn lock(&mut self, id: QuickReplyId) -> Result<Option<QuickReply>, DbError> {
        let own = quick_replies::owner_id.eq(self.reader);
        Ok(quick_replies::table
            .find(id)
            .filter(quick_replies::owner_id.is_null().or(own))
            .select(QuickReply::as_select())
            .for_update()
            .first(&mut **self.conn)
            .await
            .optional()?)
    }
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    id: QuickReplyId,
    data: Value,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor: Some(actor),
        action,
        target: Some(id.to_string()),
        data,
    };
    audit::record(tx, entry, now).await
}
