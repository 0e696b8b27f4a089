//! The installation's key, by which push services know it again (VAPID, RFC 8292).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer},
    elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

/// How long a service may believe one signature; at most a day (RFC 8292, 2).
const VALID: TimeDelta = TimeDelta::hours(12);

/// What was kept is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no P-256 key")]
pub struct InvalidKey;

/// A P-256 key. Its private part is shown by [`Key::secret`] alone.
#[derive(Clone)]
pub struct Key(SecretKey);

impl Key {
    /// A new one.
    pub fn generate() -> Self {
        Self(SecretKey::random(&mut OsRng))
    }

    /// The one whose [`Key::secret`] this is.
    pub fn from_secret(secret: &SecretString) -> Result<Self, InvalidKey> {
        let bytes = URL_SAFE_NO_PAD.decode(secret.expose_secret());
        let bytes = bytes.map_err(|_malformed| InvalidKey)?;
        SecretKey::from_slice(&bytes)
            .map(Self)
            .map_err(|_not_on_the_curve| InvalidKey)
    }

    /// What to keep, sealed.
    pub fn secret(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.0.to_bytes()).into()
    }

    /// What browsers are given when they ask for messages: the uncompressed point, base64url.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key().to_encoded_point(false).as_bytes())
    }

    /// The `Authorization` of a message to this endpoint.
    pub(crate) fn vouch(&self, endpoint: &Url, contact: &str, now: DateTime<Utc>) -> String {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(&json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = part(&json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (now + VALID).timestamp(),
            "sub": contact,
        }));
        let signed = format!("{header}.{claims}");
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
        format!("vapid t={signed}.{signature}, k={}", self.public())
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier};

    use super::*;

    #[test]
    fn a_kept_key_is_the_same_one_and_nothing_else_is_a_key() {
        let key = Key::generate();
        let again = Key::from_secret(&key.secret()).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(URL_SAFE_NO_PAD.decode(key.public()).unwrap().len(), 65);
        for other in ["", "x", "AAAA"] {
            assert!(Key::from_secret(&other.into()).is_err(), "{other}");
        }
    }

    #[test]
    fn it_vouches_for_one_service_for_half_a_day() {
        let key = Key::generate();
        let endpoint = Url::parse("https://push.example:8443/send/abc").unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let said = key.vouch(&endpoint, "mailto:ops@example.com", now);
        let token = said.strip_prefix("vapid t=").unwrap();
        let (token, public) = token.split_once(", k=").unwrap();
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let point = URL_SAFE_NO_PAD.decode(public).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        VerifyingKey::from_sec1_bytes(&point)
            .unwrap()
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(
            claims,
            json!({
                "aud": "https://push.example:8443", "exp": 1_800_043_200, "sub": "mailto:ops@example.com",
            })
        );
    }
}
