//! When what last came in: handshakes, webhooks, messages and deliveries, line
//! by line and to the minute. Times, never contents; so that setting a tenant up
//! can be seen to succeed without asking the tenant's own database.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, HasQuery, OptionalExtension, QueryDsl,
    sql_types::{Array, Bytea, Nullable, Timestamptz, Uuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, Control, DbError, TenantId};

use crate::{
    meta_app::MetaAppId,
    schema::{channels, line_traffic, meta_apps, platform_facts},
};

/// What last came in on a line; `None`: never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, HasQuery)]
#[diesel(table_name = line_traffic)]
pub struct LineTraffic {
    /// The line.
    pub channel_id: ChannelId,
    /// A handshake with the line's own verify token.
    pub handshake_at: Option<DateTime<Utc>>,
    /// A webhook that was believed.
    pub webhook_at: Option<DateTime<Utc>>,
    /// A customer's message.
    pub message_at: Option<DateTime<Utc>>,
    /// A report that one of our messages was delivered or read.
    pub delivered_at: Option<DateTime<Utc>>,
}

impl LineTraffic {
    /// Nothing yet.
    pub fn none(channel_id: ChannelId) -> Self {
        Self {
            channel_id,
            handshake_at: None,
            webhook_at: None,
            message_at: None,
            delivered_at: None,
        }
    }
}

/// Whose verify token a handshake brought.
#[derive(Debug, Clone, Copy)]
pub enum Handshake<'a> {
    /// The installation's own.
    Common,
    /// The lines' whose token has this digest.
    Lines(&'a [u8]),
    /// An app's.
    App(MetaAppId),
}

const COMMON_HANDSHAKE: &str = "handshake";

/// The last entry for a line that is gone would be refused: only lines that are there are written.
const RECORD: &str = "
    INSERT INTO line_traffic AS known (channel_id, webhook_at, message_at, delivered_at)
    SELECT seen.channel_id, seen.webhook_at, seen.message_at, seen.delivered_at
    FROM unnest($1, $2, $3, $4) AS seen (channel_id, webhook_at, message_at, delivered_at)
    JOIN channels ON channels.id = seen.channel_id
    ORDER BY seen.channel_id
    ON CONFLICT (channel_id) DO UPDATE SET
        webhook_at = greatest(known.webhook_at, excluded.webhook_at),
        message_at = greatest(known.message_at, excluded.message_at),
        delivered_at = greatest(known.delivered_at, excluded.delivered_at)";

const RECORD_HANDSHAKE: &str = "
    INSERT INTO line_traffic AS known (channel_id, handshake_at)
    SELECT id, $2 FROM channels WHERE verify_token_digest = $1 AND is_active ORDER BY id
    ON CONFLICT (channel_id) DO UPDATE SET handshake_at = excluded.handshake_at";

/// Queries over `line_traffic` and `platform_facts`.
pub struct Traffic<'c>(&'c mut Conn<Control>);

impl<'c> Traffic<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Writes down what came in, in one statement. Times only go forward; a
    /// handshake in `seen` is left out.
    pub async fn record(&mut self, seen: &[LineTraffic]) -> Result<(), DbError> {
        let of = |time: fn(&LineTraffic) -> Option<DateTime<Utc>>| seen.iter().map(time).collect::<Vec<_>>();
        let ids: Vec<ChannelId> = seen.iter().map(|line| line.channel_id).collect();
        diesel::sql_query(RECORD)
            .bind::<Array<Uuid>, _>(ids)
            .bind::<Array<Nullable<Timestamptz>>, _>(of(|line| line.webhook_at))
            .bind::<Array<Nullable<Timestamptz>>, _>(of(|line| line.message_at))
            .bind::<Array<Nullable<Timestamptz>>, _>(of(|line| line.delivered_at))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Writes down that a handshake went well.
    pub async fn record_handshake(
        &mut self,
        handshake: Handshake<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        match handshake {
            Handshake::Common => {
                diesel::insert_into(platform_facts::table)
                    .values((
                        platform_facts::name.eq(COMMON_HANDSHAKE),
                        platform_facts::at.eq(now),
                    ))
                    .on_conflict(platform_facts::name)
                    .do_update()
                    .set(platform_facts::at.eq(now))
                    .execute(&mut **self.0)
                    .await?;
            }
            Handshake::Lines(digest) => {
                diesel::sql_query(RECORD_HANDSHAKE)
                    .bind::<Bytea, _>(digest)
                    .bind::<Timestamptz, _>(now)
                    .execute(&mut **self.0)
                    .await?;
            }
            Handshake::App(id) => {
                diesel::update(meta_apps::table.find(id))
                    .set(meta_apps::handshake_at.eq(now))
                    .execute(&mut **self.0)
                    .await?;
            }
        }
        Ok(())
    }

    /// When a handshake with the installation's own verify token last went well.
    pub async fn common_handshake(&mut self) -> Result<Option<DateTime<Utc>>, DbError> {
        let fact = platform_facts::table
            .find(COMMON_HANDSHAKE)
            .select(platform_facts::at);
        Ok(fact.first(&mut **self.0).await.optional()?)
    }

    /// What came in on the tenant's lines; lines without anything are left out.
    pub async fn of_tenant(&mut self, tenant_id: TenantId) -> Result<Vec<LineTraffic>, DbError> {
        let lines = channels::table
            .filter(channels::tenant_id.eq(tenant_id))
            .select(channels::id);
        let query = LineTraffic::query().filter(line_traffic::channel_id.eq_any(lines));
        Ok(query.load(&mut **self.0).await?)
    }
}
