use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::error::VideoError;

/// Bytes fetched at once. On remote storage each fetch is a range request.
const BUFFER: usize = 64 * 1024;
/// Times the length of a file that its readers may ask for bytes, so that no table makes them read it over and over.
const ALLOWANCE: u64 = 4;
/// Bytes that may be asked for of any file.
const LEAST_ALLOWANCE: u64 = 1 << 20;
const BEYOND_END: VideoError = VideoError::Truncated("it refers to bytes beyond its end");

/// What can be read at positions.
pub(crate) trait ReadSeek: Read + Seek {}

impl<R: Read + Seek> ReadSeek for R {}

/// A file of known length, read at positions through one buffer that survives short moves.
pub(crate) struct Source<'a> {
    reader: BufReader<Box<dyn ReadSeek + 'a>>,
    position: u64,
    len: u64,
    allowance: u64,
    should_stop: &'a dyn Fn() -> bool,
}

impl<'a> Source<'a> {
    pub(crate) fn new(
        mut reader: impl Read + Seek + 'a,
        len: u64,
        should_stop: &'a dyn Fn() -> bool,
    ) -> Result<Self, VideoError> {
        reader.seek(SeekFrom::Start(0))?;
        Ok(Self {
            reader: BufReader::with_capacity(BUFFER, Box::new(reader)),
            position: 0,
            len,
            allowance: len.saturating_mul(ALLOWANCE).max(LEAST_ALLOWANCE),
            should_stop,
        })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `target` from the bytes at `offset`.
    pub(crate) fn read_at(&mut self, offset: u64, target: &mut [u8]) -> Result<(), VideoError> {
        let length = target.len() as u64;
        if offset.checked_add(length).is_none_or(|end| end > self.len) {
            return Err(BEYOND_END);
        }
        if (self.should_stop)() {
            return Err(VideoError::Stopped);
        }
        let left = self.allowance.checked_sub(length);
        self.allowance = left.ok_or(VideoError::TooLarge(
            "its tables name the same bytes over and over; convert it, for example with ffmpeg",
        ))?;
        self.move_to(offset)?;
        self.reader.read_exact(target)?;
        self.position = offset + length;
        Ok(())
    }

    /// The `length` bytes at `offset`. The bounds are checked before the memory is taken.
    pub(crate) fn bytes_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, VideoError> {
        if offset.checked_add(length as u64).is_none_or(|end| end > self.len) {
            return Err(BEYOND_END);
        }
        let mut bytes = vec![0; length];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }

    /// As many of the `length` bytes at `offset` as the file has.
    pub(crate) fn bytes_up_to(
        &mut self,
        offset: u64,
        length: usize,
    ) -> Result<Vec<u8>, VideoError> {
        let there = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        self.bytes_at(offset.min(self.len), length.min(there))
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
