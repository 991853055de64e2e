use std::{future::ready, ops::Range, pin::pin};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};

use crate::domain::{
    error::{Error, Result},
    ids::CompanyId,
    paths::ObjectPath,
};

/// Bytes as they come.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// Objects as they are found: path and size.
pub type ObjectStream = BoxStream<'static, Result<(ObjectPath, u64)>>;

/// A part of an object: first byte and the one after the last.
pub type ByteRange = Range<u64>;

/// What a storage can do. Use cases ask this, never which storage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageCapabilities {
    /// It signs URLs that a browser can read from directly.
    pub presign: bool,
    /// It reads a part without the rest.
    pub range: bool,
    /// It takes an object in several parts, so that it never has to be in memory whole.
    pub multipart: bool,
}

/// What is known of an object without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Its size.
    pub bytes: u64,
    /// A strong validator for HTTP, without quotes; changes when the object does.
    pub etag: String,
    /// When it was written.
    pub last_modified: Option<DateTime<Utc>>,
}

/// Where the files live.
#[async_trait]
pub trait Objects: Send + Sync {
    /// What this storage can do.
    fn capabilities(&self) -> StorageCapabilities;

    /// Begins an object. Nobody sees it before it is finished.
    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>>;

    /// Size and validator; `None` when there is no such object.
    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>>;

    /// What an object has of a range of bytes, in pieces of bounded size. Where a storage sends fewer or more bytes
    /// the stream ends with an error.
    ///
    /// # Errors
    /// `NotFound` when there is no such object.
    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream>;

    /// Removes an object; one that is not there is removed already.
    async fn delete(&self, path: &ObjectPath) -> Result<()>;

    /// Every finished object of a company, in no order.
    async fn list(&self, company: CompanyId) -> Result<ObjectStream>;

    /// A URL that reads the object without asking us, valid for `ttl`; `None` when this storage
    /// cannot sign.
    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>>;

    /// Writes a small object at once.
    async fn put(&self, path: &ObjectPath, bytes: Bytes) -> Result<()> {
        pour(self, path, stream::once(ready(Ok(bytes)))).await
    }

    /// Reads an object that has this many bytes; one of another length ends with an error, whatever the storage
    /// says its length is.
    ///
    /// # Errors
    /// `NotFound` when there is no such object.
    async fn read_whole(&self, path: &ObjectPath, bytes: u64) -> Result<ByteStream> {
        Ok(exactly(self.read(path, 0..bytes.saturating_add(1)).await?, bytes))
    }

    /// Reads a whole object of at most `limit` bytes.
    ///
    /// # Errors
    /// `NotFound` when there is no such object, `TooLarge` when it has more.
    async fn get(&self, path: &ObjectPath, limit: u64) -> Result<Bytes> {
        let meta = self.stat(path).await?.ok_or(Error::NotFound("object"))?;
        if meta.bytes > limit {
            return Err(Error::TooLarge { field: "object", limit });
        }
        let pieces = exactly(self.read(path, 0..meta.bytes).await?, meta.bytes);
        let bytes = pieces.try_fold(Vec::new(), |mut buffer, piece| async move {
            buffer.extend_from_slice(&piece);
            Ok(buffer)
        });
        bytes.await.map(Bytes::from)
    }
}

/// The pieces of something that has this many bytes. Fewer or more are an error.
pub fn exactly(pieces: ByteStream, bytes: u64) -> ByteStream {
    let mut left = bytes;
    let wrong = |why| Error::unavailable("the storage", why);
    let counted = pieces.map(Some).chain(stream::once(ready(None))).map(move |piece| match piece {
        Some(Ok(piece)) => match left.checked_sub(piece.len() as u64) {
            Some(rest) => {
                left = rest;
                Ok(Some(piece))
            }
            None => Err(wrong("it sent more bytes than the file has")),
        },
        Some(Err(error)) => Err(error),
        None if left > 0 => Err(wrong("it sent fewer bytes than the file has")),
        None => Ok(None),
    });
    counted.try_filter_map(|piece| ready(Ok(piece))).boxed()
}

/// Writes an object of pieces as they come. If one does not come or cannot be written, nothing is kept.
///
/// # Errors
/// That of the first piece that did not come, or that of the storage.
pub async fn pour(
    objects: &(impl Objects + ?Sized),
    path: &ObjectPath,
    pieces: impl Stream<Item = Result<Bytes>> + Send,
) -> Result<()> {
    let mut writer = objects.writer(path).await?;
    let mut pieces = pin!(pieces);
    let written = async {
        while let Some(piece) = pieces.try_next().await? {
            writer.write(piece).await?;
        }
        Ok(())
    };
    match written.await {
        Ok(()) => writer.finish().await,
        Err(error) => {
            writer.abort().await;
            Err(error)
        }
    }
}

/// An object that is being written.
#[async_trait]
pub trait ObjectWriter: Send {
    /// Adds the next bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Makes the object durable and visible.
    async fn finish(self: Box<Self>) -> Result<()>;

    /// Drops what was written, as far as the storage lets us.
    async fn abort(self: Box<Self>);
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn what_has_another_length_than_it_should_is_an_error() {
        let read = |pieces: &[&'static str], bytes| {
            let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from(*piece))).collect();
            let exact = exactly(stream::iter(pieces).boxed(), bytes);
            let all = exact.try_collect::<Vec<_>>().now_or_never().unwrap();
            all.map(|pieces| pieces.concat())
        };
        assert_eq!(read(&["ab", "", "c"], 3).unwrap(), b"abc");
        assert_eq!(read(&[], 0).unwrap(), b"");
        for bytes in [0, 2, 4, u64::MAX] {
            assert!(read(&["ab", "c"], bytes).is_err(), "{bytes}");
        }
    }
}
