//! The second factor: codes of an authenticator (RFC 6238, six digits, thirty seconds), and the
//! codes that take its place when it is lost.

use ring::digest;
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use crate::sealed::fill_random;

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// Codes of the step before and after the current one are taken: clocks differ.
const SKEW: u16 = 1;
/// What recovery codes are written with: no letter that looks like another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A new secret for an authenticator: 160 random bits, base32.
pub fn generate_secret() -> SecretString {
    let mut bytes = [0_u8; 20];
    fill_random(&mut bytes);
    SecretString::from(Secret::from(bytes).to_base32())
}

/// What an authenticator reads from a QR code; `None` where the names cannot stand in one.
pub fn enrolment_url(secret: &SecretString, issuer: &str, account: &str) -> Option<SecretString> {
    let plain = |text: &str| text.replace(':', " ");
    let built = builder(secret)?
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build();
    built.ok()?.to_url().ok().map(SecretString::from)
}

/// The step that a code belongs to, if it is right at this time (seconds since 1970). Each step is to be taken once.
pub fn matching_step(secret: &SecretString, code: &str, unix_seconds: i64) -> Option<i64> {
    let totp: Totp = builder(secret)?.build().ok()?;
    let step = totp.check(code.trim(), u64::try_from(unix_seconds).ok()?)?;
    i64::try_from(step).ok()
}

fn builder(secret: &SecretString) -> Option<Builder> {
    let secret = Secret::try_from_base32(secret.expose_secret()).ok()?;
    Some(Builder::new().with_secret(secret).with_skew(SKEW))
}

/// A code that takes the place of an authenticator's once: 80 random bits, in groups of four.
pub fn generate_recovery_code() -> SecretString {
    let mut bytes = [0_u8; 16];
    fill_random(&mut bytes);
    let mut code = String::with_capacity(19);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    SecretString::from(code)
}

/// The digest under which a recovery code is kept; blanks, dashes and capitals do not count.
pub fn recovery_digest(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    hex::encode(digest::digest(&digest::SHA256, plain.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc_and_a_step_to_either_side_is_taken() {
        let secret = SecretString::from("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(matching_step(&secret, "287082", 59), Some(1));
        assert_eq!(matching_step(&secret, " 287082 ", 89), Some(1));
        assert_eq!(matching_step(&secret, "081804", 1_111_111_109), Some(37_037_036));
        for (code, at) in [
            ("287082", 90),
            ("287083", 59),
            ("", 59),
            ("28708", 59),
            ("2870820", 59),
            ("28708ñ", 59),
        ] {
            assert_eq!(matching_step(&secret, code, at), None, "{code} at {at}");
        }
    }

    #[test]
    fn an_authenticator_reads_who_and_where() {
        let secret = generate_secret();
        let url = enrolment_url(&secret, "Clínica: Sol", "ana@sol.example").unwrap();
        let url = url.expose_secret();
        assert!(url.starts_with("otpauth://totp/"), "{url}");
        assert!(
            url.contains(secret.expose_secret()) && url.contains("ana%40sol.example"),
            "{url}"
        );
    }

    #[test]
    fn a_recovery_code_may_be_typed_as_people_type() {
        let code = generate_recovery_code();
        let code = code.expose_secret();
        assert_eq!(code.len(), 19);
        let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
        assert_eq!(recovery_digest(code), recovery_digest(&typed));
        assert_ne!(
            recovery_digest(code),
            recovery_digest(generate_recovery_code().expose_secret())
        );
    }
}
