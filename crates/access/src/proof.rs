//! What shows, within a session, that somebody knows a company's own password.

use control::session::Proof;
use resolver::TenantHandle;
use tenant::user::User;

/// What it shows that somebody knows this user's password.
pub(crate) fn of(tenant: &TenantHandle, user: &User, with_code: bool) -> Proof {
    Proof {
        tenant_id: tenant.tenant.id,
        user_id: user.id.uuid(),
        password_digest: crypto::token::digest(&user.password_hash),
        session_version: user.session_version,
        with_code,
    }
}
