//! Password hashes: Argon2id for new ones; the predecessor's bcrypt hashes
//! verify and are replaced at the next login.
//!
//! Hashing takes tens of milliseconds of CPU: call it off the request threads.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};

/// The shortest password that is taken (NIST SP 800-63B asks for at least 8).
pub const MIN_LENGTH: usize = 10;
/// The longest: enough for a passphrase, short enough to hash in bounded time.
pub const MAX_LENGTH: usize = 200;

/// What comparing a password with a stored hash gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Another password, or a hash of no known form.
    Wrong,
    /// The right one.
    Right,
    /// The right one, but its hash is of an older kind: store a new one now.
    RightButOutdated,
}

/// The password is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has {MIN_LENGTH} to {MAX_LENGTH} characters")]
pub struct WeakPassword;

/// Refuses passwords that are too short or too long.
pub fn check_strength(password: &SecretString) -> Result<(), WeakPassword> {
    let length = password.expose_secret().chars().count();
    if (MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        Ok(())
    } else {
        Err(WeakPassword)
    }
}

/// Hashes `password` with Argon2id (19 MiB, 2 passes, as OWASP recommends) and a random salt.
pub fn hash(password: &SecretString) -> String {
    Argon2::default()
        .hash_password(password.expose_secret().as_bytes())
        .unwrap_or_else(|error| unreachable!("default Argon2 parameters are valid: {error}"))
        .to_string()
}

/// Compares `password` with `stored`, an Argon2 or bcrypt hash.
pub fn verify(password: &SecretString, stored: &str) -> Verdict {
    let password = password.expose_secret();
    if stored.starts_with("$2") {
        return match bcrypt::verify(password, stored) {
            Ok(true) => Verdict::RightButOutdated,
            Ok(false) | Err(_) => Verdict::Wrong,
        };
    }
    let Ok(parsed) = PasswordHash::new(stored) else {
        return Verdict::Wrong;
    };
    match Argon2::default().verify_password(password.as_bytes(), &parsed) {
        Ok(()) => Verdict::Right,
        Err(_) => Verdict::Wrong,
    }
}

/// Spends the time of a comparison, so that an unknown e-mail answers no sooner than a known one.
pub fn verify_nothing(password: &SecretString) {
    std::hint::black_box(hash(password));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_hash_verifies_and_is_salted() {
        let password = SecretString::from("correct horse");
        let (one, two) = (hash(&password), hash(&password));
        assert_ne!(one, two);
        assert!(one.starts_with("$argon2id$"));
        assert_eq!(verify(&password, &one), Verdict::Right);
        assert_eq!(verify(&"wrong horse".into(), &one), Verdict::Wrong);
    }

    #[test]
    fn the_predecessors_bcrypt_hash_verifies_and_asks_to_be_replaced() {
        let stored = bcrypt::hash("perzivalh-2026", 4).unwrap().replace("$2b$", "$2a$");
        assert_eq!(
            verify(&"perzivalh-2026".into(), &stored),
            Verdict::RightButOutdated
        );
        assert_eq!(verify(&"other".into(), &stored), Verdict::Wrong);
    }

    #[test]
    fn a_hash_of_no_known_form_never_verifies() {
        for stored in ["", "plain", "$2a$", "$argon2id$v=19$m=1"] {
            assert_eq!(verify(&"plain".into(), stored), Verdict::Wrong, "{stored}");
        }
    }
}
