//! Objects: the port of `vertex_core::ports` for files, on any backend that OpenDAL speaks to.

mod disk;
mod etag;
mod writer;

use std::{path::Path, sync::Arc, time::SystemTime};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::{StreamExt, TryStreamExt, stream};
use opendal::{Buffer, EntryMode, ErrorKind, Operator, services};
use vertex_core::{
    Error, Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects, StorageCapabilities,
    },
};

use disk::Disk;
pub(crate) use disk::synchronize;
use writer::Upload;

/// Bytes in one piece of a stream.
const PIECE: usize = 1 << 20;

/// Objects in one storage. Clones share it.
#[derive(Clone, Debug)]
pub struct OpenDalObjects {
    operator: Operator,
    disk: Option<Arc<Disk>>,
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
        Ok(Self { operator, disk: Some(Arc::new(disk)) })
    }

    /// Objects that are gone with the process, for tests and trials.
    pub fn memory() -> Self {
        let operator = Operator::new(services::Memory::default());
        Self { operator: operator.expect("memory needs no settings"), disk: None }
    }
}

#[async_trait]
impl Objects for OpenDalObjects {
    fn capabilities(&self) -> StorageCapabilities {
        let capability = self.operator.info().capability();
        StorageCapabilities {
            presign: capability.presign_read,
            range: capability.read,
            multipart: capability.write_can_multi,
        }
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let writer = self.operator.writer(path.as_str()).await.map_err(storage_error)?;
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
        let reader =
            self.operator.reader_with(path.as_str()).chunk(PIECE).await.map_err(storage_error)?;
        let pieces = reader.into_stream(range.start..end).await.map_err(storage_error)?;
        Ok(pieces.map_ok(|piece: Buffer| piece.to_bytes()).map_err(storage_error).boxed())
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.operator.delete(path.as_str()).await.map_err(storage_error)
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        let folder = ObjectPath::folder_of(company);
        let entries = self.operator.lister_with(&folder).recursive(true).await;
        let operator = self.operator.clone();
        let sized = entries.map_err(storage_error)?.map_err(storage_error).try_filter_map(
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

fn storage_error(error: opendal::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::NotFound("object"),
        ErrorKind::RateLimited => Error::unavailable("the storage", error),
        _ if error.is_temporary() => Error::unavailable("the storage", error),
        _ => Error::internal("the storage failed", error),
    }
}
