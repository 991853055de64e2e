//! What a local disk needs beyond OpenDAL: a place for unfinished files that is cleaned when
//! its process has died, directories that are on the disk as surely as their files, and the certainty that the
//! directory is there at all, which OpenDAL would make anew.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use opendal::{Operator, services};
use tempfile::{NamedTempFile, TempPath};
use tokio::task::spawn_blocking;
use vertex_core::{Result, paths::ObjectPath};

use super::fault::storage_error;
use crate::disks::{Gauge, Reserve, disk_error};

/// What errors call it.
const CONTEXT: &str = "the storage";

/// The directory of a local storage, and this process' part of its `.incoming`.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    device: u64,
    slot: Mutex<Arc<Slot>>,
    reserve: Reserve,
}

/// A numbered directory for unfinished files. Whoever holds the lock on the file beside it owns
/// what is inside; the operating system lets go of the lock when the process dies.
#[derive(Debug)]
struct Slot {
    directory: PathBuf,
    lock: File,
    lock_path: PathBuf,
}

impl Disk {
    /// Makes the directory if need be, takes the first free slot, and empties the other free ones.
    pub(super) fn open(root: &Path, reserve: Reserve) -> io::Result<Self> {
        fs::create_dir_all(root.join(".incoming"))?;
        let root = root.canonicalize()?;
        if root.to_str().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"));
        }
        let device = fs::metadata(&root)?.dev();
        let slot = Mutex::new(Arc::new(Slot::first_free(&root)?));
        Slot::empty_abandoned(&root)?;
        Ok(Self { root, device, slot, reserve })
    }

    /// What reads here.
    pub(super) fn reader(&self) -> Result<Operator> {
        let builder = services::Fs::default().root(&self.root.to_string_lossy());
        Operator::new(builder).map_err(storage_error)
    }

    /// Begins a file that is not in its place yet, by a name of its own. In a directory that was made anew it has a slot
    /// anew.
    ///
    /// # Errors
    /// Those of [`Self::require`].
    pub(super) fn unfinished(&self) -> io::Result<NamedTempFile> {
        let slot = self.own_slot()?;
        match NamedTempFile::new_in(&slot.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&slot.directory)?;
                NamedTempFile::new_in(&slot.directory)
            }
            begun => begun,
        }
    }

    /// Moves a finished file into its place. Of the directories in its path only the root has to be there: whatever takes
    /// the root away, nothing makes it anew.
    pub(super) fn put_in_place(&self, file: TempPath, path: &ObjectPath) -> io::Result<()> {
        let target = self.root.join(path.as_str());
        let mut above: Vec<_> =
            target.ancestors().skip(1).take_while(|directory| *directory != self.root).collect();
        above.reverse();
        for directory in above {
            match fs::create_dir(directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        file.persist(target).map_err(|failed| failed.error)
    }

    /// # Errors
    /// `Unavailable` when the directory is gone, or another file system is in its place.
    pub(super) async fn require(self: &Arc<Self>) -> Result<()> {
        let disk = self.clone();
        let found = spawn_blocking(move || disk.has_slot()).await.map_err(io::Error::from);
        found.flatten().map(drop).map_err(|error| disk_error(CONTEXT, error))
    }

    /// Whether the directory is there and has this process' slot.
    fn has_slot(&self) -> io::Result<bool> {
        let metadata = fs::metadata(&self.root)?;
        if self.slot().is_in_place() {
            return Ok(true);
        }
        if metadata.dev() != self.device {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        Ok(false)
    }

    fn own_slot(&self) -> io::Result<Arc<Slot>> {
        if self.has_slot()? {
            return Ok(self.slot());
        }
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if !slot.is_in_place() {
            *slot = Arc::new(Slot::first_free(&self.root)?);
        }
        Ok(slot.clone())
    }

    fn slot(&self) -> Arc<Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn gauge(&self) -> Gauge {
        Gauge::new(&self.root, self.reserve)
    }

    /// Makes the directory entry of a finished file durable, and those of its directories.
    pub(super) async fn keep_entry_of(&self, path: &ObjectPath) -> Result<()> {
        let file = self.root.join(path.as_str());
        let directories = file.ancestors().skip(1).take_while(|path| path.starts_with(&self.root));
        for directory in directories {
            synchronize(directory).await.map_err(|error| disk_error(CONTEXT, error))?;
        }
        Ok(())
    }
}

impl Slot {
    fn first_free(root: &Path) -> io::Result<Self> {
        let incoming = root.join(".incoming");
        match fs::create_dir(&incoming) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let mut number = 0u32;
        loop {
            if let Some(slot) = Self::take(&incoming, &number.to_string())? {
                slot.empty()?;
                return Ok(slot);
            }
            number += 1;
        }
    }

    fn empty_abandoned(root: &Path) -> io::Result<()> {
        let incoming = root.join(".incoming");
        for entry in fs::read_dir(&incoming)? {
            let name = entry?.file_name();
            let Some(number) = name.to_str().and_then(|name| name.strip_suffix(".lock")) else {
                continue;
            };
            if let Some(slot) = Self::take(&incoming, number)? {
                slot.empty()?;
            }
        }
        Ok(())
    }

    /// Locks a slot; `None` when another process, or another storage of this one, has it.
    fn take(incoming: &Path, number: &str) -> io::Result<Option<Self>> {
        let path = incoming.join(format!("{number}.lock"));
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { directory: incoming.join(number), lock, lock_path: path })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether the lock is on the file that others would try to lock.
    fn is_in_place(&self) -> bool {
        let (Ok(held), Ok(there)) = (self.lock.metadata(), fs::metadata(&self.lock_path)) else {
            return false;
        };
        (held.dev(), held.ino()) == (there.dev(), there.ino())
    }

    fn empty(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::create_dir(&self.directory),
        }
    }
}

/// Makes the entries of a directory durable.
#[cfg(unix)]
pub(crate) async fn synchronize(directory: &Path) -> io::Result<()> {
    tokio::fs::File::open(directory).await?.sync_all().await
}

/// Windows writes directory entries through with the files.
#[cfg(not(unix))]
pub(crate) async fn synchronize(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Disk {
        fn incoming(&self) -> PathBuf {
            self.slot().directory.clone()
        }
    }

    fn open(root: &Path) -> Disk {
        Disk::open(root, Reserve::default()).unwrap()
    }

    #[test]
    fn a_new_process_cleans_up_after_dead_ones_only() {
        let root = tempfile::tempdir().unwrap();
        let (dead, alive) = (open(root.path()), open(root.path()));
        assert_ne!(dead.incoming(), alive.incoming());
        let abandoned = dead.incoming().join("half a video");
        let growing = alive.incoming().join("another half");
        fs::write(&abandoned, "x").unwrap();
        fs::write(&growing, "y").unwrap();
        drop(dead);

        open(root.path());
        assert!(!abandoned.exists());
        assert!(growing.exists());
    }

    #[test]
    fn slots_in_the_middle_are_cleaned_too() {
        let root = tempfile::tempdir().unwrap();
        let [first, second, third] = [(); 3].map(|()| open(root.path()));
        let abandoned = third.incoming().join("x");
        fs::write(&abandoned, "x").unwrap();
        drop((second, third));
        open(root.path());
        assert!(!abandoned.exists());
        drop(first);
    }

    #[test]
    fn a_directory_that_was_made_anew_has_a_slot_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let (root, aside) = (folder.path().join("files"), folder.path().join("aside"));
        let disk = open(&root);
        let slot = disk.incoming();
        fs::rename(&root, &aside).unwrap();
        assert_eq!(disk.own_slot().unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(!root.exists(), "nobody makes it but who took it away");

        fs::create_dir(&root).unwrap();
        assert_eq!(disk.own_slot().unwrap().directory, slot);
        let other = open(&root);
        assert_ne!(other.incoming(), disk.incoming());

        fs::remove_dir_all(&root).unwrap();
        fs::rename(&aside, &root).unwrap();
        assert_eq!(disk.own_slot().unwrap().directory, slot);
    }
}
