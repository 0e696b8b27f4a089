//! `PUSH_*`: messages to browsers that are closed: at which hosts browsers may want theirs, and who answers for them.

use push::{HostPolicy, Rules};
use serde::Deserialize;

use super::ConfigError;

#[derive(Deserialize)]
pub(super) struct RawPush {
    push_hosts: Option<String>,
    push_contact: Option<String>,
}

/// `web_url`: where the desk is, which is a contact as well where none is given.
pub(super) fn check(raw: RawPush, web_url: Option<&str>, development: bool) -> Result<Rules, ConfigError> {
    let hosts: HostPolicy = raw
        .push_hosts
        .as_deref()
        .unwrap_or_default()
        .parse()
        .map_err(|error| ConfigError(format!("PUSH_HOSTS: {error}")))?;
    let contact = raw
        .push_contact
        .or_else(|| {
            web_url
                .filter(|url| url.starts_with("https://"))
                .map(str::to_owned)
        })
        .unwrap_or_else(|| "mailto:push@localhost.localdomain".to_owned());
    if !contact.starts_with("https://") && !contact.starts_with("mailto:") {
        return Err(ConfigError(
            "PUSH_CONTACT is an address such as mailto:ops@example.com or https://example.com".to_owned(),
        ));
    }
    Ok(Rules {
        hosts: if development { hosts } else { hosts.public_only() },
        allows_http: development,
        contact,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(given: Option<&str>, web: Option<&str>) -> Result<String, String> {
        let raw = RawPush {
            push_hosts: None,
            push_contact: given.map(str::to_owned),
        };
        check(raw, web, false)
            .map(|rules| rules.contact)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn whoever_answers_is_the_one_given_or_the_desk() {
        let desk = Some("https://desk.example");
        assert_eq!(contact(Some("mailto:a@b.c"), desk).unwrap(), "mailto:a@b.c");
        assert_eq!(contact(None, desk).unwrap(), "https://desk.example");
        for web in [None, Some("http://desk.example")] {
            assert!(contact(None, web).unwrap().starts_with("mailto:"));
        }
        assert!(
            contact(Some("ops@example.com"), desk)
                .unwrap_err()
                .contains("PUSH_CONTACT")
        );
    }
}
