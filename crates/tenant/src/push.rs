//! Browsers that want to be told while the desk is closed, and what they are to be told next.
//!
//! They are told of events, in their order and at most once: the place is moved on before anything is sent. Nobody
//! is told of what is out of his sight, nor with a session that has ended.

mod due;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

pub use self::due::{Due, PushKind, take_due};
pub use crate::id::SubscriptionId;
use crate::{
    schema::{push_progress, push_subscriptions, tenant_meta, users},
    text_enum,
    user::UserId,
};

/// Browsers of one person; of more, the oldest are forgotten.
pub const MOST_BROWSERS: i64 = 10;

text_enum! {
    /// Of whose conversations customers' messages are told.
    Whose {
        /// One's own.
        Mine = "mine",
        /// One's own and nobody's.
        Open = "open",
        /// Everybody's.
        All = "all",
    }
}

/// A browser, as it named itself.
#[derive(Debug, Clone, Copy)]
pub struct NewSubscription<'a> {
    /// Where it wants its messages.
    pub endpoint: &'a str,
    /// Its public key, base64url.
    pub p256dh: &'a str,
    /// The secret that it shares with us, base64url.
    pub auth: &'a str,
    /// What it wants to hear of customers.
    pub whose: Whose,
}

/// Keeps a browser for somebody; one that is known changes its owner and its wishes.
pub async fn subscribe(
    conn: &mut Conn<Tenant>,
    owner: UserId,
    new: NewSubscription<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    conn.transaction(async |tx| {
        // Whoever is the first one is told of what happens from now on, not of what happened while nobody listened.
        let nobody: bool = diesel::select(diesel::dsl::not(diesel::dsl::exists(
            push_subscriptions::table.select(push_subscriptions::id),
        )))
        .get_result(&mut **tx)
        .await?;
        if nobody {
            let newest: i64 = tenant_meta::table
                .select(tenant_meta::last_event)
                .first(&mut **tx)
                .await?;
            diesel::update(push_progress::table)
                .set(push_progress::seq.eq(newest))
                .execute(&mut **tx)
                .await?;
        }
        let session: i32 = users::table
            .find(owner)
            .select(users::session_version)
            .first(&mut **tx)
            .await?;
        let wished = (
            push_subscriptions::user_id.eq(owner),
            push_subscriptions::session_version.eq(session),
            push_subscriptions::p256dh.eq(new.p256dh),
            push_subscriptions::auth.eq(new.auth),
            push_subscriptions::whose.eq(new.whose.as_str()),
            push_subscriptions::created_at.eq(now),
        );
        diesel::insert_into(push_subscriptions::table)
            .values((
                push_subscriptions::id.eq(SubscriptionId::generate()),
                push_subscriptions::endpoint.eq(new.endpoint),
                wished,
            ))
            .on_conflict(push_subscriptions::endpoint)
            .do_update()
            .set(wished)
            .execute(&mut **tx)
            .await?;
        let kept = push_subscriptions::table
            .filter(push_subscriptions::user_id.eq(owner))
            .order((
                push_subscriptions::created_at.desc(),
                push_subscriptions::id.desc(),
            ))
            .limit(MOST_BROWSERS)
            .select(push_subscriptions::id)
            .load::<SubscriptionId>(&mut **tx)
            .await?;
        diesel::delete(push_subscriptions::table)
            .filter(push_subscriptions::user_id.eq(owner))
            .filter(push_subscriptions::id.ne_all(kept))
            .execute(&mut **tx)
            .await?;
        Ok(())
    })
    .await
}

/// Forgets a browser of somebody's; one that is not known is no problem.
pub async fn unsubscribe(conn: &mut Conn<Tenant>, owner: UserId, endpoint: &str) -> Result<(), DbError> {
    diesel::delete(push_subscriptions::table)
        .filter(push_subscriptions::user_id.eq(owner))
        .filter(push_subscriptions::endpoint.eq(endpoint))
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// Forgets a browser that does not want messages any more.
pub async fn forget(conn: &mut Conn<Tenant>, id: SubscriptionId) -> Result<(), DbError> {
    diesel::delete(push_subscriptions::table.find(id))
        .execute(&mut **conn)
        .await?;
    Ok(())
}
