//! `X-Hub-Signature-256`: who signed a body. Depends on ring alone.
//!
//! The signature covers the exact bytes that arrived. Decoding and re-encoding JSON changes them
//! (Meta escapes non-ASCII characters), so verify before parsing.

use std::fmt;

use ring::{digest::SHA256_OUTPUT_LEN, hmac};
use secrecy::{ExposeSecret, SecretString};

/// The name of the header that carries the signature.
pub const HEADER: &str = "X-Hub-Signature-256";

const PREFIX: &[u8] = b"sha256=";

/// A well-formed signature, not yet compared with anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; SHA256_OUTPUT_LEN]);

/// Why a body is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request carries no signature.
    #[error("the signature header is missing")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("the signature header is malformed")]
    Malformed,
    /// The header is well formed, but this secret did not make it.
    #[error("the signature does not match the body")]
    Mismatch,
}

impl Signature {
    /// Reads the header's value. Needs no body, so it can refuse before one is read.
    pub fn parse(header: &[u8]) -> Result<Self, SignatureError> {
        let digits = header.strip_prefix(PREFIX).ok_or(SignatureError::Malformed)?;
        let mut tag = [0; SHA256_OUTPUT_LEN];
        match hex::decode_to_slice(digits, &mut tag) {
            Ok(()) => Ok(Self(tag)),
            Err(_) => Err(SignatureError::Malformed),
        }
    }

    /// Whether `app_secret` signed exactly these bytes. Takes the same time for every wrong secret.
    ///
    /// An empty secret signs nothing: anyone could compute its signature.
    pub fn matches(&self, app_secret: &SecretString, body: &[u8]) -> bool {
        let secret = app_secret.expose_secret().as_bytes();
        !secret.is_empty() && hmac::verify(&key(secret), body, &self.0).is_ok()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}

/// Parses the header and compares it with the body, for callers with a single secret.
pub fn verify(app_secret: &SecretString, header: Option<&[u8]>, body: &[u8]) -> Result<(), SignatureError> {
    let signature = Signature::parse(header.ok_or(SignatureError::Missing)?)?;
    if signature.matches(app_secret, body) {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

/// The header value that Meta would send for this body.
pub fn sign(app_secret: &SecretString, body: &[u8]) -> String {
    let tag = hmac::sign(&key(app_secret.expose_secret().as_bytes()), body);
    format!("sha256={}", hex::encode(tag))
}

/// What `appsecret_proof` holds beside a token: with "Require app secret" switched on in the app,
/// a token that leaked is of no use without it
/// (<https://developers.facebook.com/docs/graph-api/guides/secure-requests>).
pub fn proof(app_secret: &SecretString, token: &SecretString) -> String {
    let tag = hmac::sign(
        &key(app_secret.expose_secret().as_bytes()),
        token.expose_secret().as_bytes(),
    );
    hex::encode(tag)
}

fn key(secret: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_secret_never_matches() {
        let empty = SecretString::from("");
        let header = sign(&empty, b"body");
        assert_eq!(
            verify(&empty, Some(header.as_bytes()), b"body"),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn a_parsed_signature_can_be_tried_against_several_secrets() -> Result<(), SignatureError> {
        let (old, new) = (SecretString::from("old"), SecretString::from("new"));
        let signature = Signature::parse(sign(&new, b"{}").as_bytes())?;
        assert!(!signature.matches(&old, b"{}"));
        assert!(signature.matches(&new, b"{}"));
        Ok(())
    }
}
