//! Where a company's files live: on the server, in any S3, or on a Yandex Disk.

pub mod endpoint;
pub mod vault;

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{CompanyId, StorageConnectionId},
    paths::ObjectPath,
};

pub use endpoint::{Endpoint, Reach};
pub use vault::{Sealed, Vault};

/// The kinds of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageKind {
    /// Where the operator keeps files.
    Local,
    /// MinIO or any other S3.
    Minio,
    /// A Yandex Disk.
    YandexDisk,
}

impl StorageKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Local, Self::Minio, Self::YandexDisk];

    /// The kind's name in rows, answers and figures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Minio => "minio",
            Self::YandexDisk => "yandex_disk",
        }
    }
}

impl FromStr for StorageKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a storage: use local, minio or yandex_disk"))
    }
}

/// Where files are, without what opens it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// Where the operator keeps files.
    Local,
    /// A bucket.
    Minio(Bucket),
    /// A folder of a Yandex Disk.
    YandexDisk(DiskFolder),
}

impl Place {
    /// What kind of storage it is in.
    pub fn kind(&self) -> StorageKind {
        match self {
            Self::Local => StorageKind::Local,
            Self::Minio(_) => StorageKind::Minio,
            Self::YandexDisk(_) => StorageKind::YandexDisk,
        }
    }

    /// Whether files written to one are found in the other.
    pub fn holds_the_files_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local, Self::Local) => true,
            (Self::Minio(one), Self::Minio(other)) => {
                (&one.endpoint, &one.name, &one.prefix)
                    == (&other.endpoint, &other.name, &other.prefix)
            }
            (Self::YandexDisk(one), Self::YandexDisk(other)) => one == other,
            _ => false,
        }
    }
}

/// A bucket of an S3, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Where the S3 is.
    pub endpoint: Endpoint,
    /// What it signs requests for.
    pub region: String,
    /// The bucket's name.
    pub name: String,
    /// What the paths in it begin with; may be empty.
    pub prefix: String,
    /// Whether the bucket's name is part of the host, as at AWS, rather than of the path.
    pub virtual_host: bool,
    /// Whether browsers read from it directly by presigned links, which takes CORS rules there.
    pub direct_links: bool,
}

/// A folder of a Yandex Disk, by the account it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiskFolder {
    /// Its name at the top of the disk.
    pub folder: String,
    /// The account's number at Yandex.
    pub account: String,
}

/// What opens a place. Kept sealed, shown to nobody.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Secrets {
    /// The key pair of an S3.
    Minio {
        /// Its public half.
        access_key: String,
        /// Its secret half.
        secret_key: String,
    },
    /// The consent of somebody who has a Yandex Disk.
    YandexDisk(DiskTokens),
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// The consent of somebody who has a Yandex Disk.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct DiskTokens {
    /// Sent with each request.
    pub access_token: String,
    /// Exchanged for the next pair.
    pub refresh_token: String,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for DiskTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiskTokens").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A company's place for files, with what opens it.
#[derive(Clone, Debug, PartialEq)]
pub struct StorageConnection {
    /// Its id.
    pub id: StorageConnectionId,
    /// Whose it is.
    pub company_id: CompanyId,
    /// Where the files are.
    pub place: Place,
    /// What opens it, sealed for this company.
    pub secrets: Option<Sealed>,
    /// When it was noticed that its owner has taken the consent back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Where a company's files live, and where those are that have not come along yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompanyStorage {
    /// Where files are written and looked for first; the operator's own place when there is none.
    pub current: Option<StorageConnection>,
    /// The place that is being left.
    pub leaving: Option<Leaving>,
}

/// A place of its own that a company has, or is leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundStorage {
    /// The place.
    pub connection: StorageConnection,
    /// How far the move away from there is, if there is one.
    pub leaving: Option<MoveProgress>,
}

/// A place that is being left.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaving {
    /// The place.
    pub connection: StorageConnection,
    /// How far the move is.
    pub progress: MoveProgress,
}

impl Leaving {
    /// Whether something keeps the move from going on.
    pub fn is_stuck(&self) -> bool {
        self.progress.moved_at.is_none() && self.progress.problem.is_some()
    }

    /// Whether everything is at the new place and something keeps this one from being emptied.
    pub fn cannot_be_emptied(&self) -> bool {
        self.progress.moved_at.is_some() && self.progress.problem.is_some()
    }
}

impl CompanyStorage {
    /// Whether this is the place that is being left.
    pub fn leaves(&self, place: &Place) -> bool {
        let leaving = self.leaving.as_ref().map(|leaving| &leaving.connection.place);
        leaving.is_some_and(|leaving| leaving.holds_the_files_of(place))
    }

    /// The place that files are read from when the current one lacks them.
    pub fn read_too(&self) -> Option<&StorageConnection> {
        let copying = self.leaving.as_ref().filter(|leaving| leaving.progress.moved_at.is_none());
        copying.map(|leaving| &leaving.connection)
    }
}

/// How far a move is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoveProgress {
    /// Objects that are at the new place, and verified there.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The object that was being copied last.
    pub copying: Option<ObjectPath>,
    /// Why the last try to move, or to empty the old place, failed. Another one may be under way.
    pub problem: Option<String>,
    /// When everything was at the new place.
    pub moved_at: Option<DateTime<Utc>>,
}

/// The name of a bucket: 3 to 63 of `a-z 0-9 . -`.
pub fn bucket_name(text: impl AsRef<str>) -> Result<String, String> {
    let text = text.as_ref().trim();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = (3..=63).contains(&text.len())
        && text.chars().all(|c| plain(c) || c == '-' || c == '.')
        && text.starts_with(plain)
        && text.ends_with(plain)
        && !text.contains("..");
    if fits { Ok(text.to_owned()) } else { Err("has 3 to 63 of a-z, 0-9, . and -".to_owned()) }
}

/// The name of a region: up to 64 of `a-z 0-9 -`.
pub fn region(text: impl AsRef<str>) -> Result<String, String> {
    let text = text.as_ref().trim();
    let fits = (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if fits { Ok(text.to_owned()) } else { Err("has 1 to 64 of a-z, 0-9 and -".to_owned()) }
}

/// Folders that paths begin with, `a/b`: letters, digits, `_ . -` and spaces within.
pub fn folder(text: impl AsRef<str>) -> Result<String, String> {
    let text = text.as_ref().trim().trim_matches('/');
    let plain = |part: &str| {
        !part.trim_matches('.').is_empty()
            && part.trim() == part
            && part.chars().all(|c| c.is_alphanumeric() || " _.-".contains(c))
    };
    match text.len() {
        0 => Ok(String::new()),
        1..=200 if text.split('/').all(plain) => Ok(text.to_owned()),
        _ => Err("has up to 200 letters, digits, spaces, _ . and -, with / in between".to_owned()),
    }
}

/// One half of a key pair: printable characters without spaces.
pub fn key(text: String) -> Result<String, String> {
    let fits = (1..=256).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
    if fits { Ok(text) } else { Err("has 1 to 256 visible ASCII characters".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let tokens = DiskTokens {
            access_token: "open sesame".to_owned(),
            refresh_token: "open again".to_owned(),
            expires_at: DateTime::UNIX_EPOCH,
        };
        let minio = Secrets::Minio { access_key: "open".into(), secret_key: "sesame".into() };
        for shown in [format!("{tokens:?}"), format!("{minio:?}"), format!("{:?}", Sealed(vec![7]))]
        {
            assert!(!shown.contains("open") && !shown.contains("sesame"), "{shown}");
        }
    }

    #[test]
    fn names_cannot_climb() {
        for bad in ["..", "a/../b", "a//b", "a/./b", "a/ /x", "a\\b", "a?b", "a#b", "a%2e"] {
            assert!(folder(bad).is_err(), "{bad}");
        }
        assert_eq!(folder("/Vertex AR/файлы/").unwrap(), "Vertex AR/файлы");
        for bad in ["ab", "A-bucket", "a..b", "-ab", "a/b", "127.0.0.1:9"] {
            assert!(bucket_name(bad).is_err(), "{bad}");
        }
    }
}
