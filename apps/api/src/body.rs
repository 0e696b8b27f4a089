//! The bytes of a request, whole and in time: who sends them one by one must not hold what others need.

use std::{future::Future, io, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::StatusCode,
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt, stream};

use crate::problem::{Kind, Problem};

/// How long a body of at most 4 MiB may take.
const WHOLE: Duration = Duration::from_secs(30);
/// How long a file that is being brought may stand still.
const STILL: Duration = Duration::from_secs(30);

/// A body as it came, up to the limit of its route.
pub(crate) struct RawBody(pub Bytes);

impl FromRequest for RawBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move { read(bytes, WHOLE).await.map(Self) })
    }
}

async fn read(
    bytes: impl Future<Output = Result<Bytes, actix_web::Error>>,
    limit: Duration,
) -> Result<Bytes, Problem> {
    let Ok(read) = tokio::time::timeout(limit, bytes).await else {
        return Err(Problem::new(
            Kind::RequestTimeout,
            format!("the body did not come within {} seconds", limit.as_secs()),
        ));
    };
    read.map_err(|error| {
        if error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(
                Kind::PayloadTooLarge,
                "the body is larger than this endpoint takes",
            )
        } else {
            Problem::new(Kind::InvalidRequest, "the body could not be read")
        }
    })
}

/// A long body that breaks off when it stands still.
pub(crate) fn moving(payload: web::Payload) -> impl Stream<Item = Result<Bytes, PayloadError>> + Unpin {
    Box::pin(moving_within(payload, STILL))
}

fn moving_within<S>(chunks: S, still: Duration) -> impl Stream<Item = Result<Bytes, PayloadError>>
where
    S: Stream<Item = Result<Bytes, PayloadError>> + Unpin,
{
    stream::unfold(Some(chunks), move |left| async move {
        let mut chunks = left?;
        match tokio::time::timeout(still, chunks.next()).await {
            Ok(chunk) => Some((chunk?, Some(chunks))),
            Err(_elapsed) => Some((Err(PayloadError::Io(io::ErrorKind::TimedOut.into())), None)),
        }
    })
    // Who reads a form asks again after the end.
    .fuse()
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;

    use super::*;

    const SOON: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let Err(problem) = read(std::future::pending(), SOON).await else {
            panic!("nothing was read as a body");
        };
        assert_eq!(problem.status_code(), StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn whoever_asks_after_the_end_is_told_that_it_is_the_end() {
        let chunks = stream::iter([Ok(Bytes::from_static(b"all"))]);
        let mut moving = Box::pin(moving_within(chunks, Duration::from_mins(1)));
        assert!(moving.next().await.is_some());
        assert!(moving.next().await.is_none());
        assert!(moving.next().await.is_none());
    }

    #[tokio::test]
    async fn a_file_that_stands_still_breaks_off() {
        let chunks = stream::iter([Ok(Bytes::from_static(b"half"))]).chain(stream::pending());
        let read: Vec<_> = moving_within(chunks, SOON).collect().await;
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].as_ref().unwrap(), "half");
        assert!(read[1].is_err());
    }
}
