//! What a line's fields may hold.

use crypto::{ExposeSecret, SecretString};

use crate::text;

/// A field of a line has a value it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChannel {
    /// Not digits only.
    #[error("a phone number id has 5 to 32 digits and nothing else; it is not the phone number")]
    PhoneNumberId,
    /// Not digits only.
    #[error("a WhatsApp Business account id has 5 to 32 digits and nothing else")]
    WabaId,
    /// Empty, too long or with control characters.
    #[error("a line's name has 1 to 120 characters")]
    DisplayName,
    /// Not a phone number.
    #[error("a phone number has digits, blanks, and + - ( ) . at most 32 in all")]
    DisplayPhoneNumber,
    /// Empty, too long or with control characters.
    #[error("a verify token has 1 to 200 characters")]
    VerifyToken,
    /// Empty, too long or with characters no token has.
    #[error("an access token has letters, digits and signs, without blanks")]
    WaToken,
    /// Empty, too long or with characters no secret has.
    #[error("an app secret has letters, digits and signs, without blanks")]
    AppSecret,
    /// Not there, or another tenant's.
    #[error("there is no such app for the lines of this tenant")]
    App,
}

impl InvalidChannel {
    /// The field at fault, as the API and the rows call it.
    pub fn field(self) -> &'static str {
        match self {
            Self::PhoneNumberId => "phone_number_id",
            Self::WabaId => "waba_id",
            Self::DisplayName => "display_name",
            Self::DisplayPhoneNumber => "display_phone_number",
            Self::VerifyToken => "verify_token",
            Self::WaToken => "wa_token",
            Self::AppSecret => "app_secret",
            Self::App => "app_id",
        }
    }
}

pub(super) fn phone_number_id(text: &str) -> Result<String, InvalidChannel> {
    meta_id(text).ok_or(InvalidChannel::PhoneNumberId)
}

pub(super) fn waba_id(text: &str) -> Result<String, InvalidChannel> {
    meta_id(text).ok_or(InvalidChannel::WabaId)
}

pub(super) fn display_name(text: &str) -> Result<String, InvalidChannel> {
    text::name(text).ok_or(InvalidChannel::DisplayName)
}

pub(super) fn display_phone_number(text: &str) -> Result<String, InvalidChannel> {
    text::phone_number(text).ok_or(InvalidChannel::DisplayPhoneNumber)
}

/// The digest under which a verify token is kept: it is only ever compared.
pub(crate) fn verify_token(secret: &SecretString) -> Result<Vec<u8>, InvalidChannel> {
    let token = secret.expose_secret().trim();
    let fits = (1..=200).contains(&token.chars().count()) && !token.chars().any(char::is_control);
    if fits {
        Ok(crypto::token::digest(token))
    } else {
        Err(InvalidChannel::VerifyToken)
    }
}

pub(super) fn wa_token(secret: &SecretString) -> Result<SecretString, InvalidChannel> {
    visible(secret).ok_or(InvalidChannel::WaToken)
}

pub(crate) fn app_secret(secret: &SecretString) -> Result<SecretString, InvalidChannel> {
    visible(secret).ok_or(InvalidChannel::AppSecret)
}

pub(crate) fn meta_id(text: &str) -> Option<String> {
    let id = text.trim();
    text::is_digits(id, 5..=32).then(|| id.to_owned())
}

/// A secret without the blanks that pasting adds; it must fit an HTTP header.
fn visible(secret: &SecretString) -> Option<SecretString> {
    let text = secret.expose_secret().trim();
    let fits = (1..=2_048).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_meta_is_digits() {
        assert_eq!(
            phone_number_id(" 106540352242922 ").as_deref(),
            Ok("106540352242922")
        );
        for bad in [
            "",
            "1234",
            "+51987654321",
            "12345a",
            "12345\0",
            "٣٤٥٦٧٨",
            &"1".repeat(33),
        ] {
            assert_eq!(
                phone_number_id(bad),
                Err(InvalidChannel::PhoneNumberId),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_pasted_token_loses_the_blanks_around_it() {
        let token = wa_token(&" EAAB\n".into()).unwrap();
        assert_eq!(token.expose_secret(), "EAAB");
        for bad in ["", " ", "EA AB", "EA\0AB", "EAñ"] {
            assert_eq!(
                wa_token(&bad.into()).unwrap_err(),
                InvalidChannel::WaToken,
                "{bad:?}"
            );
        }
    }
}
