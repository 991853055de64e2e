//! HEVC: its configuration as MP4 stores it (ISO/IEC 14496-15, section 8) and its sequence parameter sets.

use super::{Chroma, StreamHeader, nal, usability};
use crate::{
    bits::{Bits, without_emulation_prevention},
    bytes::Bytes,
};

/// Type of units that are sequence parameter sets (HEVC, table 7-1).
const SEQUENCE_SET: u8 = 33;
/// Sides of pictures are 13 bits where codecs write them plainly; HEVC's levels allow less.
const MAX_SIDE: u32 = 16_384;
const MAX_SUB_LAYERS: u32 = 7;
const MAX_REFERENCE_SETS: u32 = 64;
const MAX_REFERENCES: u32 = 16;

/// The `hvcC` record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HevcConfiguration {
    length_size: usize,
    sequence_sets: Vec<Vec<u8>>,
    codec: String,
}

impl HevcConfiguration {
    /// Parses the body of an `hvcC` box.
    pub(crate) fn parse(record: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(record);
        let _version = bytes.u8()?;
        let profile = Profile::read(&mut bytes)?;
        bytes.skip(8)?;
        let length_size = usize::from(bytes.u8()? & 3) + 1;
        let mut sequence_sets = Vec::new();
        for _ in 0..bytes.u8()? {
            let kind = bytes.u8()? & 0x3F;
            for _ in 0..bytes.u16()? {
                let length = bytes.u16()?;
                let unit = bytes.take(usize::from(length))?;
                if kind == SEQUENCE_SET {
                    sequence_sets.push(unit.to_vec());
                }
            }
        }
        Some(Self { length_size, sequence_sets, codec: profile.codec() })
    }

    /// What its own sequence parameter sets say, with the codec string of the record.
    pub(crate) fn header(&self) -> Option<StreamHeader> {
        let found = self.sequence_sets.iter().find_map(|unit| sequence_set(unit))?;
        Some(StreamHeader { codec: Some(self.codec.clone()), ..found })
    }

    /// The same of the first sequence parameter set in a sample.
    pub(crate) fn header_in(&self, sample: &[u8]) -> Option<StreamHeader> {
        let found = nal::units(sample, self.length_size).flatten().find_map(sequence_set)?;
        Some(StreamHeader { codec: Some(self.codec.clone()), ..found })
    }

    /// RFC 6381 codec string behind the four-character code, by the record alone.
    pub(crate) fn declared_codec(&self) -> String {
        self.codec.clone()
    }
}

/// `general_profile_space` to `general_level_idc` of a record.
struct Profile {
    space: u8,
    tier: bool,
    profile: u8,
    compatibility: u32,
    constraints: [u8; 6],
    level: u8,
}

impl Profile {
    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let first = bytes.u8()?;
        Some(Self {
            space: first >> 6,
            tier: first & 0x20 != 0,
            profile: first & 0x1F,
            compatibility: bytes.u32()?,
            constraints: bytes.array()?,
            level: bytes.u8()?,
        })
    }

    /// As ISO/IEC 14496-15, section E.3, wants it.
    fn codec(&self) -> String {
        let space = ["", "A", "B", "C"][usize::from(self.space)];
        let compatibility = self.compatibility.reverse_bits();
        let tier = if self.tier { 'H' } else { 'L' };
        let mut codec = format!("{space}{}.{compatibility:X}.{tier}{}", self.profile, self.level);
        let used = self.constraints.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        for byte in self.constraints.iter().take(used) {
            codec.push_str(&format!(".{byte:X}"));
        }
        codec
    }
}

/// Parses a whole unit; `None` for one that is no sequence parameter set (HEVC, section 7.3.2.2).
fn sequence_set(unit: &[u8]) -> Option<StreamHeader> {
    if unit.first()? >> 1 & 0x3F != SEQUENCE_SET {
        return None;
    }
    let payload = without_emulation_prevention(unit.get(2..)?);
    let mut bits = Bits::new(&payload);
    let _parameter_set = bits.bits(4)?;
    let sub_layers = bits.bits(3)?;
    let _nested = bits.flag()?;
    let is_interlaced = skip_profile(&mut bits, sub_layers)?;
    let _id = bits.ue()?;
    let chroma = Chroma::from_format(bits.ue()?)?;
    if chroma == Chroma::Full444 {
        let _separate_planes = bits.flag()?;
    }
    let side = |side: u32| Some(side).filter(|side| (1..=MAX_SIDE).contains(side));
    let (width, height) = (side(bits.ue()?)?, side(bits.ue()?)?);
    let (left_right, top_bottom) = conformance_window(&mut bits, chroma)?;
    let luma = bits.ue()?.checked_add(8)?;
    let depth = bits.ue()?.checked_add(8)?.max(luma);
    let mut header = StreamHeader {
        decoded_pixels: u64::from(width) * u64::from(height),
        chroma,
        depth,
        is_interlaced,
        ..StreamHeader::plain(
            width.checked_sub(left_right).filter(|side| *side > 0)?,
            height.checked_sub(top_bottom).filter(|side| *side > 0)?,
        )
    };
    // Players forgive what follows the size.
    if let Some((pixel_aspect, colour)) = seek_usability(&mut bits, sub_layers) {
        (header.pixel_aspect, header.colour) = (pixel_aspect, colour);
    }
    Some(header)
}

/// Skips `profile_tier_level` and tells whether its source was interlaced.
fn skip_profile(bits: &mut Bits<'_>, sub_layers: u32) -> Option<bool> {
    bits.skip(8 + 32)?;
    let is_progressive = bits.flag()?;
    let is_interlaced = bits.flag()?;
    bits.skip(46 + 8)?;
    let mut present = Vec::new();
    for _ in 0..sub_layers {
        present.push((bits.flag()?, bits.flag()?));
    }
    if sub_layers > 0 {
        bits.skip(2 * (8 - sub_layers as usize))?;
    }
    for (has_profile, has_level) in present {
        bits.skip(if has_profile { 88 } else { 0 })?;
        bits.skip(if has_level { 8 } else { 0 })?;
    }
    Some(is_interlaced && !is_progressive)
}

/// Pixels that are cut off left and right, and above and below.
fn conformance_window(bits: &mut Bits<'_>, chroma: Chroma) -> Option<(u32, u32)> {
    if !bits.flag()? {
        return Some((0, 0));
    }
    let [left, right, top, bottom] = [bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?];
    let across = if matches!(chroma, Chroma::Half420 | Chroma::Half422) { 2 } else { 1 };
    let down = if chroma == Chroma::Half420 { 2 } else { 1 };
    Some((
        left.checked_add(right)?.checked_mul(across)?,
        top.checked_add(bottom)?.checked_mul(down)?,
    ))
}

/// Goes on from the depths of samples to the video usability information and reads its beginning.
fn seek_usability(
    bits: &mut Bits<'_>,
    sub_layers: u32,
) -> Option<(Option<(u32, u32)>, crate::colour::Colour)> {
    let order_bits = bits.ue()?.checked_add(4)?;
    let each_layer = bits.flag()?;
    for _ in 0..if each_layer { sub_layers.min(MAX_SUB_LAYERS) + 1 } else { 1 } {
        for _ in 0..3 {
            bits.ue()?;
        }
    }
    for _ in 0..6 {
        bits.ue()?;
    }
    if bits.flag()? && bits.flag()? {
        skip_scaling_lists(bits)?;
    }
    let (_asymmetric, _adaptive_offset) = (bits.flag()?, bits.flag()?);
    if bits.flag()? {
        bits.skip(8)?;
        let (_smallest, _range) = (bits.ue()?, bits.ue()?);
        let _loop_filter = bits.flag()?;
    }
    skip_reference_sets(bits)?;
    if bits.flag()? {
        for _ in 0..Some(bits.ue()?).filter(|count| *count <= 32)? {
            bits.skip(order_bits as usize + 1)?;
        }
    }
    let (_temporal, _smoothing) = (bits.flag()?, bits.flag()?);
    if bits.flag()? { usability(bits) } else { None }
}

fn skip_scaling_lists(bits: &mut Bits<'_>) -> Option<()> {
    for size in 0..4 {
        for _ in (0..6).step_by(if size == 3 { 3 } else { 1 }) {
            if !bits.flag()? {
                bits.ue()?;
                continue;
            }
            if size > 1 {
                bits.se()?;
            }
            for _ in 0..64.min(1 << (4 + 2 * size)) {
                bits.se()?;
            }
        }
    }
    Some(())
}

/// Skips the short-term reference picture sets (HEVC, section 7.3.7). A set may be told by its difference from the one
/// before, so the number of pictures in each has to be kept.
fn skip_reference_sets(bits: &mut Bits<'_>) -> Option<()> {
    let count = Some(bits.ue()?).filter(|count| *count <= MAX_REFERENCE_SETS)?;
    let mut before = 0;
    for index in 0..count {
        before = match index > 0 && bits.flag()? {
            true => skip_predicted_set(bits, before)?,
            false => {
                let counts = [bits.ue()?, bits.ue()?];
                let pictures = counts
                    .iter()
                    .all(|count| *count <= MAX_REFERENCES)
                    .then(|| counts.iter().sum::<u32>())?;
                for _ in 0..pictures {
                    bits.ue()?;
                    bits.flag()?;
                }
                pictures
            }
        };
    }
    Some(())
}

/// Skips a set that is told by its difference from one of `before` pictures; gives its own number.
fn skip_predicted_set(bits: &mut Bits<'_>, before: u32) -> Option<u32> {
    let (_sign, _difference) = (bits.flag()?, bits.ue()?);
    let mut pictures = 0;
    for _ in 0..=before {
        let is_used = bits.flag()?;
        let is_kept = is_used || bits.flag()?;
        pictures += u32::from(is_kept);
    }
    (pictures <= 2 * MAX_REFERENCES).then_some(pictures)
}
