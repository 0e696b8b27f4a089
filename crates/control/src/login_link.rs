//! Links by which somebody sets a password: invitations, and resets of forgotten ones.
//!
//! Only a digest of the token is kept, and a link works once. A new one for the
//! same person ends the older ones.

use chrono::{DateTime, TimeDelta, Utc};
use crypto::SecretString;
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, PgExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Actor,
    audit::{self, AuditEntry},
    schema::login_links,
    session::SessionSubject,
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Somebody was added and chooses the first password.
    Invite,
    /// Somebody chooses another password.
    Reset,
}

impl LinkKind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
        }
    }

    /// How long such a link works.
    pub fn lifetime(self) -> TimeDelta {
        match self {
            Self::Invite => TimeDelta::hours(72),
            Self::Reset => TimeDelta::hours(1),
        }
    }
}

/// A link that was just made; only its digest is kept.
#[derive(Debug)]
pub struct NewLink {
    /// What it is for.
    pub kind: LinkKind,
    /// What the link carries.
    pub token: SecretString,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// A link that works.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = login_links)]
pub struct LoginLink {
    id: Uuid,
    kind: String,
    tenant_id: Option<TenantId>,
    user_id: Uuid,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

impl LoginLink {
    /// What it is for.
    pub fn kind(&self) -> LinkKind {
        if self.kind == LinkKind::Invite.as_str() {
            LinkKind::Invite
        } else {
            LinkKind::Reset
        }
    }

    /// Whose password it sets.
    pub fn subject(&self) -> SessionSubject {
        SessionSubject {
            tenant_id: self.tenant_id,
            user_id: self.user_id,
        }
    }
}

/// Makes a link for somebody; older ones of the same person end.
#[tracing::instrument(name = "login_link.create", skip_all)]
pub async fn create_link(
    conn: &mut Conn<Control>,
    kind: LinkKind,
    subject: SessionSubject,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<NewLink, DbError> {
    use crypto::ExposeSecret;
    let token = crypto::token::generate();
    let expires_at = now + kind.lifetime();
    conn.transaction(async |tx| {
        LoginLinks::new(tx).end_all(subject).await?;
        diesel::insert_into(login_links::table)
            .values((
                login_links::id.eq(Uuid::now_v7()),
                login_links::kind.eq(kind.as_str()),
                login_links::tenant_id.eq(subject.tenant_id),
                login_links::user_id.eq(subject.user_id),
                login_links::token_digest.eq(crypto::token::digest(token.expose_secret())),
                login_links::expires_at.eq(expires_at),
                login_links::created_by.eq(actor.id),
                login_links::created_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: subject.tenant_id,
            action: "login_link.created",
            target: Some(subject.user_id.to_string()),
            data: json!({ "kind": kind.as_str() }),
        };
        audit::record(tx, entry).await
    })
    .await?;
    Ok(NewLink {
        kind,
        token,
        expires_at,
    })
}

/// Queries over `login_links`.
pub struct LoginLinks<'c>(&'c mut Conn<Control>);

impl<'c> LoginLinks<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The link of a token, if it works.
    pub async fn find(&mut self, token: &str, now: DateTime<Utc>) -> Result<Option<LoginLink>, DbError> {
        let query = LoginLink::query()
            .filter(login_links::token_digest.eq(crypto::token::digest(token)))
            .filter(login_links::used_at.is_null())
            .filter(login_links::expires_at.gt(now));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Spends a link. False when somebody was faster, or it has ended. Whoever
    /// comes at the same moment waits for this transaction's outcome.
    pub async fn spend(&mut self, link: &LoginLink, now: DateTime<Utc>) -> Result<bool, DbError> {
        let unspent = login_links::table
            .find(link.id)
            .filter(login_links::used_at.is_null());
        let spent = diesel::update(unspent)
            .set(login_links::used_at.eq(now))
            .execute(&mut **self.0)
            .await?;
        Ok(spent > 0)
    }

    /// Ends every link of somebody that still works.
    pub async fn end_all(&mut self, subject: SessionSubject) -> Result<(), DbError> {
        let open = login_links::table
            .filter(login_links::user_id.eq(subject.user_id))
            .filter(login_links::tenant_id.is_not_distinct_from(subject.tenant_id))
            .filter(login_links::used_at.is_null());
        diesel::delete(open).execute(&mut **self.0).await?;
        Ok(())
    }

    /// Removes links that stopped working; they are refused either way. Returns how many.
    pub async fn delete_expired(&mut self, now: DateTime<Utc>) -> Result<usize, DbError> {
        let expired = login_links::table.filter(login_links::expires_at.lt(now));
        Ok(diesel::delete(expired).execute(&mut **self.0).await?)
    }
}
