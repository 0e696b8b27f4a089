//! The headers that keep browsers careful with our answers (OWASP Secure Headers, RFC 6797).

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::{DefaultHeaders, Next},
};

/// The pages' own scripts and styles and nothing else; pictures from anywhere, for logos; what
/// customers sent comes as blobs, since an element cannot bring the bearer.
const PAGES: &str = "default-src 'self'; img-src 'self' data: blob: https: http:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
     connect-src 'self' ws: wss:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

/// An answer of the API is data: whoever opens it as a page runs and loads nothing.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'";

/// Two years, as the preload lists ask for at least one.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// For every answer; what a route sets itself stays.
pub(crate) fn everywhere() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "strict-origin-when-cross-origin"))
        .add((header::CONTENT_SECURITY_POLICY, PAGES))
        .add((
            header::PERMISSIONS_POLICY,
            "camera=(), geolocation=(self), microphone=(self), payment=(), usb=()",
        ))
        .add((
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
}

/// For answers under `/api`: nothing keeps them, no page shows them.
pub(crate) fn for_data() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, DATA))
        .add((header::CACHE_CONTROL, "no-store"))
        .add((
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
}

/// Over HTTPS, as the nearest proxy saw it, browsers shall not come without it again.
pub(crate) async fn stay_on_https(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_https = request.connection_info().scheme() == "https";
    let mut response = next.call(request).await?;
    if is_https {
        response
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    Ok(response)
}
