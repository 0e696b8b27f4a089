//! The tenants between which somebody may change without logging in anew: those of whose own
//! passwords he has shown knowledge within this session.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, QueryDsl, dsl::exists};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};
use uuid::Uuid;

use super::{IssuedSession, SessionMeta, SessionSubject, repo::Sessions};
use crate::schema::{session_proofs, sessions};

/// Shown knowledge of a tenant's own password.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = session_proofs)]
pub struct Proof {
    /// Which tenant.
    pub tenant_id: TenantId,
    /// As whom, in that tenant's database.
    pub user_id: Uuid,
    /// SHA-256 of the stored hash that the password fitted.
    pub password_digest: Vec<u8>,
    /// The version of the person's sessions then.
    pub session_version: i32,
    /// Whether the second factor was shown as well.
    pub with_code: bool,
}

/// What was shown within a session.
pub async fn proofs(conn: &mut Conn<Control>, family: Uuid) -> Result<Vec<Proof>, DbError> {
    let query = Proof::query()
        .filter(session_proofs::family_id.eq(family))
        .order(session_proofs::tenant_id);
    Ok(query.load(&mut **conn).await?)
}

/// Remembers what was shown within a session.
pub async fn prove(
    conn: &mut Conn<Control>,
    family: Uuid,
    proof: &Proof,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let known = (
        session_proofs::user_id.eq(proof.user_id),
        session_proofs::password_digest.eq(&proof.password_digest),
        session_proofs::session_version.eq(proof.session_version),
        session_proofs::with_code.eq(proof.with_code),
        session_proofs::proven_at.eq(now),
    );
    diesel::insert_into(session_proofs::table)
        .values((
            session_proofs::family_id.eq(family),
            session_proofs::tenant_id.eq(proof.tenant_id),
            known,
        ))
        .on_conflict((session_proofs::family_id, session_proofs::tenant_id))
        .do_update()
        .set(known)
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// Takes somebody from a session into one of another tenant's: the former ends, and what was
/// shown within it goes along.
#[tracing::instrument(name = "session.change", skip_all)]
pub async fn change_session(
    conn: &mut Conn<Control>,
    from: SessionSubject,
    family: Uuid,
    to: SessionSubject,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<IssuedSession, DbError> {
    conn.transaction(async |tx| {
        let mut sessions = Sessions::new(tx);
        // In the same order from both sides, so that two changes never wait for each other.
        let (first, second) = (from.user_id.min(to.user_id), from.user_id.max(to.user_id));
        sessions.lock_user(first).await?;
        sessions.lock_user(second).await?;
        sessions.revoke_family(from, family, now).await?;
        let issued = sessions.insert(to, Uuid::now_v7(), meta, now).await?;
        let shown = session_proofs::table.filter(session_proofs::family_id.eq(family));
        diesel::update(shown)
            .set(session_proofs::family_id.eq(issued.family_id))
            .execute(&mut **tx)
            .await?;
        Ok(issued)
    })
    .await
}

/// Removes what was shown within sessions that are no more. Returns how many.
pub async fn delete_old_proofs(conn: &mut Conn<Control>) -> Result<usize, DbError> {
    let of_one = sessions::table.filter(sessions::family_id.eq(session_proofs::family_id));
    let orphans = session_proofs::table.filter(diesel::dsl::not(exists(of_one)));
    Ok(diesel::delete(orphans).execute(&mut **conn).await?)
}
