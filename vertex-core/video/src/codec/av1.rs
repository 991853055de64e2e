//! AV1: `av1C` as MP4 and WebM store it, and its sequence header (AV1 bitstream specification, section 5.5).

use super::{Chroma, StreamHeader};
use crate::{bits::Bits, colour::Colour};

/// Type of open bitstream units that are sequence headers.
const SEQUENCE_HEADER: u32 = 1;
/// Units looked at for it.
const MAX_UNITS: usize = 8;
/// Samples are in red, green and blue where all three of these are told: BT.709, sRGB, identity.
const SRGB: Colour =
    Colour { primaries: Some(1), transfer: Some(13), matrix: Some(0), full_range: None };

/// What the record says by itself: the codec string.
pub(crate) fn configuration(record: &[u8]) -> Option<String> {
    let [_marker, profile, flags, _delay] = *record.first_chunk()?;
    let depth = depth(u32::from(profile >> 5), flags & 0x40 != 0, flags & 0x20 != 0);
    Some(codec(u32::from(profile >> 5), u32::from(profile & 0x1F), flags & 0x80 != 0, depth))
}

/// What the sequence header among the units of a record says.
pub(crate) fn configured_header(record: &[u8]) -> Option<StreamHeader> {
    header(record.get(4..)?)
}

/// What the first sequence header among these units says.
pub(crate) fn header(mut units: &[u8]) -> Option<StreamHeader> {
    for _ in 0..MAX_UNITS {
        let mut bits = Bits::new(units);
        let _forbidden = bits.flag()?;
        let kind = bits.bits(4)?;
        let (has_extension, has_size) = (bits.flag()?, bits.flag()?);
        let head = if has_extension { 2 } else { 1 };
        let rest = units.get(head..)?;
        let (length, rest) = if has_size { leb128(rest)? } else { (rest.len(), rest) };
        let (unit, after) = rest.split_at_checked(length)?;
        if kind == SEQUENCE_HEADER {
            return sequence_header(unit);
        }
        units = after;
    }
    None
}

fn sequence_header(unit: &[u8]) -> Option<StreamHeader> {
    let mut bits = Bits::new(unit);
    let profile = bits.bits(3)?;
    let _still = bits.flag()?;
    let is_reduced = bits.flag()?;
    let (level, tier) = if is_reduced { (bits.bits(5)?, false) } else { points(&mut bits)? };
    let (width_bits, height_bits) = (bits.bits(4)? + 1, bits.bits(4)? + 1);
    let (width, height) = (bits.bits(width_bits)? + 1, bits.bits(height_bits)? + 1);
    if !is_reduced && bits.flag()? {
        bits.skip(4 + 3)?;
    }
    bits.skip(3)?;
    if !is_reduced {
        skip_tools(&mut bits)?;
    }
    bits.skip(3)?;
    let (chroma, depth, colour) = colours(&mut bits, profile)?;
    Some(StreamHeader {
        chroma,
        depth,
        colour,
        codec: Some(codec(profile, level, tier, depth)),
        ..StreamHeader::plain(width, height)
    })
}

/// Skips timing and operating points; gives level and tier of the first.
fn points(bits: &mut Bits<'_>) -> Option<(u32, bool)> {
    let has_timing = bits.flag()?;
    let mut delay_bits = None;
    if has_timing {
        bits.skip(64)?;
        if bits.flag()? {
            bits.ue()?;
        }
        if bits.flag()? {
            delay_bits = Some(bits.bits(5)? as usize + 1);
            bits.skip(32 + 10)?;
        }
    }
    let has_display_delay = bits.flag()?;
    let mut first = None;
    for _ in 0..=bits.bits(5)? {
        bits.skip(12)?;
        let level = bits.bits(5)?;
        let tier = level > 7 && bits.flag()?;
        if let Some(delay_bits) = delay_bits
            && bits.flag()?
        {
            bits.skip(2 * delay_bits + 1)?;
        }
        if has_display_delay && bits.flag()? {
            bits.skip(4)?;
        }
        first.get_or_insert((level, tier));
    }
    first
}

/// Skips the tools between the size of a picture and its colours.
fn skip_tools(bits: &mut Bits<'_>) -> Option<()> {
    bits.skip(4)?;
    let has_order_hint = bits.flag()?;
    if has_order_hint {
        bits.skip(2)?;
    }
    let forces_screen_tools = if bits.flag()? { true } else { bits.flag()? };
    if forces_screen_tools && !bits.flag()? {
        bits.flag()?;
    }
    bits.skip(if has_order_hint { 3 } else { 0 })
}

fn colours(bits: &mut Bits<'_>, profile: u32) -> Option<(Chroma, u32, Colour)> {
    let is_high = bits.flag()?;
    let is_twelve = profile == 2 && is_high && bits.flag()?;
    let depth = depth(profile, is_high, is_twelve);
    let is_grey = profile != 1 && bits.flag()?;
    let mut colour = Colour::default();
    if bits.flag()? {
        colour = Colour::from_codes(bits.byte()?, bits.byte()?, bits.byte()?);
    }
    if is_grey {
        colour.full_range = Some(bits.flag()?);
        return Some((Chroma::Monochrome, depth, colour));
    }
    if colour == SRGB {
        colour.full_range = Some(true);
        return Some((Chroma::Full444, depth, colour));
    }
    colour.full_range = Some(bits.flag()?);
    let chroma = match profile {
        0 => Chroma::Half420,
        1 => Chroma::Full444,
        _ if depth < 12 => Chroma::Half422,
        _ => match (bits.flag()?, bits.flag()?) {
            (true, true) => Chroma::Half420,
            (true, false) => Chroma::Half422,
            _ => Chroma::Full444,
        },
    };
    Some((chroma, depth, colour))
}

fn depth(profile: u32, is_high: bool, is_twelve: bool) -> u32 {
    match (is_high, profile == 2 && is_twelve) {
        (false, _) => 8,
        (true, false) => 10,
        (true, true) => 12,
    }
}

/// RFC 6381 codec string behind the four-character code, as the AV1 binding to MP4 wants it.
fn codec(profile: u32, level: u32, tier: bool, depth: u32) -> String {
    let tier = if tier { 'H' } else { 'M' };
    format!("{profile}.{level:02}{tier}.{depth:02}")
}

/// A number in groups of seven bits, the lowest first, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(8) {
        value |= u64::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok().zip(bytes.get(index + 1..));
        }
    }
    None
}
