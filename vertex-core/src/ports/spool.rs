use async_trait::async_trait;
use bytes::Bytes;

use super::ByteStream;
use crate::domain::{error::Result, ids::UploadId};

/// Where uploads wait until all their bytes are there: a disk of this machine.
#[async_trait]
pub trait Spool: Send + Sync {
    /// Opens the file of an upload, which is made at offset 0, to write on from `offset`; what lies beyond
    /// is dropped. Nobody else writes until the answer is dropped: `Conflict`.
    async fn append(&self, id: UploadId, offset: u64) -> Result<Box<dyn SpoolFile>>;

    /// The first `length` bytes of an upload.
    ///
    /// # Errors
    /// `NotFound` when there is no such file.
    async fn read(&self, id: UploadId, length: u64) -> Result<ByteStream>;

    /// Removes the file of an upload; one that is not there is removed already.
    async fn remove(&self, id: UploadId) -> Result<()>;

    /// Writes a few bytes and reads them again, to see whether it can be done.
    async fn probe(&self) -> Result<()>;

    /// Every upload that has a file.
    async fn list(&self) -> Result<Vec<UploadId>>;
}

/// The file of an upload that is being written.
#[async_trait]
pub trait SpoolFile: Send {
    /// Adds the next bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Returns when what was written survives a power cut.
    async fn sync(&mut self) -> Result<()>;
}
