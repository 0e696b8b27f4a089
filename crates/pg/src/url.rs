//! A database URL that has been parsed and rebuilt from allowed parts.
//!
//! A URL pasted by a person is input, not configuration: a driver's URL parser
//! would also take socket paths, files and server options from it. So only
//! host, port, user, password, database and `sslmode` pass; all else is refused.

use std::{fmt, net::IpAddr, str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// How the connection is encrypted, as libpq names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never.
    Disable,
    /// If the server offers it; the certificate is not checked.
    Prefer,
    /// Always; the certificate is not checked (libpq's meaning).
    Require,
    /// Always, with the certificate checked against the public authorities and the host name.
    VerifyFull,
}

impl SslMode {
    /// The word used in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// Where a Postgres database is and how to log in. Never prints its password.
#[derive(Clone)]
pub struct DatabaseUrl {
    host: String,
    port: u16,
    user: String,
    password: Option<SecretString>,
    database: String,
    ssl_mode: SslMode,
}

/// What is wrong with a pasted database URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Not a URL at all.
    #[error("this is not a URL of the form postgres://user:password@host:5432/database")]
    Malformed,
    /// Another scheme than Postgres'.
    #[error("the URL must start with postgres:// or postgresql://")]
    Scheme,
    /// No host, or a socket path.
    #[error("the URL names no host")]
    HostMissing,
    /// No database name.
    #[error("the URL names no database after the host")]
    DatabaseMissing,
    /// No user.
    #[error("the URL names no user")]
    UserMissing,
    /// A query option that is not allowed.
    #[error("the URL option {0:?} is not allowed; only sslmode is (disable, prefer, require or verify-full)")]
    Option(String),
}

impl DatabaseUrl {
    /// Host name or address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Role that logs in.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Database name.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// How the connection is encrypted.
    pub fn ssl_mode(&self) -> SslMode {
        self.ssl_mode
    }

    /// Whether both reach the same database of the same server, whoever logs in.
    pub fn same_database(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(&other.host)
            && self.port == other.port
            && self.database == other.database
    }

    /// The same server and login, another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self {
            database: database.to_owned(),
            ..self.clone()
        }
    }

    /// The same server, another login and database.
    #[must_use]
    pub fn with_login(&self, user: &str, password: SecretString, database: &str) -> Self {
        Self {
            user: user.to_owned(),
            password: Some(password),
            ..self.with_database(database)
        }
    }

    /// The URL in full, password included: for sealing, never for printing.
    pub fn to_secret(&self) -> SecretString {
        let mut url = String::from("postgres://");
        url.push_str(&encode(&self.user));
        if let Some(password) = &self.password {
            url.push(':');
            url.push_str(&encode(password.expose_secret()));
        }
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let (port, database, ssl_mode) = (self.port, encode(&self.database), self.ssl_mode.as_str());
        SecretString::from(format!("{url}@{host}:{port}/{database}?sslmode={ssl_mode}"))
    }

    /// The driver's own form. With `addresses`, one of those is connected to, and the host's
    /// name only serves for checking its certificate.
    pub(crate) fn driver_config(&self, addresses: Option<&[IpAddr]>) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        match addresses {
            None => {
                config.host(&self.host);
            }
            // The driver wants a name beside each address.
            Some(addresses) => {
                for address in addresses {
                    config.host(&self.host).hostaddr(*address);
                }
            }
        }
        config
            .port(self.port)
            .user(&self.user)
            .dbname(&self.database)
            .application_name("centralita")
            .connect_timeout(Duration::from_secs(5))
            .keepalives_idle(Duration::from_secs(30))
            .ssl_mode(match self.ssl_mode {
                SslMode::Disable => tokio_postgres::config::SslMode::Disable,
                SslMode::Prefer => tokio_postgres::config::SslMode::Prefer,
                SslMode::Require | SslMode::VerifyFull => tokio_postgres::config::SslMode::Require,
            });
        if let Some(password) = &self.password {
            config.password(password.expose_secret());
        }
        config
    }
}

fn encode(part: &str) -> String {
    url::form_urlencoded::byte_serialize(part.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

fn decode(part: &str) -> Result<String, DatabaseUrlError> {
    percent_encoding::percent_decode_str(part)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_source| DatabaseUrlError::Malformed)
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|source| match source {
            url::ParseError::EmptyHost => DatabaseUrlError::HostMissing,
            _ => DatabaseUrlError::Malformed,
        })?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(DatabaseUrlError::Scheme);
        }
        let host = match url.host() {
            Some(url::Host::Ipv6(address)) => address.to_string(),
            Some(host) => decode(&host.to_string())?,
            None => return Err(DatabaseUrlError::HostMissing),
        };
        if host.is_empty() || host.contains(['/', ',', '\0']) {
            return Err(DatabaseUrlError::HostMissing);
        }
        let database = decode(url.path().trim_start_matches('/'))?;
        if database.is_empty() || database.contains('\0') {
            return Err(DatabaseUrlError::DatabaseMissing);
        }
        let user = decode(url.username())?;
        if user.is_empty() {
            return Err(DatabaseUrlError::UserMissing);
        }
        let password = url.password().map(decode).transpose()?.map(SecretString::from);
        let mut ssl_mode = SslMode::Prefer;
        for (name, value) in url.query_pairs() {
            if name != "sslmode" {
                return Err(DatabaseUrlError::Option(name.into_owned()));
            }
            ssl_mode = match value.as_ref() {
                "disable" => SslMode::Disable,
                "allow" | "prefer" => SslMode::Prefer,
                "require" => SslMode::Require,
                "verify-ca" | "verify-full" => SslMode::VerifyFull,
                _ => return Err(DatabaseUrlError::Option("sslmode".to_owned())),
            };
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(5432),
            user,
            password,
            database,
            ssl_mode,
        })
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://***@{}:{}/{}", self.host, self.port, self.database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
        text.parse()
    }

    #[test]
    fn survives_being_sealed_and_opened() {
        let url = parse("postgresql://an%40a:p%3Aw%2F%20d@db.example.com/clinic?sslmode=require").unwrap();
        let again = parse(url.to_secret().expose_secret()).unwrap();
        assert_eq!(again.user(), "an@a");
        assert_eq!(again.password.unwrap().expose_secret(), "p:w/ d");
        assert_eq!((again.port, again.ssl_mode), (5432, SslMode::Require));
    }

    #[test]
    fn says_what_is_wrong() {
        let cases = [
            ("hola", DatabaseUrlError::Malformed),
            ("mysql://u:p@h/d", DatabaseUrlError::Scheme),
            ("postgres:///d", DatabaseUrlError::HostMissing),
            ("postgres://u:p@%2Fvar%2Frun/d", DatabaseUrlError::HostMissing),
            ("postgres://u:p@h", DatabaseUrlError::DatabaseMissing),
            ("postgres://h/d", DatabaseUrlError::UserMissing),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn refuses_options_that_reach_files_sockets_or_server_settings() {
        for option in [
            "host=/tmp",
            "sslrootcert=/etc/passwd",
            "options=-c%20x",
            "passfile=x",
        ] {
            let refused = parse(&format!("postgres://u:p@h/d?{option}")).unwrap_err();
            assert!(matches!(refused, DatabaseUrlError::Option(_)), "{option}");
        }
    }

    #[test]
    fn never_prints_the_password() {
        let url = parse("postgres://u:s3cret@h/d").unwrap();
        assert!(!format!("{url:?}").contains("s3cret"));
    }
}
