//! The refresh token's cookie: out of scripts' reach, never sent by another
//! site, and under the `__Host-` prefix wherever the connection is encrypted.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use control::session;

const SECURE_NAME: &str = "__Host-centralita_refresh";
const PLAIN_NAME: &str = "centralita_refresh";

/// The cookie as this connection may carry it.
pub(crate) struct RefreshCookie {
    is_secure: bool,
}

impl RefreshCookie {
    /// Over this connection, as the nearest proxy reports it.
    pub fn over(request: &HttpRequest) -> Self {
        Self {
            is_secure: request.connection_info().scheme() == "https",
        }
    }

    /// The token that a request brings.
    pub fn token(&self, request: &HttpRequest) -> Option<String> {
        request
            .cookie(self.name())
            .map(|cookie| cookie.value().to_owned())
            .filter(|token| !token.is_empty())
    }

    /// Keeps `token`.
    pub fn keep(&self, token: &str) -> Cookie<'static> {
        self.build(
            token.to_owned(),
            Duration::seconds(session::LIFETIME.num_seconds()),
        )
    }

    /// Forgets the token.
    pub fn forget(&self) -> Cookie<'static> {
        self.build(String::new(), Duration::ZERO)
    }

    fn name(&self) -> &'static str {
        if self.is_secure { SECURE_NAME } else { PLAIN_NAME }
    }

    fn build(&self, value: String, max_age: Duration) -> Cookie<'static> {
        Cookie::build(self.name(), value)
            .path("/")
            .http_only(true)
            .secure(self.is_secure)
            .same_site(SameSite::Strict)
            .max_age(max_age)
            .finish()
    }
}
