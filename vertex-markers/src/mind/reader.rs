//! A strict reader of MessagePack values from memory.

use rmp::Marker;

use crate::{Error, Result};

/// Deepest nesting that is read or skipped.
pub(super) const MAX_DEPTH: usize = 64;

/// Reads values one after the other; every length is checked against what is left of the input.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads a map and calls `entry` for every key with the reader at its value; `entry` returns
    /// `false` for a key it does not know, whose value is then skipped.
    pub(super) fn map(
        &mut self,
        mut entry: impl FnMut(&str, &mut Self) -> Result<bool>,
    ) -> Result<()> {
        let length = match self.marker()? {
            Marker::FixMap(length) => length.into(),
            Marker::Map16 => self.be16()?.into(),
            Marker::Map32 => self.be32()?,
            other => return Err(unexpected("a map", other)),
        };
        for _ in 0..self.plausible(length, 2)? {
            let key = self.string()?;
            if !entry(key, self)? {
                self.skip(MAX_DEPTH)?;
            }
        }
        Ok(())
    }

    /// Reads an array, each element with `element`.
    pub(super) fn array<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let length = self.array_length()?;
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(element(self)?);
        }
        Ok(items)
    }

    pub(super) fn array_length(&mut self) -> Result<usize> {
        let length = match self.marker()? {
            Marker::FixArray(length) => length.into(),
            Marker::Array16 => self.be16()?.into(),
            Marker::Array32 => self.be32()?,
            other => return Err(unexpected("an array", other)),
        };
        self.plausible(length, 1)
    }

    pub(super) fn string(&mut self) -> Result<&'a str> {
        let marker = self.marker()?;
        self.string_body(marker)
    }

    fn string_body(&mut self, marker: Marker) -> Result<&'a str> {
        let length = match marker {
            Marker::FixStr(length) => length.into(),
            Marker::Str8 => self.byte()?.into(),
            Marker::Str16 => self.be16()?.into(),
            Marker::Str32 => self.be32()?,
            other => return Err(unexpected("a string", other)),
        };
        std::str::from_utf8(self.take(length as usize)?)
            .map_err(|_| Error::malformed("a string is not UTF-8"))
    }

    pub(super) fn binary(&mut self) -> Result<&'a [u8]> {
        let length = match self.marker()? {
            Marker::Bin8 => self.byte()?.into(),
            Marker::Bin16 => self.be16()?.into(),
            Marker::Bin32 => self.be32()?,
            other => return Err(unexpected("binary data", other)),
        };
        self.take(length as usize)
    }

    pub(super) fn boolean(&mut self) -> Result<bool> {
        match self.marker()? {
            Marker::True => Ok(true),
            Marker::False => Ok(false),
            other => Err(unexpected("true or false", other)),
        }
    }

    /// A finite number of any width, integer or float.
    pub(super) fn number(&mut self) -> Result<f64> {
        let marker = self.marker()?;
        let value = match marker {
            Marker::F32 => f32::from_bits(self.be32()?).into(),
            Marker::F64 => f64::from_bits(u64::from_be_bytes(self.bytes()?)),
            other => self.integer_body(other)? as f64,
        };
        if value.is_finite() { Ok(value) } else { Err(Error::malformed("a number is not finite")) }
    }

    /// A number of any width that is finite in 32 bits, too.
    pub(super) fn single(&mut self) -> Result<f32> {
        let value = self.number()? as f32;
        if value.is_finite() { Ok(value) } else { Err(Error::malformed("a number is too large")) }
    }

    /// An integer of any width that fits 32 bits unsigned.
    pub(super) fn uint(&mut self) -> Result<u32> {
        let marker = self.marker()?;
        let value = match marker {
            Marker::F32 | Marker::F64 => return Err(unexpected("an integer", marker)),
            other => self.integer_body(other)?,
        };
        u32::try_from(value)
            .map_err(|_| Error::malformed(format!("{value} is not an unsigned 32-bit integer")))
    }

    /// An index written as an integer, as a string of digits, or null.
    pub(super) fn optional_index(&mut self) -> Result<Option<u32>> {
        let marker = self.marker()?;
        match marker {
            Marker::Null => Ok(None),
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                let digits = self.string_body(marker)?;
                let index = digits.parse();
                index.map(Some).map_err(|_| Error::malformed(format!("{digits:?} is not an index")))
            }
            other => {
                let value = self.integer_body(other)?;
                u32::try_from(value)
                    .map(Some)
                    .map_err(|_| Error::malformed(format!("{value} is not an index")))
            }
        }
    }

    fn integer_body(&mut self, marker: Marker) -> Result<i64> {
        Ok(match marker {
            Marker::FixPos(value) => value.into(),
            Marker::FixNeg(value) => value.into(),
            Marker::U8 => self.byte()?.into(),
            Marker::U16 => self.be16()?.into(),
            Marker::U32 => self.be32()?.into(),
            Marker::U64 => {
                let value = u64::from_be_bytes(self.bytes()?);
                i64::try_from(value)
                    .map_err(|_| Error::malformed(format!("the integer {value} is too large")))?
            }
            Marker::I8 => i8::from_be_bytes(self.bytes()?).into(),
            Marker::I16 => i16::from_be_bytes(self.bytes()?).into(),
            Marker::I32 => i32::from_be_bytes(self.bytes()?).into(),
            Marker::I64 => i64::from_be_bytes(self.bytes()?),
            other => return Err(unexpected("a number", other)),
        })
    }

    /// Passes over one value of any kind, at most `depth` levels deep.
    fn skip(&mut self, depth: usize) -> Result<()> {
        let marker = self.marker()?;
        let (bytes, values) = match marker {
            Marker::FixArray(length) => (0, length.into()),
            Marker::Array16 => (0, self.be16()?.into()),
            Marker::Array32 => (0, self.be32()?.into()),
            Marker::FixMap(length) => (0, 2 * u64::from(length)),
            Marker::Map16 => (0, 2 * u64::from(self.be16()?)),
            Marker::Map32 => (0, 2 * u64::from(self.be32()?)),
            scalar => (self.scalar_length(scalar)?, 0),
        };
        self.take(bytes)?;
        if values > 0 && depth == 0 {
            return Err(Error::malformed(format!("values nest more than {MAX_DEPTH} deep")));
        }
        for _ in 0..values {
            self.skip(depth - 1)?;
        }
        Ok(())
    }

    /// Bytes that follow the marker (and length, which is read) of a value without parts.
    fn scalar_length(&mut self, marker: Marker) -> Result<usize> {
        Ok(match marker {
            Marker::FixStr(length) => length.into(),
            Marker::U8 | Marker::I8 => 1,
            Marker::U16 | Marker::I16 | Marker::FixExt1 => 2,
            Marker::FixExt2 => 3,
            Marker::U32 | Marker::I32 | Marker::F32 => 4,
            Marker::FixExt4 => 5,
            Marker::U64 | Marker::I64 | Marker::F64 => 8,
            Marker::FixExt8 => 9,
            Marker::FixExt16 => 17,
            Marker::Bin8 | Marker::Str8 => self.byte()?.into(),
            Marker::Bin16 | Marker::Str16 => self.be16()?.into(),
            Marker::Bin32 | Marker::Str32 => self.be32()? as usize,
            Marker::Ext8 => usize::from(self.byte()?) + 1,
            Marker::Ext16 => usize::from(self.be16()?) + 1,
            Marker::Ext32 => (self.be32()? as usize).saturating_add(1),
            Marker::Reserved => return Err(unexpected("a value", marker)),
            _ => 0,
        })
    }

    /// A count of values of which each takes at least `bytes_each` bytes.
    fn plausible(&self, count: u32, bytes_each: usize) -> Result<usize> {
        let count = count as usize;
        if count.saturating_mul(bytes_each) > self.rest.len() {
            return Err(Error::malformed(format!(
                "{count} values are announced but only {} bytes are left",
                self.rest.len()
            )));
        }
        Ok(count)
    }

    fn marker(&mut self) -> Result<Marker> {
        self.byte().map(Marker::from_u8)
    }

    fn byte(&mut self) -> Result<u8> {
        self.bytes().map(|[byte]| byte)
    }

    fn be16(&mut self) -> Result<u16> {
        self.bytes().map(u16::from_be_bytes)
    }

    fn be32(&mut self) -> Result<u32> {
        self.bytes().map(u32::from_be_bytes)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (&bytes, rest) = self.rest.split_first_chunk().ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(bytes)
    }
}

fn ends_early() -> Error {
    Error::malformed("the file ends in the middle of a value")
}

fn unexpected(wanted: &str, found: Marker) -> Error {
    Error::malformed(format!("{wanted} is expected, found {found:?}"))
}
