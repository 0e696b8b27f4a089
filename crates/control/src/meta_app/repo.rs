//! Queries over `meta_apps`.

use chrono::{DateTime, Utc};
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, NullableExpressionMethods,
    OptionalExtension, QueryDsl, SelectableHelper,
    dsl::{count_star, exists},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};

use super::{MetaApp, MetaAppId};
use crate::schema::{channels, meta_apps};

/// Which apps a list shows.
#[derive(Debug, Clone, Default)]
pub struct MetaAppFilter {
    /// Only those that this tenant's lines may be bound to.
    pub usable_by: Option<TenantId>,
}

/// An app and how many lines are bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaAppSummary {
    /// The app.
    pub app: MetaApp,
    /// The lines bound to it, active or not.
    pub lines: i64,
}

/// An app to insert, its secret sealed.
#[derive(Insertable)]
#[diesel(table_name = meta_apps)]
pub(super) struct NewRow {
    pub(super) id: MetaAppId,
    pub(super) key: String,
    pub(super) tenant_id: Option<TenantId>,
    pub(super) name: String,
    pub(super) meta_app_id: Option<String>,
    pub(super) app_secret_sealed: Option<String>,
    pub(super) verify_token_digest: Vec<u8>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Columns to change; `None` leaves one, `Some(None)` empties it.
#[derive(AsChangeset)]
#[expect(clippy::option_option, reason = "what diesel takes for a nullable column")]
#[diesel(table_name = meta_apps)]
pub(super) struct Changes {
    pub(super) name: Option<String>,
    pub(super) meta_app_id: Option<Option<String>>,
    pub(super) app_secret_sealed: Option<Option<String>>,
    pub(super) previous_secret_sealed: Option<Option<String>>,
    pub(super) previous_until: Option<Option<DateTime<Utc>>>,
    pub(super) verify_token_digest: Option<Vec<u8>>,
    pub(super) handshake_at: Option<Option<DateTime<Utc>>>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Queries over `meta_apps`.
pub struct MetaApps<'c>(&'c mut Conn<Control>);

/// The columns of a [`MetaAppSummary`]; a macro because the type has no name worth writing.
macro_rules! summary_columns {
    () => {
        (
            MetaApp::as_select(),
            channels::table
                .filter(channels::app_id.eq(meta_apps::id.nullable()))
                .select(count_star())
                .single_value()
                .assume_not_null(),
        )
    };
}

impl<'c> MetaApps<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Looks one app up by the last part of its callback path.
    pub async fn find_by_key(&mut self, key: &str) -> Result<Option<MetaApp>, DbError> {
        let query = MetaApp::query().filter(meta_apps::key.eq(key));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Looks one app up.
    pub async fn find(&mut self, id: MetaAppId) -> Result<Option<MetaApp>, DbError> {
        let query = MetaApp::query().filter(meta_apps::id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// One app with how many lines are bound to it.
    pub async fn summary(&mut self, id: MetaAppId) -> Result<Option<MetaAppSummary>, DbError> {
        let query = meta_apps::table
            .filter(meta_apps::id.eq(id))
            .select(summary_columns!());
        let row: Option<(MetaApp, i64)> = query.first(&mut **self.0).await.optional()?;
        Ok(row.map(|(app, lines)| MetaAppSummary { app, lines }))
    }

    /// The apps, newest first.
    pub async fn list(
        &mut self,
        filter: &MetaAppFilter,
        page: &PageRequest,
    ) -> Result<Page<MetaAppSummary>, ListError> {
        let mut query = meta_apps::table
            .select(summary_columns!())
            .order((meta_apps::created_at.desc(), meta_apps::id.desc()))
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(tenant_id) = filter.usable_by {
            let usable = meta_apps::tenant_id
                .is_null()
                .or(meta_apps::tenant_id.eq(tenant_id).assume_not_null());
            query = query.filter(usable);
        }
        if let Some((at, id)) = page.after::<(DateTime<Utc>, MetaAppId)>()? {
            query = query.filter(
                meta_apps::created_at
                    .lt(at)
                    .or(meta_apps::created_at.eq(at).and(meta_apps::id.lt(id))),
            );
        }
        let rows: Vec<(MetaApp, i64)> = query.load(&mut **self.0).await?;
        let page = Page::from_rows(rows, page.limit, |(app, _)| (app.created_at, app.id));
        Ok(page.map(|(app, lines)| MetaAppSummary { app, lines }))
    }

    /// Whether this tenant's lines may be bound to the app.
    pub(crate) async fn may_bind(&mut self, id: MetaAppId, tenant_id: TenantId) -> Result<bool, DbError> {
        let usable = meta_apps::tenant_id
            .is_null()
            .or(meta_apps::tenant_id.eq(tenant_id).assume_not_null());
        let app = meta_apps::table.find(id).filter(usable);
        Ok(diesel::select(exists(app)).get_result(&mut **self.0).await?)
    }

    /// The apps without a secret to which lines of this tenant are bound: nothing arrives on those.
    pub async fn without_secret(&mut self, tenant_id: TenantId) -> Result<Vec<MetaAppId>, DbError> {
        let bound = channels::table
            .filter(channels::tenant_id.eq(tenant_id))
            .filter(channels::app_id.eq(meta_apps::id.nullable()));
        let query = meta_apps::table
            .filter(meta_apps::app_secret_sealed.is_null())
            .filter(exists(bound))
            .select(meta_apps::id);
        Ok(query.load(&mut **self.0).await?)
    }

    /// The apps that lines of this tenant are bound to.
    pub async fn of_lines(&mut self, tenant_id: TenantId) -> Result<Vec<MetaApp>, DbError> {
        let bound = channels::table
            .filter(channels::tenant_id.eq(tenant_id))
            .filter(channels::app_id.eq(meta_apps::id.nullable()));
        let query = MetaApp::query().filter(exists(bound));
        Ok(query.load(&mut **self.0).await?)
    }

    /// The tenants that have a line bound to the app.
    pub(super) async fn tenants_of(&mut self, id: MetaAppId) -> Result<Vec<TenantId>, DbError> {
        let query = channels::table
            .filter(channels::app_id.eq(id))
            .select(channels::tenant_id)
            .distinct();
        Ok(query.load(&mut **self.0).await?)
    }

    /// Looks one app up and holds its row until the transaction ends.
    pub(super) async fn lock(&mut self, id: MetaAppId) -> Result<Option<MetaApp>, DbError> {
        let query = MetaApp::query().filter(meta_apps::id.eq(id)).for_no_key_update();
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    pub(super) async fn insert(&mut self, row: &NewRow) -> Result<MetaApp, DbError> {
        let app = diesel::insert_into(meta_apps::table)
            .values(row)
            .returning(MetaApp::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(app)
    }

    pub(super) async fn update(&mut self, id: MetaAppId, changes: &Changes) -> Result<MetaApp, DbError> {
        let app = diesel::update(meta_apps::table.find(id))
            .set(changes)
            .returning(MetaApp::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(app)
    }

    pub(super) async fn delete(&mut self, id: MetaAppId) -> Result<bool, DbError> {
        let deleted = diesel::delete(meta_apps::table.find(id))
            .execute(&mut **self.0)
            .await?;
        Ok(deleted == 1)
    }
}
