//! Files of forms that are needed whole: on the disk while they arrive, in memory when they are there.

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};
use vertex_core::{Error, Result, ports::ByteStream};

use super::Problem;
use crate::adapters::rate_limits::{Holder, Share, Shares};

/// Files up to here are never on the disk.
const SMALL: usize = 128 * 1024;
/// How long a file waits for memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file that has arrived.
pub struct Spooled {
    head: Vec<u8>,
    rest: Option<File>,
    rest_bytes: u64,
}

/// The bytes of a file, and the right to have them in memory.
struct Held {
    bytes: Vec<u8>,
    _share: Share<Holder>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Spooled {
    /// Takes a file of at most `most` bytes in; what is not kept in memory has no name in `folder` and is gone with
    /// the answer.
    ///
    /// # Errors
    /// `TooLarge` naming `field`, that of the upload, `Unavailable` when the disk does not take it.
    pub async fn collect(
        mut upload: ByteStream,
        field: &'static str,
        most: u64,
        folder: &Path,
    ) -> Result<Self> {
        let mut file = Self { head: Vec::new(), rest: None, rest_bytes: 0 };
        while let Some(piece) = upload.try_next().await? {
            if file.bytes() + piece.len() as u64 > most {
                return Err(Error::TooLarge { field, limit: most });
            }
            file.add(&piece, folder).await.map_err(disk)?;
        }
        Ok(file)
    }

    fn bytes(&self) -> u64 {
        self.head.len() as u64 + self.rest_bytes
    }

    async fn add(&mut self, piece: &[u8], folder: &Path) -> std::io::Result<()> {
        if self.rest.is_none() && self.head.len() + piece.len() <= SMALL {
            self.head.extend_from_slice(piece);
            return Ok(());
        }
        let rest = match &mut self.rest {
            Some(rest) => rest,
            None => {
                let folder = folder.to_owned();
                let made = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder));
                self.rest.insert(File::from_std(made.await??))
            }
        };
        rest.write_all(piece).await?;
        self.rest_bytes += piece.len() as u64;
        Ok(())
    }

    /// The bytes, once their holder may have so many in memory: until the last clone is dropped.
    ///
    /// # Errors
    /// A problem when there is no room in time, `Unavailable` when the disk does not give them back.
    pub async fn into_memory(
        mut self,
        memory: &Arc<Shares<Holder>>,
        holder: Holder,
    ) -> Result<Bytes, Problem> {
        let bytes = u32::try_from(self.bytes()).unwrap_or(u32::MAX);
        let share = memory.take(holder, bytes, PATIENCE).await;
        let share = share.map_err(|scarce| Problem::scarce(scarce, "pictures at work"))?;
        self.read().await.map_err(disk)?;
        Ok(Bytes::from_owner(Held { bytes: self.head, _share: share }))
    }

    async fn read(&mut self) -> std::io::Result<()> {
        let Some(mut rest) = self.rest.take() else { return Ok(()) };
        rest.flush().await?;
        rest.rewind().await?;
        self.head.reserve_exact(usize::try_from(self.rest_bytes).unwrap_or_default());
        rest.read_to_end(&mut self.head).await.map(drop)
    }
}

fn disk(error: std::io::Error) -> Error {
    Error::unavailable("the disk of unfinished uploads", error)
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;
    use crate::adapters::rate_limits::Scarce;

    async fn spooled(pieces: &[usize], most: u64) -> Result<Spooled> {
        let pieces: Vec<_> = pieces
            .iter()
            .enumerate()
            .map(|(n, size)| Ok(Bytes::from(vec![n as u8; *size])))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        Spooled::collect(stream::iter(pieces).boxed(), "image", most, folder.path()).await
    }

    #[tokio::test]
    async fn a_file_comes_back_as_it_was() {
        for pieces in [&[][..], &[5, 7], &[SMALL], &[SMALL, 1], &[3, SMALL, 4], &[300_000; 3]] {
            let memory = Shares::new(1 << 20, 1 << 20);
            let file = spooled(pieces, 1 << 20).await.unwrap();
            let bytes = file.into_memory(&memory, Holder::Unknown).await.unwrap();
            let sent: Vec<u8> =
                pieces.iter().enumerate().flat_map(|(n, size)| vec![n as u8; *size]).collect();
            assert_eq!(bytes, sent, "{pieces:?}");
            let left = u32::try_from((1 << 20) - bytes.len()).unwrap();
            assert_eq!(memory.try_take(Holder::Unknown, left + 1).unwrap_err(), Scarce::Own);
            drop(bytes);
            assert!(
                memory.try_take(Holder::Unknown, 1 << 20).is_ok(),
                "what is dropped is given back"
            );
        }
    }

    #[tokio::test]
    async fn a_file_has_a_limit() {
        let error = spooled(&[300_000, 1], 300_000).await.err().unwrap();
        assert!(matches!(error, Error::TooLarge { field: "image", limit: 300_000 }), "{error}");
    }
}
