//! What keeps people out: `TENANT_DB_HOSTS`, where companies' databases may be, and `DEBUG_KEY`,
//! without which nothing of the inside is shown.

use crypto::{ExposeSecret, SecretString};
use pg::HostPolicy;
use serde::Deserialize;

use super::ConfigError;

/// The shortest `DEBUG_KEY`, in characters.
const DEBUG_KEY_LENGTH: usize = 16;

/// What keeps people out.
pub struct Guards {
    /// Which hosts a company's database may be on.
    pub tenant_hosts: HostPolicy,
    /// What a request for the inside of the process must bring; without one there is none.
    pub debug_key: Option<SecretString>,
}

#[derive(Deserialize)]
pub(super) struct RawGuards {
    tenant_db_hosts: Option<String>,
    debug_key: Option<SecretString>,
}

pub(super) fn check(raw: RawGuards) -> Result<Guards, ConfigError> {
    let short = |key: &SecretString| key.expose_secret().trim().chars().count() < DEBUG_KEY_LENGTH;
    if raw.debug_key.as_ref().is_some_and(short) {
        return Err(ConfigError(format!(
            "DEBUG_KEY must have at least {DEBUG_KEY_LENGTH} characters; make one with `openssl rand -hex 24`, or leave it unset"
        )));
    }
    let hosts = raw.tenant_db_hosts.as_deref().map(str::parse).transpose();
    Ok(Guards {
        tenant_hosts: hosts
            .map_err(|error| ConfigError(format!("TENANT_DB_HOSTS: {error}")))?
            .unwrap_or_default(),
        debug_key: raw.debug_key,
    })
}
