use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use super::connections::UnderWay;

/// Bytes that are handed out at once: HTTP/2 keeps what it was given until it is taken.
const PIECE: usize = 64 * 1024;

/// The body of an answer. Its request is under way until this is dropped, and a piece of it is owed by the client until
/// the next one is asked for.
pub struct Answer {
    body: BoxBody<Bytes, io::Error>,
    /// What is left of a piece that was too large.
    rest: Bytes,
    under_way: UnderWay,
}

impl Answer {
    /// The answer to a request.
    pub fn new(body: BoxBody<Bytes, io::Error>, under_way: UnderWay) -> Self {
        Self { body, rest: Bytes::new(), under_way }
    }

    fn hand_out(&mut self, mut piece: Bytes) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.rest = piece.split_off(piece.len().min(PIECE));
        self.under_way.owed(Some(Instant::now()));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.under_way.owed(None);
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return self.hand_out(rest);
        }
        match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) => self.hand_out(piece),
                Err(frame) => Poll::Ready(Some(Ok(frame))),
            },
            end => Poll::Ready(end),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, hint) = (self.rest.len() as u64, self.body.size_hint());
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}
