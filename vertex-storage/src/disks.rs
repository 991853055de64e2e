//! The disks of this machine: how full they are, and what they complain about.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use tokio::task::spawn_blocking;
use vertex_core::{
    Error, Result,
    error::Reason,
    ports::{Disk, Disks, Purpose},
};

/// Most that is kept free unless the operator says otherwise, and least.
const MOST: u64 = 1 << 30;
const LEAST: u64 = 16 << 20;

/// Bytes that files leave free on a disk, so that the database can still be written to: so many, or a twentieth of
/// the disk, but at least 16 MiB and at most 1 GiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reserve(pub Option<u64>);

impl Reserve {
    fn of(self, total: u64) -> u64 {
        self.0.unwrap_or_else(|| (total / 20).clamp(LEAST, MOST))
    }

    /// Refuses bytes for a folder whose disk would have less than the reserve left.
    ///
    /// # Errors
    /// `StorageFull`, or that of the disk.
    pub async fn admit(self, folder: &Path, bytes: u64) -> io::Result<()> {
        let folder = folder.to_owned();
        let look = move || {
            let disk = look_at(&folder, self)?;
            match disk.left() < bytes {
                true => Err(io::Error::new(ErrorKind::StorageFull, "the reserve would be touched")),
                false => Ok(()),
            }
        };
        spawn_blocking(look).await?
    }
}

/// Sees to it that a file that grows in a folder leaves the reserve free.
#[derive(Clone, Debug)]
pub(crate) struct Gauge {
    folder: PathBuf,
    reserve: Reserve,
    /// Bytes that may be written before the disk is looked at again.
    admitted: u64,
}

impl Gauge {
    /// Bytes between two looks at the disk.
    const LOOK: u64 = 1 << 20;

    pub(crate) fn new(folder: &Path, reserve: Reserve) -> Self {
        Self { folder: folder.to_owned(), reserve, admitted: 0 }
    }

    /// # Errors
    /// Those of [`Reserve::admit`].
    pub(crate) async fn admit(&mut self, bytes: u64) -> io::Result<()> {
        if self.admitted < bytes {
            let looked_for = bytes.max(Self::LOOK);
            self.reserve.admit(&self.folder, looked_for).await?;
            self.admitted = looked_for;
        }
        self.admitted -= bytes;
        Ok(())
    }
}

/// The disks that some folders are on.
#[derive(Clone, Debug)]
pub struct LocalDisks {
    /// What files leave free.
    pub reserve: Reserve,
    /// What is written where.
    pub folders: Vec<(Purpose, PathBuf)>,
}

#[async_trait]
impl Disks for LocalDisks {
    async fn disks(&self) -> Result<Vec<Disk>> {
        let Self { reserve, folders } = self.clone();
        let look = move || {
            let mut disks: Vec<(u64, Disk)> = Vec::new();
            for (purpose, folder) in folders {
                let device = match fs::metadata(&folder) {
                    // Who writes there is told.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    found => found?.dev(),
                };
                match disks.iter_mut().find(|(known, _)| *known == device) {
                    Some((_, disk)) => disk.purposes.push(purpose),
                    None => {
                        let disk = look_at(&folder, reserve)?;
                        disks.push((device, Disk { purposes: vec![purpose], ..disk }));
                    }
                }
            }
            Ok(disks.into_iter().map(|(_, disk)| disk).collect())
        };
        let looked: io::Result<_> = spawn_blocking(look).await.map_err(io::Error::from).flatten();
        looked.map_err(|error| disk_error("a disk", error))
    }
}

fn look_at(folder: &Path, reserve: Reserve) -> io::Result<Disk> {
    let found = rustix::fs::statvfs(folder)?;
    let total = found.f_blocks.saturating_mul(found.f_frsize);
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    Ok(Disk { purposes: Vec::new(), total, free, reserve: reserve.of(total) })
}

/// What a disk complains about, in the domain's words: `Full` or `Unavailable`.
pub fn disk_error(context: &'static str, error: io::Error) -> Error {
    let words = match error.kind() {
        // Of the disk, of somebody's share of it, of one file.
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            return Error::full(context, Reason::of("its disk is full", error));
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => "its folder is gone",
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => "it may not be written to",
        ErrorKind::StaleNetworkFileHandle | ErrorKind::CrossesDevices => {
            "another file system is in its place: mount the right one, or restart to use this one"
        }
        _ => "its disk fails",
    };
    Error::unavailable(context, Reason::of(words, error))
}

#[cfg(test)]
mod tests {
    use vertex_core::ErrorKind as Kind;

    use super::*;

    #[test]
    fn the_reserve_is_a_twentieth_within_bounds() {
        let reserve = Reserve::default();
        let sizes = [64 << 20, 2 << 30, 1 << 40].map(|total| reserve.of(total));
        assert_eq!(sizes, [16 << 20, (2 << 30) / 20, 1 << 30]);
        assert_eq!(Reserve(Some(7)).of(1 << 40), 7);
    }

    #[tokio::test]
    async fn folders_on_one_disk_are_one() {
        let folder = tempfile::tempdir().unwrap();
        let folders =
            [Purpose::Files, Purpose::Uploads].map(|purpose| (purpose, folder.path().into()));
        let disks = LocalDisks { reserve: Reserve::default(), folders: folders.into() };
        let [disk] = disks.disks().await.unwrap().try_into().unwrap();
        assert_eq!(disk.purposes, [Purpose::Files, Purpose::Uploads]);
        assert!(disk.free <= disk.total && disk.total > 0);
        drop(folder);
        assert!(disks.disks().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn nothing_is_let_in_that_touches_the_reserve() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Reserve(Some(0)).admit(folder.path(), 1).await.is_ok());
        let refused = Reserve(Some(u64::MAX)).admit(folder.path(), 1).await.unwrap_err();
        assert_eq!(disk_error("files", refused).kind(), Kind::Full);
    }

    #[test]
    fn every_way_to_be_full_is_known() {
        use rustix::io::Errno;
        let kind = |errno: Errno| disk_error("files", errno.into()).kind();
        assert_eq!([Errno::NOSPC, Errno::DQUOT, Errno::FBIG].map(kind), [Kind::Full; 3]);
        assert_eq!([Errno::IO, Errno::ROFS, Errno::ACCESS].map(kind), [Kind::Unavailable; 3]);
    }
}
