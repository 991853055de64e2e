//! H.264: its configuration as MP4 stores it (ISO/IEC 14496-15, section 5) and its sequence parameter sets.

use super::{Chroma, StreamHeader, nal, usability};
use crate::{
    bits::{Bits, without_emulation_prevention},
    bytes::Bytes,
};

/// Profiles whose sequence parameter sets tell how colours are sampled.
const HIGH_PROFILES: [u8; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Profiles of eight-bit 4:2:0 pictures: Baseline, Main, High.
const COMMON_PROFILES: [u8; 3] = [66, 77, 100];
/// The highest level, times ten, that phones and browsers decode.
const HIGHEST_COMMON_LEVEL: u8 = 52;
/// Macroblocks of a picture at that level.
const MACROBLOCKS_AT_THAT_LEVEL: u64 = 36_864;
const MACROBLOCK_PIXELS: u64 = 16 * 16;
const MAX_MACROBLOCKS_PER_SIDE: u32 = 4096;

/// Types of units, from table 7-1 of H.264.
pub(crate) mod unit_type {
    pub(crate) const SLICE: u8 = 1;
    pub(crate) const IDR_SLICE: u8 = 5;
    pub(crate) const SEQUENCE_SET: u8 = 7;
    pub(crate) const PICTURE_SET: u8 = 8;

    /// The type of a unit.
    pub(crate) fn of(unit: &[u8]) -> Option<u8> {
        unit.first().map(|header| header & 0x1F)
    }
}

/// The `avcC` record: what a decoder needs before the first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AvcConfiguration {
    /// Bytes of the length in front of each unit.
    pub(crate) length_size: usize,
    /// The parameter sets, sequence sets first. Streams with their sets among the pictures have none here.
    pub(crate) parameter_sets: Vec<Vec<u8>>,
    /// Profile, compatibility and level as the record tells them.
    declared: [u8; 3],
}

impl AvcConfiguration {
    /// Parses the body of an `avcC` box.
    pub(crate) fn parse(record: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(record);
        let [_version, profile, compatibility, level, length_size] = bytes.array()?;
        let mut parameter_sets = Vec::new();
        for mask in [0x1F, 0xFF] {
            for _ in 0..bytes.u8()? & mask {
                let length = bytes.u16()?;
                parameter_sets.push(bytes.take(usize::from(length))?.to_vec());
            }
        }
        Some(Self {
            length_size: usize::from(length_size & 3) + 1,
            parameter_sets,
            declared: [profile, compatibility, level],
        })
    }

    /// What its sequence parameter sets say.
    pub(crate) fn headers(&self) -> impl Iterator<Item = StreamHeader> {
        self.parameter_sets.iter().filter_map(|set| sequence_set(set))
    }

    /// What the first sequence parameter set among the units of a sample says.
    pub(crate) fn header_in(&self, sample: &[u8]) -> Option<StreamHeader> {
        nal::units(sample, self.length_size).flatten().find_map(sequence_set)
    }

    /// RFC 6381 codec string behind the four-character code, by the record alone.
    pub(crate) fn declared_codec(&self) -> String {
        hex(self.declared)
    }
}

/// Parses a whole unit; `None` for one that is no sequence parameter set (H.264, section 7.3.2.1).
pub(crate) fn sequence_set(unit: &[u8]) -> Option<StreamHeader> {
    if unit_type::of(unit)? != unit_type::SEQUENCE_SET {
        return None;
    }
    let payload = without_emulation_prevention(unit.get(1..)?);
    let mut bits = Bits::new(&payload);
    let [profile, compatibility, level] = [bits.byte()?, bits.byte()?, bits.byte()?];
    let _id = bits.ue()?;
    let (chroma, depth) = match HIGH_PROFILES.contains(&profile) {
        true => sampling(&mut bits)?,
        false => (Chroma::Half420, 8),
    };
    skip_order(&mut bits)?;
    let _reference_frames = bits.ue()?;
    let _gaps_allowed = bits.flag()?;
    let across = macroblocks(bits.ue()?)?;
    let map_units = macroblocks(bits.ue()?)?;
    let is_interlaced = !bits.flag()?;
    if is_interlaced {
        let _adaptive = bits.flag()?;
    }
    let down = if is_interlaced { map_units * 2 } else { map_units };
    let _direct_inference = bits.flag()?;
    let (left_right, top_bottom) = cropping(&mut bits, chroma, is_interlaced)?;
    let has_usability = bits.flag()?;
    // Players forgive what follows the size.
    let (pixel_aspect, colour) =
        has_usability.then(|| usability(&mut bits)).flatten().unwrap_or_default();
    let header = StreamHeader {
        decoded_pixels: u64::from(across) * u64::from(down) * MACROBLOCK_PIXELS,
        chroma,
        depth,
        is_interlaced,
        pixel_aspect,
        colour,
        codec: Some(hex([profile, compatibility, level])),
        ..StreamHeader::plain(
            (across * 16).checked_sub(left_right).filter(|side| *side > 0)?,
            (down * 16).checked_sub(top_bottom).filter(|side| *side > 0)?,
        )
    };
    Some(StreamHeader { obstacle: obstacle(&header, profile, level), ..header })
}

/// What keeps a decoder of common H.264 from showing it, in words.
fn obstacle(header: &StreamHeader, profile: u8, level: u8) -> Option<String> {
    let StreamHeader { chroma, depth, .. } = header;
    if *depth != 8 || *chroma != Chroma::Half420 {
        return Some(format!("H.264 with {depth}-bit {}", chroma.name()));
    }
    if !COMMON_PROFILES.contains(&profile) {
        return Some(format!("H.264 of profile {profile}"));
    }
    if header.is_interlaced {
        return Some("interlaced H.264".to_owned());
    }
    let most = MACROBLOCKS_AT_THAT_LEVEL * MACROBLOCK_PIXELS;
    let is_beyond = level > HIGHEST_COMMON_LEVEL || header.decoded_pixels > most;
    is_beyond.then(|| "H.264 beyond level 5.2".to_owned())
}

/// A number of macroblocks from how it is written, if it is one that exists.
fn macroblocks(minus_one: u32) -> Option<u32> {
    (minus_one < MAX_MACROBLOCKS_PER_SIDE).then(|| minus_one + 1)
}

/// How colours are sampled, and bits of a sample.
fn sampling(bits: &mut Bits<'_>) -> Option<(Chroma, u32)> {
    let chroma = Chroma::from_format(bits.ue()?)?;
    if chroma == Chroma::Full444 {
        let _separate_planes = bits.flag()?;
    }
    let luma = bits.ue()?.checked_add(8)?;
    let depth = bits.ue()?.checked_add(8)?.max(luma);
    let _lossless = bits.flag()?;
    if bits.flag()? {
        let lists = if chroma == Chroma::Full444 { 12 } else { 8 };
        for list in 0..lists {
            if bits.flag()? {
                skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Some((chroma, depth))
}

fn skip_scaling_list(bits: &mut Bits<'_>, size: u32) -> Option<()> {
    let (mut last, mut next) = (8_i32, 8_i32);
    for _ in 0..size {
        if next != 0 {
            next = last.wrapping_add(bits.se()?).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}

/// Skips how pictures are numbered.
fn skip_order(bits: &mut Bits<'_>) -> Option<()> {
    let _frame_number_bits = bits.ue()?;
    match bits.ue()? {
        0 => bits.ue().map(drop),
        1 => {
            let _always_zero = bits.flag()?;
            let (_non_reference, _top_to_bottom) = (bits.se()?, bits.se()?);
            let count = bits.ue()?;
            (count <= 255).then_some(())?;
            (0..count).try_for_each(|_| bits.se().map(drop))
        }
        _ => Some(()),
    }
}

/// Pixels that are cut off left and right, and above and below.
fn cropping(bits: &mut Bits<'_>, chroma: Chroma, is_interlaced: bool) -> Option<(u32, u32)> {
    if !bits.flag()? {
        return Some((0, 0));
    }
    let [left, right, top, bottom] = [bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?];
    let across = if matches!(chroma, Chroma::Half420 | Chroma::Half422) { 2 } else { 1 };
    let down = if chroma == Chroma::Half420 { 2 } else { 1 };
    let down = if is_interlaced { 2 * down } else { down };
    Some((
        left.checked_add(right)?.checked_mul(across)?,
        top.checked_add(bottom)?.checked_mul(down)?,
    ))
}

fn hex([profile, compatibility, level]: [u8; 3]) -> String {
    format!("{profile:02x}{compatibility:02x}{level:02x}")
}
