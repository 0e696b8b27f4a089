//! Queries over `channels`.

use chrono::{DateTime, Utc};
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, HasQuery, Insertable, OptionalExtension, QueryDsl,
    SelectableHelper, dsl::exists,
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, Control, DbError, TenantId};

use super::Channel;
use crate::{meta_app::MetaAppId, schema::channels};

/// Queries over `channels`.
pub struct Channels<'c>(&'c mut Conn<Control>);

/// A line to insert, its secrets sealed.
#[derive(Insertable)]
#[diesel(table_name = channels)]
pub(super) struct NewRow {
    pub(super) id: ChannelId,
    pub(super) tenant_id: TenantId,
    pub(super) phone_number_id: String,
    pub(super) waba_id: Option<String>,
    pub(super) display_name: String,
    pub(super) display_phone_number: Option<String>,
    pub(super) verify_token_digest: Option<Vec<u8>>,
    pub(super) wa_token_sealed: Option<String>,
    pub(super) app_secret_sealed: Option<String>,
    pub(super) app_id: Option<MetaAppId>,
    pub(super) is_active: bool,
    pub(super) is_default: bool,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

/// Columns to change; `None` leaves one, `Some(None)` empties it.
#[derive(AsChangeset)]
#[expect(clippy::option_option, reason = "what diesel takes for a nullable column")]
#[diesel(table_name = channels)]
pub(super) struct Changes {
    pub(super) phone_number_id: Option<String>,
    pub(super) waba_id: Option<Option<String>>,
    pub(super) display_name: Option<String>,
    pub(super) display_phone_number: Option<Option<String>>,
    pub(super) verify_token_digest: Option<Option<Vec<u8>>>,
    pub(super) wa_token_sealed: Option<Option<String>>,
    pub(super) app_secret_sealed: Option<Option<String>>,
    pub(super) app_id: Option<Option<MetaAppId>>,
    pub(super) is_active: Option<bool>,
    pub(super) is_default: Option<bool>,
    pub(super) updated_at: DateTime<Utc>,
}

impl<'c> Channels<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Looks one line up.
    pub async fn find(&mut self, id: ChannelId) -> Result<Option<Channel>, DbError> {
        let query = Channel::query().filter(channels::id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Looks one line up by its id with Meta, active or not.
    pub async fn find_by_phone_number_id(
        &mut self,
        phone_number_id: &str,
    ) -> Result<Option<Channel>, DbError> {
        let query = Channel::query().filter(channels::phone_number_id.eq(phone_number_id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// The lines of a WhatsApp Business account, whoever's they are, oldest first.
    pub async fn list_by_waba_id(&mut self, waba_id: &str) -> Result<Vec<Channel>, DbError> {
        let query = Channel::query()
            .filter(channels::waba_id.eq(waba_id))
            .order((channels::created_at, channels::id));
        Ok(query.load(&mut **self.0).await?)
    }

    /// The tenant's lines, oldest first.
    pub async fn list_by_tenant(&mut self, tenant_id: TenantId) -> Result<Vec<Channel>, DbError> {
        let query = Channel::query()
            .filter(channels::tenant_id.eq(tenant_id))
            .order((channels::created_at, channels::id));
        Ok(query.load(&mut **self.0).await?)
    }

    /// Whether an active line has the verify token of this digest.
    pub async fn any_with_verify_token(&mut self, digest: &[u8]) -> Result<bool, DbError> {
        let lines = channels::table.filter(channels::verify_token_digest.eq(digest).and(channels::is_active));
        Ok(diesel::select(exists(lines)).get_result(&mut **self.0).await?)
    }

    /// How many active lines have neither an app secret of their own nor an app that must sign.
    pub async fn unsigned_count(&mut self) -> Result<i64, DbError> {
        let lines = channels::table
            .filter(
                channels::app_secret_sealed
                    .is_null()
                    .and(channels::app_id.is_null()),
            )
            .filter(channels::is_active);
        Ok(lines.count().get_result(&mut **self.0).await?)
    }

    pub(super) async fn has_any(&mut self, tenant_id: TenantId) -> Result<bool, DbError> {
        let lines = channels::table.filter(channels::tenant_id.eq(tenant_id));
        Ok(diesel::select(exists(lines)).get_result(&mut **self.0).await?)
    }

    /// Takes the default mark from whichever line has it.
    pub(super) async fn clear_default(
        &mut self,
        tenant_id: TenantId,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let lines = channels::table.filter(channels::tenant_id.eq(tenant_id).and(channels::is_default));
        diesel::update(lines)
            .set((channels::is_default.eq(false), channels::updated_at.eq(now)))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    pub(super) async fn insert(&mut self, row: &NewRow) -> Result<Channel, DbError> {
        let channel = diesel::insert_into(channels::table)
            .values(row)
            .returning(Channel::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(channel)
    }

    pub(super) async fn update(&mut self, id: ChannelId, changes: &Changes) -> Result<Channel, DbError> {
        let channel = diesel::update(channels::table.find(id))
            .set(changes)
            .returning(Channel::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(channel)
    }

    pub(super) async fn delete(&mut self, id: ChannelId) -> Result<bool, DbError> {
        let deleted = diesel::delete(channels::table.find(id))
            .execute(&mut **self.0)
            .await?;
        Ok(deleted == 1)
    }
}

/// Whether the row was refused because another line has its phone number id.
pub(super) fn is_taken(error: &DbError) -> bool {
    error.conflicts_with("channels_phone_number_id_key")
}
