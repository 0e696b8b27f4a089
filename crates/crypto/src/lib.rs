//! Keeps secrets: sealed values with key ids and associated data, password
//! hashes, opaque tokens, codes of a second factor. Pure: no I/O, no clock, no other crate of ours.

mod keyring;
pub mod password;
mod sealed;
pub mod token;
pub mod totp;

pub use self::{
    keyring::{KeyError, Keyring, MasterKey},
    sealed::{OpenError, Place},
};
pub use secrecy::{ExposeSecret, SecretString};
