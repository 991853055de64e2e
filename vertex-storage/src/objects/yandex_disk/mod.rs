//! A folder of a Yandex Disk.
//!
//! OpenDAL finds, lists and deletes. It would take a whole file into memory to write it and ask for
//! a link before each piece it reads, so bytes go their own way here, as a stream to and from the links that
//! the disk hands out.

mod api;
mod download;
mod upload;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::{StreamExt, stream};
use opendal::{HttpTransporter, OperationContext, Operator, services};
use reqwest::Url;
use vertex_core::{
    Error, Result,
    ids::CompanyId,
    paths::ObjectPath,
    ports::{
        ByteRange, ByteStream, ObjectMeta, ObjectStream, ObjectWriter, Objects,
        StorageCapabilities, exactly,
    },
};

use crate::disks::{Gauge, Reserve, disk_error};

use self::{api::DiskApi, upload::Spooled};
use super::{OpenDalObjects, TimeLimited, fault::storage_error, outbound::Outbound};

/// Gives the access token of whoever owns the disk.
#[async_trait]
pub trait DiskAccess: Send + Sync {
    /// One that holds for a while.
    async fn token(&self) -> Result<String>;

    /// Another one, the disk having refused this one.
    ///
    /// # Errors
    /// `Internal` when the owner has taken the consent back.
    async fn token_after(&self, refused: &str) -> Result<String>;
}

/// Objects in a folder of a Yandex Disk.
pub struct YandexDiskObjects {
    files: OpenDalObjects,
    api: Arc<DiskApi>,
    spool: PathBuf,
    reserve: Reserve,
}

impl YandexDiskObjects {
    /// Objects below `folder` of the disk that `access` opens. What is written is collected in `spool`, a
    /// directory of this machine, because the disk wants to know its length first; it leaves the reserve free there.
    ///
    /// # Errors
    /// `Internal` when the settings do not fit together, `Unavailable` when the spool cannot be made.
    pub fn open(
        outbound: &Outbound,
        endpoint: &Url,
        folder: &str,
        access: Arc<dyn DiskAccess>,
        spool: &Path,
        reserve: Reserve,
    ) -> Result<TimeLimited<Self>> {
        std::fs::create_dir_all(spool).map_err(|error| disk_error("the spool", error))?;
        let api = Arc::new(DiskApi::new(outbound.clone(), endpoint.clone(), folder, access));
        let builder = services::YandexDisk::default()
            // The transport puts the present token in its place.
            .access_token("replaced");
        let transport = HttpTransporter::new(api::Authorized(api.clone()));
        let operator = Operator::new(builder)
            .map_err(storage_error)?
            .with_context(OperationContext::new().with_http_transport(transport));
        let patience = outbound.patience();
        let files = OpenDalObjects::distant(operator, patience, folder);
        let objects = Self { files, api, spool: spool.to_owned(), reserve };
        Ok(TimeLimited::sending_at_end(objects, patience))
    }
}

#[async_trait]
impl Objects for YandexDiskObjects {
    fn capabilities(&self) -> StorageCapabilities {
        StorageCapabilities { presign: false, range: true, multipart: false }
    }

    async fn writer(&self, path: &ObjectPath) -> Result<Box<dyn ObjectWriter>> {
        let file = tempfile::tempfile_in(&self.spool);
        let file = file.map_err(|error| disk_error("the spool", error))?;
        let (operator, key) = (self.files.operator.clone(), self.files.key(path));
        let gauge = Gauge::new(&self.spool, self.reserve);
        Ok(Box::new(Spooled::new(file, gauge, self.api.clone(), operator, path.clone(), key)))
    }

    async fn stat(&self, path: &ObjectPath) -> Result<Option<ObjectMeta>> {
        self.files.stat(path).await
    }

    async fn read(&self, path: &ObjectPath, range: ByteRange) -> Result<ByteStream> {
        let meta = self.stat(path).await?.ok_or(Error::NotFound("object"))?;
        let end = range.end.min(meta.bytes);
        if range.start >= end {
            return Ok(stream::empty().boxed());
        }
        let length = end - range.start;
        let pieces = download::pieces(self.api.clone(), path.clone(), range.start..end).await?;
        Ok(exactly(pieces, length))
    }

    async fn delete(&self, path: &ObjectPath) -> Result<()> {
        self.files.delete(path).await
    }

    async fn list(&self, company: CompanyId) -> Result<ObjectStream> {
        self.files.list(company).await
    }

    async fn presign(&self, _: &ObjectPath, _: TimeDelta) -> Result<Option<String>> {
        Ok(None)
    }
}
