use std::{future::ready, ops::Range, pin::pin};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{
    Stream, TryStreamExt,
    stream::{self, BoxStream},
};

use crate::{error::Result, ids::CompanyId, paths::ObjectPath};

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

    /// A part of an object, in pieces of bounded size.
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

    /// Reads a whole object of at most `limit` bytes.
    ///
    /// # Errors
    /// `NotFound` when there is no such object, `TooLarge` when it has more.
    async fn get(&self, path: &ObjectPath, limit: u64) -> Result<Bytes> {
        let meta = self.stat(path).await?.ok_or(crate::Error::NotFound("object"))?;
        if meta.bytes > limit {
            return Err(crate::Error::TooLarge { field: "object", limit });
        }
        let capacity = usize::try_from(meta.bytes).unwrap_or(0);
        let buffer = Vec::with_capacity(capacity);
        let stream = self.read(path, 0..meta.bytes).await?;
        let bytes = stream.try_fold(buffer, |mut buffer, piece| async move {
            buffer.extend_from_slice(&piece);
            Ok(buffer)
        });
        bytes.await.map(Bytes::from)
    }
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
