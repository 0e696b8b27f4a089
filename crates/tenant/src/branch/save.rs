//! Adding, changing and removing branches, written down together with who did it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Patch, Tenant};
use serde_json::{Value, json};

use super::{Branch, BranchId, Branches};
use crate::{
    audit::{self, AuditEntry, difference},
    catalogue::{self, Catalogue},
    phone::Phone,
    schema::branches,
    text,
    user::UserId,
};

/// What a branch says of itself.
#[derive(Debug, Clone, Default)]
pub struct BranchFields {
    /// Letters, digits, `.`, `_` and `-`; at most 40.
    pub code: String,
    /// 1 to 120 characters.
    pub name: String,
    /// At most 300 characters.
    pub address: Option<String>,
    /// Degrees north, -90 to 90; with the longitude or not at all.
    pub latitude: Option<f64>,
    /// Degrees east, -180 to 180.
    pub longitude: Option<f64>,
    /// At most 500 characters.
    pub hours_text: Option<String>,
    /// With its country code.
    pub phone: Option<String>,
    /// Whether it is offered.
    pub is_active: bool,
}

/// What to change; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct BranchChanges {
    /// Another code.
    pub code: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// Where it is, in words.
    pub address: Patch<String>,
    /// Degrees north.
    pub latitude: Patch<f64>,
    /// Degrees east.
    pub longitude: Patch<f64>,
    /// Opening hours in words.
    pub hours_text: Patch<String>,
    /// With its country code.
    pub phone: Patch<String>,
    /// Whether it is offered.
    pub is_active: Option<bool>,
    /// Its place in the list, from 1.
    pub position: Option<usize>,
}

/// A field has a value it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBranch {
    /// Other characters, none or too many.
    #[error("a code has 1 to 40 letters, digits, dots, dashes and underscores")]
    Code,
    /// Empty, too long or with control characters.
    #[error("a branch's name has 1 to 120 characters")]
    Name,
    /// Empty, too long or with control characters.
    #[error("an address has 1 to 300 characters")]
    Address,
    /// Out of range, or without a longitude.
    #[error("a latitude is from -90 to 90, and there with a longitude only")]
    Latitude,
    /// Out of range, or without a latitude.
    #[error("a longitude is from -180 to 180, and there with a latitude only")]
    Longitude,
    /// Empty, too long or with control characters.
    #[error("the hours have 1 to 500 characters")]
    HoursText,
    /// Without its country code.
    #[error("a phone number is written with its country code, such as +51987654321")]
    Phone,
}

/// Why a branch was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveBranchError {
    /// There is no such branch.
    #[error("there is no such branch")]
    Unknown,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidBranch),
    /// Another branch has the code.
    #[error("there is already a branch with this code")]
    CodeTaken,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

/// Why a branch was not removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteBranchError {
    /// There is no such branch.
    #[error("there is no such branch")]
    Unknown,
    /// Services say that they are offered there.
    #[error("services are offered in this branch; take it off them first, or deactivate it")]
    InUse,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveBranchError {
    fn from(error: DbError) -> Self {
        if error.conflicts_with("branches_code_key") {
            Self::CodeTaken
        } else {
            Self::Db(error)
        }
    }
}

impl From<DbError> for DeleteBranchError {
    fn from(error: DbError) -> Self {
        if error.conflicts_with("service_branches_branch_fkey") {
            Self::InUse
        } else {
            Self::Db(error)
        }
    }
}

impl BranchFields {
    fn of(branch: &Branch) -> Self {
        Self {
            code: branch.code.clone(),
            name: branch.name.clone(),
            address: branch.address.clone(),
            latitude: branch.latitude,
            longitude: branch.longitude,
            hours_text: branch.hours_text.clone(),
            phone: branch.phone.clone(),
            is_active: branch.is_active,
        }
    }

    fn with(self, changes: BranchChanges) -> Self {
        Self {
            code: changes.code.unwrap_or(self.code),
            name: changes.name.unwrap_or(self.name),
            address: changes.address.over(self.address),
            latitude: changes.latitude.over(self.latitude),
            longitude: changes.longitude.over(self.longitude),
            hours_text: changes.hours_text.over(self.hours_text),
            phone: changes.phone.over(self.phone),
            is_active: changes.is_active.unwrap_or(self.is_active),
        }
    }

    fn checked(self) -> Result<Self, InvalidBranch> {
        let within = |degrees: Option<f64>, most: f64| degrees.is_none_or(|degrees| degrees.abs() <= most);
        if !within(self.latitude, 90.0) || (self.latitude.is_none() && self.longitude.is_some()) {
            return Err(InvalidBranch::Latitude);
        }
        if !within(self.longitude, 180.0) || (self.longitude.is_none() && self.latitude.is_some()) {
            return Err(InvalidBranch::Longitude);
        }
        let address = |address: String| text::lines(&address, 300).ok_or(InvalidBranch::Address);
        let hours = |hours: String| text::lines(&hours, 500).ok_or(InvalidBranch::HoursText);
        let phone = |phone: String| phone.parse::<Phone>().map_err(|_invalid| InvalidBranch::Phone);
        Ok(Self {
            code: catalogue::code(&self.code).ok_or(InvalidBranch::Code)?,
            name: text::line(&self.name, 120).ok_or(InvalidBranch::Name)?,
            address: self.address.map(address).transpose()?,
            hours_text: self.hours_text.map(hours).transpose()?,
            phone: self.phone.map(phone).transpose()?.map(String::from),
            ..self
        })
    }

    /// As the audit has them.
    fn told(&self) -> Value {
        json!({
            "code": self.code,
            "name": self.name,
            "address": self.address,
            "lat": self.latitude,
            "lng": self.longitude,
            "hours_text": self.hours_text,
            "phone": self.phone,
            "is_active": self.is_active,
        })
    }
}

/// The columns of checked fields.
macro_rules! columns {
    ($fields:expr) => {
        (
            branches::code.eq(&$fields.code),
            branches::name.eq(&$fields.name),
            branches::address.eq(&$fields.address),
            branches::latitude.eq($fields.latitude),
            branches::longitude.eq($fields.longitude),
            branches::hours_text.eq(&$fields.hours_text),
            branches::phone.eq(&$fields.phone),
            branches::is_active.eq($fields.is_active),
        )
    };
}

/// Adds a branch behind all others.
pub async fn create_branch(
    conn: &mut Conn<Tenant>,
    fields: BranchFields,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Branch, SaveBranchError> {
    let fields = fields.checked()?;
    conn.transaction(async |tx| {
        Catalogue::Branches.lock(tx).await?;
        let position = Catalogue::Branches.end(tx).await?;
        let branch: Branch = diesel::insert_into(branches::table)
            .values((
                branches::id.eq(BranchId::generate()),
                columns!(fields),
                branches::position.eq(position),
                branches::created_at.eq(now),
                branches::updated_at.eq(now),
            ))
            .returning(Branch::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "branch.created", branch.id, fields.told(), actor, now).await?;
        Ok(branch)
    })
    .await
}

/// Changes what is named of a branch, and its place in the list.
pub async fn change_branch(
    conn: &mut Conn<Tenant>,
    id: BranchId,
    changes: BranchChanges,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Branch, SaveBranchError> {
    conn.transaction(async |tx| {
        Catalogue::Branches.lock(tx).await?;
        let before = Branches::new(tx)
            .find(id)
            .await?
            .ok_or(SaveBranchError::Unknown)?;
        let place = changes.position;
        let fields = BranchFields::of(&before);
        let told = fields.told();
        let fields = fields.with(changes).checked()?;
        diesel::update(branches::table.find(id))
            .set((columns!(fields), branches::updated_at.eq(now)))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        if let Some(place) = place {
            Catalogue::Branches.put(tx, id.uuid(), place).await?;
        }
        let after = Branches::new(tx)
            .find(id)
            .await?
            .ok_or(SaveBranchError::Unknown)?;
        let mut data = difference(&told, &fields.told());
        if after.position != before.position {
            let moved = json!({ "from": before.position, "to": after.position });
            data.insert("position".to_owned(), moved);
        }
        if !data.is_empty() {
            record(tx, "branch.updated", id, data.into(), actor, now).await?;
        }
        Ok(after)
    })
    .await
}

/// Removes a branch where no service is offered.
pub async fn delete_branch(
    conn: &mut Conn<Tenant>,
    id: BranchId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DeleteBranchError> {
    conn.transaction(async |tx| {
        let branch: Branch = diesel::delete(branches::table.find(id))
            .returning(Branch::as_returning())
            .get_result(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?
            .ok_or(DeleteBranchError::Unknown)?;
        let told = BranchFields::of(&branch).told();
        record(tx, "branch.deleted", id, told, actor, now).await?;
        Ok(())
    })
    .await
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    id: BranchId,
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
