//! Queries over `sessions`.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, OptionalExtension, PgExpressionMethods, QueryDsl,
    dsl::exists, sql_types::Text,
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};
use uuid::Uuid;

use super::{IssuedSession, LIFETIME, SessionMeta, SessionSubject};
use crate::{schema::sessions, text};

/// Queries over `sessions`.
pub struct Sessions<'c>(&'c mut Conn<Control>);

/// A token's row.
#[derive(HasQuery)]
#[diesel(table_name = sessions)]
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) family_id: Uuid,
    tenant_id: Option<TenantId>,
    user_id: Uuid,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) rotated_at: Option<DateTime<Utc>>,
    pub(super) revoked_at: Option<DateTime<Utc>>,
}

impl Session {
    pub(super) fn subject(&self) -> SessionSubject {
        SessionSubject {
            tenant_id: self.tenant_id,
            user_id: self.user_id,
        }
    }
}

impl<'c> Sessions<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Whether the login that a token came from still stands.
    pub async fn family_is_active(&mut self, family_id: Uuid) -> Result<bool, DbError> {
        let alive = sessions::table.filter(
            sessions::family_id
                .eq(family_id)
                .and(sessions::revoked_at.is_null()),
        );
        Ok(diesel::select(exists(alive)).get_result(&mut **self.0).await?)
    }

    /// Removes tokens that expired; they are refused either way. Returns how many.
    pub async fn delete_expired(&mut self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let expired = sessions::table.filter(sessions::expires_at.lt(now));
        Ok(diesel::delete(expired).execute(&mut **self.0).await?)
    }

    /// Makes other transactions over the user's sessions wait until this one ends.
    pub(super) async fn lock_user(&mut self, user_id: Uuid) -> Result<(), DbError> {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(format!("centralita sessions {user_id}"))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    pub(super) async fn find_by_token(&mut self, token: &str) -> Result<Option<Session>, DbError> {
        let query = Session::query().filter(sessions::token_digest.eq(crypto::token::digest(token)));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    pub(super) async fn lock(&mut self, id: Uuid) -> Result<Option<Session>, DbError> {
        let query = Session::query().filter(sessions::id.eq(id)).for_update();
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    pub(super) async fn insert(
        &mut self,
        subject: SessionSubject,
        family_id: Uuid,
        meta: &SessionMeta,
        now: DateTime<Utc>,
    ) -> Result<IssuedSession, DbError> {
        use crypto::ExposeSecret;
        let token = crypto::token::generate();
        let (session_id, expires_at) = (Uuid::now_v7(), now + LIFETIME);
        diesel::insert_into(sessions::table)
            .values((
                sessions::id.eq(session_id),
                sessions::family_id.eq(family_id),
                sessions::tenant_id.eq(subject.tenant_id),
                sessions::user_id.eq(subject.user_id),
                sessions::token_digest.eq(crypto::token::digest(token.expose_secret())),
                sessions::created_at.eq(now),
                sessions::expires_at.eq(expires_at),
                sessions::user_agent.eq(meta
                    .user_agent
                    .as_deref()
                    .and_then(|agent| text::clip(agent, 300))),
                sessions::ip.eq(meta.ip.map(|ip| ip.to_string())),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(IssuedSession {
            session_id,
            family_id,
            token,
            expires_at,
        })
    }

    /// Marks a token as used. A later use within the grace does not extend the grace.
    pub(super) async fn mark_rotated(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
        let first_use = sessions::table.filter(sessions::id.eq(id).and(sessions::rotated_at.is_null()));
        diesel::update(first_use)
            .set(sessions::rotated_at.eq(now))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    pub(super) async fn revoke_family(
        &mut self,
        family_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<usize, DbError> {
        let alive = sessions::table.filter(
            sessions::family_id
                .eq(family_id)
                .and(sessions::revoked_at.is_null()),
        );
        Ok(diesel::update(alive)
            .set(sessions::revoked_at.eq(now))
            .execute(&mut **self.0)
            .await?)
    }

    pub(super) async fn revoke_user(
        &mut self,
        subject: SessionSubject,
        now: DateTime<Utc>,
    ) -> Result<usize, DbError> {
        let alive = sessions::table
            .filter(sessions::user_id.eq(subject.user_id))
            .filter(sessions::tenant_id.is_not_distinct_from(subject.tenant_id))
            .filter(sessions::revoked_at.is_null());
        Ok(diesel::update(alive)
            .set(sessions::revoked_at.eq(now))
            .execute(&mut **self.0)
            .await?)
    }
}
