//! A client of a tenant's Odoo, over JSON-RPC: what it is, and whether a login works.
//!
//! The address was typed in by somebody, so it is judged before every connection and the
//! connection goes to the addresses that were judged; redirections are not followed. Knows
//! nothing of databases of ours. May use `egress` alone of our crates.

mod rpc;

use std::time::Duration;

use egress::HostError;
pub use egress::HostPolicy;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::{Host, Url};

/// A call does not take longer, from the first byte to the last.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest answer that is read.
const MAX_ANSWER: usize = 1024 * 1024;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum OdooError {
    /// It is no `https://` address of a server.
    #[error("the address must be https:// and a host, and nothing of a login in it")]
    Address,
    /// That host is not to be connected to.
    #[error(transparent)]
    Host(#[from] HostError),
    /// It cannot be reached, or not in time.
    #[error("the server cannot be reached")]
    Unreachable,
    /// Somebody answers, but not as Odoo does.
    #[error("the server answers, but not as Odoo does")]
    NotOdoo,
    /// There is no such database.
    #[error("Odoo has no such database")]
    UnknownDatabase,
    /// User and secret do not fit.
    #[error("Odoo does not accept this user and password or key")]
    Refused,
    /// Odoo failed, by the name of its exception.
    #[error("Odoo failed: {0}")]
    Failed(String),
}

impl OdooError {
    /// The stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Host(HostError::Unknown(_)) => "unknown_host",
            Self::Host(_) => "forbidden_host",
            Self::Unreachable => "unreachable",
            Self::NotOdoo => "not_odoo",
            Self::UnknownDatabase => "unknown_database",
            Self::Refused => "refused",
            Self::Failed(_) => "failed",
        }
    }
}

/// Which addresses may be used.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Which hosts.
    pub hosts: HostPolicy,
    /// Whether `http://` will do: in development.
    pub allows_http: bool,
}

/// Where an Odoo is and who asks.
#[derive(Debug, Clone)]
pub struct Account {
    /// Where: scheme, host, port, and a path if it is not at the root.
    pub base_url: String,
    /// The database's name.
    pub db_name: String,
    /// The user's login.
    pub username: String,
    /// The user's password, or an API key in its place.
    pub secret: SecretString,
}

/// What a server says it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Version {
    /// As Odoo writes it: `18.0-20250702`.
    pub server_version: String,
}

/// Calls Odoo servers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client(Rules);

impl Client {
    /// A client that keeps to these rules.
    pub fn new(rules: Rules) -> Self {
        Self(rules)
    }

    /// What the server is.
    ///
    /// # Errors
    /// The address may not be used, or nobody answers there as Odoo does.
    pub async fn version(&self, base_url: &str) -> Result<Version, OdooError> {
        let answer = self.call(base_url, "version", json!([])).await?;
        serde_json::from_value(answer).map_err(|_other| OdooError::NotOdoo)
    }

    /// The id of the user, if the login works.
    ///
    /// # Errors
    /// As for [`Client::version`]; and the database or the login is not known there.
    pub async fn authenticate(&self, account: &Account) -> Result<i64, OdooError> {
        let secret = account.secret.expose_secret();
        let arguments = json!([account.db_name, account.username, secret, {}]);
        let answer = self.call(&account.base_url, "authenticate", arguments).await?;
        // A wrong password is no error to Odoo: it answers false.
        match answer {
            serde_json::Value::Bool(false) => Err(OdooError::Refused),
            answer => answer.as_i64().ok_or(OdooError::NotOdoo),
        }
    }

    async fn call(
        &self,
        base_url: &str,
        method: &str,
        arguments: serde_json::Value,
    ) -> Result<serde_json::Value, OdooError> {
        let url = self.address(base_url)?;
        let http = self.http(&url).await?;
        rpc::call(&http, url, "common", method, arguments).await
    }

    /// The endpoint below an address.
    fn address(&self, base_url: &str) -> Result<Url, OdooError> {
        let mut url = Url::parse(base_url.trim()).map_err(|_malformed| OdooError::Address)?;
        let is_allowed = url.scheme() == "https" || (self.0.allows_http && url.scheme() == "http");
        if !is_allowed || !url.has_host() || !url.username().is_empty() || url.password().is_some() {
            return Err(OdooError::Address);
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = format!("{}/jsonrpc", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(url)
    }

    /// A client that connects to the addresses that were judged and to no other.
    async fn http(&self, url: &Url) -> Result<reqwest::Client, OdooError> {
        let port = url.port_or_known_default().ok_or(OdooError::Address)?;
        let host = match url.host().ok_or(OdooError::Address)? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let judged = self.0.hosts.resolve(&host, port).await?;
        let addresses: Vec<_> = judged.into_iter().map(|address| (address, port).into()).collect();
        // Fails only when a provider is installed already, which then serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .resolve_to_addrs(&host, &addresses)
            .build()
            .map_err(|_broken| OdooError::Unreachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(allows_http: bool) -> Client {
        let hosts = HostPolicy::default();
        Client::new(Rules {
            hosts: if allows_http { hosts } else { hosts.public_only() },
            allows_http,
        })
    }

    #[test]
    fn the_endpoint_is_below_the_address() {
        let endpoint = |url: &str| client(false).address(url).map(String::from).ok();
        for (given, expected) in [
            ("https://erp.example", "https://erp.example/jsonrpc"),
            (" https://erp.example:8443/ ", "https://erp.example:8443/jsonrpc"),
            (
                "https://erp.example/odoo/?a=1#b",
                "https://erp.example/odoo/jsonrpc",
            ),
        ] {
            assert_eq!(endpoint(given).as_deref(), Some(expected));
        }
        for bad in [
            "",
            "erp.example",
            "http://erp.example",
            "https://u:p@erp.example",
            "file:///etc/passwd",
        ] {
            assert_eq!(endpoint(bad), None, "{bad}");
        }
        assert!(client(true).address("http://localhost:8069").is_ok());
    }

    #[tokio::test]
    async fn an_address_inside_is_not_called() {
        for host in [
            "127.0.0.1",
            "10.0.0.8",
            "192.168.1.5",
            "[::1]",
            "169.254.169.254",
            "localhost",
        ] {
            let error = client(false)
                .version(&format!("https://{host}"))
                .await
                .unwrap_err();
            assert_eq!(error.code(), "forbidden_host", "{host}: {error}");
        }
        // Not even in development.
        let error = client(true).version("http://169.254.169.254").await.unwrap_err();
        assert_eq!(error.code(), "forbidden_host");
    }
}
