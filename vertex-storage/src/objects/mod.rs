//! Objects: the port of `vertex_core::ports` for files, on any backend that OpenDAL speaks to.

mod attempts;
mod companies;
mod disk;
mod etag;
mod fault;
mod file_upload;
mod outbound;
mod time_limits;
mod writer;
mod yandex_disk;

use std::{future::ready, path::Path, sync::Arc, time::SystemTime};

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
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects,
        StorageCapabilities, exactly,
    },
    storage::Bucket,
};

use crate::disks::{Reserve, disk_error};
use attempts::again;
pub use companies::CompanyObjects;
use disk::Disk;
pub(crate) use disk::synchronize;
use fault::{Cause, clipped, place_error, storage_error};
use file_upload::FileUpload;
pub use outbound::{Outbound, Resolver, SystemResolver};
pub use time_limits::{Patience, TimeLimited};
use writer::Upload;
pub use yandex_disk::{DiskAccess, YandexDiskObjects};

/// Bytes in one piece of a stream from here: each reader who does not read has one in memory.
const PIECE: usize = 64 << 10;
/// The same from a distant storage, which is asked for each.
const DISTANT_PIECE: usize = 1 << 20;
/// Bytes that a distant storage is sent at once: the least that S3 takes as a part of an object, since several of them
/// are in memory for every object that is written.
const PART: usize = 5 << 20;
/// Objects of one distant storage that are open at once.
const OPEN: usize = 4096;
/// Requests to one distant storage at once.
const REQUESTS: usize = 64;
/// Keys that are none of ours which a distant storage may list before its listing is no longer listened to.
const MOST_STRANGE: usize = 10_000;

/// Objects in one storage. Clones share it.
#[derive(Clone, Debug)]
pub struct OpenDalObjects {
    operator: Operator,
    disk: Option<Arc<Disk>>,
    /// What keys begin with: the operator's own root is the top, since what a storage lists may lie anywhere.
    prefix: String,
    /// Bytes that are written at once.
    part: usize,
    presigns: bool,
    /// Whether it is at the other end of a line.
    is_distant: bool,
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
        Self::local_with_reserve(root, Reserve::default())
    }

    /// The same, leaving so much of the disk free.
    ///
    /// # Errors
    /// Those of [`Self::local`].
    pub fn local_with_reserve(root: &Path, reserve: Reserve) -> Result<Self> {
        let disk = Disk::open(root, reserve);
        let disk = disk.map_err(|error| disk_error("the storage", error))?;
        let operator = disk.reader()?;
        Ok(Self { disk: Some(Arc::new(disk)), ..Self::near(operator) })
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
    ) -> Result<TimeLimited<Self>> {
        let mut builder = services::S3::default()
            .endpoint(bucket.endpoint.as_str())
            .region(&bucket.region)
            .bucket(&bucket.name)
            .access_key_id(access_key)
            .secret_access_key(secret_key)
            .disable_config_load()
            .disable_ec2_metadata();
        if bucket.virtual_host {
            builder = builder.enable_virtual_host_style();
        }
        let operator = Operator::new(builder).map_err(storage_error)?;
        let operator = operator.with_context(outbound.context());
        let own = Self::distant(operator, outbound.patience(), &bucket.prefix);
        let own = Self { part: PART, presigns: bucket.direct_links, ..own };
        Ok(TimeLimited::new(own, outbound.patience()))
    }

    /// Objects that are gone with the process, for tests and trials.
    pub fn memory() -> Self {
        let operator = Operator::new(services::Memory::default());
        let operator = operator.expect("memory needs no settings");
        Self::near(operator)
    }

    fn near(operator: Operator) -> Self {
        let prefix = String::new();
        Self { operator, disk: None, prefix, part: PIECE, presigns: false, is_distant: false }
    }

    /// A storage at the other end of a line, which is waited for, asked again, and not too much at once.
    fn distant(operator: Operator, patience: Patience, prefix: &str) -> Self {
        let attempt = patience.attempt;
        let operator = operator
            .layer(TimeoutLayer::new().with_timeout(attempt).with_io_timeout(attempt))
            .layer(again())
            .layer(ConcurrentLimitLayer::new(OPEN).with_http_concurrent_limit(REQUESTS));
        let prefix = match prefix {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self { prefix, is_distant: true, ..Self::near(operator) }
    }

    fn key(&self, path: &ObjectPath) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The object that was listed; `None` for a key that is none of ours.
    async fn listed(&self, entry: opendal::Entry) -> opendal::Result<Option<(ObjectPath, u64)>> {
        let path = entry.path().strip_prefix(&self.prefix).and_then(ObjectPath::parse);
        let Some(path) = path.filter(|_| entry.metadata().mode() == EntryMode::FILE) else {
            return Ok(None);
        };
        let bytes = entry.metadata().content_length();
        if self.is_distant || bytes > 0 {
            return Ok(Some((path, bytes)));
        }
        // Near ones do not say it in their listing.
        let metadata = self.operator.stat(&self.key(&path)).await?;
        Ok(Some((path, metadata.content_length())))
    }

    /// Sees to it that what is not there is the object and not the place.
    async fn require(&self) -> Result<()> {
        match &self.disk {
            Some(disk) => disk.require().await,
            None => Ok(()),
        }
    }
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
        if let Some(disk) = &self.disk {
            return Ok(Box::new(FileUpload::begin(disk, path).await?));
        }
        let writer = self.operator.writer_with(&self.key(path)).chunk(self.part).await;
        Ok(Box::new(Upload::new(writer.map_err(place_error)?, path.clone())))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        let key = self.key(path);
        let metadata = match self.operator.stat(&key).await {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.require().await?;
                return Ok(None);
            }
            Err(error) => return Err(storage_error(error)),
        };
        let etag = match etag::of(&metadata) {
            Some(etag) => etag,
            // It would be read whole, however long it says that it is.
            None if self.is_distant => format!("{:x}", metadata.content_length()),
            None => etag::by_bytes(&self.operator, &key).await.map_err(storage_error)?,
        };
        Ok(Some(ObjectMeta {
            bytes: metadata.content_length(),
            etag,
            last_modified: metadata.last_modified().map(|time| SystemTime::from(time).into()),
        }))
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let meta = self.stat(path).await?.ok_or(Error::NotFound("object"))?;
        let end = range.end.min(meta.bytes);
        if range.start >= end {
            return Ok(stream::empty().boxed());
        }
        let piece = if self.is_distant { DISTANT_PIECE } else { PIECE };
        let reader =
            self.operator.reader_with(&self.key(path)).chunk(piece).await.map_err(storage_error)?;
        let parts = reader.into_stream(range.start..end).await.map_err(storage_error)?;
        let pieces = parts
            .map_ok(|part: Buffer| stream::iter(Iterator::map(part, Ok)))
            .try_flatten()
            .try_filter(|piece| ready(!piece.is_empty()));
        Ok(exactly(pieces.map_err(storage_error).boxed(), end - range.start))
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.require().await?;
        self.operator.delete(&self.key(path)).await.map_err(storage_error)
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        self.require().await?;
        let folder = format!("{}{}", self.prefix, ObjectPath::folder_of(company));
        let entries = self.operator.lister_with(&folder).recursive(true).await;
        let (own, mut strange) = (self.clone(), 0);
        let listed = entries.map_err(place_error)?.map_err(place_error).and_then(move |entry| {
            let own = own.clone();
            async move {
                let key = entry.path().to_owned();
                Ok((key, own.listed(entry).await.map_err(place_error)?))
            }
        });
        let listed = listed.try_filter_map(move |(key, object)| {
            if object.is_none() && !key.ends_with('/') {
                tracing::warn!(key = clipped(&key), %company, "a storage lists what is no file of ours");
                strange += 1;
            }
            ready(if strange < MOST_STRANGE { Ok(object) } else { Err(Cause::Odd.into()) })
        });
        Ok(listed.boxed())
    }

    async fn presign(&self, path: &ObjectPath, ttl: TimeDelta) -> Result<Option<String>> {
        if !self.capabilities().presign {
            return Ok(None);
        }
        let ttl = ttl
            .to_std()
            .map_err(|error| Error::internal("a link would end before it begins", error))?;
        let request =
            self.operator.presign_read(&self.key(path), ttl).await.map_err(storage_error)?;
        Ok(Some(request.uri().to_string()))
    }
}
