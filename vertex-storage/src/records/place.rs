//! The files of an SQLite database, and whether they are still where they were opened. A file that was deleted or
//! moved away takes writes as before, and nobody ever finds them again.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// What SQLite keeps beside the database while it is open.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Where a database was opened, and which files these were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    path: PathBuf,
    file: FileId,
    companions: [FileId; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

/// What is at a place now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Everything as it was.
    Same,
    /// The database, but not what belongs to it.
    Alone,
    /// A file of the same number on another device, as after another mount of the same file system.
    Remounted,
    /// Another file.
    Another,
    /// None.
    Nothing,
}

impl Place {
    /// The place of a database that is open.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let file = FileId::of(&path)?;
        let [wal, shm] = COMPANIONS.map(|suffix| FileId::of(&companion(&path, suffix)));
        Ok(Self { path, file, companions: [wal?, shm?] })
    }

    /// Looks.
    pub(super) fn look(&self) -> io::Result<Found> {
        let Some(file) = missing_is_none(FileId::of(&self.path))? else {
            return Ok(Found::Nothing);
        };
        if file != self.file {
            let is_same_number = file.inode == self.file.inode;
            return Ok(if is_same_number { Found::Remounted } else { Found::Another });
        }
        for (suffix, known) in COMPANIONS.into_iter().zip(self.companions) {
            if missing_is_none(FileId::of(&companion(&self.path, suffix)))? != Some(known) {
                return Ok(Found::Alone);
            }
        }
        Ok(Found::Same)
    }
}

impl FileId {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn missing_is_none<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_moved_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let [file, wal, shm, aside] =
            ["a.db", "a.db-wal", "a.db-shm", "aside"].map(|name| folder.path().join(name));
        for file in [&file, &wal, &shm] {
            fs::write(file, "x").unwrap();
        }
        let place = Place::of(&file).unwrap();
        assert_eq!(place.look().unwrap(), Found::Same);
        fs::write(&file, "changed").unwrap();
        assert_eq!(place.look().unwrap(), Found::Same);

        fs::rename(&file, &aside).unwrap();
        assert_eq!(place.look().unwrap(), Found::Nothing);
        fs::write(&file, "another").unwrap();
        assert_eq!(place.look().unwrap(), Found::Another);
        fs::rename(&aside, &file).unwrap();
        assert_eq!(place.look().unwrap(), Found::Same);

        fs::remove_file(&wal).unwrap();
        assert_eq!(place.look().unwrap(), Found::Alone);
        fs::write(&wal, "another").unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        assert_eq!(place.look().unwrap(), Found::Nothing);
    }
}
