//! `ODOO_*`: the installation's own Odoo, for companies that have none of their own, and which
//! hosts an Odoo may be on.

use crypto::SecretString;
use odoo::{Account, HostPolicy, Rules};
use serde::Deserialize;

use super::ConfigError;

/// What is said of Odoo.
#[derive(Debug)]
pub struct Odoo {
    /// For companies that have none of their own.
    pub installation: Option<Account>,
    /// Which addresses may be used.
    pub rules: Rules,
}

#[derive(Deserialize)]
pub(super) struct RawOdoo {
    odoo_base_url: Option<String>,
    odoo_url: Option<String>,
    odoo_db: Option<String>,
    odoo_username: Option<String>,
    odoo_user: Option<String>,
    odoo_password: Option<SecretString>,
    odoo_pass: Option<SecretString>,
    odoo_hosts: Option<String>,
}

pub(super) fn check(raw: RawOdoo, development: bool) -> Result<Odoo, ConfigError> {
    let given = (
        raw.odoo_base_url.or(raw.odoo_url),
        raw.odoo_db,
        raw.odoo_username.or(raw.odoo_user),
        raw.odoo_password.or(raw.odoo_pass),
    );
    let installation = match given {
        (None, None, None, None) => None,
        (Some(base_url), Some(db_name), Some(username), Some(secret)) => Some(Account {
            base_url,
            db_name,
            username,
            secret,
        }),
        _ => {
            return Err(ConfigError(
                "of ODOO_BASE_URL, ODOO_DB, ODOO_USERNAME and ODOO_PASSWORD some are missing; set all four or none"
                    .to_owned(),
            ));
        }
    };
    let hosts: HostPolicy = raw
        .odoo_hosts
        .as_deref()
        .unwrap_or_default()
        .parse()
        .map_err(|error| ConfigError(format!("ODOO_HOSTS: {error}")))?;
    Ok(Odoo {
        installation,
        rules: Rules {
            hosts: if development { hosts } else { hosts.public_only() },
            allows_http: development,
        },
    })
}
