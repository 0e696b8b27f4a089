//! The SMTP server that takes our mails.

use std::{fmt, time::Duration};

use crypto::{ExposeSecret, SecretString};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::AsyncSmtpTransportBuilder,
};

use crate::Mail;

/// How long a server may take to answer a step.
const PATIENCE: Duration = Duration::from_secs(10);

/// An SMTP server and a sender that could be used; nothing is connected yet.
#[derive(Clone)]
pub struct MailSetup {
    transport: AsyncSmtpTransportBuilder,
    from: Mailbox,
}

impl MailSetup {
    /// Mails by the server at `url`, from this sender.
    pub fn parse(url: &SecretString, from: &str) -> Result<Self, InvalidMailSetup> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_may_hold_the_password| InvalidMailSetup::Url)?
            .timeout(Some(PATIENCE));
        let from = from.parse().map_err(|_source| InvalidMailSetup::From)?;
        Ok(Self { transport, from })
    }
}

impl fmt::Debug for MailSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSetup")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// Hands mails to an SMTP server. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// The settings name no server or no sender. Tells which, never the value: the URL holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMailSetup {
    /// Not a URL of an SMTP server.
    #[error("must be a URL such as smtps://user:password@host:465 or smtp://host:587?tls=required")]
    Url,
    /// Not an address that mails can come from.
    #[error("must be an address such as Centralita <no-reply@example.com>")]
    From,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendMailError {
    /// It cannot be written to this address.
    #[error("the address cannot be written to")]
    Address(#[source] lettre::address::AddressError),
    /// The mail cannot be put together.
    #[error("the mail cannot be put together")]
    Message(#[source] lettre::error::Error),
    /// The server refused it, or cannot be reached.
    #[error("the mail server did not take it")]
    Smtp(#[source] lettre::transport::smtp::Error),
}

impl Mailer {
    /// Connects when there is something to send. Needs a tokio runtime around it.
    pub fn new(setup: &MailSetup) -> Self {
        Self {
            transport: setup.transport.clone().build(),
            from: setup.from.clone(),
        }
    }

    /// Hands one mail to the server.
    pub async fn send(&self, to: &str, mail: Mail) -> Result<(), SendMailError> {
        let to = to.parse().map_err(SendMailError::Address)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(SendMailError::Message)?;
        self.transport.send(message).await.map_err(SendMailError::Smtp)?;
        Ok(())
    }
}
