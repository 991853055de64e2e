//! Little-endian numbers, read with every length checked.

use crate::{Error, Result};

/// Reads a file from its beginning.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// What the file is, for errors.
    file: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], file: &'static str) -> Self {
        Self { rest: bytes, file }
    }

    pub(super) fn malformed(&self, reason: impl std::fmt::Display) -> Error {
        Error::malformed(format!("{}: {reason}", self.file))
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let ends = || self.malformed("the file ends too early");
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(ends)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn int(&mut self) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// A finite number.
    pub(super) fn float(&mut self, what: &str) -> Result<f32> {
        let value = f32::from_le_bytes(self.array()?);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(self.malformed(format!("{what} is {value}")))
        }
    }

    /// A number of pixels, at least 1.
    pub(super) fn side(&mut self, what: &str) -> Result<u32> {
        let side = self.int()?;
        u32::try_from(side)
            .ok()
            .filter(|side| (1..=MAX_SIDE).contains(side))
            .ok_or_else(|| self.malformed(format!("{what} is {side} pixels")))
    }

    /// How many items of at least `size` bytes follow; the bytes for them are there.
    pub(super) fn count(&mut self, what: &str, size: usize) -> Result<usize> {
        let count = self.int()?;
        let number = usize::try_from(count)
            .map_err(|_| self.malformed(format!("the number of {what} is {count}")))?;
        if number.checked_mul(size).is_none_or(|bytes| bytes > self.rest.len()) {
            return Err(self.malformed(format!(
                "{number} {what} do not fit into the {} bytes that follow",
                self.rest.len()
            )));
        }
        Ok(number)
    }

    pub(super) fn end(self) -> Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self.malformed(format!("{} bytes follow the end", self.rest.len())))
    }
}

/// Greatest width or height of anything in a file, in pixels.
const MAX_SIDE: u32 = 65_535;

/// Writes numbers.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn int(&mut self, value: i32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn float(&mut self, value: f32) {
        self.bytes.extend(value.to_le_bytes());
    }

    /// A count or a size, which the format keeps in 31 bits.
    pub(super) fn count(&mut self, value: usize) {
        self.int(i32::try_from(value).unwrap_or(i32::MAX));
    }
}
