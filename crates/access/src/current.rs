//! Whether somebody who came in is still let in: looked up anew every few
//! seconds, so that a deactivation, another role or a suspension bites soon.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use control::{
    impersonation::{Impersonation, ImpersonationId, Impersonations},
    platform_user::PlatformUsers,
    session::{SessionSubject, Sessions},
};
use moka::future::Cache;
use pg::DbError;
use resolver::{ResolveError, Resolver};
use uuid::Uuid;

use crate::{Who, find};

/// How long an answer is believed.
const BELIEVED: Duration = Duration::from_secs(3);

/// What an access token says of its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// Whose session.
    pub subject: SessionSubject,
    /// The session's family.
    pub family: Uuid,
    /// The version that the person's sessions had; a SuperAdmin's own in an impersonation.
    pub session_version: i32,
    /// Whether it is an impersonation: `family` is its id then.
    pub is_impersonation: bool,
}

/// A SuperAdmin with somebody else's eyes.
#[derive(Clone)]
struct Visitor {
    who: Who,
    impersonation: Arc<Impersonation>,
    /// Of the SuperAdmin's own sessions.
    session_version: i32,
}

/// Answers whether bearers of access tokens are still let in. Cheap to clone.
#[derive(Clone)]
pub struct Guard {
    resolver: Resolver,
    people: Cache<(Option<Uuid>, Uuid), Option<Who>>,
    families: Cache<Uuid, bool>,
    visitors: Cache<Uuid, Option<Visitor>>,
    needs_totp: Cache<(), bool>,
}

impl Guard {
    /// A guard over this resolver.
    pub fn new(resolver: Resolver) -> Self {
        let people = Cache::builder()
            .max_capacity(50_000)
            .time_to_live(BELIEVED)
            .build();
        let families = Cache::builder()
            .max_capacity(50_000)
            .time_to_live(BELIEVED)
            .build();
        let visitors = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(BELIEVED)
            .build();
        Self {
            resolver,
            people,
            families,
            visitors,
            needs_totp: Cache::builder().time_to_live(BELIEVED).build(),
        }
    }

    /// The person, if still let in; `None` if not.
    pub async fn admit(&self, current: Current, now: DateTime<Utc>) -> Result<Option<Who>, ResolveError> {
        if current.is_impersonation {
            return self.admit_visitor(current, now).await;
        }
        if !self.family_lives(current.family).await {
            return Ok(None);
        }
        let SessionSubject { tenant_id, user_id } = current.subject;
        let key = (tenant_id.map(pg::TenantId::uuid), user_id);
        let who = self
            .people
            .try_get_with(key, Box::pin(find::person(&self.resolver, current.subject)))
            .await
            .map_err(|error: Arc<ResolveError>| (*error).clone())?;
        match who.filter(|who| who.session_version() == current.session_version) {
            Some(who) => self.at_present(who).await,
            None => Ok(None),
        }
    }

    /// Somebody in an impersonation, if it goes on. Unlike a session it does not while the
    /// control plane cannot be asked.
    async fn admit_visitor(&self, current: Current, now: DateTime<Utc>) -> Result<Option<Who>, ResolveError> {
        let looked_up = Box::pin(find_visitor(&self.resolver, current.family));
        let visitor = self
            .visitors
            .try_get_with(current.family, looked_up)
            .await
            .map_err(|error: Arc<ResolveError>| (*error).clone())?;
        let Some(visitor) = visitor else {
            return Ok(None);
        };
        let goes_on = visitor.impersonation.is_live(now)
            && visitor.session_version == current.session_version
            && self.family_lives(visitor.impersonation.family_id).await;
        if goes_on {
            self.at_present(visitor.who).await
        } else {
            Ok(None)
        }
    }

    /// The person at the tenant as it is now: its database may have been replaced meanwhile.
    async fn at_present(&self, who: Who) -> Result<Option<Who>, ResolveError> {
        let Who::Member { tenant, user, by } = who else {
            return Ok(Some(who));
        };
        let now = self.resolver.tenant(tenant.tenant.id).await?;
        let open = now.filter(|now| now.tenant.is_active);
        Ok(open.map(|tenant| Who::Member { tenant, user, by }))
    }

    /// Forgets somebody, so that a change made here takes effect at once.
    pub async fn forget(&self, subject: SessionSubject) {
        self.people
            .invalidate(&(subject.tenant_id.map(pg::TenantId::uuid), subject.user_id))
            .await;
    }

    /// Whether SuperAdmins may do nothing before they have a second factor.
    pub async fn superadmins_need_totp(&self) -> Result<bool, Arc<DbError>> {
        let asked = self.needs_totp.try_get_with((), async {
            let mut conn = self.resolver.control().conn().await?;
            let settings = control::settings::read(&mut conn).await?;
            Ok::<_, DbError>(settings.superadmin_totp_required)
        });
        asked.await
    }

    /// Forgets everybody: a whole tenant may have been suspended.
    pub fn forget_everybody(&self) {
        self.needs_totp.invalidate_all();
        self.visitors.invalidate_all();
        self.people.invalidate_all();
    }

    /// Forgets a session or an impersonation that has just ended.
    pub fn forget_sessions(&self) {
        self.families.invalidate_all();
        self.visitors.invalidate_all();
    }

    /// While the control plane is down nobody can be asked; access tokens live
    /// ten minutes, and that bounds how long an ended session could go on.
    async fn family_lives(&self, family: Uuid) -> bool {
        let asked = self.families.try_get_with(family, async {
            let mut conn = self.resolver.control().conn().await?;
            Sessions::new(&mut conn).family_is_active(family).await
        });
        asked.await.unwrap_or_else(|error: Arc<DbError>| {
            tracing::warn!(%error, "cannot ask whether a session was ended");
            true
        })
    }
}

/// Whoever came by an impersonation, if its SuperAdmin is let in, and so are those whose eyes they are.
async fn find_visitor(resolver: &Resolver, id: Uuid) -> Result<Option<Visitor>, ResolveError> {
    let unavailable = |error: DbError| ResolveError::Unavailable(Arc::new(error));
    let mut conn = resolver.control().conn().await.map_err(unavailable)?;
    let found = Impersonations::new(&mut conn)
        .find(ImpersonationId(id))
        .await
        .map_err(unavailable)?;
    let Some(impersonation) = found else {
        return Ok(None);
    };
    let superadmin = PlatformUsers::new(&mut conn)
        .find(impersonation.superadmin_id)
        .await
        .map_err(unavailable)?;
    drop(conn);
    let Some(superadmin) = superadmin.filter(|superadmin| superadmin.is_active) else {
        return Ok(None);
    };
    let impersonation = Arc::new(impersonation);
    let who = find::eyes(resolver, &impersonation).await?;
    Ok(who.map(|who| Visitor {
        who,
        impersonation,
        session_version: superadmin.session_version,
    }))
}
