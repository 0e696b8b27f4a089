//! How the lines do: what asking Meta told of each, and whether its sending is
//! paused. What it means, and what to do about it, is not decided here.
//!
//! A row begins with the first check or pause of a line and goes when its token
//! or number is replaced: what was known was known of another one.

mod change;
mod facts;
mod pause;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    AsChangeset, ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, Control, DbError, TenantId};

pub(crate) use self::change::start_over;
pub use self::{
    change::{Outcome, Seen, Told, Verdict, pause_line, record_check},
    pause::{Cause, Pause, PauseCode},
};
use crate::{
    channel::Channel,
    meta_app::MetaApp,
    schema::{channels, line_states, meta_apps},
};

/// The longest of Meta's words that are kept, in characters.
const MAX_WORDS: usize = 400;

/// What one check told. Words are Meta's own and may be new ones; `None` means
/// that Meta did not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = line_states, treat_none_as_null = true)]
pub struct LineFacts {
    /// Whether the token is good.
    pub token_valid: Option<bool>,
    /// Meta's words on a token that is not.
    pub token_error: Option<String>,
    /// When it ends; `None` also for one that does not.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// The app that the token belongs to.
    pub app_id: Option<String>,
    /// What the token permits.
    pub scopes: Vec<String>,
    /// What the line needs and the token lacks, wholly or for this account.
    pub missing_scopes: Vec<String>,
    /// Whether the app secret in use is that of the token's app; `None`: there is none.
    pub app_secret_fits: Option<bool>,
    /// Whether the account's events go to the token's app.
    pub is_subscribed: Option<bool>,
    /// Meta's words on a number that cannot be read.
    pub number_error: Option<String>,
    /// CONNECTED, DISCONNECTED, BANNED…
    pub number_status: Option<String>,
    /// GREEN, YELLOW, RED.
    pub quality: Option<String>,
    /// How many people a day may be written to first: TIER_250 to TIER_UNLIMITED.
    pub messaging_limit: Option<String>,
    /// STANDARD or HIGH.
    pub throughput: Option<String>,
    /// Whether the number is on the WhatsApp Business app as well.
    pub on_business_app: Option<bool>,
    /// The name that customers see.
    pub verified_name: Option<String>,
    /// APPROVED, PENDING_REVIEW, DECLINED…
    pub name_status: Option<String>,
    /// AVAILABLE, LIMITED or BLOCKED.
    pub can_send: Option<String>,
    /// Why, as Meta says: a list of objects.
    pub issues: serde_json::Value,
}

/// What is known of a line.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = line_states)]
pub struct LineState {
    /// The line.
    pub channel_id: ChannelId,
    /// When Meta was asked last.
    pub tried_at: Option<DateTime<Utc>>,
    /// Why that told nothing.
    pub check_error: Option<String>,
    /// Since when nothing is told.
    pub failing_since: Option<DateTime<Utc>>,
    /// When the facts were told; `None`: never.
    pub checked_at: Option<DateTime<Utc>>,
    /// What was told last.
    #[diesel(embed)]
    pub facts: LineFacts,
    paused_at: Option<DateTime<Utc>>,
    pause_code: Option<String>,
    pause_meta_code: Option<i64>,
    pause_message: Option<String>,
    pause_hold_seconds: i32,
    resumed_at: Option<DateTime<Utc>>,
}

impl LineState {
    /// The pause, if the line is paused.
    pub fn pause(&self) -> Option<Pause> {
        Some(Pause {
            at: self.paused_at?,
            cause: Cause {
                code: PauseCode::of_word(self.pause_code.as_deref()?),
                meta_code: self.pause_meta_code,
                message: self.pause_message.clone(),
            },
        })
    }

    /// From when on a check may end the pause by itself; `None` if there is none.
    pub fn held_until(&self) -> Option<DateTime<Utc>> {
        Some(self.paused_at? + TimeDelta::seconds(self.pause_hold_seconds.into()))
    }
}

/// A line and what is known of it.
pub type KnownLine = (Channel, Option<LineState>);

/// The same with the app that brings its messages.
pub type RoutedLine = (Channel, Option<LineState>, Option<MetaApp>);

/// Queries over `line_states`.
pub struct LineStates<'c>(&'c mut Conn<Control>);

impl<'c> LineStates<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// What is known of one line.
    pub async fn find(&mut self, id: ChannelId) -> Result<Option<LineState>, DbError> {
        let query = LineState::query().filter(line_states::channel_id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// The line of a `phone_number_id`, active or not, with what is known of it and its app.
    pub async fn of_number(&mut self, phone_number_id: &str) -> Result<Option<RoutedLine>, DbError> {
        let query = channels::table
            .left_join(line_states::table)
            .left_join(meta_apps::table)
            .filter(channels::phone_number_id.eq(phone_number_id))
            .select((
                Channel::as_select(),
                Option::<LineState>::as_select(),
                Option::<MetaApp>::as_select(),
            ));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// One line with what is known of it.
    pub async fn of_channel(&mut self, id: ChannelId) -> Result<Option<KnownLine>, DbError> {
        let query = channels::table
            .left_join(line_states::table)
            .filter(channels::id.eq(id))
            .select((Channel::as_select(), Option::<LineState>::as_select()));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// The tenant's lines with what is known of each, oldest first.
    pub async fn of_tenant(&mut self, tenant_id: TenantId) -> Result<Vec<KnownLine>, DbError> {
        let query = channels::table
            .left_join(line_states::table)
            .filter(channels::tenant_id.eq(tenant_id))
            .order((channels::created_at, channels::id))
            .select((Channel::as_select(), Option::<LineState>::as_select()));
        Ok(query.load(&mut **self.0).await?)
    }

    /// How many active lines are paused.
    pub async fn paused_count(&mut self) -> Result<i64, DbError> {
        let query = line_states::table
            .inner_join(channels::table)
            .filter(line_states::paused_at.is_not_null())
            .filter(channels::is_active)
            .count();
        Ok(query.get_result(&mut **self.0).await?)
    }
}
