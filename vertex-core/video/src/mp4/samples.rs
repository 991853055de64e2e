//! The sample tables of a track (ISO/IEC 14496-12, sections 8.6 and 8.7), joined into one list.

use std::iter;

use super::boxes::{self, BoxSpan};
use crate::{bytes::Bytes, error::VideoError, source::Source};

/// Pictures of one track at most: more than four hours at 120 a second.
pub(crate) const MAX_SAMPLES: usize = 1 << 21;
pub(crate) const TOO_MANY: VideoError = VideoError::TooLarge(
    "it has more than two million pictures; cut it into parts, or convert it to fewer a second",
);

/// One coded picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Position in the file, in bytes.
    pub(crate) offset: u64,
    /// When it is shown, in units of the track's timescale.
    pub(crate) time: i64,
    /// Length in bytes.
    pub(crate) size: u32,
    /// Number of its description, from 1 on.
    pub(crate) description: u16,
    /// Whether decoding can start here.
    pub(crate) sync: bool,
}

impl Sample {
    /// Position behind its last byte.
    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.size))
    }
}

/// The pictures of a track in decoding order.
#[derive(Debug, Default)]
pub(crate) struct SampleTable {
    pub(crate) samples: Vec<Sample>,
    /// When the last picture goes, in units of the track's timescale.
    pub(crate) end: i64,
}

impl SampleTable {
    /// Reads the tables among the children of an `stbl` box.
    pub(crate) fn read(source: &mut Source<'_>, tables: &[BoxSpan]) -> Result<Self, VideoError> {
        let sizes = Sizes::read(source, tables)?;
        if sizes.count > MAX_SAMPLES {
            return Err(TOO_MANY);
        }
        let chunks = Chunks::read(source, tables)?;
        let durations = boxes::leaf(source, &boxes::require(tables, b"stts")?, runs)?;
        let shifts = boxes::optional(source, tables, b"ctts", runs)?.unwrap_or_default();
        // Without an entry it would be a movie that cannot be entered: no sync sample is known then.
        let syncs = boxes::optional(source, tables, b"stss", numbers)?;

        let last_duration = durations.last().map_or(0, |(_, duration)| *duration);
        let mut durations = each(&durations);
        let mut shifts = each(&shifts);
        let mut syncs = syncs
            .filter(|numbers| !numbers.is_empty())
            .map(|numbers| numbers.into_iter().peekable());
        let mut table = Self { samples: Vec::new(), end: i64::MIN };
        let mut sizes = sizes.iter();
        let mut decoded = 0_i64;
        let mut number = 0;
        for chunk in chunks.iter() {
            let mut offset = chunk.offset;
            for size in sizes.by_ref().take(chunk.samples) {
                number += 1;
                let sync = syncs.as_mut().is_none_or(|numbers| {
                    while numbers.next_if(|known| *known < number).is_some() {}
                    numbers.next_if_eq(&number).is_some()
                });
                let duration = durations.next().unwrap_or(last_duration);
                let time = decoded + i64::from(shifts.next().unwrap_or_default().cast_signed());
                let description = chunk.description;
                table.push(Sample { offset, time, size, description, sync }, duration)?;
                offset = offset.saturating_add(u64::from(size));
                decoded += i64::from(duration);
            }
        }
        Ok(table)
    }

    /// Appends the next picture in decoding order, shown for `duration` units.
    pub(crate) fn push(&mut self, sample: Sample, duration: u32) -> Result<(), VideoError> {
        if self.samples.len() == MAX_SAMPLES {
            return Err(TOO_MANY);
        }
        self.end = self.end.max(sample.time.saturating_add(i64::from(duration)));
        self.samples.push(sample);
        Ok(())
    }

    /// When the first picture is shown, in units of the track's timescale.
    pub(crate) fn start(&self) -> i64 {
        self.samples.iter().map(|sample| sample.time).min().unwrap_or(self.end)
    }

    /// Position behind the last byte of all pictures.
    pub(crate) fn end_of_bytes(&self) -> u64 {
        self.samples.iter().map(Sample::end).max().unwrap_or_default()
    }
}

/// The sum of all durations (`stts`), in units of the track's timescale.
pub(crate) fn total_duration(
    source: &mut Source<'_>,
    tables: &[BoxSpan],
) -> Result<u64, VideoError> {
    let durations = boxes::optional(source, tables, b"stts", runs)?.unwrap_or_default();
    let total = |(count, duration): &(u32, u32)| u64::from(*count) * u64::from(*duration);
    Ok(durations.iter().map(total).fold(0, u64::saturating_add))
}

/// Position behind the last byte of all samples, as far as it is told by sizes of single samples and beginnings of chunks.
pub(crate) fn end_of_bytes(source: &mut Source<'_>, tables: &[BoxSpan]) -> Result<u64, VideoError> {
    let sizes = Sizes::read(source, tables)?;
    let chunks = Chunks::read(source, tables)?;
    // The size that is common to all is not always one in bytes.
    let mut each = sizes.own.iter().map(|size| u64::from(*size));
    let ends = chunks.iter().map(|chunk| {
        let bytes = each.by_ref().take(chunk.samples).fold(0, u64::saturating_add);
        chunk.offset.saturating_add(bytes)
    });
    Ok(ends.max().unwrap_or_default())
}

/// Number of samples (`stsz`, `stz2`).
pub(crate) fn count(source: &mut Source<'_>, tables: &[BoxSpan]) -> Result<u32, VideoError> {
    let table = boxes::find(tables, b"stsz").or_else(|| boxes::find(tables, b"stz2"));
    let Some(table) = table else { return Ok(0) };
    let head = source.bytes_up_to(table.body, 12)?;
    Ok(head.get(8..).and_then(|count| Bytes(count).u32()).unwrap_or_default())
}

/// The sizes of samples: one for all, or one for each.
struct Sizes {
    count: usize,
    common: Option<u32>,
    own: Vec<u32>,
}

impl Sizes {
    fn read(source: &mut Source<'_>, tables: &[BoxSpan]) -> Result<Self, VideoError> {
        match boxes::find(tables, b"stz2") {
            Some(compact) => boxes::leaf(source, &compact, Self::parse_compact),
            None => boxes::leaf(source, &boxes::require(tables, b"stsz")?, Self::parse),
        }
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(body);
        bytes.skip(4)?;
        let (common, count) = (bytes.u32()?, bytes.u32()? as usize);
        if common != 0 {
            return Some(Self { count, common: Some(common), own: Vec::new() });
        }
        let own = bytes.take(count.checked_mul(4)?)?;
        Some(Self::each(own.chunks_exact(4).filter_map(|size| Bytes(size).u32()).collect()))
    }

    /// Fields of 4, 8 or 16 bits.
    fn parse_compact(body: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(body);
        bytes.skip(7)?;
        let (bits, count) = (bytes.u8()?, bytes.u32()? as usize);
        let own = match bits {
            4 => {
                let halves = |byte: &u8| [u32::from(byte >> 4), u32::from(byte & 15)];
                let all = bytes.take(count.div_ceil(2))?.iter().flat_map(halves);
                all.take(count).collect()
            }
            8 => bytes.take(count)?.iter().map(|size| u32::from(*size)).collect(),
            16 => {
                let all = bytes.take(count.checked_mul(2)?)?;
                all.chunks_exact(2).filter_map(|size| Bytes(size).u16()).map(u32::from).collect()
            }
            _ => return None,
        };
        Some(Self::each(own))
    }

    fn each(own: Vec<u32>) -> Self {
        Self { count: own.len(), common: None, own }
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        let equal = if self.common.is_some() { self.count } else { 0 };
        iter::repeat_n(self.common.unwrap_or_default(), equal).chain(self.own.iter().copied())
    }
}

/// A run of samples that lie one after the other.
struct Chunk {
    offset: u64,
    samples: usize,
    description: u16,
}

/// Where chunks lie and how many samples each holds.
struct Chunks {
    offsets: Vec<u64>,
    /// First chunk, samples in each from there on, and their description.
    runs: Vec<(u32, u32, u32)>,
}

impl Chunks {
    fn read(source: &mut Source<'_>, tables: &[BoxSpan]) -> Result<Self, VideoError> {
        let offsets = match boxes::optional(source, tables, b"co64", long_numbers)? {
            Some(long) => long,
            None => {
                let short = boxes::leaf(source, &boxes::require(tables, b"stco")?, numbers)?;
                short.into_iter().map(u64::from).collect()
            }
        };
        let runs = boxes::leaf(source, &boxes::require(tables, b"stsc")?, |body| {
            entries(body, 12, |bytes| Some((bytes.u32()?, bytes.u32()?, bytes.u32()?)))
        })?;
        Ok(Self { offsets, runs })
    }

    fn iter(&self) -> impl Iterator<Item = Chunk> {
        let mut runs = self.runs.iter().peekable();
        let (mut samples, mut description) = (0, 1);
        (1_u32..).zip(&self.offsets).map(move |(number, offset)| {
            while let Some((_, length, kind)) = runs.next_if(|(first, ..)| *first <= number) {
                samples = *length as usize;
                description = u16::try_from(*kind).unwrap_or(u16::MAX);
            }
            Chunk { offset: *offset, samples, description }
        })
    }
}

/// The entries of a table that begins with their number. A table shorter than it says is damaged.
fn entries<T>(
    body: &[u8],
    size: usize,
    read: impl Fn(&mut Bytes<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let mut bytes = Bytes(body);
    bytes.skip(4)?;
    let count = bytes.u32()? as usize;
    let entries = bytes.take(count.checked_mul(size)?)?;
    entries.chunks_exact(size).map(|entry| read(&mut Bytes(entry))).collect()
}

/// Pairs of a number of samples and what they have in common (`stts`, `ctts`).
fn runs(body: &[u8]) -> Option<Vec<(u32, u32)>> {
    entries(body, 8, |bytes| Some((bytes.u32()?, bytes.u32()?)))
}

fn numbers(body: &[u8]) -> Option<Vec<u32>> {
    entries(body, 4, |bytes| bytes.u32())
}

fn long_numbers(body: &[u8]) -> Option<Vec<u64>> {
    entries(body, 8, |bytes| bytes.u64())
}

/// What each sample has, from runs of them.
fn each(runs: &[(u32, u32)]) -> impl Iterator<Item = u32> {
    runs.iter().flat_map(|(count, value)| iter::repeat_n(*value, *count as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_sizes_are_read() {
        let table = |bits: u8, count: u8, sizes: &[u8]| {
            Sizes::parse_compact(&[&[0, 0, 0, 0, 0, 0, 0, bits, 0, 0, 0, count], sizes].concat())
                .map(|sizes| sizes.iter().collect::<Vec<u32>>())
        };
        assert_eq!(table(4, 3, &[0x12, 0x30]), Some(vec![1, 2, 3]));
        assert_eq!(table(8, 2, &[7, 200]), Some(vec![7, 200]));
        assert_eq!(table(16, 2, &[1, 0, 0, 9]), Some(vec![256, 9]));
        assert_eq!(table(16, 3, &[1, 0, 0, 9]), None);
        assert_eq!(table(5, 1, &[1]), None);
    }

    #[test]
    fn a_table_holds_what_it_says() {
        assert_eq!(numbers(&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9]), Some(vec![9]));
        assert_eq!(numbers(&[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 9]), None);
    }
}
