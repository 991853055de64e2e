//! Uploads that come in parts, and go on after the line was cut.

use std::{collections::BTreeMap, net::IpAddr};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    check::Field,
    error::{Error, FieldError},
    ids::{CompanyId, ReservationId, UploadId, UserId},
};

/// Most characters of the metadata.
const MAX_METADATA: usize = 16 * 1024;

/// What an upload becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UploadKind {
    /// A video of a content.
    Video,
    /// The picture of a new content.
    Picture,
}

impl UploadKind {
    /// The kind's name in requests and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Picture => "picture",
        }
    }

    /// Reads the kind's name.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, String> {
        let kinds = [Self::Video, Self::Picture];
        let found = kinds.into_iter().find(|kind| kind.as_str() == text.as_ref());
        found.ok_or_else(|| format!("{:?} is neither video nor picture", text.as_ref()))
    }

    /// The field of a form that takes such a file, which complaints about it name.
    pub fn field(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Picture => "image",
        }
    }
}

/// What is said of an upload before its bytes: the fields of a form, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UploadMetadata(BTreeMap<String, String>);

impl UploadMetadata {
    /// Reads tus' `Upload-Metadata`: pairs of a key and a value in base64, with commas in between.
    pub fn parse(header: &str) -> Result<Self, String> {
        if header.len() > MAX_METADATA {
            return Err(format!("is longer than {MAX_METADATA} characters"));
        }
        let pairs = header.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let mut fields = BTreeMap::new();
        for pair in pairs {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let bytes = BASE64_STANDARD.decode(value.trim());
            let bytes = bytes.map_err(|_| format!("the value of {key:?} is not base64"))?;
            let text = String::from_utf8(bytes);
            let text = text.map_err(|_| format!("the value of {key:?} is not UTF-8"))?;
            if fields.insert(key.to_owned(), text).is_some() {
                return Err(format!("has {key:?} twice"));
            }
        }
        Ok(Self(fields))
    }

    /// The same as tus has it.
    pub fn header(&self) -> String {
        let pairs = self.0.iter().map(|(key, value)| match value.is_empty() {
            true => key.clone(),
            false => format!("{key} {}", BASE64_STANDARD.encode(value)),
        });
        pairs.collect::<Vec<_>>().join(",")
    }

    /// A field of the form; an empty one counts as left out, as in forms.
    pub fn field(&self, key: &str) -> Field<String> {
        self.0.get(key).filter(|value| !value.is_empty()).cloned().into()
    }

    /// The file's name without what follows the last dot.
    pub fn file_stem(&self) -> Field<String> {
        let name = self.0.get("filename").or_else(|| self.0.get("name"));
        let name = name.and_then(|name| name.rsplit(['/', '\\']).next());
        let stem = name.map(|name| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        stem.filter(|stem| !stem.is_empty()).map(str::to_owned).into()
    }
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq)]
pub enum UploadState {
    /// Bytes are missing.
    Receiving,
    /// All bytes are there and are looked at.
    Checking,
    /// It has become the video or the content of this id.
    Done(Uuid),
    /// It was refused.
    Failed(Refusal),
}

impl UploadState {
    /// The state's name in rows and answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Checking => "checking",
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
        }
    }
}

/// Why a whole upload was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Whether it is a file of a kind this system does not read.
    pub is_unsupported: bool,
    /// The bad fields.
    pub fields: Vec<FieldError>,
}

impl Refusal {
    /// A refusal as what refused it said; `field` names what is refused where that does not.
    pub fn new(field: &'static str, error: &Error) -> Self {
        let fields = match error.bad_fields() {
            fields if fields.is_empty() => vec![FieldError::new(field, error.to_string())],
            fields => fields,
        };
        Self { is_unsupported: matches!(error, Error::UnsupportedMedia(_)), fields }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match (refusal.is_unsupported, refusal.fields.as_slice()) {
            (true, [field]) => Self::UnsupportedMedia(field.clone()),
            _ => Self::Invalid(refusal.fields),
        }
    }
}

/// What uploads that are open will still take, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promised {
    /// Until they are whole.
    pub to_come: u64,
    /// As the files that they become.
    pub to_keep: u64,
}

/// A file on its way in, part by part.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The company it is for.
    pub company_id: CompanyId,
    /// Who sends it.
    pub user_id: UserId,
    /// The address it was begun from.
    pub address: Option<IpAddr>,
    /// What was said of it.
    pub metadata: UploadMetadata,
    /// How many bytes it has when it is whole.
    pub length: u64,
    /// How many of them are safely here.
    pub received: u64,
    /// How far it is.
    pub state: UploadState,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it is removed unless it goes on; once it is settled, when it is forgotten.
    pub expires_at: DateTime<Utc>,
}

impl Upload {
    /// The room that is reserved for it.
    pub fn reservation(&self) -> ReservationId {
        ReservationId(self.id.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn metadata_is_read_as_tus_writes_it() {
        let metadata = UploadMetadata::parse("kind dmlkZW8=, is_active,filename w6kubXA0").unwrap();
        assert_eq!(metadata.field("kind"), Field::Value("video".to_owned()));
        assert_eq!(metadata.field("is_active"), Field::Absent);
        assert_eq!(metadata.file_stem(), Field::Value("é".to_owned()));
        for wrong in ["kind video", "kind /w==", "a,a"] {
            assert!(UploadMetadata::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refusal_stays_the_same_error() {
        for error in [
            Error::unsupported("video", "is no video"),
            Error::field("video", "is empty"),
            Error::NotFound("content"),
        ] {
            let refusal = Refusal::new("video", &error);
            let again = Error::from(refusal);
            assert_eq!(
                matches!(error, Error::UnsupportedMedia(_)),
                matches!(again, Error::UnsupportedMedia(_))
            );
            assert_eq!(again.bad_fields()[0].field, "video");
        }
    }

    proptest! {
        #[test]
        fn metadata_survives_its_header(
            fields in proptest::collection::btree_map("[a-z_]{1,12}", ".{0,20}", 0..6),
        ) {
            let metadata = UploadMetadata(fields);
            prop_assert_eq!(UploadMetadata::parse(&metadata.header()).unwrap(), metadata);
        }

        #[test]
        fn no_header_is_too_strange(header in ".{0,200}") {
            let _ = UploadMetadata::parse(&header);
        }
    }
}
