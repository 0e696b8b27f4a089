//! How a tenant's panel looks: name, logo, colours, time zone.

mod save;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

pub use self::save::{BrandingChoice, InvalidBranding, SaveBrandingError, save_branding};
use crate::schema::branding;

/// How a tenant's panel looks.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = branding)]
pub struct Branding {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The name on the panel.
    pub brand_name: String,
    /// An `https` or `http` URL of an image.
    pub logo_url: Option<String>,
    /// `#rrggbb`, lower case.
    pub color_primary: Option<String>,
    /// `#rrggbb`, lower case.
    pub color_accent: Option<String>,
    /// `#rrggbb`, lower case.
    pub color_background: Option<String>,
    /// An IANA name.
    pub timezone: Option<String>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
}

/// Queries over `branding`.
pub struct Brandings<'c>(&'c mut Conn<Control>);

impl<'c> Brandings<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The tenant's branding; `None` if it never chose any.
    pub async fn find(&mut self, tenant_id: TenantId) -> Result<Option<Branding>, DbError> {
        let query = Branding::query().filter(branding::tenant_id.eq(tenant_id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    async fn upsert(
        &mut self,
        tenant_id: TenantId,
        choice: &BrandingChoice,
        now: DateTime<Utc>,
    ) -> Result<Branding, DbError> {
        let columns = (
            branding::brand_name.eq(&choice.brand_name),
            branding::logo_url.eq(&choice.logo_url),
            branding::color_primary.eq(&choice.color_primary),
            branding::color_accent.eq(&choice.color_accent),
            branding::color_background.eq(&choice.color_background),
            branding::timezone.eq(&choice.timezone),
            branding::updated_at.eq(now),
        );
        let saved = diesel::insert_into(branding::table)
            .values((branding::tenant_id.eq(tenant_id), columns))
            .on_conflict(branding::tenant_id)
            .do_update()
            .set(columns)
            .returning(branding::all_columns)
            .get_result(&mut **self.0)
            .await?;
        Ok(saved)
    }
}
