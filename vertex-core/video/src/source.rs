use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::error::VideoError;

/// Bytes fetched at once. On remote storage each fetch is a range request.
const BUFFER: usize = 64 * 1024;

/// A file of known length, read at positions through one buffer that survives short moves.
pub(crate) struct Source<R> {
    reader: BufReader<R>,
    position: u64,
    len: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(crate) fn new(mut reader: R, len: u64) -> Result<Self, VideoError> {
        reader.seek(SeekFrom::Start(0))?;
        Ok(Self { reader: BufReader::with_capacity(BUFFER, reader), position: 0, len })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `target` from the bytes at `offset`.
    pub(crate) fn read_at(&mut self, offset: u64, target: &mut [u8]) -> Result<(), VideoError> {
        let fits = offset.checked_add(target.len() as u64).is_some_and(|end| end <= self.len);
        if !fits {
            return Err(VideoError::Truncated("it refers to bytes beyond its end"));
        }
        self.move_to(offset)?;
        self.reader.read_exact(target)?;
        self.position = offset + target.len() as u64;
        Ok(())
    }

    /// The `length` bytes at `offset`. The bounds are checked before the memory is taken.
    pub(crate) fn bytes_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, VideoError> {
        if offset.checked_add(length as u64).is_none_or(|end| end > self.len) {
            return Err(VideoError::Truncated("it refers to bytes beyond its end"));
        }
        let mut bytes = vec![0; length];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }

    fn move_to(&mut self, offset: u64) -> Result<(), VideoError> {
        let step = i64::try_from(i128::from(offset) - i128::from(self.position));
        match step {
            Ok(step) => self.reader.seek_relative(step)?,
            Err(_) => {
                self.reader.seek(SeekFrom::Start(offset))?;
            }
        }
        self.position = offset;
        Ok(())
    }
}
