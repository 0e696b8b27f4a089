//! The configuration: environment variables, read once and checked before
//! anything else happens. A wrong value stops the process with a sentence.

mod files;
mod guards;
mod mail;
mod odoo;
mod phones;
mod push;

use std::{ops::RangeInclusive, path::PathBuf, str::FromStr, sync::Arc};

use crypto::{ExposeSecret, Keyring, MasterKey, SecretString};
use pg::DatabaseUrl;
use resolver::Limits;
use serde::Deserialize;
use tenant::phone::Phone;

pub use self::{files::Files, guards::Guards, odoo::Odoo};
pub use ::mail::MailSetup;

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Serves HTTP and works on outboxes.
    All,
    /// Serves HTTP only.
    Api,
    /// Works on outboxes only (it still answers health checks).
    Worker,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The checked configuration.
pub struct Config {
    /// Where the control plane is.
    pub control_url: DatabaseUrl,
    /// Keys that seal and open secrets.
    pub keyring: Arc<Keyring>,
    /// Signs access tokens.
    pub jwt_secret: SecretString,
    /// What Meta's GET handshake must bring.
    pub verify_token: SecretString,
    /// Signs webhooks of lines without a secret of their own.
    pub app_secret: Option<SecretString>,
    /// Sites whose browsers may call the API.
    pub origins: Vec<String>,
    /// The mail server, if there is one.
    pub mail: Option<MailSetup>,
    /// Where the links in mails lead.
    pub web_url: Option<String>,
    /// TCP port.
    pub port: u16,
    /// Where Meta's Graph API is.
    pub graph_base_url: String,
    /// Its version.
    pub graph_version: String,
    /// What this process does.
    pub role: Role,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Whether this is a developer's machine.
    pub development: bool,
    /// Connections to tenants' databases that this process keeps.
    pub tenant_connections: usize,
    /// Where the files that customers send are kept.
    pub files: Files,
    /// What keeps people out.
    pub guards: Guards,
    /// Whose messages command the bots of tenants that name nobody.
    pub admin_phones: Vec<Phone>,
    /// What is said of Odoo.
    pub odoo: Arc<Odoo>,
    /// Which hosts browsers may want their messages at, and who answers for them.
    pub push: ::push::Rules,
    /// Folder of the built web, if this server serves it.
    pub web_dir: Option<PathBuf>,
}

/// What `TENANT_CONNECTIONS` may be.
const TENANT_CONNECTIONS: RangeInclusive<usize> = 10..=10_000;

/// What is wrong with the configuration, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

#[derive(Deserialize)]
struct Raw {
    control_db_url: Option<SecretString>,
    master_key: Option<SecretString>,
    master_key_previous: Option<SecretString>,
    jwt_secret: Option<SecretString>,
    verify_token: Option<SecretString>,
    whatsapp_app_secret: Option<SecretString>,
    frontend_origin: Option<String>,
    port: Option<String>,
    graph_base_url: Option<String>,
    graph_version: Option<String>,
    role: Option<String>,
    log_format: Option<String>,
    tenant_connections: Option<String>,
    app_env: Option<String>,
    node_env: Option<String>,
    web_dir: Option<PathBuf>,
    admin_phone_e164: Option<String>,
    #[serde(flatten)]
    files: files::RawFiles,
    #[serde(flatten)]
    guards: guards::RawGuards,
    #[serde(flatten)]
    odoo: odoo::RawOdoo,
    #[serde(flatten)]
    mail: mail::RawMail,
    #[serde(flatten)]
    push: push::RawPush,
}

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let source = config::Environment::default()
            .try_parsing(false)
            .ignore_empty(true);
        Self::from_source(source)
    }

    /// Reads these variables instead of the process's.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let source = config::Environment::default()
            .try_parsing(false)
            .ignore_empty(true)
            .source(Some(vars.into_iter().collect()));
        Self::from_source(source)
    }

    fn from_source(source: config::Environment) -> Result<Self, ConfigError> {
        let raw: Raw = config::Config::builder()
            .add_source(source)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| ConfigError(error.to_string()))?;
        check(raw)
    }
}

fn check(raw: Raw) -> Result<Config, ConfigError> {
    let wrong = |text: String| Err(ConfigError(text));
    let jwt_secret = required(raw.jwt_secret, "JWT_SECRET")?;
    if jwt_secret.expose_secret().len() < 32 {
        return wrong(
            "JWT_SECRET must have at least 32 characters; make one with `openssl rand -base64 48`".into(),
        );
    }
    let control_url = parse(&required(raw.control_db_url, "CONTROL_DB_URL")?, "CONTROL_DB_URL")?;
    let current = key(&required(raw.master_key, "MASTER_KEY")?, "MASTER_KEY")?;
    let previous = raw
        .master_key_previous
        .map(|text| keys(&text))
        .transpose()?
        .unwrap_or_default();
    let port = port(raw.port)?;
    let role = match raw.role.as_deref() {
        None | Some("all") => Role::All,
        Some("api") => Role::Api,
        Some("worker") => Role::Worker,
        Some(other) => return wrong(format!("ROLE is {other:?}; it must be all, api or worker")),
    };
    let log_format = match raw.log_format.as_deref() {
        None | Some("text") => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(other) => return wrong(format!("LOG_FORMAT is {other:?}; it must be text or json")),
    };
    let development = raw
        .app_env
        .or(raw.node_env)
        .is_some_and(|env| env == "development" || env == "test");
    let origins = origins(raw.frontend_origin.as_deref().unwrap_or_default())?;
    let (mail, web_url) = mail::check(raw.mail, &origins)?;
    let push = push::check(raw.push, web_url.as_deref(), development)?;
    Ok(Config {
        control_url,
        keyring: Arc::new(Keyring::new(current, previous)),
        jwt_secret,
        verify_token: required(raw.verify_token, "VERIFY_TOKEN")?,
        app_secret: raw.whatsapp_app_secret,
        origins,
        mail,
        web_url,
        port,
        graph_base_url: raw
            .graph_base_url
            .unwrap_or_else(|| whatsapp::client::DEFAULT_BASE_URL.to_owned()),
        graph_version: raw
            .graph_version
            .unwrap_or_else(|| whatsapp::client::DEFAULT_VERSION.to_owned()),
        role,
        log_format,
        development,
        tenant_connections: tenant_connections(raw.tenant_connections)?,
        web_dir: raw.web_dir,
        files: files::check(raw.files)?,
        guards: guards::check(raw.guards)?,
        admin_phones: phones::check(raw.admin_phone_e164.as_deref())?,
        odoo: Arc::new(odoo::check(raw.odoo, development)?),
        push,
    })
}

fn port(text: Option<String>) -> Result<u16, ConfigError> {
    let Some(text) = text else {
        return Ok(3000);
    };
    text.parse()
        .map_err(|_not_a_port| ConfigError(format!("PORT is {text:?}; it must be a number from 0 to 65535")))
}

fn tenant_connections(text: Option<String>) -> Result<usize, ConfigError> {
    let Some(text) = text else {
        return Ok(Limits::default().connections);
    };
    let (least, most) = (TENANT_CONNECTIONS.start(), TENANT_CONNECTIONS.end());
    let count = text
        .parse()
        .ok()
        .filter(|count| TENANT_CONNECTIONS.contains(count));
    count.ok_or_else(|| {
        ConfigError(format!(
            "TENANT_CONNECTIONS is {text:?}; it must be a number from {least} to {most}"
        ))
    })
}

fn required(value: Option<SecretString>, name: &str) -> Result<SecretString, ConfigError> {
    value
        .filter(|value| !value.expose_secret().trim().is_empty())
        .ok_or_else(|| {
            ConfigError(format!(
                "{name} is not set; the runbook's table of variables says what it is for"
            ))
        })
}

fn parse<T: FromStr<Err: std::fmt::Display>>(value: &SecretString, name: &str) -> Result<T, ConfigError> {
    value
        .expose_secret()
        .parse()
        .map_err(|error| ConfigError(format!("{name}: {error}")))
}

fn key(text: &SecretString, name: &str) -> Result<MasterKey, ConfigError> {
    MasterKey::parse(text.expose_secret()).map_err(|error| ConfigError(format!("{name}: {error}")))
}

fn keys(text: &SecretString) -> Result<Vec<MasterKey>, ConfigError> {
    let each = text
        .expose_secret()
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    each.map(|part| key(&SecretString::from(part), "MASTER_KEY_PREVIOUS"))
        .collect()
}

/// Exact origins: scheme, host and port. A wildcard would let any site act for whoever is logged in.
fn origins(list: &str) -> Result<Vec<String>, ConfigError> {
    let parts = list
        .split(',')
        .map(|part| part.trim().trim_matches(['"', '\'']).trim_end_matches('/'));
    parts
        .filter(|part| !part.is_empty())
        .map(|part| match url::Url::parse(part) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.origin().is_tuple() => {
                Ok(url.origin().ascii_serialization())
            }
            _ => Err(ConfigError(format!(
                "FRONTEND_ORIGIN has {part:?}; each entry must be an origin such as https://app.example.com"
            ))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut vars: std::collections::HashMap<String, String> = [
            ("CONTROL_DB_URL", "postgres://u:p@localhost/control"),
            (
                "MASTER_KEY",
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            ),
            ("JWT_SECRET", "0123456789abcdef0123456789abcdef"),
            ("VERIFY_TOKEN", "verify"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, value) in changes {
            vars.insert((*name).to_owned(), (*value).to_owned());
        }
        Config::from_vars(vars)
    }

    #[test]
    fn the_required_variables_are_enough() {
        let config = with(&[]).unwrap();
        assert_eq!(
            (
                config.port,
                config.role,
                config.origins.len(),
                config.tenant_connections
            ),
            (3000, Role::All, 0, 80)
        );
    }

    #[test]
    fn an_installation_with_many_busy_tenants_keeps_more_connections() {
        let config = with(&[("TENANT_CONNECTIONS", "600")]).unwrap();
        assert_eq!(config.tenant_connections, 600);
    }

    #[test]
    fn a_wrong_value_is_named_in_a_sentence_that_holds_no_secret() {
        let cases = [
            ("JWT_SECRET", "hunter2hunter2"),
            ("MASTER_KEY", "hunter2hunter2"),
            ("CONTROL_DB_URL", "mysql://root:hunter2@db/x"),
            ("PORT", "http"),
            ("ROLE", "boss"),
            ("TENANT_CONNECTIONS", "9"),
            ("TENANT_CONNECTIONS", "all"),
            ("FRONTEND_ORIGIN", "*"),
            ("VERIFY_TOKEN", " "),
            ("SMTP_URL", "smtps://root:hunter2@mail.example"),
            ("WEB_URL", "ftp://hunter2"),
            ("MEDIA_URL", "https://hunter2@files.example"),
            ("MEDIA_SECRET_ACCESS_KEY", "hunter2"),
            ("TENANT_DB_HOSTS", "db.example.com, https://db"),
            ("DEBUG_KEY", "hunter2"),
        ];
        for (name, value) in cases {
            let Err(error) = with(&[(name, value)]) else {
                panic!("{name} was taken")
            };
            assert!(error.to_string().contains(name), "{error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn mails_need_a_sender_and_a_place_that_their_links_lead_to() {
        let server = ("SMTP_URL", "smtps://root:hunter2@mail.example:465");
        let from = ("MAIL_FROM", "Centralita <no-reply@mail.example>");
        let config = with(&[server, from, ("WEB_URL", "https://web.example/")]).unwrap();
        assert_eq!(config.web_url.as_deref(), Some("https://web.example"));
        assert!(config.mail.is_some());
        let config = with(&[
            server,
            from,
            ("FRONTEND_ORIGIN", "https://a.example,https://b.example"),
        ]);
        assert_eq!(config.unwrap().web_url.as_deref(), Some("https://a.example"));
        let web = ("WEB_URL", "https://web.example");
        for (changes, name) in [
            (vec![server, from], "WEB_URL"),
            (vec![server, web], "MAIL_FROM"),
            (vec![server, web, ("MAIL_FROM", "nobody")], "MAIL_FROM"),
            (
                vec![("SMTP_URL", "http://root:hunter2@mail.example"), from, web],
                "SMTP_URL",
            ),
        ] {
            let Err(error) = with(&changes) else {
                panic!("{changes:?} was taken")
            };
            assert!(error.to_string().contains(name), "{error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn origins_lose_quotes_and_slashes() {
        let config = with(&[("FRONTEND_ORIGIN", "\"https://a.example/\", http://localhost:5173")]).unwrap();
        assert_eq!(config.origins, ["https://a.example", "http://localhost:5173"]);
    }
}
