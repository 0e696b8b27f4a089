//! Saves how a tenant's panel looks.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use pg::{Conn, Control, DbError, TenantId};
use serde_json::json;
use url::Url;

use super::{Branding, Brandings};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    tenant::Tenants,
    text,
};

/// What a tenant chose; it replaces the choice before as a whole.
#[derive(Debug, Clone, Default)]
pub struct BrandingChoice {
    /// The name on the panel.
    pub brand_name: String,
    /// An `https` or `http` URL of an image.
    pub logo_url: Option<String>,
    /// `#rrggbb`.
    pub color_primary: Option<String>,
    /// `#rrggbb`.
    pub color_accent: Option<String>,
    /// `#rrggbb`.
    pub color_background: Option<String>,
    /// An IANA name, such as `America/Lima`.
    pub timezone: Option<String>,
}

/// A field has a value it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBranding {
    /// Empty, too long or with control characters.
    #[error("a brand's name has 1 to 120 characters")]
    BrandName,
    /// No URL of a page that a browser could load an image from.
    #[error("the logo must be an https:// or http:// URL")]
    LogoUrl,
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    ColorPrimary,
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    ColorAccent,
    /// Not `#rrggbb`.
    #[error("a colour is written #rrggbb")]
    ColorBackground,
    /// Not a time zone of the IANA list.
    #[error("a time zone has a name such as America/Lima")]
    Timezone,
}

impl InvalidBranding {
    /// The field at fault, as the API and the rows call it.
    pub fn field(self) -> &'static str {
        match self {
            Self::BrandName => "brand_name",
            Self::LogoUrl => "logo_url",
            Self::ColorPrimary => "color_primary",
            Self::ColorAccent => "color_accent",
            Self::ColorBackground => "color_background",
            Self::Timezone => "timezone",
        }
    }
}

/// Why a branding was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveBrandingError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// A field has a value it cannot have.
    #[error(transparent)]
    Invalid(#[from] InvalidBranding),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Saves a tenant's branding in place of the one before.
#[tracing::instrument(name = "branding.save", skip_all, fields(tenant.id = %tenant_id))]
pub async fn save_branding(
    conn: &mut Conn<Control>,
    tenant_id: TenantId,
    choice: BrandingChoice,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Branding, SaveBrandingError> {
    let choice = checked(&choice)?;
    conn.transaction(async |tx| {
        Tenants::new(tx)
            .lock(tenant_id)
            .await?
            .ok_or(SaveBrandingError::UnknownTenant)?;
        let saved = Brandings::new(tx).upsert(tenant_id, &choice, now).await?;
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(tenant_id),
                action: "branding.saved",
                target: Some(tenant_id.to_string()),
                data: json!({
                    "brand_name": saved.brand_name,
                    "logo_url": saved.logo_url,
                    "color_primary": saved.color_primary,
                    "color_accent": saved.color_accent,
                    "color_background": saved.color_background,
                    "timezone": saved.timezone,
                }),
            },
        )
        .await?;
        Ok(saved)
    })
    .await
}

fn checked(choice: &BrandingChoice) -> Result<BrandingChoice, InvalidBranding> {
    let field = |value: &Option<String>, check: fn(&str) -> Option<String>, error| {
        value
            .as_deref()
            .map(|text| check(text.trim()).ok_or(error))
            .transpose()
    };
    Ok(BrandingChoice {
        brand_name: text::name(&choice.brand_name).ok_or(InvalidBranding::BrandName)?,
        logo_url: field(&choice.logo_url, logo_url, InvalidBranding::LogoUrl)?,
        color_primary: field(&choice.color_primary, color, InvalidBranding::ColorPrimary)?,
        color_accent: field(&choice.color_accent, color, InvalidBranding::ColorAccent)?,
        color_background: field(&choice.color_background, color, InvalidBranding::ColorBackground)?,
        timezone: field(&choice.timezone, timezone, InvalidBranding::Timezone)?,
    })
}

fn color(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let hex = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| text.to_ascii_lowercase())
}

fn logo_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let public = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= 2_048;
    public.then(|| url.into())
}

fn timezone(text: &str) -> Option<String> {
    text.parse::<Tz>().ok().map(|zone| zone.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hex_digits_in_lower_case() {
        assert_eq!(color("#25D366").as_deref(), Some("#25d366"));
        for bad in ["25d366", "#25d36", "#25d3667", "#25d36g", "red", "#ñññ"] {
            assert_eq!(color(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_logo_is_loaded_over_http_and_carries_no_login() {
        assert!(logo_url("https://cdn.example.com/logo.png?v=2").is_some());
        for bad in [
            "",
            "logo.png",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "https://u:p@x.pe/l",
        ] {
            assert_eq!(logo_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_zone_is_one_of_the_iana_list() {
        assert_eq!(timezone("America/Lima").as_deref(), Some("America/Lima"));
        for bad in ["", "Lima", "GMT-5:00", "America/Nowhere"] {
            assert_eq!(timezone(bad), None, "{bad}");
        }
    }
}
