//! Which part of a file a request wants (RFC 9110, sections 13 and 14). More than one range at
//! once is answered with the whole, as the RFC allows.

use std::ops::Range;

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{self, ByteRangeSpec, EntityTag, IfNoneMatch, IfRange},
};

/// What to send.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that there are not.
    Impossible,
}

/// Whether the client has the file already.
pub(super) fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        None => false,
    }
}

/// What to send of a file of `size` bytes.
pub(super) fn wanted(request: &HttpRequest, tag: &EntityTag, size: u64) -> Wanted {
    // The rest of another file would not fit to what the client has of it.
    let same = !request.headers().contains_key(header::IF_RANGE)
        || matches!(request.get_header::<IfRange>(), Some(IfRange::EntityTag(known)) if known.strong_eq(tag));
    match request.get_header::<header::Range>() {
        Some(header::Range::Bytes(ranges)) if same && ranges.len() == 1 => part(&ranges[0], size),
        _ => Wanted::Whole,
    }
}

fn part(range: &ByteRangeSpec, size: u64) -> Wanted {
    match range.to_satisfiable_range(size) {
        Some((first, last)) => Wanted::Part(first..last + 1),
        None => Wanted::Impossible,
    }
}
