//! What a service's fields may hold.

use iso_currency::Currency;
use pg::Patch;
use serde_json::{Value, json};
use url::Url;

use crate::{branch::BranchId, catalogue, text};

/// Ten thousand million of whatever has cents: beyond what anybody asks for a service.
const MAX_PRICE: i64 = 1_000_000_000_000;
/// A week.
const MAX_DURATION: i32 = 7 * 24 * 60;
/// Branches of one service at most.
const MAX_BRANCHES: usize = 500;

/// What a service costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// In the currency's smallest unit: cents.
    pub minor: i64,
    /// Which.
    pub currency: Currency,
}

/// What a service says of itself.
#[derive(Debug, Clone, Default)]
pub struct ServiceFields {
    /// Letters, digits, `.`, `_` and `-`; at most 40.
    pub code: String,
    /// 1 to 120 characters.
    pub name: String,
    /// At most 120 characters.
    pub subtitle: Option<String>,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// What it costs.
    pub price: Option<Price>,
    /// In minutes; at most a week.
    pub duration_min: Option<i32>,
    /// An `https` URL.
    pub image_url: Option<String>,
    /// Whether it is shown before others.
    pub is_featured: bool,
    /// Whether it is offered.
    pub is_active: bool,
    /// Where it is offered; none: everywhere.
    pub branches: Vec<BranchId>,
}

/// What to change; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct ServiceChanges {
    /// Another code.
    pub code: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// What stands below the name.
    pub subtitle: Patch<String>,
    /// What it is.
    pub description: Patch<String>,
    /// What it costs.
    pub price: Patch<Price>,
    /// In minutes.
    pub duration_min: Patch<i32>,
    /// An `https` URL.
    pub image_url: Patch<String>,
    /// Whether it is shown before others.
    pub is_featured: Option<bool>,
    /// Whether it is offered.
    pub is_active: Option<bool>,
    /// All of them.
    pub branches: Option<Vec<BranchId>>,
    /// Its place in the list, from 1.
    pub position: Option<usize>,
}

/// A field has a value it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidService {
    /// Other characters, none or too many.
    #[error("a code has 1 to 40 letters, digits, dots, dashes and underscores")]
    Code,
    /// Empty, too long or with control characters.
    #[error("a service's name has 1 to 120 characters")]
    Name,
    /// Empty, too long or with control characters.
    #[error("a subtitle has 1 to 120 characters")]
    Subtitle,
    /// Empty, too long or with control characters.
    #[error("a description has 1 to 2000 characters")]
    Description,
    /// Negative, or beyond what anybody asks.
    #[error("a price is from 0 to 10 000 million, in the currency's smallest unit")]
    Price,
    /// Nothing, or more than a week.
    #[error("a duration is from 1 minute to a week")]
    Duration,
    /// No URL of a page that every browser shows a picture from.
    #[error("the picture must be an https:// URL")]
    ImageUrl,
    /// More than 500.
    #[error("a service is offered in 500 branches at most")]
    Branches,
}

impl Price {
    /// As the columns have it.
    pub fn stored(minor: Option<i64>, currency: Option<&str>) -> Option<Self> {
        Some(Self {
            minor: minor?,
            currency: currency.and_then(Currency::from_code)?,
        })
    }
}

impl ServiceFields {
    pub(super) fn with(self, changes: ServiceChanges) -> Self {
        Self {
            code: changes.code.unwrap_or(self.code),
            name: changes.name.unwrap_or(self.name),
            subtitle: changes.subtitle.over(self.subtitle),
            description: changes.description.over(self.description),
            price: changes.price.over(self.price),
            duration_min: changes.duration_min.over(self.duration_min),
            image_url: changes.image_url.over(self.image_url),
            is_featured: changes.is_featured.unwrap_or(self.is_featured),
            is_active: changes.is_active.unwrap_or(self.is_active),
            branches: changes.branches.unwrap_or(self.branches),
        }
    }

    pub(super) fn checked(mut self) -> Result<Self, InvalidService> {
        let subtitle = |subtitle: String| text::line(&subtitle, 120).ok_or(InvalidService::Subtitle);
        let about = |about: String| text::lines(&about, 2000).ok_or(InvalidService::Description);
        let image = |url: String| image_url(&url).ok_or(InvalidService::ImageUrl);
        if self
            .price
            .is_some_and(|price| !(0..=MAX_PRICE).contains(&price.minor))
        {
            return Err(InvalidService::Price);
        }
        if self
            .duration_min
            .is_some_and(|minutes| !(1..=MAX_DURATION).contains(&minutes))
        {
            return Err(InvalidService::Duration);
        }
        self.branches.sort_unstable();
        self.branches.dedup();
        if self.branches.len() > MAX_BRANCHES {
            return Err(InvalidService::Branches);
        }
        Ok(Self {
            code: catalogue::code(&self.code).ok_or(InvalidService::Code)?,
            name: text::line(&self.name, 120).ok_or(InvalidService::Name)?,
            subtitle: self.subtitle.map(subtitle).transpose()?,
            description: self.description.map(about).transpose()?,
            image_url: self.image_url.map(image).transpose()?,
            ..self
        })
    }

    /// As the audit has them.
    pub(super) fn told(&self) -> Value {
        let price = |price: Price| json!({ "amount": price.minor, "currency": price.currency.code() });
        json!({
            "code": self.code,
            "name": self.name,
            "subtitle": self.subtitle,
            "description": self.description,
            "price": self.price.map(price),
            "duration_min": self.duration_min,
            "image_url": self.image_url,
            "is_featured": self.is_featured,
            "is_active": self.is_active,
            "branch_ids": self.branches,
        })
    }
}

fn image_url(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let public = url.scheme() == "https"
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= 2_048;
    public.then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_loaded_over_https_and_carries_no_login() {
        assert!(image_url(" https://cdn.example.com/limpieza.png?v=2 ").is_some());
        for bad in [
            "",
            "foto.png",
            "http://x.pe/f.png",
            "javascript:alert(1)",
            "https://u:p@x.pe/f",
        ] {
            assert_eq!(image_url(bad), None, "{bad}");
        }
    }
}
