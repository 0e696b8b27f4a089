//! Keeping, changing and removing views. Everybody's are written down together with who did it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::{Value, json};

use super::{MAX_NAME, MOST, View, ViewId, Views};
use crate::{
    audit::{self, AuditEntry, difference},
    conversation::ConversationSort,
    schema::views,
    text,
    user::UserId,
};

/// Whoever changes views.
#[derive(Debug, Clone, Copy)]
pub struct ViewEditor {
    /// Who.
    pub user: UserId,
    /// Whether everybody's are his to change.
    pub may_share: bool,
    /// Whether he keeps some of his own.
    pub may_own: bool,
}

/// A view to keep.
#[derive(Debug, Clone)]
pub struct NewView {
    /// 1 to [`MAX_NAME`] characters.
    pub name: String,
    /// Which conversations.
    pub filter: Value,
    /// In which order.
    pub sort: ConversationSort,
    /// Whether it is everybody's, else the editor's own.
    pub shared: bool,
}

/// What to change; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct ViewChanges {
    /// Another name.
    pub name: Option<String>,
    /// Other conversations.
    pub filter: Option<Value>,
    /// Another order.
    pub sort: Option<ConversationSort>,
}

/// Why a view was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveViewError {
    /// There is none, or it is somebody else's.
    #[error("there is no such view")]
    Unknown,
    /// It is not the editor's to change.
    #[error("only whoever may change the settings may change what everybody uses")]
    Forbidden,
    /// Empty, too long or with control characters.
    #[error("a name has 1 to {MAX_NAME} characters")]
    InvalidName,
    /// Another one has the name.
    #[error("there is already a view of this name")]
    NameTaken,
    /// There are as many as there may be.
    #[error("there are {MOST} views already")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveViewError {
    fn from(error: DbError) -> Self {
        let taken = ["views_shared_key", "views_own_key"];
        if taken.iter().any(|key| error.conflicts_with(key)) {
            Self::NameTaken
        } else {
            Self::Db(error)
        }
    }
}

impl ViewEditor {
    fn may_change(self, owner: Option<UserId>) -> Result<(), SaveViewError> {
        let may = match owner {
            None => self.may_share,
            Some(_) => self.may_own,
        };
        may.then_some(()).ok_or(SaveViewError::Forbidden)
    }
}

fn name(text: &str) -> Result<String, SaveViewError> {
    text::line(text, MAX_NAME).ok_or(SaveViewError::InvalidName)
}

/// As the audit has it.
fn told(view: &View) -> Value {
    json!({ "name": view.name, "filter": view.filter, "sort": view.sort.as_str() })
}

/// Keeps a view.
pub async fn create_view(
    conn: &mut Conn<Tenant>,
    new: NewView,
    editor: ViewEditor,
    now: DateTime<Utc>,
) -> Result<View, SaveViewError> {
    let owner = (!new.shared).then_some(editor.user);
    editor.may_change(owner)?;
    let name = name(&new.name)?;
    conn.transaction(async |tx| {
        if Views::new(tx, editor.user).count(owner).await? >= MOST {
            return Err(SaveViewError::TooMany);
        }
        let view: View = diesel::insert_into(views::table)
            .values((
                views::id.eq(ViewId::generate()),
                views::owner_id.eq(owner),
                views::name.eq(name),
                views::filter.eq(new.filter),
                views::sort.eq(new.sort.as_str()),
                views::created_at.eq(now),
                views::updated_at.eq(now),
            ))
            .returning(View::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "view.created", &view, told(&view), editor, now).await?;
        Ok(view)
    })
    .await
}

/// Changes what is named of a view; whose it is stays.
pub async fn change_view(
    conn: &mut Conn<Tenant>,
    id: ViewId,
    changes: ViewChanges,
    editor: ViewEditor,
    now: DateTime<Utc>,
) -> Result<View, SaveViewError> {
    conn.transaction(async |tx| {
        let before = Views::new(tx, editor.user)
            .lock(id)
            .await?
            .ok_or(SaveViewError::Unknown)?;
        editor.may_change(before.owner_id)?;
        let after: View = diesel::update(views::table.find(id))
            .set((
                views::name.eq(match changes.name {
                    Some(text) => name(&text)?,
                    None => before.name.clone(),
                }),
                views::filter.eq(changes.filter.unwrap_or_else(|| before.filter.clone())),
                views::sort.eq(changes.sort.unwrap_or(before.sort).as_str()),
                views::updated_at.eq(now),
            ))
            .returning(View::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let data = difference(&told(&before), &told(&after));
        if !data.is_empty() {
            record(tx, "view.updated", &after, data.into(), editor, now).await?;
        }
        Ok(after)
    })
    .await
}

/// Removes a view.
pub async fn delete_view(
    conn: &mut Conn<Tenant>,
    id: ViewId,
    editor: ViewEditor,
    now: DateTime<Utc>,
) -> Result<(), SaveViewError> {
    conn.transaction(async |tx| {
        let view = Views::new(tx, editor.user)
            .lock(id)
            .await?
            .ok_or(SaveViewError::Unknown)?;
        editor.may_change(view.owner_id)?;
        diesel::delete(views::table.find(id))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        Ok(record(tx, "view.deleted", &view, told(&view), editor, now).await?)
    })
    .await
}

/// One's own concern nobody else.
async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    view: &View,
    data: Value,
    editor: ViewEditor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if view.owner_id.is_some() {
        return Ok(());
    }
    let entry = AuditEntry {
        actor: Some(editor.user),
        action,
        target: Some(view.id.to_string()),
        data,
    };
    audit::record(tx, entry, now).await
}
