//! Who signed a webhook, and of whose lines it is believed for that.

use chrono::{DateTime, Utc};
use crypto::SecretString;
use resolver::{KnownApp, Line};
use whatsapp::signature::Signature;

use crate::Engine;

pub(super) enum Belief {
    /// Signed by whom the line believes.
    Signed,
    /// There is no secret to check with.
    Unsigned,
    /// Signed by somebody else, or by nobody.
    Rejected,
}

/// A body's signature, and by which path it came.
pub(super) struct Seal<'a> {
    signature: Option<&'a Signature>,
    body: &'a [u8],
    now: DateTime<Utc>,
    path: Path<'a>,
}

enum Path<'a> {
    /// Everybody's; lines without a secret or an app go by the platform's secret, if there is one.
    Common(Option<&'a SecretString>),
    /// The app's own, and the app signed.
    Of(&'a KnownApp),
}

impl<'a> Seal<'a> {
    /// What came by the common path.
    pub(super) fn common(engine: &'a Engine, signature: Option<&'a Signature>, body: &'a [u8]) -> Self {
        Self {
            signature,
            body,
            now: engine.clock().now(),
            path: Path::Common(engine.0.parts.app_secret.as_ref()),
        }
    }

    /// What came by the app's own path; `None` if the app did not sign it.
    pub(super) fn of_app(
        engine: &Engine,
        app: &'a KnownApp,
        signature: Option<&'a Signature>,
        body: &'a [u8],
    ) -> Option<Self> {
        let seal = Self {
            signature,
            body,
            now: engine.clock().now(),
            path: Path::Of(app),
        };
        seal.is_of(app).then_some(seal)
    }

    /// Whether it is believed about a line. On the common path the line's own secret counts or,
    /// lacking one, that of its app, or, lacking an app, the platform's.
    pub(super) fn on(&self, line: &Line) -> Belief {
        let signed = match (&self.path, &line.app_secret, &line.app) {
            (Path::Of(app), _, _) => line.channel.app_id == Some(app.app.id),
            (Path::Common(_), Some(own), _) => self.is_by(own),
            (Path::Common(_), None, Some(app)) => self.is_of(app),
            (Path::Common(Some(platform)), None, None) => self.is_by(platform),
            (Path::Common(None), None, None) => return Belief::Unsigned,
        };
        if signed { Belief::Signed } else { Belief::Rejected }
    }

    /// Whether a body that names no line of ours is to be refused: the platform's own secret, if
    /// there is one, must have signed it.
    pub(super) fn is_doubtful(&self) -> bool {
        match self.path {
            Path::Common(platform) => platform.is_some_and(|secret| !self.is_by(secret)),
            Path::Of(_) => false,
        }
    }

    fn is_of(&self, app: &KnownApp) -> bool {
        app.secrets(self.now).any(|secret| self.is_by(secret))
    }

    fn is_by(&self, secret: &SecretString) -> bool {
        self.signature
            .is_some_and(|signature| signature.matches(secret, self.body))
    }
}
