use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::{StreamExt, stream};
use vertex_core::{
    Result,
    ids::{CompanyId, ContentId},
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
    },
};

use super::cached::Cached;

/// Bytes of markers that are kept in memory.
const CAPACITY: u64 = 16 * 1024 * 1024;
/// Larger markers are read from the storage each time.
const LARGEST: u64 = 2 * 1024 * 1024;

#[derive(Clone)]
struct Marker {
    meta: ObjectMeta,
    bytes: Bytes,
}

/// A storage whose markers are kept in memory: every viewer of a picture reads the same one.
pub struct MarkerCache {
    storage: Arc<dyn Objects>,
    cache: Arc<Cached<ObjectPath, Marker>>,
}

impl MarkerCache {
    /// Keeps markers of `storage` at hand.
    pub fn new(storage: Arc<dyn Objects>) -> Self {
        let weight = |marker: &Marker| u32::try_from(marker.bytes.len()).unwrap_or(u32::MAX);
        Self { storage, cache: Arc::new(Cached::new(CAPACITY, weight)) }
    }

    /// Another process wrote the markers of a content.
    pub fn forget_content(&self, id: ContentId) {
        let id = id.to_string();
        self.cache.forget(move |path, _| path.as_str().contains(&id));
    }

    /// Other processes may have written markers.
    pub fn forget_all(&self) {
        self.cache.forget_all();
    }

    async fn marker(&self, path: &ObjectPath) -> Result<Option<Marker>> {
        if !path.is_marker() {
            return Ok(None);
        }
        let load = async {
            let meta = self.storage.stat(path).await?.filter(|meta| meta.bytes <= LARGEST);
            let Some(meta) = meta else { return Ok(None) };
            let bytes = self.storage.get(path, LARGEST).await?;
            Ok(Some(Marker { meta, bytes }))
        };
        self.cache.get(path, load).await
    }
}

#[async_trait]
impl Objects for MarkerCache {
    fn capabilities(&self) -> StorageCapabilities {
        self.storage.capabilities()
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let writer = self.storage.writer(path).await?;
        if !path.is_marker() {
            return Ok(writer);
        }
        Ok(Box::new(MarkerWriter { writer, path: path.clone(), cache: self.cache.clone() }))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        match self.marker(path).await? {
            Some(marker) => Ok(Some(marker.meta)),
            None => self.storage.stat(path).await,
        }
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let Some(marker) = self.marker(path).await? else {
            return self.storage.read(path, range).await;
        };
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(marker.bytes.len());
        let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
        let part = marker.bytes.slice(start..end);
        Ok(stream::once(async { Ok(part) }).boxed())
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        let deleted = self.storage.delete(path).await;
        let path = path.clone();
        self.cache.forget(move |known, _| *known == path);
        deleted
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        self.storage.list(company).await
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        self.storage.presign(path, ttl).await
    }
}

/// Has the old marker forgotten when the new one is there.
struct MarkerWriter {
    writer: Box<dyn ObjectWriter>,
    path: ObjectPath,
    cache: Arc<Cached<ObjectPath, Marker>>,
}

#[async_trait]
impl ObjectWriter for MarkerWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.writer.write(bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        let Self { writer, path, cache } = *self;
        let finished = writer.finish().await;
        cache.forget(move |known, _| *known == path);
        finished
    }

    async fn abort(self: Box<Self>) {
        self.writer.abort().await;
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use vertex_storage::OpenDalObjects;

    use super::*;

    #[tokio::test]
    async fn a_marker_is_kept_until_it_is_written_or_another_process_says_so() {
        let storage: Arc<dyn Objects> = Arc::new(OpenDalObjects::memory());
        let cache = MarkerCache::new(storage.clone());
        let id = ContentId(Uuid::from_u128(1));
        let path = ObjectPath::mind_marker(CompanyId(Uuid::from_u128(2)), id);
        cache.put(&path, "first".into()).await.unwrap();
        assert_eq!(cache.get(&path, 100).await.unwrap(), "first");

        storage.put(&path, "elsewhere".into()).await.unwrap();
        assert_eq!(cache.get(&path, 100).await.unwrap(), "first");
        cache.forget_content(id);
        assert_eq!(cache.get(&path, 100).await.unwrap(), "elsewhere");

        cache.put(&path, "second".into()).await.unwrap();
        assert_eq!(cache.stat(&path).await.unwrap().unwrap().bytes, 6);
        let part = cache.read(&path, 1..3).await.unwrap();
        let part: Vec<Bytes> = futures::TryStreamExt::try_collect(part).await.unwrap();
        assert_eq!(part.concat(), b"ec");
        cache.delete(&path).await.unwrap();
        assert_eq!(cache.stat(&path).await.unwrap(), None);
    }
}
