//! An object on its way to the local disk.

use std::{io, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use tempfile::TempPath;
use tokio::{fs::File, io::AsyncWriteExt, task::spawn_blocking};
use vertex_core::{Error, Result, paths::ObjectPath, ports::ObjectWriter};

use super::disk::Disk;
use crate::disks::{Gauge, disk_error};

/// Writes a file beside the others and moves it into its place when it is whole and on the disk. OpenDAL would make the
/// directory anew in which nobody finds what was there before. Dropped before, the file is removed; if the process ends
/// first, the next one to open the storage cleans up.
pub(super) struct FileUpload {
    file: File,
    unfinished: TempPath,
    path: ObjectPath,
    disk: Arc<Disk>,
    gauge: Gauge,
}

impl FileUpload {
    pub(super) async fn begin(disk: &Arc<Disk>, path: &ObjectPath) -> Result<Self> {
        let at = disk.clone();
        let (file, unfinished) = on_disk(move || at.unfinished()).await?.into_parts();
        let (path, disk, gauge) = (path.clone(), disk.clone(), disk.gauge());
        Ok(Self { file: File::from_std(file), unfinished, path, disk, gauge })
    }
}

#[async_trait]
impl ObjectWriter for FileUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.gauge.admit(bytes.len() as u64).await.map_err(failed)?;
        self.file.write_all(&bytes).await.map_err(failed)
    }

    async fn finish(self: Box<Self>) -> Result<()> {
        let Self { mut file, unfinished, path, disk, .. } = *self;
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        drop(file);
        let (at, target) = (disk.clone(), path.clone());
        on_disk(move || at.put_in_place(unfinished, &target)).await?;
        disk.keep_entry_of(&path).await
    }

    async fn abort(self: Box<Self>) {}
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work).await.map_err(io::Error::from).flatten().map_err(failed)
}

fn failed(error: io::Error) -> Error {
    disk_error("the storage", error)
}
