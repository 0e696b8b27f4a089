//! Labels of conversations.

mod save;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Patch, Tenant};

pub use self::save::{MergeTagError, change_tag, create_tag, delete_tag, merge_tag};
pub use crate::id::TagId;
use crate::{
    id::ConversationId,
    schema::{conversation_tags, tags},
};

/// The longest name of a tag, in characters.
pub const MAX_NAME: usize = 60;

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tags)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Unique without regard to case.
    pub name: String,
    /// `#rrggbb`, if one was chosen.
    pub color: Option<String>,
}

/// Why a tag could not be saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveTagError {
    /// Empty, or longer than [`MAX_NAME`].
    #[error("a tag's name has 1 to {MAX_NAME} characters")]
    InvalidName,
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    InvalidColor,
    /// Another tag has the name.
    #[error("there is already a tag of this name")]
    NameTaken,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveTagError {
    fn from(error: DbError) -> Self {
        if error.conflicts_with("tags_name_key") {
            Self::NameTaken
        } else {
            Self::Db(error)
        }
    }
}

/// A name with its blanks trimmed.
pub fn parse_name(name: &str) -> Result<String, SaveTagError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=MAX_NAME).contains(&length) && !name.contains(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(SaveTagError::InvalidName)
    }
}

/// A colour in lower case.
pub fn parse_color(color: &str) -> Result<String, SaveTagError> {
    let color = color.to_ascii_lowercase();
    let valid = color
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if valid {
        Ok(color)
    } else {
        Err(SaveTagError::InvalidColor)
    }
}

/// Queries over `tags`.
pub struct Tags<'c>(&'c mut Conn<Tenant>);

impl<'c> Tags<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// Every tag by name, with how many conversations carry it.
    pub async fn list(&mut self) -> Result<Vec<(Tag, i64)>, DbError> {
        Ok(tags::table
            .left_join(conversation_tags::table)
            .group_by(tags::id)
            .order((tags::name, tags::id))
            .select((
                Tag::as_select(),
                diesel::dsl::count(conversation_tags::tag_id.nullable()),
            ))
            .load(&mut **self.0)
            .await?)
    }

    /// One tag.
    pub async fn find(&mut self, id: TagId) -> Result<Option<Tag>, DbError> {
        Ok(tags::table
            .find(id)
            .select(Tag::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// How many conversations carry a tag.
    pub async fn count(&mut self, id: TagId) -> Result<i64, DbError> {
        Ok(conversation_tags::table
            .filter(conversation_tags::tag_id.eq(id))
            .count()
            .get_result(&mut **self.0)
            .await?)
    }

    /// Adds a tag.
    pub async fn insert(&mut self, name: &str, color: Option<&str>) -> Result<Tag, SaveTagError> {
        let name = parse_name(name)?;
        let color = color.map(parse_color).transpose()?;
        Ok(diesel::insert_into(tags::table)
            .values((
                tags::id.eq(TagId::generate()),
                tags::name.eq(name),
                tags::color.eq(color),
            ))
            .returning(Tag::as_returning())
            .get_result(&mut **self.0)
            .await
            .map_err(DbError::from)?)
    }

    /// Renames or recolours a tag; `None` if there is no such tag.
    pub async fn update(
        &mut self,
        id: TagId,
        name: Option<&str>,
        color: Patch<&str>,
    ) -> Result<Option<Tag>, SaveTagError> {
        let Some(current) = self.find(id).await? else {
            return Ok(None);
        };
        let name = name.map_or(Ok(current.name), parse_name)?;
        let color = match color {
            Patch::Keep => current.color,
            Patch::Clear => None,
            Patch::Set(color) => Some(parse_color(color)?),
        };
        Ok(diesel::update(tags::table.find(id))
            .set((tags::name.eq(name), tags::color.eq(color)))
            .returning(Tag::as_returning())
            .get_result(&mut **self.0)
            .await
            .optional()
            .map_err(DbError::from)?)
    }

    /// Removes a tag from everywhere; false if there was none.
    pub async fn delete(&mut self, id: TagId) -> Result<bool, DbError> {
        Ok(diesel::delete(tags::table.find(id))
            .execute(&mut **self.0)
            .await?
            == 1)
    }

    /// Which of `conversations` carry which tags, by name.
    pub async fn of(
        &mut self,
        conversations: &[ConversationId],
    ) -> Result<Vec<(ConversationId, Tag)>, DbError> {
        Ok(conversation_tags::table
            .inner_join(tags::table)
            .filter(conversation_tags::conversation_id.eq_any(conversations))
            .order((tags::name, tags::id))
            .select((conversation_tags::conversation_id, Tag::as_select()))
            .load(&mut **self.0)
            .await?)
    }

    /// The tag of this name. The database says what lower case is, as its index does.
    async fn id_of(&mut self, name: &str) -> Result<Option<TagId>, DbError> {
        Ok(tags::table
            .filter(lower(tags::name).eq(lower(name)))
            .select(tags::id)
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// A new tag of this name, or the one that somebody else made just now.
    async fn named(&mut self, name: &str) -> Result<TagId, SaveTagError> {
        let id = TagId::generate();
        let made = diesel::insert_into(tags::table)
            .values((tags::id.eq(id), tags::name.eq(name)))
            .on_conflict_do_nothing()
            .execute(&mut **self.0)
            .await
            .map_err(DbError::from)?;
        if made == 1 {
            return Ok(id);
        }
        self.id_of(name).await?.ok_or(SaveTagError::NameTaken)
    }

    /// The tags of these names; unknown names become tags if `make` is set, and are left out else.
    pub(crate) async fn ids_of(&mut self, names: &[String], make: bool) -> Result<Vec<TagId>, SaveTagError> {
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let name = parse_name(name)?;
            let id = match self.id_of(&name).await? {
                None if make => Some(self.named(&name).await?),
                known => known,
            };
            found.extend(id.filter(|id| !found.contains(id)));
        }
        Ok(found)
    }

    /// Makes `names` the tags of a conversation; unknown names become tags.
    pub(crate) async fn assign(
        &mut self,
        conversation: ConversationId,
        names: &[String],
    ) -> Result<(), SaveTagError> {
        let wanted = self.ids_of(names, true).await?;
        diesel::delete(conversation_tags::table)
            .filter(conversation_tags::conversation_id.eq(conversation))
            .filter(conversation_tags::tag_id.ne_all(&wanted))
            .execute(&mut **self.0)
            .await
            .map_err(DbError::from)?;
        let rows: Vec<_> = wanted
            .iter()
            .map(|tag| {
                (
                    conversation_tags::conversation_id.eq(conversation),
                    conversation_tags::tag_id.eq(tag),
                )
            })
            .collect();
        diesel::insert_into(conversation_tags::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(&mut **self.0)
            .await
            .map_err(DbError::from)?;
        Ok(())
    }
}

diesel::define_sql_function! {
    /// Postgres' lower().
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
