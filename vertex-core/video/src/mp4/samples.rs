//! The sample tables of a track (ISO/IEC 14496-12, sections 8.6 and 8.7), joined into one list.

use std::{
    io::{Cursor, Read, Seek},
    iter,
};

use re_mp4::{Co64Box, CttsBox, ReadBox, StcoBox, StscBox, StssBox, StszBox, SttsBox};

use super::boxes::{self, BoxSpan};
use crate::{error::VideoError, source::Source};

/// Pictures of one track at most: more than four hours at 120 a second.
pub(crate) const MAX_SAMPLES: usize = 1 << 21;

/// One coded picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Position in the file, in bytes.
    pub(crate) offset: u64,
    /// Length in bytes.
    pub(crate) size: u32,
    /// Whether decoding can start here.
    pub(crate) sync: bool,
    /// When it is shown, in units of the track's timescale.
    pub(crate) time: i64,
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
    pub(crate) fn read<R: Read + Seek>(
        source: &mut Source<R>,
        tables: &[BoxSpan],
    ) -> Result<Self, VideoError> {
        let sizes: StszBox = boxes::leaf(source, &boxes::require(tables, b"stsz")?)?;
        let count = sizes.sample_count as usize;
        if count > MAX_SAMPLES {
            return Err(VideoError::TooLarge("too many pictures"));
        }
        let equal = if sizes.sample_size == 0 { 0 } else { count };
        let mut sizes = iter::repeat_n(sizes.sample_size, equal).chain(sizes.sample_sizes);
        let chunks = Chunks::read(source, tables)?;
        let durations: SttsBox = boxes::leaf(source, &boxes::require(tables, b"stts")?)?;
        let shifts = optional::<_, CttsBox>(source, tables, b"ctts")?
            .map(|table| table.entries)
            .unwrap_or_default();
        let syncs = optional::<_, StssBox>(source, tables, b"stss")?.map(|table| table.entries);

        let mut durations = durations
            .entries
            .iter()
            .flat_map(|run| iter::repeat_n(run.sample_delta, run.sample_count as usize));
        let mut shifts = shifts
            .iter()
            .flat_map(|run| iter::repeat_n(run.sample_offset, run.sample_count as usize));
        let mut syncs = syncs.map(|numbers| numbers.into_iter().peekable());
        let mut table = Self { samples: Vec::with_capacity(count), end: i64::MIN };
        let mut decoded = 0;
        let mut number = 0;
        for (mut offset, length) in chunks.iter() {
            for size in sizes.by_ref().take(length) {
                number += 1;
                let sync = syncs.as_mut().is_none_or(|numbers| {
                    while numbers.next_if(|known| *known < number).is_some() {}
                    numbers.next_if_eq(&number).is_some()
                });
                let duration = durations.next().unwrap_or_default();
                let time = decoded + i64::from(shifts.next().unwrap_or_default());
                table.push(Sample { offset, size, sync, time }, duration)?;
                offset = offset.saturating_add(u64::from(size));
                decoded += i64::from(duration);
            }
        }
        Ok(table)
    }

    /// Appends the next picture in decoding order, shown for `duration` units.
    pub(crate) fn push(&mut self, sample: Sample, duration: u32) -> Result<(), VideoError> {
        if self.samples.len() == MAX_SAMPLES {
            return Err(VideoError::TooLarge("too many pictures"));
        }
        self.end = self.end.max(sample.time.saturating_add(i64::from(duration)));
        self.samples.push(sample);
        Ok(())
    }

    /// Time from the first picture to the end of the last, in units of the track's timescale.
    pub(crate) fn duration(&self) -> u64 {
        let start = self.samples.iter().map(|sample| sample.time).min().unwrap_or(self.end);
        self.end.abs_diff(start)
    }
}

/// Where runs of samples lie and how many each holds.
struct Chunks {
    offsets: Vec<u64>,
    runs: StscBox,
}

impl Chunks {
    fn read<R: Read + Seek>(
        source: &mut Source<R>,
        tables: &[BoxSpan],
    ) -> Result<Self, VideoError> {
        let offsets = match optional::<_, Co64Box>(source, tables, b"co64")? {
            Some(long) => long.entries,
            None => {
                let short: StcoBox = boxes::leaf(source, &boxes::require(tables, b"stco")?)?;
                short.entries.into_iter().map(u64::from).collect()
            }
        };
        let runs = boxes::leaf(source, &boxes::require(tables, b"stsc")?)?;
        Ok(Self { offsets, runs })
    }

    /// The offset of each chunk and the number of samples in it.
    fn iter(&self) -> impl Iterator<Item = (u64, usize)> {
        let mut runs = self.runs.entries.iter().peekable();
        let mut length = 0;
        (1_u32..).zip(&self.offsets).map(move |(chunk, offset)| {
            while let Some(run) = runs.next_if(|run| run.first_chunk <= chunk) {
                length = run.samples_per_chunk as usize;
            }
            (*offset, length)
        })
    }
}

fn optional<R, T>(
    source: &mut Source<R>,
    tables: &[BoxSpan],
    kind: &[u8; 4],
) -> Result<Option<T>, VideoError>
where
    R: Read + Seek,
    T: for<'a> ReadBox<&'a mut Cursor<Vec<u8>>>,
{
    boxes::find(tables, kind).map(|span| boxes::leaf(source, &span)).transpose()
}
