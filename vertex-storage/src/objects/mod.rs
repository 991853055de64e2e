//! Objects: the port of `vertex_core::ports` for files, on any backend that OpenDAL speaks to.

mod attempts;
mod companies;
mod disk;
mod etag;
mod fault;
mod outbound;
mod writer;
mod yandex_disk;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt, stream};
use opendal::{
    Buffer, EntryMode, ErrorKind, Operator,
    layers::{ConcurrentLimitLayer, TimeoutLayer},
    services,
};
use vertex_core::{
    Error, Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
    },
    storage::Bucket,
};

use attempts::again;
pub use companies::CompanyObjects;
use disk::Disk;
pub(crate) use disk::synchronize;
use fault::{place_error, storage_error};
pub use outbound::{Outbound, Resolver, SystemResolver};
use writer::Upload;
pub use yandex_disk::{DiskAccess, YandexDiskObjects};

/// Bytes in one piece of a stream.
const PIECE: usize = 1 << 20;
/// Bytes that are asked of a distant storage at once, and that it is sent at once: the least that S3 takes as a part
/// of an object, since several of them are in memory for every object that is written.
const PART: usize = 5 << 20;
/// Objects of one distant storage that are open at once.
const OPEN: usize = 4096;
/// Requests to one distant storage at once.
const REQUESTS: usize = 64;
/// How long a distant storage may take to begin an answer, and between two pieces of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Objects in one storage. Clones share it.
#[derive(Clone, Debug)]
pub struct OpenDalObjects {
    operator: Operator,
    disk: Option<Arc<Disk>>,
    /// Bytes that are read, or written, at once.
    part: usize,
    presigns: bool,
}

impl OpenDalObjects {
    /// Objects as files below `root`, which is made if it is not there.
    ///
    /// A file is written in `root/.incoming` and moved to its place when it is finished and on the
    /// disk. What processes that died left in there is removed now; several processes may
    /// share a root.
    ///
    /// # Errors
    /// `Unavailable` when the directory cannot be made or used.
    pub fn local(root: &Path) -> Result<Self> {
        let disk = Disk::open(root).map_err(|error| Error::unavailable("the storage", error))?;
        let builder = services::Fs::default()
            .root(&disk.root().to_string_lossy())
            .atomic_write_dir(&disk.incoming().to_string_lossy());
        let operator = Operator::new(builder).map_err(storage_error)?;
        Ok(Self { operator, disk: Some(Arc::new(disk)), part: PIECE, presigns: false })
    }

    /// Objects in a bucket of an S3. What fails for the moment is tried again, after waits that are
    /// partly drawn.
    ///
    /// # Errors
    /// `Internal` when the settings do not fit together.
    pub fn s3(
        outbound: &Outbound,
        bucket: &Bucket,
        access_key: &str,
        secret_key: &str,
    ) -> Result<Self> {
        let mut builder = services::S3::default()
            .endpoint(bucket.endpoint.as_str())
            .region(&bucket.region)
            .bucket(&bucket.name)
            .root(&format!("/{}", bucket.prefix))
            .access_key_id(access_key)
            .secret_access_key(secret_key)
            .disable_config_load()
            .disable_ec2_metadata();
        if bucket.virtual_host {
            builder = builder.enable_virtual_host_style();
        }
        let operator = distant(Operator::new(builder).map_err(storage_error)?, outbound);
        Ok(Self { operator, disk: None, part: PART, presigns: bucket.direct_links })
    }

    /// Objects that are gone with the process, for tests and trials.
    pub fn memory() -> Self {
        let operator = Operator::new(services::Memory::default());
        let operator = operator.expect("memory needs no settings");
        Self { operator, disk: None, part: PIECE, presigns: false }
    }
}

/// What every storage at the other end of a line gets: patience, and an end to it.
fn distant(operator: Operator, outbound: &Outbound) -> Operator {
    operator
        .with_context(outbound.context())
        .layer(TimeoutLayer::new().with_timeout(PATIENCE).with_io_timeout(PATIENCE))
        .layer(again())
        .layer(ConcurrentLimitLayer::new(OPEN).with_http_concurrent_limit(REQUESTS))
}

#[async_trait]
impl Objects for OpenDalObjects {
    fn capabilities(&self) -> StorageCapabilities {
        let capability = self.operator.info().capability();
        StorageCapabilities {
            presign: self.presigns && capability.presign_read,
            range: capability.read,
            multipart: capability.write_can_multi,
        }
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let writer = self.operator.writer_with(path.as_str());
        let writer = match self.disk {
            Some(_) => writer.await,
            None => writer.chunk(self.part).await,
        };
        let writer = writer.map_err(storage_error)?;
        Ok(Box::new(Upload::new(writer, path.clone(), self.disk.clone())))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        let metadata = match self.operator.stat(path.as_str()).await {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(storage_error(error)),
        };
        Ok(Some(ObjectMeta {
            bytes: metadata.content_length(),
            etag: etag::of(&self.operator, path, &metadata).await.map_err(storage_error)?,
            last_modified: metadata.last_modified().map(|time| SystemTime::from(time).into()),
        }))
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let meta = self.stat(path).await?.ok_or(Error::NotFound("object"))?;
        let end = range.end.min(meta.bytes);
        if range.start >= end {
            return Ok(stream::empty().boxed());
        }
        let reader = self
            .operator
            .reader_with(path.as_str())
            .chunk(self.part)
            .await
            .map_err(storage_error)?;
        let parts = reader.into_stream(range.start..end).await.map_err(storage_error)?;
        let pieces = parts
            .map_ok(|part: Buffer| stream::iter(Iterator::map(part, Ok)))
            .try_flatten()
            .try_filter(|piece| std::future::ready(!piece.is_empty()));
        Ok(pieces.map_err(storage_error).boxed())
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.operator.delete(path.as_str()).await.map_err(storage_error)
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        let folder = ObjectPath::folder_of(company);
        let entries = self.operator.lister_with(&folder).recursive(true).await;
        let operator = self.operator.clone();
        let sized = entries.map_err(place_error)?.map_err(place_error).try_filter_map(
            move |entry: opendal::Entry| {
                let operator = operator.clone();
                async move {
                    let Some(path) = ObjectPath::parse(entry.path()) else { return Ok(None) };
                    if entry.metadata().mode() != EntryMode::FILE {
                        return Ok(None);
                    }
                    let bytes = match entry.metadata().content_length() {
                        0 => operator
                            .stat(path.as_str())
                            .await
                            .map_err(storage_error)?
                            .content_length(),
                        bytes => bytes,
                    };
                    Ok(Some((path, bytes)))
                }
            },
        );
        Ok(sized.boxed())
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        if !self.capabilities().presign {
            return Ok(None);
        }
        let ttl = ttl
            .to_std()
            .map_err(|error| Error::internal("a link would end before it begins", error))?;
        let request =
            self.operator.presign_read(path.as_str(), ttl).await.map_err(storage_error)?;
        Ok(Some(request.uri().to_string()))
    }
}
