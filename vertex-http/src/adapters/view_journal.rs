//! A file in which reports of viewings survive the process until they are in the database: lines of one length, each
//! blank once its report is recorded. Its room on the disk is taken when it is made, so that a disk that has filled up
//! meanwhile does not stop it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read},
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::{FallocateFlags, fallocate};
use uuid::Uuid;
use vertex_core::view_session::ViewSession;

/// Reports that are kept at most.
pub const CAPACITY: usize = 16_384;
/// Bytes of a line.
const LINE: usize = 1024;
/// Letters of a browser's name in a line.
const BROWSER: usize = 40;
const EXTENSION: &str = "journal";

/// A journal that this process writes.
#[derive(Debug)]
pub struct ViewJournal {
    file: Arc<JournalFile>,
    next: usize,
}

/// Its file. Whoever holds the lock on it owns it; the lock goes with the process.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    path: PathBuf,
}

/// Lines of a journal that were written together.
#[derive(Debug)]
pub struct Lines {
    file: Arc<JournalFile>,
    first: usize,
    count: usize,
}

impl ViewJournal {
    /// A new one in a folder.
    pub fn create(folder: &Path, name: Uuid) -> io::Result<Self> {
        let (new, path) = (folder.join(format!("{name}.new")), folder.join(file_name(name)));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&new)?;
        let made = file.try_lock().map_err(io::Error::from).and_then(|()| {
            let length = (CAPACITY * LINE) as u64;
            if fallocate(&file, FallocateFlags::empty(), 0, length).is_err() {
                file.set_len(length)?;
            }
            // Nobody takes it for abandoned: it is locked before it has its name.
            fs::rename(&new, &path)?;
            File::open(folder)?.sync_all()
        });
        match made {
            Ok(()) => Ok(Self { file: Arc::new(JournalFile { file, path }), next: 0 }),
            Err(error) => {
                let _ = fs::remove_file(new);
                Err(error)
            }
        }
    }

    /// Writes reports of which there is room for all, and returns when they survive a power cut.
    ///
    /// # Errors
    /// When they may not be on the disk, or the journal is no longer where it will be found.
    pub fn append(&mut self, sessions: &[ViewSession]) -> io::Result<Lines> {
        let lines = Lines { file: self.file.clone(), first: self.next, count: sessions.len() };
        let text: Vec<u8> = sessions.iter().map(line).collect::<io::Result<Vec<_>>>()?.concat();
        lines.write(&text)?;
        self.file.file.sync_data()?;
        self.file.require_in_place()?;
        self.next = (self.next + sessions.len()) % CAPACITY;
        Ok(lines)
    }

    /// Whether it is where it will be found.
    pub fn is_in_place(&self) -> bool {
        self.file.require_in_place().is_ok()
    }

    /// Removes the file.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.file.path)
    }
}

impl Lines {
    /// Makes them blank. That may be undone by a power cut: recording a report again records nothing twice.
    pub fn clear(&self) -> io::Result<()> {
        self.write(&vec![b' '; self.count * LINE])
    }

    /// Goes on at the beginning behind the last line.
    fn write(&self, text: &[u8]) -> io::Result<()> {
        let (before_end, rest) = text.split_at(text.len().min((CAPACITY - self.first) * LINE));
        self.file.file.write_all_at(before_end, (self.first * LINE) as u64)?;
        self.file.file.write_all_at(rest, 0)
    }
}

impl JournalFile {
    fn require_in_place(&self) -> io::Result<()> {
        let (held, there) = (self.file.metadata()?, fs::metadata(&self.path)?);
        match (held.dev(), held.ino()) == (there.dev(), there.ino()) {
            true => Ok(()),
            false => Err(io::Error::new(ErrorKind::NotFound, "another file is in its place")),
        }
    }
}

/// The journal of a process that has died.
#[derive(Debug)]
pub struct AbandonedJournal {
    file: JournalFile,
    /// What it had taken in and not recorded.
    pub sessions: Vec<ViewSession>,
}

impl AbandonedJournal {
    /// Every one in a folder.
    pub fn all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                found.extend(Self::open(path)?);
            }
        }
        Ok(found)
    }

    /// `None` while its process lives, or when another one has taken it over.
    fn open(path: PathBuf) -> io::Result<Option<Self>> {
        let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        if file.try_lock().is_err() {
            return Ok(None);
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let file = JournalFile { file, path };
        match file.require_in_place() {
            Err(_) => Ok(None),
            Ok(()) => {
                Ok(Some(Self { sessions: text.chunks(LINE).filter_map(read).collect(), file }))
            }
        }
    }

    /// Removes it.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.file.path)
    }
}

fn file_name(name: Uuid) -> String {
    format!("{name}.{EXTENSION}")
}

fn line(session: &ViewSession) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(session)?;
    if text.len() >= LINE {
        let browser = session.browser.as_ref();
        let browser = browser.map(|browser| browser.chars().take(BROWSER).collect());
        text = serde_json::to_vec(&ViewSession { browser, ..session.clone() })?;
    }
    text.resize(LINE - 1, b' ');
    text.push(b'\n');
    Ok(text)
}

fn read(line: &[u8]) -> Option<ViewSession> {
    serde_json::from_slice(line).ok()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use vertex_core::{
        ids::{CompanyId, ContentId, VideoId, ViewSessionId},
        view_session::DeviceType,
    };

    use super::*;

    fn session(number: usize) -> ViewSession {
        let id = Uuid::from_u128(number as u128);
        ViewSession {
            id: ViewSessionId(id),
            company_id: CompanyId(Uuid::max()),
            content_id: ContentId(Uuid::max()),
            video_id: Some(VideoId(Uuid::max())),
            device_type: DeviceType::Desktop,
            browser: Some("Firefox 151".to_owned()),
            avg_fps: Some(1.0 / 3.0),
            duration_seconds: 1.0 / 7.0,
            viewed_at: DateTime::UNIX_EPOCH,
            day: NaiveDate::MIN,
        }
    }

    fn sessions(numbers: std::ops::Range<usize>) -> Vec<ViewSession> {
        numbers.map(session).collect()
    }

    fn left(folder: &Path) -> Vec<usize> {
        let journals = AbandonedJournal::all(folder).unwrap();
        let sessions = journals.iter().flat_map(|journal| &journal.sessions);
        let mut numbers: Vec<_> = sessions.map(|session| session.id.0.as_u128() as usize).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn what_was_not_recorded_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = ViewJournal::create(folder.path(), Uuid::from_u128(1)).unwrap();
        let first = journal.append(&sessions(0..3)).unwrap();
        journal.append(&sessions(3..5)).unwrap();
        first.clear().unwrap();
        assert!(left(folder.path()).is_empty(), "its process lives");
        drop((journal, first));
        assert_eq!(left(folder.path()), [3, 4]);
        let [journal] = AbandonedJournal::all(folder.path()).unwrap().try_into().unwrap();
        assert_eq!(journal.sessions, sessions(3..5));
        journal.remove().unwrap();
        assert!(left(folder.path()).is_empty());
    }

    #[test]
    fn its_end_is_followed_by_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = ViewJournal::create(folder.path(), Uuid::from_u128(1)).unwrap();
        let most = CAPACITY - 1;
        journal.append(&sessions(0..most)).unwrap().clear().unwrap();
        let around = journal.append(&sessions(most..most + 3)).unwrap();
        drop(journal);
        let length = fs::metadata(&around.file.path).unwrap().len();
        assert_eq!(length, (CAPACITY * LINE) as u64);
        let lines = Lines { count: 1, ..around };
        lines.clear().unwrap();
        drop(lines);
        assert_eq!(left(folder.path()), [most + 1, most + 2]);
    }

    #[test]
    fn long_names_are_cut_to_the_line() {
        let browser = Some("\u{1f600}".repeat(200));
        let line = line(&ViewSession { browser, ..session(7) }).unwrap();
        assert_eq!(line.len(), LINE);
        assert_eq!(read(&line).unwrap().browser.unwrap().chars().count(), BROWSER);
        assert!(read(&line[..100]).is_none() && read(&[0; LINE]).is_none());
    }

    #[test]
    fn a_journal_that_is_gone_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = ViewJournal::create(folder.path(), Uuid::from_u128(1)).unwrap();
        drop(folder);
        assert!(journal.append(&sessions(0..1)).is_err());
    }
}
