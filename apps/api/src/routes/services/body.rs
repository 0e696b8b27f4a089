//! A service as it is written.

use chrono::{DateTime, Utc};
use pg::{Page, Patch};
use serde::{Deserialize, Serialize};
use tenant::{
    branch::BranchId,
    service::{Currency, Price, Service, ServiceChanges, ServiceFields, ServiceView},
};
use utoipa::ToSchema;

use crate::{json, problem::Problem};

/// What something costs.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Price)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceBody {
    /// In the currency's smallest unit: cents.
    #[schema(minimum = 0)]
    amount: i64,
    /// ISO 4217, such as PEN.
    currency: String,
}

/// Something that the tenant offers.
#[derive(Serialize, ToSchema)]
#[schema(as = Service)]
pub(crate) struct ServiceBody {
    id: String,
    code: String,
    name: String,
    subtitle: Option<String>,
    description: Option<String>,
    price: Option<PriceBody>,
    duration_min: Option<i32>,
    image_url: Option<String>,
    is_featured: bool,
    is_active: bool,
    /// Where it is offered; none: everywhere.
    branch_ids: Vec<String>,
    position: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// One page of services in their order.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServicePage {
    items: Vec<ServiceBody>,
    next_cursor: Option<String>,
}

/// A service to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewServiceBody {
    /// Letters, digits, `.`, `_` and `-`; unique without regard to case.
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    subtitle: Option<String>,
    description: Option<String>,
    price: Option<PriceBody>,
    #[schema(minimum = 1)]
    duration_min: Option<i32>,
    /// https only.
    image_url: Option<String>,
    is_featured: Option<bool>,
    /// true if not said.
    is_active: Option<bool>,
    /// None: everywhere.
    branch_ids: Option<Vec<String>>,
}

/// What to change of a service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServicePatch {
    code: Option<String>,
    name: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    subtitle: Patch<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    description: Patch<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<PriceBody>)]
    price: Patch<PriceBody>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<i32>)]
    duration_min: Patch<i32>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    image_url: Patch<String>,
    is_featured: Option<bool>,
    is_active: Option<bool>,
    /// All of them.
    branch_ids: Option<Vec<String>>,
    /// Its place in the list, from 1; the others make room.
    #[schema(minimum = 1)]
    position: Option<u32>,
}

impl PriceBody {
    fn parse(self) -> Result<Price, Problem> {
        let currency = Currency::from_code(&self.currency).ok_or_else(|| {
            let words = "a currency is one of ISO 4217, such as PEN";
            Problem::field("/price/currency", "invalid_currency", words)
        })?;
        Ok(Price {
            minor: self.amount,
            currency,
        })
    }
}

fn branches_of(ids: &[String]) -> Result<Vec<BranchId>, Problem> {
    let places = ids.iter().enumerate();
    places
        .map(|(place, id)| json::body_id(&format!("/branch_ids/{place}"), id))
        .collect()
}

impl NewServiceBody {
    pub(super) fn parse(self) -> Result<ServiceFields, Problem> {
        Ok(ServiceFields {
            code: self.code,
            name: self.name,
            subtitle: self.subtitle,
            description: self.description,
            price: self.price.map(PriceBody::parse).transpose()?,
            duration_min: self.duration_min,
            image_url: self.image_url,
            is_featured: self.is_featured.unwrap_or(false),
            is_active: self.is_active.unwrap_or(true),
            branches: branches_of(&self.branch_ids.unwrap_or_default())?,
        })
    }
}

impl ServicePatch {
    pub(super) fn parse(self) -> Result<ServiceChanges, Problem> {
        Ok(ServiceChanges {
            code: self.code,
            name: self.name,
            subtitle: self.subtitle,
            description: self.description,
            price: self.price.try_map(PriceBody::parse)?,
            duration_min: self.duration_min,
            image_url: self.image_url,
            is_featured: self.is_featured,
            is_active: self.is_active,
            branches: self.branch_ids.as_deref().map(branches_of).transpose()?,
            position: self.position.map(json::place).transpose()?,
        })
    }
}

impl From<ServiceView> for ServiceBody {
    fn from(ServiceView { service, branches }: ServiceView) -> Self {
        let Service {
            id,
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
            position,
            created_at,
            updated_at,
        } = service;
        let price = price_minor.zip(currency);
        Self {
            id: id.to_string(),
            code,
            name,
            subtitle,
            description,
            price: price.map(|(amount, currency)| PriceBody { amount, currency }),
            duration_min,
            image_url,
            is_featured,
            is_active,
            branch_ids: branches.iter().map(ToString::to_string).collect(),
            position,
            created_at,
            updated_at,
        }
    }
}

impl From<Page<ServiceView>> for ServicePage {
    fn from(page: Page<ServiceView>) -> Self {
        Self {
            items: page.items.into_iter().map(Into::into).collect(),
            next_cursor: page.next.map(|cursor| cursor.as_str().to_owned()),
        }
    }
}
