//! Limits of time for storages at the other end of a line: for each operation, all of its tries together, and for
//! each stretch of a stream.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, timeout};
use vertex_core::{
    Error, Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
    },
};

use super::fault::Cause;

/// Bytes of an object that come within the time of one operation.
const STRETCH: u64 = 1 << 20;
/// Bytes a second that a storage takes that is sent a whole object at its end.
const LEAST_RATE: u64 = 64 << 10;
/// What each listed key adds to the time that a listing may take.
const PER_KEY: Duration = Duration::from_millis(20);

/// How long a storage may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one try: until an answer begins, between two pieces of it, for a part of an object that is sent.
    pub attempt: Duration,
    /// For one operation with all its tries, and for each mebibyte of an object.
    pub operation: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempt: Duration::from_secs(25), operation: Duration::from_secs(50) }
    }
}

/// Objects of a storage that is not waited for longer than its operations may take.
#[derive(Clone, Debug)]
pub struct TimeLimited<O> {
    objects: O,
    limit: Duration,
    /// Whether the bytes of an object go out when it is finished, and not as they come.
    sends_at_end: bool,
}

impl<O: Objects> TimeLimited<O> {
    /// A storage that takes the bytes of an object as they come.
    pub(super) fn new(objects: O, patience: Patience) -> Self {
        Self { objects, limit: patience.operation, sends_at_end: false }
    }

    /// A storage that is sent an object when it is finished.
    pub(super) fn sending_at_end(objects: O, patience: Patience) -> Self {
        Self { sends_at_end: true, ..Self::new(objects, patience) }
    }

    async fn limited<T>(
        &self,
        operation: &'static str,
        done: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        timeout(self.limit, done).await.unwrap_or_else(|_| Err(timed_out(operation)))
    }
}

fn timed_out(operation: &'static str) -> Error {
    tracing::warn!(operation, "a storage takes too long");
    Cause::TimedOut.into()
}

/// Items that are waited for: `earn` says how much longer after each, at most as long as at first.
fn waited_for<T: Send + 'static>(
    operation: &'static str,
    items: BoxStream<'static, Result<T>>,
    limit: Duration,
    earn: impl FnMut(&T, Duration) -> Duration + Send + 'static,
) -> BoxStream<'static, Result<T>> {
    let waiting = (items, limit, earn);
    let waited = stream::try_unfold(waiting, move |(mut items, left, mut earn)| async move {
        let begun = Instant::now();
        let next = timeout(left, items.try_next()).await.map_err(|_| timed_out(operation))??;
        let left = left.saturating_sub(begun.elapsed());
        Ok(next.map(|item| {
            let left = earn(&item, left).min(limit);
            (item, (items, left, earn))
        }))
    });
    waited.boxed()
}

/// Pieces of an object, of which a stretch is waited for as long as one operation.
fn in_time(pieces: ByteStream, limit: Duration) -> ByteStream {
    let mut stretch = 0;
    waited_for("read", pieces, limit, move |piece: &Bytes, left| {
        stretch += piece.len() as u64;
        if stretch < STRETCH {
            return left;
        }
        stretch = 0;
        limit
    })
}

#[async_trait]
impl<O: Objects> Objects for TimeLimited<O> {
    fn capabilities(&self) -> StorageCapabilities {
        self.objects.capabilities()
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let writer = self.limited("write", self.objects.writer(path)).await?;
        let rate = self.sends_at_end.then_some(LEAST_RATE);
        Ok(Box::new(TimeLimitedWriter { writer, limit: self.limit, rate, written: 0 }))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        self.limited("stat", self.objects.stat(path)).await
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let pieces = self.limited("read", self.objects.read(path, range)).await?;
        Ok(in_time(pieces, self.limit))
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.limited("delete", self.objects.delete(path)).await
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        let listed = self.limited("list", self.objects.list(company)).await?;
        Ok(waited_for("list", listed, self.limit, |_, left| left + PER_KEY))
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        self.limited("presign", self.objects.presign(path, ttl)).await
    }
}

struct TimeLimitedWriter {
    writer: Box<dyn ObjectWriter>,
    limit: Duration,
    /// At least so many bytes a second are sent at the end.
    rate: Option<u64>,
    written: u64,
}

#[async_trait]
impl ObjectWriter for TimeLimitedWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.written += bytes.len() as u64;
        let written = timeout(self.limit, self.writer.write(bytes)).await;
        written.unwrap_or_else(|_| Err(timed_out("write")))
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        let sending = self.rate.map_or(0, |rate| self.written / rate);
        let limit = self.limit + Duration::from_secs(sending);
        let finished = timeout(limit, self.writer.finish()).await;
        finished.unwrap_or_else(|_| Err(timed_out("write")))
    }

    async fn abort(self: Box<Self>) {
        if timeout(self.limit, self.writer.abort()).await.is_err() {
            timed_out("abort");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    fn slow(pieces: usize, bytes: usize, wait: Duration) -> ByteStream {
        let piece = move |_| async move {
            tokio::time::sleep(wait).await;
            Ok(Bytes::from(vec![7; bytes]))
        };
        stream::iter(0..pieces).then(piece).boxed()
    }

    async fn read(pieces: ByteStream) -> Result<usize> {
        let pieces = in_time(pieces, LIMIT);
        pieces.try_fold(0, |sum, piece| async move { Ok(sum + piece.len()) }).await
    }

    #[tokio::test]
    async fn a_stream_that_trickles_ends_and_one_that_is_slow_does_not() {
        let wait = LIMIT / 8;
        let (trickle, slow) =
            tokio::join!(read(slow(1000, 1, wait)), read(slow(12, STRETCH as usize, wait)));
        assert!(trickle.is_err());
        assert_eq!(slow.unwrap() as u64, 12 * STRETCH);
    }

    #[tokio::test]
    async fn whoever_takes_long_over_a_piece_does_not_hurt_the_stream() {
        let mut pieces = in_time(slow(3, 1, Duration::ZERO), Duration::from_secs(1));
        while let Some(piece) = pieces.next().await {
            assert!(piece.is_ok());
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
    }

    #[test]
    fn no_operation_holds_a_worker_for_a_minute() {
        let Patience { attempt, operation } = Patience::default();
        assert!(attempt < operation && operation < Duration::from_secs(60));
    }
}
