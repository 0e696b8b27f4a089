//! Refresh tokens. Each use gives a new token of the same family; a second use
//! of an old one means that somebody copied it, and ends the family.
//!
//! Whatever changes a user's sessions first takes a lock named after the user,
//! so that a token cannot be rotated past its own revocation.

mod issue;
mod proof;
mod repo;
mod revoke;
mod rotate;

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use crypto::SecretString;
use pg::TenantId;
use uuid::Uuid;

pub use self::{
    issue::issue_session,
    proof::{Proof, change_session, delete_old_proofs, proofs, prove},
    repo::{LiveSession, Sessions},
    revoke::{revoke_by_token, revoke_family, revoke_others, revoke_user},
    rotate::{RotateError, Rotated, rotate_session},
};

/// How long a token may lie unused.
pub const LIFETIME: TimeDelta = TimeDelta::days(30);

/// How long after its rotation a token is taken once more: two tabs of one
/// browser may send it at the same moment.
pub const REUSE_GRACE: TimeDelta = TimeDelta::seconds(10);

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSubject {
    /// The user's tenant; `None` for a SuperAdmin.
    pub tenant_id: Option<TenantId>,
    /// The user, in that tenant's database or among the SuperAdmins.
    pub user_id: Uuid,
}

/// Where a token was asked for, for the user to recognise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionMeta {
    /// The browser's own description.
    pub user_agent: Option<String>,
    /// The address the request came from.
    pub ip: Option<IpAddr>,
}

/// A token that was just made; only its digest is kept.
#[derive(Debug)]
pub struct IssuedSession {
    /// The token's row.
    pub session_id: Uuid,
    /// What ties the tokens of one login together.
    pub family_id: Uuid,
    /// The token itself, to be handed to the client.
    pub token: SecretString,
    /// When it stops working, if it is not used.
    pub expires_at: DateTime<Utc>,
}
