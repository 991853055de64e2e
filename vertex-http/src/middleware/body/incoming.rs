use std::{
    io, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures::{
    FutureExt, Stream, StreamExt,
    stream::{self, BoxStream},
};
use poem::Body;
use tokio::time::Instant;

use super::pace::{Pace, Waited};
use crate::adapters::rate_limits::{Holder, Scarce, Share, Shares};

/// Small pieces are joined up to so many bytes as they come: a sender of single bytes costs as much as others.
const JOINED: usize = 16 * 1024;

/// Why a body is not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The sender is silent, or as good as.
    #[error("the body came too slowly")]
    TooSlow,
    /// More bytes than there may be.
    #[error("the body has more than {0} bytes")]
    TooLarge(u64),
    /// The bytes of a form around its fields.
    #[error("the form has more than {0} bytes before a field")]
    LongHead(u64),
    /// No memory is left for it.
    #[error("too many bodies are on their way in")]
    NoRoom(Scarce),
}

/// What a body has done so far, in the data of its request. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct BodyWatch(Arc<Mutex<Watched>>);

#[derive(Debug, Default)]
struct Watched {
    failure: Option<BodyError>,
    /// How long we have waited for the sender, apart from the wait that goes on.
    waited: Duration,
    waits_since: Option<Instant>,
    received: u64,
    /// Bytes that came since a field ended, and how many those may be.
    head: Option<(u64, u64)>,
    shares: Vec<Share<Holder>>,
}

impl BodyWatch {
    /// Why the body was given up, if it was.
    pub fn failure(&self) -> Option<BodyError> {
        self.lock().failure
    }

    /// How many bytes have come.
    pub fn received(&self) -> u64 {
        self.lock().received
    }

    /// How long we have waited for the sender.
    pub fn waited(&self) -> Duration {
        let watched = self.lock();
        watched.waited + watched.waits_since.map(|since| since.elapsed()).unwrap_or_default()
    }

    /// From here on no field of a form is read, but what stands before the next one: at most so many bytes.
    pub fn expect_head(&self, most: u64) {
        self.lock().head = Some((0, most));
    }

    /// From here on a field is read.
    pub fn expect_field(&self) {
        self.lock().head = None;
    }

    fn fail(&self, error: BodyError) -> io::Error {
        let mut watched = self.lock();
        watched.failure = Some(error);
        watched.shares.clear();
        io::Error::other(error)
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that is bounded in pace, size and memory, and can still be read off when the handler has let go of it.
///
/// A server that answers and closes while the client is sending makes many clients report a broken
/// connection instead of the answer.
#[derive(Clone)]
pub struct Incoming {
    pieces: Arc<Mutex<BoxStream<'static, io::Result<Bytes>>>>,
    watch: BodyWatch,
}

/// What bounds a body.
pub struct Bounds {
    /// How fast it has to come.
    pub pace: Pace,
    /// The most bytes it may have.
    pub most: Option<u64>,
    /// The memory that it is collected in, if it is, and who holds it.
    pub memory: Option<(Arc<Shares<Holder>>, Holder)>,
    /// How long it waits for memory that others hold.
    pub patience: Duration,
}

struct Reader {
    pieces: BoxStream<'static, io::Result<Bytes>>,
    bounds: Bounds,
    waited: Waited,
    watch: BodyWatch,
}

impl Incoming {
    /// Bounds a body.
    pub fn new(body: Body, bounds: Bounds) -> Self {
        let watch = BodyWatch::default();
        let reader = Reader {
            pieces: body.into_bytes_stream().boxed(),
            waited: Waited::at(bounds.pace),
            bounds,
            watch: watch.clone(),
        };
        let pieces = stream::unfold(reader, async |mut reader| {
            let piece = reader.next().await?;
            Some((piece, reader))
        });
        Self { pieces: Arc::new(Mutex::new(pieces.fuse().boxed())), watch }
    }

    /// What it does.
    pub fn watch(&self) -> BodyWatch {
        self.watch.clone()
    }

    /// The pieces, with a rest after each: a reader that takes all there is at once, as that of forms does, would
    /// have in memory whatever the sender is ahead of the storage.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let mut rests = false;
        stream::poll_fn(move |context| {
            if mem::take(&mut rests) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
            let piece = pieces.poll_next_unpin(context);
            rests = piece.is_ready();
            piece
        })
    }

    /// Reads off at most so many bytes for at most so long.
    pub async fn drain(self, most: usize, time: Duration) {
        if matches!(self.watch.failure(), Some(BodyError::TooSlow)) {
            return;
        }
        let mut pieces = std::pin::pin!(self.into_stream());
        let mut left = most;
        let read = async {
            while let Some(Ok(piece)) = pieces.next().await {
                left = left.saturating_sub(piece.len());
                if left == 0 {
                    break;
                }
            }
        };
        // Whether it ended or took too long: the answer goes out now.
        let _ = tokio::time::timeout(time, read).await;
    }
}

impl Reader {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        let has_failed = self.watch.failure().is_some();
        if !has_failed && let Some(error) = self.refusal() {
            return Some(Err(self.watch.fail(error)));
        }
        let piece = match self.piece().await? {
            Ok(piece) => piece,
            Err(error) => return Some(Err(error)),
        };
        // What comes after a failure is only read off.
        if has_failed {
            return Some(Ok(piece));
        }
        if self.bounds.most.is_some_and(|most| self.watch.received() > most) {
            let most = self.bounds.most.unwrap_or_default();
            return Some(Err(self.watch.fail(BodyError::TooLarge(most))));
        }
        if let Err(scarce) = self.hold(piece.len()).await {
            return Some(Err(self.watch.fail(BodyError::NoRoom(scarce))));
        }
        Some(Ok(piece))
    }

    /// Why no further piece is asked for.
    fn refusal(&self) -> Option<BodyError> {
        let (came, most) = self.watch.lock().head?;
        (came >= most).then_some(BodyError::LongHead(most))
    }

    /// What comes next, and what has come with it.
    async fn piece(&mut self) -> Option<io::Result<Bytes>> {
        let first = match self.awaited().await? {
            Ok(first) => first,
            Err(error) => return Some(Err(error)),
        };
        let mut joined = BytesMut::new();
        let mut piece = first;
        while joined.len() + piece.len() < JOINED {
            // Nothing waits for the next piece here: it is asked for again before anybody sleeps.
            match self.pieces.next().now_or_never() {
                Some(Some(Ok(next))) => {
                    joined.extend_from_slice(&piece);
                    piece = next;
                }
                Some(Some(Err(error))) => return Some(Err(error)),
                Some(None) | None => break,
            }
        }
        if !joined.is_empty() {
            joined.extend_from_slice(&piece);
            piece = joined.freeze();
        }
        let mut watched = self.watch.lock();
        watched.received += piece.len() as u64;
        if let Some((came, _)) = &mut watched.head {
            *came += piece.len() as u64;
        }
        Some(Ok(piece))
    }

    async fn awaited(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            let begun = Instant::now();
            self.watch.lock().waits_since = Some(begun);
            let next = tokio::time::timeout(self.waited.left(), self.pieces.next()).await;
            let time = begun.elapsed();
            {
                let mut watched = self.watch.lock();
                watched.waited += time;
                watched.waits_since = None;
            }
            let bytes = match &next {
                Ok(Some(Ok(piece))) => piece.len(),
                _ => 0,
            };
            let keeps_pace = match next.is_err() {
                // The clocks need not agree on the last millisecond.
                true => self.waited.note(self.waited.left(), 0),
                false => self.waited.note(time, bytes),
            };
            match next {
                Ok(None) => return None,
                _ if !keeps_pace => return Some(Err(self.watch.fail(BodyError::TooSlow))),
                Ok(next) => return next,
                Err(_) => {}
            }
        }
    }

    /// Takes memory for what is collected.
    async fn hold(&mut self, bytes: usize) -> Result<(), Scarce> {
        let Some((shares, holder)) = &self.bounds.memory else { return Ok(()) };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let share = shares.take(*holder, bytes, self.bounds.patience).await?;
        self.watch.lock().shares.push(share);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    fn bounds() -> Bounds {
        let pace = Pace { window: Duration::from_millis(200), least: 100 };
        Bounds { pace, most: None, memory: None, patience: Duration::from_millis(20) }
    }

    fn body(pieces: impl IntoIterator<Item = &'static str, IntoIter: Send + 'static>) -> Body {
        Body::from_bytes_stream(stream::iter(
            pieces.into_iter().map(|piece| Ok::<_, io::Error>(Bytes::from(piece))),
        ))
    }

    async fn read(incoming: Incoming) -> (usize, Option<BodyError>) {
        let watch = incoming.watch();
        let mut bytes = 0;
        let mut pieces = std::pin::pin!(incoming.into_stream());
        while let Some(Ok(piece)) = pieces.next().await {
            bytes += piece.len();
        }
        (bytes, watch.failure())
    }

    #[tokio::test]
    async fn a_greedy_reader_gets_one_piece_at_a_time() {
        let large = String::leak("x".repeat(JOINED)) as &'static str;
        let mut pieces =
            std::pin::pin!(Incoming::new(body([large, "two", "three"]), bounds()).into_stream());
        let mut seen = Vec::new();
        loop {
            match poll!(pieces.next()) {
                Poll::Ready(Some(piece)) => seen.push(piece.unwrap().len()),
                Poll::Ready(None) => break,
                Poll::Pending => seen.push(0),
            }
        }
        assert_eq!(seen, [JOINED, 0, 8, 0], "small pieces come together");
    }

    #[tokio::test]
    async fn who_sends_too_slowly_is_cut() {
        let drip = stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, io::Error>(Bytes::from_static(b"x")), ()))
        });
        let incoming = Incoming::new(Body::from_bytes_stream(drip), bounds());
        let (bytes, failure) = read(incoming).await;
        assert_eq!(failure, Some(BodyError::TooSlow));
        assert!(bytes < 20, "{bytes}");
        let silent = stream::pending::<io::Result<Bytes>>();
        let incoming = Incoming::new(Body::from_bytes_stream(silent), bounds());
        assert_eq!(read(incoming).await, (0, Some(BodyError::TooSlow)));
    }

    #[tokio::test]
    async fn what_is_too_large_or_has_no_room_fails_and_is_read_off() {
        let small = Bounds { most: Some(5), ..bounds() };
        let large = String::leak("x".repeat(JOINED)) as &'static str;
        let incoming = Incoming::new(body([large, large]), small);
        assert_eq!(read(incoming.clone()).await, (0, Some(BodyError::TooLarge(5))));
        assert_eq!(read(incoming).await.0, JOINED, "the rest is read off");

        let shares = Shares::new(20_000, 10_000);
        let memory = Some((shares.clone(), Holder::Unknown));
        let incoming = Incoming::new(body(["held"]), Bounds { memory: memory.clone(), ..bounds() });
        assert_eq!(read(incoming.clone()).await, (4, None));
        assert!(shares.try_take(Holder::Unknown, 9_997).is_err(), "four bytes are held");
        drop(incoming);
        assert!(shares.try_take(Holder::Unknown, 10_000).is_ok());
        let incoming = Incoming::new(body([large]), Bounds { memory, ..bounds() });
        assert_eq!(read(incoming).await, (0, Some(BodyError::NoRoom(Scarce::Own))));
    }

    #[tokio::test]
    async fn what_stands_before_a_field_is_counted() {
        let large = String::leak("x".repeat(JOINED)) as &'static str;
        let incoming = Incoming::new(body([large; 8]), bounds());
        incoming.watch().expect_field();
        let head = 4 * JOINED as u64;
        incoming.watch().expect_head(head);
        assert_eq!(read(incoming).await, (4 * JOINED, Some(BodyError::LongHead(head))));
    }
}
