//! Mails: what they say, and handing them to an SMTP server.
//!
//! A mail is tried once; what a failure means is the caller's business. Depends on
//! `crypto` for secrets that do not print. Knows no table, no tenant, no HTTP.

mod letter;
mod mailer;

pub use self::{
    letter::{Language, Letter, LetterKind, Mail},
    mailer::{InvalidMailSetup, MailSetup, Mailer, SendMailError},
};
