//! What the headers of coded pictures and sound say, whatever their container says.

pub(crate) mod audio;
pub(crate) mod av1;
pub(crate) mod h264;
pub(crate) mod hevc;
pub(crate) mod nal;
pub(crate) mod names;
pub(crate) mod vp8;
pub(crate) mod vp9;

use crate::colour::Colour;

/// Numbers of colour samples for each number of brightness samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chroma {
    Monochrome,
    Half420,
    Half422,
    Full444,
}

impl Chroma {
    /// From `chroma_format_idc`, which H.264 and HEVC share.
    pub(crate) fn from_format(code: u32) -> Option<Self> {
        [Self::Monochrome, Self::Half420, Self::Half422, Self::Full444].get(code as usize).copied()
    }

    /// How it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Monochrome => "grey",
            Self::Half420 => "4:2:0",
            Self::Half422 => "4:2:2",
            Self::Full444 => "4:4:4",
        }
    }
}

/// A stream of pictures by its own headers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StreamHeader {
    /// Pixels across that are shown.
    pub(crate) width: u32,
    /// Pixels down that are shown.
    pub(crate) height: u32,
    /// Pixels that are decoded for one picture.
    pub(crate) decoded_pixels: u64,
    pub(crate) chroma: Chroma,
    /// Bits of a sample.
    pub(crate) depth: u32,
    /// Whether pictures may be made of two fields.
    pub(crate) is_interlaced: bool,
    /// Width to height of a pixel.
    pub(crate) pixel_aspect: Option<(u32, u32)>,
    pub(crate) colour: Colour,
    /// RFC 6381 codec string behind the four-character code, such as `64001f` for H.264.
    pub(crate) codec: Option<String>,
    /// What keeps decoders of the codec's common profiles from showing it, in words.
    pub(crate) obstacle: Option<String>,
}

impl StreamHeader {
    /// Progressive 8-bit pictures with colours at half resolution, of this size.
    pub(crate) fn plain(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            decoded_pixels: u64::from(width) * u64::from(height),
            chroma: Chroma::Half420,
            depth: 8,
            is_interlaced: false,
            pixel_aspect: None,
            colour: Colour::default(),
            codec: None,
            obstacle: None,
        }
    }
}

/// Pixel aspects by `aspect_ratio_idc`, from 1 on (H.264, table E-1; HEVC has the same).
const PIXEL_ASPECTS: [(u32, u32); 16] = [
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
];
/// The `aspect_ratio_idc` that is followed by the aspect itself.
const EXTENDED_ASPECT: u32 = 255;

/// The beginning of video usability information, which H.264 and HEVC share: pixel aspect and colours.
pub(crate) fn usability(bits: &mut crate::bits::Bits<'_>) -> Option<(Option<(u32, u32)>, Colour)> {
    let mut aspect = None;
    if bits.flag()? {
        aspect = match bits.bits(8)? {
            EXTENDED_ASPECT => Some((bits.bits(16)?, bits.bits(16)?)),
            code => PIXEL_ASPECTS.get((code as usize).wrapping_sub(1)).copied(),
        };
    }
    if bits.flag()? {
        let _overscan_appropriate = bits.flag()?;
    }
    let mut colour = Colour::default();
    if bits.flag()? {
        let _video_format = bits.bits(3)?;
        let full_range = bits.flag()?;
        if bits.flag()? {
            colour = Colour::from_codes(bits.byte()?, bits.byte()?, bits.byte()?);
        }
        colour.full_range = Some(full_range);
    }
    Some((aspect.filter(|(width, height)| *width > 0 && *height > 0), colour))
}
