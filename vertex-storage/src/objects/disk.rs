//! What a local disk needs beyond OpenDAL: a place for unfinished files that is cleaned when
//! its process has died, and directories that are on the disk as surely as their files.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use vertex_core::{Error, Result, paths::ObjectPath};

/// The directory of a local storage, and this process' part of its `.incoming`.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    slot: Slot,
}

/// A numbered directory for unfinished files. Whoever holds the lock on the file beside it owns
/// what is inside; the operating system lets go of the lock when the process dies.
#[derive(Debug)]
struct Slot {
    directory: PathBuf,
    _lock: File,
}

impl Disk {
    /// Makes the directory if need be, takes the first free slot, and empties the other free ones.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root.join(".incoming"))?;
        let root = root.canonicalize()?;
        if root.to_str().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"));
        }
        let incoming = root.join(".incoming");
        let slot = Slot::first_free(&incoming)?;
        Slot::empty_abandoned(&incoming)?;
        Ok(Self { root, slot })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn incoming(&self) -> &Path {
        &self.slot.directory
    }

    /// Makes the directory entry of a finished file durable, and those of its directories.
    pub(super) async fn keep_entry_of(&self, path: &ObjectPath) -> Result<()> {
        let file = self.root.join(path.as_str());
        let directories = file.ancestors().skip(1).take_while(|path| path.starts_with(&self.root));
        for directory in directories {
            synchronize(directory)
                .await
                .map_err(|error| Error::unavailable("the storage", error))?;
        }
        Ok(())
    }
}

impl Slot {
    fn first_free(incoming: &Path) -> io::Result<Self> {
        let mut number = 0u32;
        loop {
            if let Some(slot) = Self::take(incoming, &number.to_string())? {
                slot.empty()?;
                return Ok(slot);
            }
            number += 1;
        }
    }

    fn empty_abandoned(incoming: &Path) -> io::Result<()> {
        for entry in fs::read_dir(incoming)? {
            let name = entry?.file_name();
            let Some(number) = name.to_str().and_then(|name| name.strip_suffix(".lock")) else {
                continue;
            };
            if let Some(slot) = Self::take(incoming, number)? {
                slot.empty()?;
            }
        }
        Ok(())
    }

    /// Locks a slot; `None` when another process, or another storage of this one, has it.
    fn take(incoming: &Path, number: &str) -> io::Result<Option<Self>> {
        let path = incoming.join(format!("{number}.lock"));
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { directory: incoming.join(number), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
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

    #[test]
    fn a_new_process_cleans_up_after_dead_ones_only() {
        let root = tempfile::tempdir().unwrap();
        let (dead, alive) = (Disk::open(root.path()).unwrap(), Disk::open(root.path()).unwrap());
        assert_ne!(dead.incoming(), alive.incoming());
        let abandoned = dead.incoming().join("half a video");
        let growing = alive.incoming().join("another half");
        fs::write(&abandoned, "x").unwrap();
        fs::write(&growing, "y").unwrap();
        drop(dead);

        Disk::open(root.path()).unwrap();
        assert!(!abandoned.exists());
        assert!(growing.exists());
    }

    #[test]
    fn slots_in_the_middle_are_cleaned_too() {
        let root = tempfile::tempdir().unwrap();
        let [first, second, third] = [(); 3].map(|()| Disk::open(root.path()).unwrap());
        let abandoned = third.incoming().join("x");
        fs::write(&abandoned, "x").unwrap();
        drop((second, third));
        Disk::open(root.path()).unwrap();
        assert!(!abandoned.exists());
        drop(first);
    }
}
