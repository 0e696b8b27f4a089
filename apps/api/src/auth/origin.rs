//! Whether a request comes from a page that this server itself serves.

use actix_web::{HttpRequest, http::header};

/// How a caller keeps its refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A page of this very origin: a cookie that scripts cannot read.
    SamePage,
    /// A page of another origin: a third-party cookie would be blocked, so the page keeps it.
    OtherPage,
    /// No browser.
    Program,
}

impl Caller {
    /// Browsers send `Origin` with every POST.
    pub fn of(request: &HttpRequest) -> Self {
        let Some(origin) = request
            .headers()
            .get(header::ORIGIN)
            .and_then(|value| value.to_str().ok())
        else {
            return Self::Program;
        };
        let info = request.connection_info();
        let own = format!("{}://{}", info.scheme(), info.host());
        if origin.eq_ignore_ascii_case(&own) {
            Self::SamePage
        } else {
            Self::OtherPage
        }
    }

    /// Whether the token goes into a cookie.
    pub fn takes_cookie(self) -> bool {
        self != Self::OtherPage
    }

    /// Whether the token goes into the body.
    pub fn takes_body(self) -> bool {
        self != Self::SamePage
    }
}
