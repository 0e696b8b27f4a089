//! What an app's fields may hold.

use crypto::SecretString;

use crate::{channel::fields, text};

/// A field of an app has a value it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetaApp {
    /// Empty, too long or with control characters.
    #[error("an app's name has 1 to 120 characters")]
    Name,
    /// Not digits only.
    #[error("an app id of Meta has 5 to 32 digits and nothing else")]
    MetaAppId,
    /// Empty, too long or with characters no secret has.
    #[error("an app secret has letters, digits and signs, without blanks")]
    AppSecret,
    /// Empty, too long or with control characters.
    #[error("a verify token has 1 to 200 characters")]
    VerifyToken,
}

impl InvalidMetaApp {
    /// The field at fault, as the API and the rows call it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::MetaAppId => "meta_app_id",
            Self::AppSecret => "app_secret",
            Self::VerifyToken => "verify_token",
        }
    }
}

pub(super) fn name(text: &str) -> Result<String, InvalidMetaApp> {
    text::name(text).ok_or(InvalidMetaApp::Name)
}

pub(super) fn meta_app_id(text: &str) -> Result<String, InvalidMetaApp> {
    fields::meta_id(text).ok_or(InvalidMetaApp::MetaAppId)
}

pub(super) fn app_secret(secret: &SecretString) -> Result<SecretString, InvalidMetaApp> {
    fields::app_secret(secret).map_err(|_same| InvalidMetaApp::AppSecret)
}

/// The digest under which a verify token is kept.
pub(super) fn verify_token(secret: &SecretString) -> Result<Vec<u8>, InvalidMetaApp> {
    fields::verify_token(secret).map_err(|_same| InvalidMetaApp::VerifyToken)
}
