//! Sealed values: `v2:<key id>:<nonce>:<ciphertext and tag>` in base64,
//! AES-256-GCM with associated data, so that a ciphertext moved to another
//! tenant, table, column or row does not open. The predecessor's
//! `v1:<iv>:<tag>:<ciphertext>` opens too (it carries no associated data);
//! nothing new is written in it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    aead::{Aad, NONCE_LEN, Nonce},
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::{Keyring, keyring::MasterKey};

/// Where a sealed value lives. Opening it anywhere else fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The tenant that the value belongs to; nil for the platform's own.
    pub tenant: Uuid,
    /// Table of the column.
    pub table: &'static str,
    /// Column that holds the value.
    pub column: &'static str,
    /// Primary key of the row.
    pub row: Uuid,
}

impl Place {
    fn associated_data(&self) -> Vec<u8> {
        let Self {
            tenant,
            table,
            column,
            row,
        } = self;
        format!("centralita|{tenant}|{table}|{column}|{row}").into_bytes()
    }
}

/// A sealed value did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not one of our forms.
    #[error("the value is not a sealed one")]
    Malformed,
    /// Sealed with a key that is not on the ring.
    #[error("the value was sealed with a key that this server does not have")]
    UnknownKey,
    /// Altered, moved from elsewhere, or sealed with another key of the same id.
    #[error("the value was altered or does not belong here")]
    Refused,
}

impl Keyring {
    /// Seals `plain` for `place`; the same input gives a different text each time.
    pub fn seal(&self, place: &Place, plain: &SecretString) -> String {
        let MasterKey { id, key } = self.sealing();
        let mut nonce = [0_u8; NONCE_LEN];
        fill_random(&mut nonce);
        let mut buffer = plain.expose_secret().as_bytes().to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.associated_data()),
            &mut buffer,
        )
        .unwrap_or_else(|_unspecified| unreachable!("AES-GCM refuses only inputs of 64 GiB"));
        format!("v2:{id}:{}:{}", STANDARD.encode(nonce), STANDARD.encode(buffer))
    }

    /// Opens what was sealed for `place`, or one of the predecessor's values.
    pub fn open(&self, place: &Place, sealed: &str) -> Result<SecretString, OpenError> {
        let parts: Vec<&str> = sealed.split(':').collect();
        let plain = match parts.as_slice() {
            ["v2", id, nonce, body] => {
                let key = self.find(id).ok_or(OpenError::UnknownKey)?;
                open_with(key, nonce, decode(body)?, place.associated_data())?
            }
            ["v1", nonce, tag, body] => {
                let mut joined = decode(body)?;
                joined.extend(decode(tag)?);
                self.all()
                    .find_map(|key| open_with(key, nonce, joined.clone(), Vec::new()).ok())
                    .ok_or(OpenError::Refused)?
            }
            _ => return Err(OpenError::Malformed),
        };
        String::from_utf8(plain)
            .map(SecretString::from)
            .map_err(|_source| OpenError::Malformed)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, OpenError> {
    STANDARD.decode(part).map_err(|_source| OpenError::Malformed)
}

fn open_with(key: &MasterKey, nonce: &str, mut body: Vec<u8>, aad: Vec<u8>) -> Result<Vec<u8>, OpenError> {
    let nonce = Nonce::try_assume_unique_for_key(&decode(nonce)?).map_err(|_source| OpenError::Malformed)?;
    let length = key
        .key
        .open_in_place(nonce, Aad::from(aad), &mut body)
        .map_err(|_source| OpenError::Refused)?
        .len();
    body.truncate(length);
    Ok(body)
}

/// Fills `bytes` from the system's generator.
pub(crate) fn fill_random(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes).unwrap_or_else(|_unspecified| {
        unreachable!("the system's random generator does not fail once booted")
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn ring(current: &str, previous: &[&str]) -> Keyring {
        let previous = previous
            .iter()
            .map(|key| MasterKey::parse(key).unwrap())
            .collect();
        Keyring::new(MasterKey::parse(current).unwrap(), previous)
    }

    fn place(tenant: u128) -> Place {
        Place {
            tenant: Uuid::from_u128(tenant),
            table: "channels",
            column: "wa_token",
            row: Uuid::nil(),
        }
    }

    #[test]
    fn opens_where_it_was_sealed_and_nowhere_else() {
        let ring = ring(OLD, &[]);
        let sealed = ring.seal(&place(1), &"EAAB".into());
        assert_eq!(ring.open(&place(1), &sealed).unwrap().expose_secret(), "EAAB");
        assert_eq!(ring.open(&place(2), &sealed).unwrap_err(), OpenError::Refused);
        let other_column = Place {
            column: "app_secret",
            ..place(1)
        };
        assert_eq!(ring.open(&other_column, &sealed).unwrap_err(), OpenError::Refused);
    }

    #[test]
    fn an_older_key_opens_only_while_it_is_on_the_ring() {
        let sealed = ring(OLD, &[]).seal(&place(1), &"x".into());
        assert!(ring(NEW, &[OLD]).open(&place(1), &sealed).is_ok());
        assert_eq!(
            ring(NEW, &[]).open(&place(1), &sealed).unwrap_err(),
            OpenError::UnknownKey
        );
    }

    #[test]
    fn opens_the_predecessors_values() {
        // Made with Node's crypto: createCipheriv('aes-256-gcm', key, iv of 12 × 07).
        let v1 = "v1:BwcHBwcHBwcHBwcH:BRlhL/D6V/c/ln3Fr+F5Ig==:ZwXKPUJ7uJ+j8zI=";
        let opened = ring(NEW, &[OLD]).open(&place(1), v1).unwrap();
        assert_eq!(opened.expose_secret(), "hola-token!");
    }

    #[test]
    fn rubbish_is_refused_without_a_panic() {
        let ring = ring(OLD, &[]);
        for text in [
            "",
            "v2",
            "v2:::",
            "v2:00000000:AA==:AA==",
            "v1:a:b:c",
            "v3:a:b:c",
            "v1:AAAA:AAAA:AAAA",
        ] {
            assert!(ring.open(&place(1), text).is_err(), "{text}");
        }
    }
}
