//! Queries over `sessions`.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, NullableExpressionMethods, OptionalExtension,
    PgExpressionMethods, QueryDsl, QueryableByName,
    dsl::exists,
    sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid},
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

/// A login that stands.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct LiveSession {
    /// What ties its tokens together; access tokens name it.
    #[diesel(sql_type = SqlUuid)]
    pub family_id: Uuid,
    /// When the person logged in.
    #[diesel(sql_type = Timestamptz)]
    pub began_at: DateTime<Utc>,
    /// When its newest token was given out.
    #[diesel(sql_type = Timestamptz)]
    pub last_used_at: DateTime<Utc>,
    /// The browser's own description, as of then.
    #[diesel(sql_type = Nullable<Text>)]
    pub user_agent: Option<String>,
    /// The address the request came from, as of then.
    #[diesel(sql_type = Nullable<Text>)]
    pub ip: Option<String>,
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

    /// Ends one login of the user; another's family is left alone.
    pub(super) async fn revoke_family(
        &mut self,
        subject: SessionSubject,
        family_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<usize, DbError> {
        let alive = sessions::table
            .filter(sessions::family_id.eq(family_id))
            .filter(sessions::user_id.eq(subject.user_id))
            .filter(sessions::tenant_id.is_not_distinct_from(subject.tenant_id))
            .filter(sessions::revoked_at.is_null());
        Ok(diesel::update(alive)
            .set(sessions::revoked_at.eq(now))
            .execute(&mut **self.0)
            .await?)
    }

    /// The logins of the user that still stand, the most recently used first.
    pub async fn live(
        &mut self,
        subject: SessionSubject,
        now: DateTime<Utc>,
    ) -> Result<Vec<LiveSession>, DbError> {
        let query = "SELECT * FROM (SELECT DISTINCT ON (family_id) family_id, user_agent, ip, \
                         created_at AS last_used_at, \
                         min(created_at) OVER (PARTITION BY family_id) AS began_at \
                     FROM sessions \
                     WHERE user_id = $1 AND tenant_id IS NOT DISTINCT FROM $2 \
                         AND revoked_at IS NULL AND expires_at > $3 \
                     ORDER BY family_id, created_at DESC, id DESC) AS live \
                     ORDER BY last_used_at DESC, family_id";
        let asked = diesel::sql_query(query)
            .bind::<SqlUuid, _>(subject.user_id)
            .bind::<Nullable<SqlUuid>, _>(subject.tenant_id.map(TenantId::uuid))
            .bind::<Timestamptz, _>(now);
        Ok(asked.load(&mut **self.0).await?)
    }

    /// Ends the user's logins, but for one if one is named.
    pub(super) async fn revoke_user(
        &mut self,
        subject: SessionSubject,
        but: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<usize, DbError> {
        let alive = sessions::table
            .filter(sessions::user_id.eq(subject.user_id))
            .filter(sessions::tenant_id.is_not_distinct_from(subject.tenant_id))
            .filter(sessions::family_id.nullable().is_distinct_from(but))
            .filter(sessions::revoked_at.is_null());
        Ok(diesel::update(alive)
            .set(sessions::revoked_at.eq(now))
            .execute(&mut **self.0)
            .await?)
    }
}
