//! An object on its way out. A line that breaks is taken up where it broke.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use vertex_core::{Result, paths::ObjectPath, ports::ByteStream};

use super::api::{DiskApi, broken};
use crate::objects::{attempts::Attempts, fault::storage_error};

type Body = std::pin::Pin<Box<dyn Stream<Item = opendal::Result<Bytes>> + Send>>;

struct Download {
    api: Arc<DiskApi>,
    path: ObjectPath,
    left: Range<u64>,
    body: Option<Body>,
    attempts: Attempts,
}

pub(super) async fn pieces(
    api: Arc<DiskApi>,
    path: ObjectPath,
    range: Range<u64>,
) -> Result<ByteStream> {
    let mut download =
        Download { api, path, left: range, body: None, attempts: Attempts::default() };
    // What cannot be opened is said at once, not in the middle of an answer.
    let first = download.next().await.map_err(storage_error)?;
    let rest = stream::try_unfold(download, async |mut download| {
        Ok(download.next().await?.map(|piece| (piece, download)))
    });
    let pieces = stream::iter(first).map(Ok).chain(rest);
    Ok(pieces.map_err(storage_error).boxed())
}

impl Download {
    async fn next(&mut self) -> opendal::Result<Option<Bytes>> {
        while self.left.start < self.left.end {
            match self.try_next().await {
                Ok(mut piece) => {
                    let wanted = self.left.end - self.left.start;
                    piece.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
                    self.left.start += piece.len() as u64;
                    return Ok(Some(piece));
                }
                Err(error) => {
                    self.body = None;
                    self.attempts.after(error).await?;
                }
            }
        }
        Ok(None)
    }

    async fn try_next(&mut self) -> opendal::Result<Bytes> {
        let body = match &mut self.body {
            Some(body) => body,
            None => {
                let answer = self.api.get(&self.path, self.left.start, self.left.end).await?;
                self.body.insert(answer.bytes_stream().map_err(broken).boxed())
            }
        };
        match body.try_next().await? {
            Some(piece) => Ok(piece),
            None => Err(short()),
        }
    }
}

fn short() -> opendal::Error {
    opendal::Error::new(opendal::ErrorKind::Unexpected, "the disk sent less than it has")
        .set_temporary()
}
