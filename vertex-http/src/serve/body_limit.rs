//! What becomes of request bodies: small ones are read whole, forms and parts of uploads are streamed, refused
//! ones read off.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use poem::{
    Body, Endpoint, IntoResponse, Middleware, Request, Response, Result, error::ReadBodyError,
};
use vertex_core::Error;

use super::streamed::is_streamed;
use crate::api::Problem;

/// Largest body of a request that is not streamed.
const LIMIT: usize = 1024 * 1024;
/// The same where anybody may send one.
const PUBLIC_LIMIT: usize = 16 * 1024;

/// How long a streamed body may be silent while it arrives.
const SILENCE: Duration = Duration::from_secs(30);

/// How much of a refused body is still read, so that its sender gets to read the answer.
const DRAIN_BYTES: usize = 64 * 1024 * 1024;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// Reads every body that is not streamed up to [`LIMIT`]; the others have limits of their own.
pub struct BodyLimit;

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = BodyLimitEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        BodyLimitEndpoint(inner)
    }
}

/// See [`BodyLimit`].
pub struct BodyLimitEndpoint<E>(E);

impl<E: Endpoint> Endpoint for BodyLimitEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if !is_streamed(&request) {
            let limit = limit(request.uri().path());
            let bytes = request.take_body().into_bytes_limit(limit).await;
            let bytes = bytes.map_err(|error| refuse(error, limit))?;
            request.set_body(Body::from_bytes(bytes));
            return self.0.call(request).await.map(IntoResponse::into_response);
        }
        let form = Shared::new(request.take_body());
        request.set_body(form.clone().into_body());
        let answer = self.0.call(request).await.map(IntoResponse::into_response);
        if !matches!(&answer, Ok(response) if response.is_success()) {
            form.drain().await;
        }
        answer
    }
}

type Pieces = BoxStream<'static, std::io::Result<Bytes>>;

/// A body that can still be read when the handler has let go of it.
///
/// A server that answers and closes while the client is sending makes many clients report a broken
/// connection instead of the answer.
#[derive(Clone)]
struct Shared(Arc<Mutex<Pieces>>);

impl Shared {
    fn new(body: Body) -> Self {
        let pieces = stream::unfold(body.into_bytes_stream().boxed(), |mut pieces| async {
            match tokio::time::timeout(SILENCE, pieces.next()).await {
                Ok(piece) => piece.map(|piece| (piece, pieces)),
                Err(_) => {
                    let silent = std::io::Error::other("the sender was silent for too long");
                    Some((Err(silent), stream::empty().boxed()))
                }
            }
        });
        Self(Arc::new(Mutex::new(pieces.fuse().boxed())))
    }

    /// The pieces, with a rest after each: a reader that takes all there is at once, as that of forms does, would
    /// have in memory whatever the sender is ahead of the storage.
    fn into_stream(self) -> Pieces {
        let mut rests = false;
        stream::poll_fn(move |context| {
            if mem::take(&mut rests) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let mut pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let piece = pieces.poll_next_unpin(context);
            rests = piece.is_ready();
            piece
        })
        .boxed()
    }

    fn into_body(self) -> Body {
        Body::from_bytes_stream(self.into_stream())
    }

    async fn drain(self) {
        let mut pieces = self.into_stream();
        let mut left = DRAIN_BYTES;
        let read = async {
            while let Some(Ok(piece)) = pieces.next().await {
                left = left.saturating_sub(piece.len());
                if left == 0 {
                    break;
                }
            }
        };
        // Whether it ended or took too long: the answer goes out now.
        let _ = tokio::time::timeout(DRAIN_TIME, read).await;
    }
}

fn limit(path: &str) -> usize {
    let is_public = path.starts_with("/api/ar/") || path.starts_with("/api/auth/");
    if is_public { PUBLIC_LIMIT } else { LIMIT }
}

fn refuse(error: ReadBodyError, limit: usize) -> Problem {
    match error {
        ReadBodyError::PayloadTooLarge => {
            Error::TooLarge { field: "body", limit: limit as u64 }.into()
        }
        other => Error::field("body", format!("could not be read: {other}")).into(),
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn a_greedy_reader_gets_one_piece_at_a_time() {
        let sent = ["one", "two", "three"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
        let body = Body::from_bytes_stream(stream::iter(sent));
        let mut pieces = Shared::new(body).into_stream();
        let mut seen = Vec::new();
        loop {
            match poll!(pieces.next()) {
                Poll::Ready(Some(piece)) => seen.push(piece.unwrap()),
                Poll::Ready(None) => break,
                Poll::Pending => seen.push(Bytes::from("-")),
            }
        }
        assert_eq!(seen, ["one", "-", "two", "-", "three", "-"]);
    }
}
