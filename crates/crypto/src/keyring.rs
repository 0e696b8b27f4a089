//! The master keys: one that seals, and older ones that still open.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ring::{aead, digest};

/// A 32-byte AES-256 key with the id that marks what it sealed.
pub struct MasterKey {
    pub(crate) id: String,
    pub(crate) key: aead::LessSafeKey,
}

/// The key material cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither 64 hex digits nor base64 of 32 bytes nor exactly 32 bytes.
    #[error("the key must be 32 bytes, as 64 hex digits or base64")]
    Length,
    /// 32 bytes that are all the same: a placeholder, not a key.
    #[error("the key is a placeholder: make one with `openssl rand -base64 32`")]
    Weak,
}

impl MasterKey {
    /// Reads a key as the predecessor did, so that its installations carry over:
    /// 64 hex digits, else base64 (either alphabet, padding optional) of 32
    /// bytes, else the text's own 32 bytes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = decode(text.trim()).ok_or(KeyError::Length)?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(KeyError::Weak);
        }
        let unbound =
            aead::UnboundKey::new(&aead::AES_256_GCM, &bytes).map_err(|_source| KeyError::Length)?;
        let fingerprint = digest::digest(&digest::SHA256, &bytes);
        let id = hex::encode(fingerprint.as_ref().get(..4).unwrap_or_default());
        Ok(Self {
            id,
            key: aead::LessSafeKey::new(unbound),
        })
    }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    if text.len() == 64
        && let Ok(bytes) = hex::decode(text)
    {
        return bytes.try_into().ok();
    }
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .filter_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())
        .find_map(|bytes| bytes.try_into().ok())
        .or_else(|| text.as_bytes().try_into().ok())
}

/// The key that seals now and those that may still open.
pub struct Keyring {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl Keyring {
    /// A ring that seals with `current` and opens with any of them.
    pub fn new(current: MasterKey, previous: Vec<MasterKey>) -> Self {
        Self { current, previous }
    }

    /// The id of the key that new values are sealed with, as it stands in them.
    pub fn current_id(&self) -> &str {
        &self.current.id
    }

    /// The key that new values are sealed with.
    pub(crate) fn sealing(&self) -> &MasterKey {
        &self.current
    }

    /// The key of this id, if it is still on the ring.
    pub(crate) fn find(&self, id: &str) -> Option<&MasterKey> {
        self.all().find(|key| key.id == id)
    }

    /// Every key, the current one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.all().map(|key| key.id.as_str()).collect();
        f.debug_tuple("Keyring").field(&ids).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn hex_base64_and_url_safe_without_padding_are_the_same_key() {
        let ids: Vec<String> = [
            HEX,
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ]
        .iter()
        .map(|text| MasterKey::parse(text).unwrap().id)
        .collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }

    #[test]
    fn a_short_key_and_a_placeholder_are_refused() {
        assert_eq!(MasterKey::parse("secret").err(), Some(KeyError::Length));
        assert_eq!(MasterKey::parse(&"0".repeat(64)).err(), Some(KeyError::Weak));
    }
}
