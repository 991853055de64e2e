//! What only the service's own user may read.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use rustix::fs::Mode;

/// Everything that the service keeps in its data directory.
const KEPT: [&str; 10] = [
    "vertex.db",
    "vertex.db-wal",
    "vertex.db-shm",
    "vertex.db-journal",
    "keys",
    "uploads",
    "conversions",
    "outgoing",
    "views",
    "files",
];
/// What group and others may do.
const OTHERS: u32 = 0o077;
/// Set on directories that everybody may write to, such as `/tmp`.
const STICKY: u32 = 0o1000;

/// From here on, files and directories that this process makes are its user's alone.
pub fn set_umask() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// Makes the data directory, and takes from group and others what older versions left them of it.
///
/// # Errors
/// When the directory can be neither made nor read.
pub fn open_data_dir(data_dir: &Path) -> io::Result<()> {
    fs::create_dir_all(data_dir)?;
    let mut tightened = 0;
    for name in KEPT {
        tightened += tighten(&data_dir.join(name));
    }
    let meta = fs::metadata(data_dir)?;
    let is_shared = meta.mode() & STICKY != 0 || data_dir.parent().is_none();
    if is_shared {
        tracing::warn!(directory = %data_dir.display(), "VERTEX_DATA_DIR is a directory of everybody: use one of its own");
    } else if meta.mode() & OTHERS != 0 {
        tightened += u64::from(close(data_dir, &meta));
    }
    if tightened > 0 {
        tracing::warn!(
            directory = %data_dir.display(),
            files = tightened,
            "the data directory could be read by other users of this machine, and cannot any more"
        );
    }
    Ok(())
}

/// Takes from group and others what they may do with a file, or with a directory and everything in it; how many that
/// were. A directory that is closed already is not looked into. Files of other users stay as they are.
fn tighten(path: &Path) -> u64 {
    let Ok(meta) = fs::metadata(path) else { return 0 };
    if meta.mode() & OTHERS == 0 {
        return 0;
    }
    // The directory is closed last: if the process dies before, the next one goes on.
    let inside = if meta.is_dir() { tighten_inside(path) } else { 0 };
    inside + u64::from(close(path, &meta))
}

fn tighten_inside(directory: &Path) -> u64 {
    let mut tightened = 0;
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if is_link {
            continue;
        }
        let path = entry.path();
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            tightened += tighten_inside(&path);
        }
        if meta.mode() & OTHERS != 0 {
            tightened += u64::from(close(&path, &meta));
        }
    }
    tightened
}

fn close(path: &Path, meta: &fs::Metadata) -> bool {
    let mode = meta.permissions().mode() & 0o7777 & !OTHERS;
    match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        Ok(()) => true,
        Err(error) => {
            let path = path.display();
            tracing::warn!(%path, %error, "other users of this machine can read this");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn loose(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_older_versions_left_is_tightened() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        let deep = data.join("files/content/company");
        fs::create_dir_all(&deep).unwrap();
        let (picture, database, foreign) =
            (deep.join("picture.png"), data.join("vertex.db"), data.join("run.sh"));
        for file in [&picture, &database, &foreign] {
            fs::write(file, "x").unwrap();
            loose(file, 0o644);
        }
        loose(&foreign, 0o755);
        for directory in [deep.as_path(), &data.join("files/content"), &data.join("files"), &data] {
            loose(directory, 0o755);
        }
        open_data_dir(&data).unwrap();
        assert_eq!((mode(&data), mode(&data.join("files")), mode(&deep)), (0o700, 0o700, 0o700));
        assert_eq!((mode(&picture), mode(&database)), (0o600, 0o600));
        assert_eq!(mode(&foreign), 0o755, "a file that is not ours");
    }

    #[test]
    fn a_directory_of_everybody_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        loose(root.path(), 0o1777);
        open_data_dir(root.path()).unwrap();
        assert_eq!(mode(root.path()), 0o777);
    }
}
