//! Opaque random tokens, and the digests under which they are stored and looked up.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use secrecy::SecretString;

use crate::sealed::fill_random;

/// A token of 256 random bits, URL-safe.
pub fn generate() -> SecretString {
    let mut bytes = [0_u8; 32];
    fill_random(&mut bytes);
    SecretString::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// A name of 128 random bits, URL-safe, 22 characters: nobody guesses it, though it may be seen.
pub fn generate_name() -> String {
    let mut bytes = [0_u8; 16];
    fill_random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether text could be such a name.
pub fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 22 && text.bytes().all(allowed)
}

/// SHA-256 of a token or of anything else that is long. Comparing or looking up digests takes a time that says
/// nothing about the token.
pub fn digest(token: impl AsRef<[u8]>) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_ref()).as_ref().to_vec()
}
