//! Uploads that come in parts: one file each on a disk of this machine.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use tokio::{io::AsyncReadExt, task::spawn_blocking};
use tokio_util::io::ReaderStream;
use vertex_core::{
    Error, Result,
    ids::UploadId,
    ports::{ByteStream, Spool, SpoolFile},
};

use crate::{
    disks::{self, Reserve},
    objects::synchronize,
};

/// Bytes in one piece of a file that is read.
const PIECE: usize = 1 << 20;

/// What is written to see whether the disk works.
const PROBE: &[u8] = b"A probe of Vertex AR.";

/// Bytes that are gathered before they are written.
const GATHER: usize = 1 << 20;

/// Files of uploads in a directory.
#[derive(Clone, Debug)]
pub struct DiskSpool {
    directory: PathBuf,
    reserve: Reserve,
}

impl DiskSpool {
    /// Files in `directory`, which is made if it is not there.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be made.
    pub fn open(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).map_err(disk_error)?;
        Ok(Self { directory: directory.to_owned(), reserve: Reserve::default() })
    }

    /// The same, leaving so much of the disk free.
    pub fn with_reserve(self, reserve: Reserve) -> Self {
        Self { reserve, ..self }
    }

    fn path(&self, id: UploadId) -> PathBuf {
        self.directory.join(id.to_string())
    }
}

#[async_trait]
impl Spool for DiskSpool {
    async fn append(&self, id: UploadId, offset: u64) -> Result<Box<dyn SpoolFile>> {
        let path = self.path(id);
        let file = on_disk(move || {
            let mut options = OpenOptions::new();
            options.write(true).create(offset == 0).truncate(false);
            let mut file = options.open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            if file.metadata()?.len() < offset {
                return Err(io::Error::new(ErrorKind::UnexpectedEof, "the upload's file is short"));
            }
            file.set_len(offset)?;
            file.seek(SeekFrom::Start(offset))?;
            Ok(Some(file))
        });
        let file = file.await?.ok_or_else(|| {
            Error::Conflict("another request is writing this upload: try again".to_owned())
        })?;
        if offset == 0 {
            synchronize(&self.directory).await.map_err(disk_error)?;
        }
        Ok(Box::new(Growing { file: Some(file), gathered: Vec::new(), spool: self.clone() }))
    }

    async fn read(&self, id: UploadId, length: u64) -> Result<ByteStream> {
        let file = match tokio::fs::File::open(self.path(id)).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Without the directory nobody knows what was in it.
                tokio::fs::metadata(&self.directory).await.map_err(disk_error)?;
                return Err(Error::NotFound("upload"));
            }
            opened => opened.map_err(disk_error)?,
        };
        let pieces = ReaderStream::with_capacity(file.take(length), PIECE);
        Ok(pieces.map_err(disk_error).boxed())
    }

    async fn remove(&self, id: UploadId) -> Result<()> {
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(disk_error(error)),
            _ => Ok(()),
        }
    }

    async fn list(&self) -> Result<Vec<UploadId>> {
        let directory = self.directory.clone();
        on_disk(move || {
            let names = std::fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name()));
            let names = names.collect::<io::Result<Vec<_>>>()?;
            Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
        })
        .await
    }

    async fn probe(&self) -> Result<()> {
        let directory = self.directory.clone();
        on_disk(move || {
            let mut file = tempfile::tempfile_in(directory)?;
            file.write_all(PROBE)?;
            file.sync_data()?;
            file.rewind()?;
            let mut read = Vec::new();
            file.read_to_end(&mut read)?;
            let same = read == PROBE;
            same.then_some(()).ok_or_else(|| io::Error::other("other bytes came back"))
        })
        .await
    }
}

/// A file that is being written. Its lock goes with it.
struct Growing {
    /// Not here while a thread writes; one that failed stays away.
    file: Option<File>,
    gathered: Vec<u8>,
    spool: DiskSpool,
}

impl Growing {
    /// Does something with the file after writing what was gathered.
    async fn flushed(&mut self, then: fn(&File) -> io::Result<()>) -> Result<()> {
        let lost = || Error::internal("the disk failed", "the upload's file is gone");
        let mut file = self.file.take().ok_or_else(lost)?;
        let gathered = std::mem::take(&mut self.gathered);
        let DiskSpool { directory, reserve } = &self.spool;
        reserve.admit(directory, gathered.len() as u64).await.map_err(disk_error)?;
        let file = on_disk(move || {
            file.write_all(&gathered)?;
            then(&file)?;
            Ok(file)
        });
        self.file = Some(file.await?);
        Ok(())
    }
}

#[async_trait]
impl SpoolFile for Growing {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.gathered.extend_from_slice(&bytes);
        match self.gathered.len() < GATHER {
            true => Ok(()),
            false => self.flushed(|_| Ok(())).await,
        }
    }

    async fn sync(&mut self) -> Result<()> {
        self.flushed(File::sync_data).await
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| Error::internal("the disk failed", error))?.map_err(disk_error)
}

fn disk_error(error: io::Error) -> Error {
    disks::disk_error("the disk of unfinished uploads", error)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use vertex_core::ErrorKind;

    use super::*;

    async fn content(spool: &DiskSpool, id: UploadId, length: u64) -> Vec<u8> {
        let pieces: Vec<Bytes> = spool.read(id, length).await.unwrap().try_collect().await.unwrap();
        pieces.concat()
    }

    #[tokio::test]
    async fn what_was_not_counted_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let spool = DiskSpool::open(folder.path()).unwrap();
        let id = UploadId(Uuid::from_u128(7));
        let mut file = spool.append(id, 0).await.unwrap();
        file.write("safe".into()).await.unwrap();
        file.sync().await.unwrap();
        file.write("not counted".into()).await.unwrap();
        file.sync().await.unwrap();
        drop(file);

        let mut file = spool.append(id, 4).await.unwrap();
        file.write(" and sound".into()).await.unwrap();
        file.sync().await.unwrap();
        drop(file);
        assert_eq!(content(&spool, id, 14).await, b"safe and sound");
        assert_eq!(content(&spool, id, 4).await, b"safe");
        assert_eq!(spool.list().await.unwrap(), [id]);
        spool.remove(id).await.unwrap();
        spool.remove(id).await.unwrap();
        assert_eq!(spool.read(id, 1).await.err().unwrap().kind(), ErrorKind::NotFound);
        assert!(spool.append(id, 4).await.is_err(), "nothing is made up");
    }

    #[tokio::test]
    async fn one_writes_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let spool = DiskSpool::open(folder.path()).unwrap();
        let id = UploadId(Uuid::from_u128(7));
        let first = spool.append(id, 0).await.unwrap();
        let second = spool.append(id, 0).await.err().unwrap();
        assert_eq!(second.kind(), ErrorKind::Conflict);
        drop(first);
        assert!(spool.append(id, 0).await.is_ok());
    }
}
