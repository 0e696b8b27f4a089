//! What the team writes down of a customer: his name, attributes, and whether he wants marketing messages.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Patch, Tenant};
use serde_json::{Value, json};

use super::{
    ContactId,
    card::{Attributes, main_of, read},
};
use crate::{
    audit::{self, AuditEntry, difference},
    conversation::ConversationId,
    event::{self, EventKind, NewEvent},
    schema::{contact_attributes, contacts, conversations},
    user::UserId,
};

/// The longest name, in characters.
pub const MOST_NAME: usize = 120;
/// The longest name of an attribute, in characters.
pub const MOST_ATTRIBUTE_KEY: usize = 40;
/// The longest value of an attribute, in characters.
pub const MOST_ATTRIBUTE_VALUE: usize = 1_000;
/// Attributes that a customer has at most.
pub const MOST_ATTRIBUTES: usize = 50;

/// What to change of a contact.
#[derive(Debug, Clone, Default)]
pub struct ContactChanges {
    /// As the team calls the customer; cleared: as WhatsApp does.
    pub name: Patch<String>,
    /// Attributes to write down, or to strike out; the others stay.
    pub attributes: BTreeMap<String, Option<String>>,
    /// Whether the customer wants no marketing messages.
    pub marketing_opt_out: Option<bool>,
}

/// Why a contact was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeContactError {
    /// There is no such contact.
    #[error("there is no such contact")]
    Unknown,
    /// The name is empty or too long.
    #[error("a name has 1 to {MOST_NAME} characters on one line")]
    InvalidName,
    /// An attribute's name is empty, too long or has lines.
    #[error("the name of an attribute has 1 to {MOST_ATTRIBUTE_KEY} characters on one line")]
    InvalidAttributeKey,
    /// An attribute's value is empty or too long.
    #[error("an attribute has 1 to {MOST_ATTRIBUTE_VALUE} characters")]
    InvalidAttributeValue {
        /// Of which attribute.
        key: String,
    },
    /// More attributes than a contact may have.
    #[error("a contact has at most {MOST_ATTRIBUTES} attributes")]
    TooManyAttributes,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ContactChanges {
    /// Without blanks around the words, and all of it within bounds.
    fn tidy(&self) -> Result<Self, ChangeContactError> {
        let name = match &self.name {
            Patch::Set(name) => Patch::Set(line(name, MOST_NAME).ok_or(ChangeContactError::InvalidName)?),
            other => other.clone(),
        };
        let mut attributes = BTreeMap::new();
        for (key, value) in &self.attributes {
            let key = line(key, MOST_ATTRIBUTE_KEY).ok_or(ChangeContactError::InvalidAttributeKey)?;
            let value = value.as_deref().map(str::trim);
            let fits = |value: &str| !value.is_empty() && value.chars().count() <= MOST_ATTRIBUTE_VALUE;
            if value.is_some_and(|value| !fits(value)) {
                return Err(ChangeContactError::InvalidAttributeValue { key });
            }
            attributes.insert(key, value.map(str::to_owned));
        }
        Ok(Self {
            name,
            attributes,
            marketing_opt_out: self.marketing_opt_out,
        })
    }
}

fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

#[derive(Queryable)]
struct Row {
    id: ContactId,
    name: Option<String>,
    attributes: Value,
    opt_out_at: Option<DateTime<Utc>>,
}

/// Changes a contact and all who are the same person, and tells everybody.
pub async fn change_contact(
    conn: &mut Conn<Tenant>,
    id: ContactId,
    changes: &ContactChanges,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), ChangeContactError> {
    let changes = changes.tidy()?;
    conn.transaction(async |tx| {
        let main = main_of(tx, id).await?.ok_or(ChangeContactError::Unknown)?;
        let rows = lock(tx, main).await?;
        let mut told = serde_json::Map::new();
        for row in &rows {
            let name = match &changes.name {
                Patch::Keep => row.name.clone(),
                Patch::Clear => None,
                Patch::Set(name) => Some(name.clone()),
            };
            let attributes = attributes(read(&row.attributes), &changes, row.id == main)?;
            let opt_out_at = match changes.marketing_opt_out {
                None => row.opt_out_at,
                Some(false) => None,
                Some(true) => row.opt_out_at.or(Some(now)),
            };
            let preference = changes.marketing_opt_out.map(|_said| now);
            diesel::update(contacts::table.find(row.id))
                .set((
                    contacts::name.eq(&name),
                    contacts::attributes.eq(json!(attributes)),
                    contacts::marketing_opt_out_at.eq(opt_out_at),
                    preference.map(|at| contacts::marketing_preference_at.eq(at)),
                    contacts::updated_at.eq(now),
                ))
                .execute(&mut **tx)
                .await
                .map_err(DbError::from)?;
            let before = json!({ "name": row.name, "attributes": row.attributes, "opt_out": row.opt_out_at.is_some() });
            let after = json!({ "name": name, "attributes": attributes, "opt_out": opt_out_at.is_some() });
            told.extend(difference(&before, &after));
        }
        if told.is_empty() {
            return Ok(());
        }
        offer(tx, &changes).await?;
        let entry = AuditEntry {
            actor: Some(actor),
            action: "contact.updated",
            target: Some(id.to_string()),
            data: told.into(),
        };
        audit::record(tx, entry, now).await?;
        let ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
        Ok(tell(tx, &ids).await?)
    })
    .await
}

/// The contact `main` and those merged into it, locked in one order.
async fn lock(tx: &mut Conn<Tenant>, main: ContactId) -> Result<Vec<Row>, DbError> {
    Ok(contacts::table
        .filter(contacts::id.eq(main).or(contacts::merged_into.eq(main)))
        .order(contacts::id)
        .for_update()
        .select((
            contacts::id,
            contacts::name,
            contacts::attributes,
            contacts::marketing_opt_out_at,
        ))
        .load(&mut **tx)
        .await?)
}

/// What is written down goes to the main one; what is struck out, to all.
fn attributes(
    mut known: Attributes,
    changes: &ContactChanges,
    is_main: bool,
) -> Result<Attributes, ChangeContactError> {
    for (key, value) in &changes.attributes {
        match value {
            Some(value) if is_main => drop(known.insert(key.clone(), value.clone())),
            Some(_) => {}
            None => drop(known.remove(key)),
        }
    }
    if known.len() > MOST_ATTRIBUTES {
        return Err(ChangeContactError::TooManyAttributes);
    }
    Ok(known)
}

async fn offer(tx: &mut Conn<Tenant>, changes: &ContactChanges) -> Result<(), DbError> {
    let written = changes.attributes.iter().filter(|(_, value)| value.is_some());
    let rows: Vec<_> = written.map(|(key, _)| contact_attributes::key.eq(key)).collect();
    diesel::insert_into(contact_attributes::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Tells everybody that these contacts' conversations look another way now; last in a transaction.
pub(super) async fn tell(tx: &mut Conn<Tenant>, ids: &[ContactId]) -> Result<(), DbError> {
    let threads: Vec<ConversationId> = conversations::table
        .filter(conversations::contact_id.eq_any(ids))
        .order(conversations::id)
        .select(conversations::id)
        .load(&mut **tx)
        .await?;
    let events: Vec<NewEvent> = threads
        .into_iter()
        .map(|conversation| NewEvent {
            kind: EventKind::ConversationUpdated,
            conversation,
            message: None,
        })
        .collect();
    event::append(tx, &events).await
}
