//! Which hosts the product may connect to because somebody typed them in: a
//! tenant's database, a tenant's Odoo.
//!
//! A server stands inside a network that the person at the browser does not. An
//! address typed into a form must not become a way to what answers only to that
//! server (a cloud's metadata service hands out credentials). So names are
//! resolved here, every address is judged, and the caller connects to the
//! addresses that were judged: a name that points elsewhere a moment later
//! changes nothing.
//!
//! May depend on the resolver of names only; knows no protocol and no other crate of ours.

mod forbidden;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use ipnet::IpNet;

pub use self::forbidden::Forbidden;

/// What an operator allows. Without rules: every host but those that are never one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostPolicy {
    rules: Option<Vec<Rule>>,
    private: Private,
}

/// What is thought of addresses inside private networks and of this machine itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Private {
    #[default]
    Allowed,
    Refused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// This very name.
    Name(String),
    /// Every name that ends so, dot included.
    Under(String),
    /// Every address of a network.
    Net(IpNet),
}

/// Why a host may not be connected to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The operator's list does not have it.
    #[error("the host {0} is not on the operator's list of allowed hosts")]
    NotListed(String),
    /// It resolves to an address that is never connected to.
    #[error("the host {host} is {kind}, where nothing of ours may connect to")]
    Forbidden {
        /// As it was given.
        host: String,
        /// What the address is.
        kind: Forbidden,
    },
    /// The name resolves to nothing.
    #[error("the host {0} has no address")]
    Unknown(String),
}

/// An entry of the list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a host name, nor *.domain, nor an address or network such as 10.1.0.0/16")]
pub struct InvalidRule(String);

impl HostPolicy {
    /// The same, which refuses private networks and this machine as well, unless a rule names them.
    #[must_use]
    pub fn public_only(self) -> Self {
        Self {
            private: Private::Refused,
            ..self
        }
    }

    /// The addresses of `host` that may be connected to: all of them, or none.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, HostError> {
        let found: Vec<IpAddr> = match host.parse() {
            Ok(address) => vec![address],
            Err(_not_an_address) => tokio::net::lookup_host((host, port))
                .await
                .map(|found| found.map(|socket: SocketAddr| socket.ip()).collect())
                .unwrap_or_default(),
        };
        if found.is_empty() {
            return Err(HostError::Unknown(host.to_owned()));
        }
        self.judge(host, &found)?;
        Ok(found)
    }

    /// Whether a host with these addresses may be connected to. One bad address spoils it:
    /// which one a connection takes is not for the host's owner to decide.
    pub fn judge(&self, host: &str, addresses: &[IpAddr]) -> Result<(), HostError> {
        let name_is_listed = self
            .rules
            .as_ref()
            .is_none_or(|rules| rules.iter().any(|rule| rule.fits_name(host)));
        for address in addresses.iter().map(forbidden::real) {
            if self.names_address(address) {
                continue;
            }
            if !name_is_listed {
                return Err(HostError::NotListed(host.to_owned()));
            }
            let kind = forbidden::always(address)
                .or_else(|| forbidden::private(address).filter(|_kind| self.private == Private::Refused));
            if let Some(kind) = kind {
                return Err(HostError::Forbidden {
                    host: host.to_owned(),
                    kind,
                });
            }
        }
        Ok(())
    }

    fn names_address(&self, address: IpAddr) -> bool {
        let rules = self.rules.as_deref().unwrap_or_default();
        rules
            .iter()
            .any(|rule| matches!(rule, Rule::Net(net) if net.contains(&address)))
    }
}

impl Rule {
    fn fits_name(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        match self {
            Self::Name(name) => host == *name,
            Self::Under(ending) => host.len() > ending.len() && host.ends_with(ending),
            Self::Net(_) => false,
        }
    }
}

impl FromStr for Rule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Net(net));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Net(address.into()));
        }
        let name = text.strip_prefix("*.").unwrap_or(text);
        let is_name = !name.is_empty()
            && name.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            });
        if !is_name {
            return Err(InvalidRule(text.to_owned()));
        }
        let name = name.to_ascii_lowercase();
        Ok(if text.starts_with("*.") {
            Self::Under(format!(".{name}"))
        } else {
            Self::Name(name)
        })
    }
}

/// A comma list of host names, `*.domain`, addresses and networks.
impl FromStr for HostPolicy {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let rules = entries.map(str::parse).collect::<Result<Vec<Rule>, _>>()?;
        Ok(Self {
            rules: (!rules.is_empty()).then_some(rules),
            private: Private::Allowed,
        })
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud's metadata service",
            Self::NotAHost => "an address of no host",
            Self::Private => "inside a private network",
            Self::ThisMachine => "this machine itself",
        })
    }
}

#[cfg(test)]
mod tests;
