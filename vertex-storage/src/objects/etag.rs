//! Strong validators for objects.

use std::{
    hash::{DefaultHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use opendal::{Metadata, Operator};

/// Longest validator that is passed on as it came.
const LONGEST: usize = 128;

/// The backend's own validator, or its checksum; on a disk, length and time of writing. One that could not stand in a
/// header is hashed.
pub(super) fn of(metadata: &Metadata) -> Option<String> {
    if let Some(etag) = metadata.etag().or(metadata.content_md5()) {
        let etag = etag.trim_start_matches("W/").trim_matches('"');
        let plain = etag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let fits = plain && (1..=LONGEST).contains(&etag.len());
        return Some(if fits { etag.to_owned() } else { hash([etag.as_bytes()]) });
    }
    let written = nanoseconds(metadata.last_modified()?.into());
    Some(format!("{:x}-{written:x}", metadata.content_length()))
}

/// A hash of the bytes, in memory, where there is nothing else.
pub(super) async fn by_bytes(operator: &Operator, key: &str) -> opendal::Result<String> {
    Ok(hash(operator.read(key).await?))
}

fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

fn hash(pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut hasher = DefaultHasher::new();
    pieces.into_iter().for_each(|piece| hasher.write(piece.as_ref()));
    format!("{:x}", hasher.finish())
}
