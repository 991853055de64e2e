//! Huffman codes of JPEG files (ITU-T T.81, annexes C, F and K): read to know where a picture's data ends, not what it
//! shows.

/// Why a code could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The data ends, at a marker or with the file.
    Exhausted,
    /// No table has such a code.
    BadCode,
}

const LOOK_AHEAD: u32 = 9;
const MAX_LENGTH: usize = 16;

/// A table of codes.
#[derive(Clone)]
pub(super) struct Table {
    /// Codes of each length, from 1 to 16 bits.
    counts: [u8; MAX_LENGTH],
    values: Vec<u8>,
    /// By the next nine bits: length and value of a code that is no longer; 0 for longer ones.
    quick: Vec<u16>,
    /// One more than the greatest code of each length, left-aligned in 16 bits.
    ends: [u32; MAX_LENGTH],
    /// What is added to a code of each length to make an index of `values`.
    offsets: [i32; MAX_LENGTH],
}

impl Table {
    /// `None` when there are more codes of a length than there can be, or fewer values than codes.
    pub(super) fn new(counts: [u8; MAX_LENGTH], values: &[u8]) -> Option<Self> {
        let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let values = values.get(..total)?.to_vec();
        let mut table = Self {
            counts,
            values,
            quick: vec![0; 1 << LOOK_AHEAD],
            ends: [0; MAX_LENGTH],
            offsets: [0; MAX_LENGTH],
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (place, &count) in counts.iter().enumerate() {
            let length = place as u32 + 1;
            table.offsets[place] = index as i32 - code as i32;
            for _ in 0..count {
                table.enter(code, length, index)?;
                code += 1;
                index += 1;
            }
            table.ends[place] = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }

    fn enter(&mut self, code: u32, length: u32, index: usize) -> Option<()> {
        if code >= 1 << length {
            return None;
        }
        if let Some(spare) = LOOK_AHEAD.checked_sub(length) {
            let first = (code << spare) as usize;
            let entry = (length as u16) << 8 | u16::from(self.values[index]);
            self.quick[first..first + (1 << spare)].fill(entry);
        }
        Some(())
    }

    /// The tables that a file without its own is read with: of annex K.3, the first for luma, the second for chroma.
    pub(super) fn standard(is_ac: bool, number: usize) -> Option<Self> {
        let (counts, values): (_, &[u8]) = match (is_ac, number) {
            (false, 0) => ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &DC_VALUES),
            (false, 1) => ([0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &DC_VALUES),
            (true, 0) => ([0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d], &AC_LUMA),
            (true, 1) => ([0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77], &AC_CHROMA),
            _ => return None,
        };
        Self::new(counts, values)
    }

    /// The table as a DHT segment has it, its class and number apart.
    pub(super) fn definition(&self) -> impl Iterator<Item = u8> {
        self.counts.into_iter().chain(self.values.iter().copied())
    }
}

const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

const AC_LUMA: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
    0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
    0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
    0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
    0xf9, 0xfa,
];

const AC_CHROMA: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
    0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
    0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
    0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
    0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
    0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
    0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
    0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
    0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
    0xf9, 0xfa,
];

/// Entropy-coded data, bit by bit, up to a marker.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    start: usize,
    position: usize,
    /// The next bits, the first one highest.
    buffer: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], start: usize) -> Self {
        Self { bytes, start, position: start, buffer: 0, count: 0 }
    }

    /// The value of the next code.
    #[inline]
    pub(super) fn code(&mut self, table: &Table) -> Result<u8, Stop> {
        self.fill();
        let entry = table.quick[(self.buffer >> (64 - LOOK_AHEAD)) as usize];
        if entry != 0 {
            self.drop(u32::from(entry >> 8))?;
            return Ok(entry as u8);
        }
        self.long_code(table)
    }

    fn long_code(&mut self, table: &Table) -> Result<u8, Stop> {
        let next = (self.buffer >> 48) as u32;
        let place = (LOOK_AHEAD as usize..MAX_LENGTH).find(|&place| next < table.ends[place]);
        let Some(place) = place else {
            // What looks like a code that no table has is the end when bits are missing.
            return Err(if self.count < 16 { Stop::Exhausted } else { Stop::BadCode });
        };
        let length = place as u32 + 1;
        let index = (next >> (16 - length)) as i32 + table.offsets[place];
        self.drop(length)?;
        let value = usize::try_from(index).ok().and_then(|index| table.values.get(index));
        value.copied().ok_or(Stop::BadCode)
    }

    /// The next bits, 16 at most.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Stop> {
        self.fill();
        let value = (self.buffer >> 48) as u32 >> (16 - count);
        self.drop(count)?;
        Ok(value)
    }

    #[inline]
    pub(super) fn skip(&mut self, mut count: u32) -> Result<(), Stop> {
        while count > 32 {
            self.fill();
            self.drop(32)?;
            count -= 32;
        }
        self.fill();
        self.drop(count)
    }

    #[inline]
    fn drop(&mut self, count: u32) -> Result<(), Stop> {
        self.count = self.count.checked_sub(count).ok_or(Stop::Exhausted)?;
        self.buffer <<= count;
        Ok(())
    }

    /// Sees to it that there are at least 32 bits, if the data has as many.
    #[inline]
    fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(next) = self.bytes.get(self.position..).and_then(|rest| rest.first_chunk()) {
            let word = u32::from_be_bytes(*next);
            let has_ff = (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080;
            if has_ff == 0 {
                self.buffer |= u64::from(word) << (32 - self.count);
                self.count += 32;
                self.position += 4;
                return;
            }
        }
        self.fill_slowly();
    }

    fn fill_slowly(&mut self) {
        while self.count <= 56 {
            let Some(&byte) = self.bytes.get(self.position) else { return };
            let mut length = 1;
            if byte == 0xff {
                let rest = &self.bytes[self.position..];
                let Some(code) = rest.iter().position(|&byte| byte != 0xff) else { return };
                if rest[code] != 0 {
                    return;
                }
                length = code + 1;
            }
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.position += length;
        }
    }

    /// Where the first byte is of which no bit has been taken.
    pub(super) fn position(&self) -> usize {
        let mut position = self.position;
        for _ in 0..self.count / 8 {
            position -= 1;
            let is_stuffing = self.bytes[position] == 0
                && position > self.start
                && self.bytes[position - 1] == 0xff;
            if is_stuffing {
                position -= 1;
                while position > self.start && self.bytes[position - 1] == 0xff {
                    position -= 1;
                }
            }
        }
        position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_end_at_a_marker_and_stuffing_is_left_out() {
        let data = [0x12, 0xff, 0x00, 0x34, 0xff, 0xd9, 0x99];
        let mut bits = Bits::new(&data, 0);
        assert_eq!(bits.take(16), Ok(0x12ff));
        assert_eq!(bits.position(), 3);
        assert_eq!(bits.take(4), Ok(3));
        assert_eq!(bits.position(), 4, "a byte that is begun is taken");
        assert_eq!(bits.take(5), Err(Stop::Exhausted));
        let mut bits = Bits::new(&data, 0);
        assert_eq!((bits.take(8), bits.position()), (Ok(0x12), 1));
    }

    #[test]
    fn codes_of_every_length_are_read() {
        let table = Table::standard(true, 0).unwrap();
        // 00 is 0x01, 1010 is 0x00, and the longest of sixteen bits is 0xfa.
        let mut bits = Bits::new(&[0b0010_1011, 0xff, 0x00, 0xfe << 1 | 1, 0xff, 0x00], 0);
        assert_eq!(bits.code(&table), Ok(0x01));
        assert_eq!(bits.code(&table), Ok(0x00));
        assert_eq!(bits.take(2), Ok(3));
        let mut bits = Bits::new(&[0xff, 0x00, 0xfe], 0);
        assert_eq!(bits.code(&table), Ok(0xfa));
        let mut bits = Bits::new(&[0xff, 0x00, 0xff, 0x00, 0xff, 0x00], 0);
        assert_eq!(bits.code(&table), Err(Stop::BadCode));
    }

    #[test]
    fn a_table_of_too_many_codes_is_none() {
        let mut counts = [0; MAX_LENGTH];
        counts[0] = 3;
        assert!(Table::new(counts, &[1, 2, 3]).is_none());
        counts[0] = 2;
        assert!(Table::new(counts, &[1]).is_none());
        assert!(Table::new(counts, &[1, 2]).is_some());
    }
}
