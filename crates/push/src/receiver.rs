//! A browser that wants messages: where, and for whom they are encrypted (W3C Push API, `PushSubscription`).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::PublicKey;
use url::Url;
use web_push_native::Auth;

use crate::PushError;

/// The longest address; those of browsers have a few hundred characters.
const MOST_CHARACTERS: usize = 2_048;

/// What a browser said cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReceiver {
    /// The address is none, or not one of https.
    #[error("the endpoint is no https address of a push service")]
    Endpoint,
    /// The browser's public key is none.
    #[error("p256dh is no P-256 point as base64url")]
    P256dh,
    /// The shared secret has not its length.
    #[error("auth is not 16 bytes as base64url")]
    Auth,
}

/// A browser that wants messages.
#[derive(Clone)]
pub struct Receiver {
    pub(crate) endpoint: Url,
    public: PublicKey,
    auth: Auth,
}

impl Receiver {
    pub(crate) fn new(
        endpoint: &str,
        p256dh: &str,
        auth: &str,
        allows_http: bool,
    ) -> Result<Self, InvalidReceiver> {
        let url = Url::parse(endpoint).map_err(|_malformed| InvalidReceiver::Endpoint)?;
        let is_allowed = url.scheme() == "https" || (allows_http && url.scheme() == "http");
        let is_plain = url.has_host() && url.username().is_empty() && url.password().is_none();
        if endpoint.len() > MOST_CHARACTERS || !is_allowed || !is_plain {
            return Err(InvalidReceiver::Endpoint);
        }
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let point = bytes(p256dh).map_err(|_malformed| InvalidReceiver::P256dh)?;
        let public =
            PublicKey::from_sec1_bytes(&point).map_err(|_not_on_the_curve| InvalidReceiver::P256dh)?;
        let auth = bytes(auth).map_err(|_malformed| InvalidReceiver::Auth)?;
        let auth: [u8; 16] = auth.try_into().map_err(|_length| InvalidReceiver::Auth)?;
        Ok(Self {
            endpoint: url,
            public,
            auth: auth.into(),
        })
    }

    pub(crate) fn encrypt(&self, message: &[u8]) -> Result<Vec<u8>, PushError> {
        web_push_native::encrypt(message.to_vec(), &self.public, &self.auth)
            .map_err(|_unencryptable| PushError::Message)
    }
}

#[cfg(test)]
mod tests {
    use p256::{
        SecretKey,
        elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint},
    };

    use super::*;

    fn point(secret: &SecretKey) -> String {
        URL_SAFE_NO_PAD.encode(secret.public_key().to_encoded_point(false).as_bytes())
    }

    #[test]
    fn what_is_encrypted_the_browser_alone_reads() {
        let browser = SecretKey::random(&mut OsRng);
        let auth = [7_u8; 16];
        let receiver = Receiver::new(
            "https://push.example/a",
            &point(&browser),
            &URL_SAFE_NO_PAD.encode(auth),
            false,
        )
        .unwrap();
        let sealed = receiver.encrypt(b"hola").unwrap();
        let opened = web_push_native::decrypt(sealed.clone(), &browser, &auth.into()).unwrap();
        assert_eq!(opened, b"hola");
        let other = SecretKey::random(&mut OsRng);
        assert!(web_push_native::decrypt(sealed, &other, &auth.into()).is_err());
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_member() {
        let key = point(&SecretKey::random(&mut OsRng));
        let auth = URL_SAFE_NO_PAD.encode([7_u8; 16]);
        let refused = |endpoint: &str, key: &str, auth: &str| Receiver::new(endpoint, key, auth, false).err();
        let good = "https://push.example/a";
        assert_eq!(refused(good, &key, &auth), None);
        let long = format!("{good}{}", "a".repeat(2_048));
        for endpoint in [
            "",
            "push.example",
            "http://push.example/a",
            "https://u:p@push.example/",
            &long,
        ] {
            assert_eq!(
                refused(endpoint, &key, &auth),
                Some(InvalidReceiver::Endpoint),
                "{endpoint}"
            );
        }
        for wrong in ["", "AAAA", "%%", &auth] {
            assert_eq!(
                refused(good, wrong, &auth),
                Some(InvalidReceiver::P256dh),
                "{wrong}"
            );
        }
        for wrong in ["", "AAAA", "%%", &key] {
            assert_eq!(refused(good, &key, wrong), Some(InvalidReceiver::Auth), "{wrong}");
        }
    }
}
