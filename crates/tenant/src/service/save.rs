//! Adding, changing and removing services, written down together with who did it.

mod fields;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::{Value, json};

pub use self::fields::{InvalidService, Price, ServiceChanges, ServiceFields};
use super::{Service, ServiceId, ServiceView, Services};
use crate::{
    audit::{self, AuditEntry, difference},
    branch::BranchId,
    catalogue::Catalogue,
    schema::{service_branches, services},
    user::UserId,
};

/// Why a service was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveServiceError {
    /// There is no such service.
    #[error("there is no such service")]
    Unknown,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidService),
    /// A branch where it is said to be offered does not exist.
    #[error("there is no such branch")]
    UnknownBranch,
    /// Another service has the code.
    #[error("there is already a service with this code")]
    CodeTaken,
    /// The database failed.
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for SaveServiceError {
    fn from(error: DbError) -> Self {
        if error.conflicts_with("services_code_key") {
            Self::CodeTaken
        } else if error.conflicts_with("service_branches_branch_fkey") {
            Self::UnknownBranch
        } else {
            Self::Db(error)
        }
    }
}

/// The columns of checked fields.
macro_rules! columns {
    ($fields:expr) => {
        (
            services::code.eq(&$fields.code),
            services::name.eq(&$fields.name),
            services::subtitle.eq(&$fields.subtitle),
            services::description.eq(&$fields.description),
            services::price_minor.eq($fields.price.map(|price| price.minor)),
            services::currency.eq($fields.price.map(|price| price.currency.code())),
            services::duration_min.eq($fields.duration_min),
            services::image_url.eq(&$fields.image_url),
            services::is_featured.eq($fields.is_featured),
            services::is_active.eq($fields.is_active),
        )
    };
}

/// Adds a service behind all others.
pub async fn create_service(
    conn: &mut Conn<Tenant>,
    fields: ServiceFields,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<ServiceView, SaveServiceError> {
    let fields = fields.checked()?;
    conn.transaction(async |tx| {
        Catalogue::Services.lock(tx).await?;
        let position = Catalogue::Services.end(tx).await?;
        let id = ServiceId::generate();
        diesel::insert_into(services::table)
            .values((
                services::id.eq(id),
                columns!(fields),
                services::position.eq(position),
                services::created_at.eq(now),
                services::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        offer(tx, id, &fields.branches).await?;
        record(tx, "service.created", id, fields.told(), actor, now).await?;
        let view = Services::new(tx).find(id).await?;
        view.ok_or(SaveServiceError::Unknown)
    })
    .await
}

/// Changes what is named of a service, and its place in the list.
pub async fn change_service(
    conn: &mut Conn<Tenant>,
    id: ServiceId,
    changes: ServiceChanges,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<ServiceView, SaveServiceError> {
    conn.transaction(async |tx| {
        Catalogue::Services.lock(tx).await?;
        let found = Services::new(tx).find(id).await?;
        let before = found.ok_or(SaveServiceError::Unknown)?;
        let (place, position) = (changes.position, before.service.position);
        let fields = ServiceFields::of(before);
        let told = fields.told();
        let fields = fields.with(changes).checked()?;
        diesel::update(services::table.find(id))
            .set((columns!(fields), services::updated_at.eq(now)))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        offer(tx, id, &fields.branches).await?;
        if let Some(place) = place {
            Catalogue::Services.put(tx, id.uuid(), place).await?;
        }
        let after = Services::new(tx).find(id).await?;
        let after = after.ok_or(SaveServiceError::Unknown)?;
        let mut data = difference(&told, &fields.told());
        if after.service.position != position {
            let moved = json!({ "from": position, "to": after.service.position });
            data.insert("position".to_owned(), moved);
        }
        if !data.is_empty() {
            record(tx, "service.updated", id, data.into(), actor, now).await?;
        }
        Ok(after)
    })
    .await
}

/// Removes a service; false if there was none.
pub async fn delete_service(
    conn: &mut Conn<Tenant>,
    id: ServiceId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let Some(view) = Services::new(tx).find(id).await? else {
            return Ok(false);
        };
        let deleted = diesel::delete(services::table.find(id))
            .execute(&mut **tx)
            .await?;
        if deleted == 1 {
            let told = ServiceFields::of(view).told();
            record(tx, "service.deleted", id, told, actor, now).await?;
        }
        Ok(deleted == 1)
    })
    .await
}

/// Makes `branches` the places where the service is offered.
async fn offer(tx: &mut Conn<Tenant>, id: ServiceId, branches: &[BranchId]) -> Result<(), DbError> {
    diesel::delete(service_branches::table)
        .filter(service_branches::service_id.eq(id))
        .filter(service_branches::branch_id.ne_all(branches))
        .execute(&mut **tx)
        .await?;
    let rows: Vec<_> = branches
        .iter()
        .map(|branch| {
            (
                service_branches::service_id.eq(id),
                service_branches::branch_id.eq(branch),
            )
        })
        .collect();
    diesel::insert_into(service_branches::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    id: ServiceId,
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

impl ServiceFields {
    fn of(ServiceView { service, branches }: ServiceView) -> Self {
        let Service {
            code,
            name,
            subtitle,
            description,
            price_minor,
            currency,
            duration_min,
            image_url,
            is_featured,
            is_active,
            ..
        } = service;
        Self {
            price: Price::stored(price_minor, currency.as_deref()),
            code,
            name,
            subtitle,
            description,
            duration_min,
            image_url,
            is_featured,
            is_active,
            branches,
        }
    }
}
