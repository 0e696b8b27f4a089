//! Where mails go, and where the links in them lead.

use crypto::SecretString;
use mail::{InvalidMailSetup, MailSetup};
use serde::Deserialize;

use super::ConfigError;

#[derive(Deserialize)]
pub(super) struct RawMail {
    smtp_url: Option<SecretString>,
    mail_from: Option<String>,
    web_url: Option<String>,
}

/// The mail server, if there is one, and the web's address: `WEB_URL`, else the first origin.
/// Never what a request says of itself.
pub(super) fn check(
    raw: RawMail,
    origins: &[String],
) -> Result<(Option<MailSetup>, Option<String>), ConfigError> {
    let web_url = match raw.web_url {
        Some(text) => Some(page(&text)?),
        None => origins.first().cloned(),
    };
    let Some(url) = raw.smtp_url else {
        return Ok((None, web_url));
    };
    if web_url.is_none() {
        let text =
            "SMTP_URL is set, but neither WEB_URL nor FRONTEND_ORIGIN says where the links in mails lead";
        return Err(ConfigError(text.to_owned()));
    }
    let from = raw.mail_from.ok_or_else(|| {
        ConfigError("MAIL_FROM is not set; SMTP_URL needs it: the address that mails come from".to_owned())
    })?;
    let setup = MailSetup::parse(&url, &from).map_err(|error| {
        let name = match error {
            InvalidMailSetup::Url => "SMTP_URL",
            InvalidMailSetup::From => "MAIL_FROM",
        };
        ConfigError(format!("{name} {error}"))
    })?;
    Ok((Some(setup), web_url))
}

fn page(text: &str) -> Result<String, ConfigError> {
    match url::Url::parse(text.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() => {
            Ok(url.as_str().trim_end_matches('/').to_owned())
        }
        _ => Err(ConfigError(
            "WEB_URL must be the web's address, such as https://app.example.com".to_owned(),
        )),
    }
}
