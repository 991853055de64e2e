//! The small tables of an index: headers of the movie, its tracks and their fragments (ISO/IEC 14496-12, section 8).

use crate::bytes::Bytes;

/// Version and flags of a full box, and the rest.
fn full(body: &[u8]) -> Option<(u8, u32, Bytes<'_>)> {
    let mut bytes = Bytes(body);
    let word = bytes.u32()?;
    Some(((word >> 24) as u8, word & 0xFF_FFFF, bytes))
}

/// A duration and its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timing {
    /// Units a second; zero where it is not told.
    pub(crate) timescale: u32,
    /// In these units; zero where it is not known.
    pub(crate) duration: u64,
}

impl Timing {
    /// Of a movie (`mvhd`) or a media (`mdhd`), which begin alike.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (version, _, mut bytes) = full(body)?;
        let size = width(version);
        bytes.skip(2 * size)?;
        Some(Self { timescale: bytes.u32()?, duration: duration(&mut bytes, size)? })
    }
}

/// Bytes of times and durations in a box of this version.
fn width(version: u8) -> usize {
    if version == 1 { 8 } else { 4 }
}

/// A duration, of which all ones mean that it is not known.
fn duration(bytes: &mut Bytes<'_>, size: usize) -> Option<u64> {
    let unknown = if size == 8 { u64::MAX } else { u64::from(u32::MAX) };
    bytes.uint(size).map(|value| if value == unknown { 0 } else { value })
}

/// The total that a fragmented movie declares (`mehd`), in units of the movie.
pub(crate) fn fragmented_duration(body: &[u8]) -> Option<u64> {
    let (version, _, mut bytes) = full(body)?;
    duration(&mut bytes, width(version))
}

/// A track header (`tkhd`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TrackHeader {
    pub(crate) id: u32,
    pub(crate) is_enabled: bool,
    /// The four numbers a, b, c, d of the display matrix, which maps (x, y) to (ax + cy, bx + dy) with y pointing down.
    pub(crate) matrix: [f64; 4],
    /// Width and height of the visual presentation, before the matrix.
    pub(crate) size: (f64, f64),
}

impl TrackHeader {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (version, flags, mut bytes) = full(body)?;
        let size = width(version);
        bytes.skip(2 * size)?;
        let id = bytes.u32()?;
        bytes.skip(4 + size + 8 + 8)?;
        let mut fixed = || bytes.i32().map(|value| f64::from(value) / 65_536.0);
        let [a, b, _, c, d, _, _, _, _] = [
            fixed()?,
            fixed()?,
            fixed()?,
            fixed()?,
            fixed()?,
            fixed()?,
            fixed()?,
            fixed()?,
            fixed()?,
        ];
        let mut length = || bytes.u32().map(|value| f64::from(value) / 65_536.0);
        let size = (length()?, length()?);
        Some(Self { id, is_enabled: flags & 1 == 1, matrix: [a, b, c, d], size })
    }
}

/// Four-character code of what a track holds (`hdlr`), for example `vide`.
pub(crate) fn handler(body: &[u8]) -> Option<[u8; 4]> {
    let (_, _, mut bytes) = full(body)?;
    bytes.skip(4)?;
    bytes.array()
}

/// Tracks that are referred to (a child of `tref`).
pub(crate) fn references(body: &[u8]) -> Option<Vec<u32>> {
    Some(body.chunks_exact(4).filter_map(|id| Bytes(id).u32()).collect())
}

/// What fragments leave unsaid about their samples (`trex`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FragmentDefaults {
    pub(crate) track: u32,
    pub(crate) description: u32,
    pub(crate) duration: u32,
    pub(crate) size: u32,
    pub(crate) flags: u32,
}

impl FragmentDefaults {
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (_, _, mut bytes) = full(body)?;
        Some(Self {
            track: bytes.u32()?,
            description: bytes.u32()?,
            duration: bytes.u32()?,
            size: bytes.u32()?,
            flags: bytes.u32()?,
        })
    }
}

/// The header of a track's fragment (`tfhd`), where the track's own defaults fill what it leaves unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FragmentHeader {
    pub(crate) base_offset: Option<u64>,
    pub(crate) base_is_fragment: bool,
    pub(crate) defaults: FragmentDefaults,
}

impl FragmentHeader {
    pub(crate) fn parse(body: &[u8], general: &FragmentDefaults) -> Option<Self> {
        let (_, flags, mut bytes) = full(body)?;
        let track = bytes.u32()?;
        let has = |bit: u32| flags & bit != 0;
        let base_offset = if has(1) { Some(bytes.u64()?) } else { None };
        let mut field = |bit, general| if has(bit) { bytes.u32() } else { Some(general) };
        let defaults = FragmentDefaults {
            track,
            description: field(2, general.description)?,
            duration: field(8, general.duration)?,
            size: field(0x10, general.size)?,
            flags: field(0x20, general.flags)?,
        };
        Some(Self { base_offset, base_is_fragment: has(0x2_0000), defaults })
    }
}

/// When a track's fragment begins (`tfdt`).
pub(crate) fn fragment_time(body: &[u8]) -> Option<u64> {
    let (version, _, mut bytes) = full(body)?;
    bytes.uint(width(version))
}

/// A run of samples in a fragment (`trun`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) data_offset: Option<i32>,
    pub(crate) samples: Vec<RunSample>,
}

/// One sample of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunSample {
    pub(crate) duration: u32,
    pub(crate) size: u32,
    pub(crate) flags: u32,
    /// Units between decoding and display; negative ones are written as version 1 wants, whatever the version.
    pub(crate) shift: i32,
}

impl Run {
    /// Number of samples that it claims. Those without fields of their own take no bytes, so it has to be checked.
    pub(crate) fn claimed(body: &[u8]) -> usize {
        let count = body.get(4..).and_then(|count| Bytes(count).u32());
        count.unwrap_or_default() as usize
    }

    pub(crate) fn parse(body: &[u8], defaults: &FragmentDefaults) -> Option<Self> {
        let (_, flags, mut bytes) = full(body)?;
        let has = |bit: u32| flags & bit != 0;
        let count = bytes.u32()? as usize;
        let data_offset = if has(1) { Some(bytes.i32()?) } else { None };
        let first_flags = if has(4) { Some(bytes.u32()?) } else { None };
        let mut samples = Vec::new();
        for index in 0..count {
            let mut field = |bit, general| if has(bit) { bytes.u32() } else { Some(general) };
            let duration = field(0x100, defaults.duration)?;
            let size = field(0x200, defaults.size)?;
            let own_flags = field(0x400, defaults.flags)?;
            let shift = field(0x800, 0)?.cast_signed();
            let flags = first_flags.filter(|_| index == 0).unwrap_or(own_flags);
            samples.push(RunSample { duration, size, flags, shift });
        }
        Some(Self { data_offset, samples })
    }
}

/// One line of an edit list (`elst`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EditEntry {
    /// In units of the movie; zero where it reaches to the end.
    pub(crate) duration: u64,
    /// Where in the media it begins, in units of the media; -1 for a time in which nothing is shown.
    pub(crate) media_time: i64,
}

/// The lines of an edit list, as many as there really are.
pub(crate) fn edits(body: &[u8]) -> Option<Vec<EditEntry>> {
    let (version, _, mut bytes) = full(body)?;
    let count = bytes.u32()? as usize;
    let mut entries = Vec::new();
    while entries.len() < count {
        let mut read = || {
            let (duration, media_time) = match version {
                1 => (bytes.u64()?, bytes.u64()?.cast_signed()),
                _ => (u64::from(bytes.u32()?), i64::from(bytes.i32()?)),
            };
            let _rate = bytes.u32()?;
            Some(EditEntry { duration, media_time })
        };
        match read() {
            Some(entry) => entries.push(entry),
            None => break,
        }
    }
    Some(entries)
}
