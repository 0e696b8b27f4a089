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

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use crypto::ExposeSecret;

    use super::*;

    const FULL: [(&str, &str); 4] = [
        ("ODOO_BASE_URL", "https://erp.example"),
        ("ODOO_DB", "clinic"),
        ("ODOO_USERNAME", "bot@clinic.example"),
        ("ODOO_PASSWORD", "hunter2"),
    ];

    fn read(vars: &[(&str, &str)], development: bool) -> Result<Odoo, ConfigError> {
        let vars = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let source = config::Environment::default().source(Some(vars.collect()));
        let raw = config::Config::builder().add_source(source).build().unwrap();
        check(raw.try_deserialize().unwrap(), development)
    }

    #[test]
    fn an_installation_has_a_whole_odoo_or_none() {
        assert!(read(&[], false).unwrap().installation.is_none());
        let older = [
            FULL[1],
            ("ODOO_URL", FULL[0].1),
            ("ODOO_USER", FULL[2].1),
            ("ODOO_PASS", FULL[3].1),
        ];
        for vars in [FULL, older] {
            let account = read(&vars, false).unwrap().installation.unwrap();
            assert_eq!(
                (
                    account.base_url.as_str(),
                    account.db_name.as_str(),
                    account.username.as_str()
                ),
                (FULL[0].1, FULL[1].1, FULL[2].1)
            );
            assert_eq!(account.secret.expose_secret(), FULL[3].1);
        }
        for missing in FULL {
            let vars: Vec<_> = FULL.into_iter().filter(|var| *var != missing).collect();
            let said = read(&vars, false).unwrap_err().to_string();
            assert!(said.contains(missing.0) && !said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn an_odoo_is_sought_on_the_public_network_and_where_the_operator_lists() {
        let inside: [IpAddr; 1] = [[10, 1, 0, 5].into()];
        let metadata: [IpAddr; 1] = [[169, 254, 169, 254].into()];
        let allows = |vars: &[(&str, &str)], development, addresses: &[IpAddr]| {
            let rules = read(vars, development).unwrap().rules;
            assert_eq!(rules.allows_http, development);
            rules.hosts.judge("erp.example", addresses).is_ok()
        };
        let network = [("ODOO_HOSTS", "10.1.0.0/16")];
        assert!(!allows(&[], false, &inside));
        assert!(allows(&[], true, &inside));
        assert!(allows(&network, false, &inside));
        assert!(!allows(
            &[("ODOO_HOSTS", "erp.other.example")],
            false,
            &[[8, 8, 8, 8].into()]
        ));
        for development in [true, false] {
            assert!(!allows(&[], development, &metadata));
        }
        let said = read(&[("ODOO_HOSTS", "https://erp.example")], false)
            .unwrap_err()
            .to_string();
        assert!(said.contains("ODOO_HOSTS"), "{said}");
    }
}
