//! Who may come in: logging in, staying in, and the team whose people do.
//!
//! The one place that looks at the control plane's directory and at the
//! tenants' own users together. Depends on `control`, `tenant` and `resolver`;
//! knows nothing of HTTP, cookies or JWTs.

mod current;
mod find;
mod impersonation;
mod links;
mod login;
mod own;
mod password;
mod proof;
mod second_factor;
mod switch;
pub mod team;

use std::sync::Arc;

use control::{
    impersonation::Impersonation,
    platform_user::PlatformUser,
    session::{IssuedSession, SessionSubject},
};
use resolver::TenantHandle;
use tenant::user::User;

pub use self::{
    current::{Current, Guard},
    impersonation::{ImpersonateError, NewImpersonation, StepUp, end_impersonation, impersonate},
    links::{LinkError, LinkFor, OpenLink, accept_link, link_for_superadmin, links_for_forgetful, read_link},
    login::{Choice, Credentials, LoginError, RefreshError, end_session, login, logout, refresh},
    own::{ChangePasswordError, change_password},
    second_factor::{
        Enrolment, SecondFactorError, Standing, confirm, enrol, replace_recovery_codes, standing, turn_off,
    },
    switch::{OwnTenant, Switch, SwitchError, own_tenants, switch},
};

/// Somebody who is known and let in.
#[derive(Clone)]
pub enum Who {
    /// A SuperAdmin.
    Platform(Arc<PlatformUser>),
    /// One of a tenant's team.
    Member {
        /// Whose team.
        tenant: Arc<TenantHandle>,
        /// Who; with whose eyes, in an impersonation.
        user: Arc<User>,
        /// The impersonation, where it is a SuperAdmin with these eyes.
        by: Option<Arc<Impersonation>>,
    },
}

impl Who {
    /// Whose session it would be.
    pub fn subject(&self) -> SessionSubject {
        match self {
            Self::Platform(user) => SessionSubject {
                tenant_id: None,
                user_id: user.id.uuid(),
            },
            Self::Member { tenant, user, .. } => SessionSubject {
                tenant_id: Some(tenant.tenant.id),
                user_id: user.id.uuid(),
            },
        }
    }

    /// The impersonation, where it is a SuperAdmin with somebody else's eyes.
    pub fn impersonation(&self) -> Option<&Impersonation> {
        match self {
            Self::Platform(_) | Self::Member { by: None, .. } => None,
            Self::Member { by: Some(by), .. } => Some(by),
        }
    }

    /// As people call them.
    pub fn name(&self) -> &str {
        match self {
            Self::Platform(user) => &user.name,
            Self::Member { user, .. } => &user.name,
        }
    }

    /// What they log in with.
    pub fn email(&self) -> &str {
        match self {
            Self::Platform(user) => user.email.as_str(),
            Self::Member { user, .. } => &user.email,
        }
    }

    /// The version that the person's sessions must carry.
    pub fn session_version(&self) -> i32 {
        match self {
            Self::Platform(user) => user.session_version,
            Self::Member { user, .. } => user.session_version,
        }
    }
}

/// Somebody who has just come in, with the session to stay.
pub struct LoggedIn {
    /// Who.
    pub who: Who,
    /// The refresh token and its family.
    pub session: IssuedSession,
}
