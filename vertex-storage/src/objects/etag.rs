//! Strong validators for objects.

use std::{
    hash::{DefaultHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use opendal::{Metadata, Operator};
use vertex_core::paths::ObjectPath;

/// The backend's own validator, or its checksum; on a disk, length and time of writing; in memory, where there is
/// neither, a hash of the bytes.
pub(super) async fn of(
    operator: &Operator,
    path: &ObjectPath,
    metadata: &Metadata,
) -> opendal::Result<String> {
    if let Some(etag) = metadata.etag() {
        return Ok(etag.trim_start_matches("W/").trim_matches('"').to_owned());
    }
    if let Some(md5) = metadata.content_md5() {
        return Ok(md5.to_owned());
    }
    let length = metadata.content_length();
    let mark = match metadata.last_modified() {
        Some(time) => nanoseconds(time.into()),
        None => hash(operator.read(path.as_str()).await?).into(),
    };
    Ok(format!("{length:x}-{mark:x}"))
}

fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}

fn hash(bytes: impl Iterator<Item = bytes::Bytes>) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.for_each(|piece| hasher.write(&piece));
    hasher.finish()
}
