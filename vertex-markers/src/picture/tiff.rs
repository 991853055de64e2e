//! TIFF: decoded strip by strip, or tile by tile.

use std::borrow::Cow;
use std::io::Cursor;

use ::tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};
use ::tiff::tags::Tag;
use ::tiff::{ColorType, TiffError};
use image::metadata::Orientation;

use super::colour::{Conversion, Source, Space, eight_bits};
use super::raster::{self, Raster};
use super::{Limits, Remark};
use crate::{Error, Result};

/// A TIFF file whose first directory is read.
pub(super) struct Tiff<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    size: (u32, u32),
    kind: Kind,
    /// Greatest size of a strip or tile.
    chunk: (u32, u32),
    orientation: Orientation,
    profile: Option<Vec<u8>>,
    has_more: bool,
}

/// How samples are to be read.
struct Kind {
    space: Space,
    depth: u8,
    samples: usize,
    alpha: Alpha,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alpha {
    None,
    /// Another sample that means nothing.
    Ignored,
    Straight,
    /// Colours are multiplied by it.
    Multiplied,
}

impl<'a> Tiff<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?;
        let most = usize::try_from(limits.max_memory).unwrap_or(usize::MAX);
        let mut tiff_limits = TiffLimits::default();
        tiff_limits.decoding_buffer_size = most;
        tiff_limits.intermediate_buffer_size = most;
        tiff_limits.ifd_value_size = 16 << 20;
        let mut decoder = decoder.with_limits(tiff_limits);
        if unsigned(&mut decoder, Tag::NewSubfileType).unwrap_or_default() & 1 == 1 {
            return Err(Error::ForeignFormat {
                what: "a camera's raw picture",
                advice: "export it as JPEG, PNG or TIFF",
            });
        }
        let size = decoder.dimensions().map_err(damaged)?;
        limits.check(size.0, size.1)?;
        if unsigned(&mut decoder, Tag::PlanarConfiguration) == Some(2) {
            return Err(variant("a TIFF with a plane for each colour"));
        }
        let kind = Kind::of(&mut decoder)?;
        let orientation = unsigned(&mut decoder, Tag::Orientation);
        let orientation = orientation.and_then(|value| Orientation::from_exif(value as u8));
        Ok(Self {
            size,
            kind,
            chunk: decoder.chunk_dimensions(),
            orientation: orientation.unwrap_or(Orientation::NoTransforms),
            profile: decoder.get_tag_u8_vec(Tag::IccProfile).ok(),
            has_more: decoder.more_images(),
            decoder,
        })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(super) fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// Bytes of memory that decoding takes.
    pub(super) fn memory(&self) -> u64 {
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let channels = if self.kind.has_alpha() { 4 } else { 3 };
        let bytes = self.kind.samples as u64 * if self.kind.depth > 8 { 2 } else { 1 };
        pixels(self.size) * channels + pixels(self.chunk).min(pixels(self.size)) * bytes
    }

    pub(super) fn decode(mut self) -> Result<(Raster, Vec<Remark>)> {
        let (width, height) = self.size;
        let has_alpha = self.kind.has_alpha();
        let source = self.profile.take().map(Cow::Owned).map_or(Source::Untagged, Source::Icc);
        let is_deep = self.kind.depth == 16;
        let (conversion, mut remarks) = Conversion::of(source, self.kind.space, has_alpha, is_deep);
        let channels = conversion.channels();
        let mut samples = raster::samples(width, height, channels)?;
        let (across, down) = (self.chunk.0.max(1), self.chunk.1.max(1));
        let chunks_across = width.div_ceil(across);
        let mut converted = vec![0; across.min(width) as usize * channels];
        for index in 0..chunks_across * height.div_ceil(down) {
            let chunk = self.decoder.read_chunk(index).map_err(damaged)?;
            let (left, top) = (index % chunks_across * across, index / chunks_across * down);
            let pixels = across.min(width - left) as usize;
            let rows = down.min(height - top) as usize;
            let target = &mut converted[..pixels * channels];
            for row in 0..rows {
                self.kind.convert(&chunk, row, pixels, &conversion, target)?;
                let place = (top as usize + row) * width as usize + left as usize;
                samples[place * channels..][..target.len()].copy_from_slice(target);
            }
        }
        if self.has_more {
            remarks.push(Remark::FirstPage);
        }
        Ok((Raster { width, height, has_alpha, samples }, remarks))
    }
}

impl Kind {
    fn of(decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Self> {
        let (space, depth, samples, extra) = match decoder.colortype().map_err(damaged)? {
            ColorType::Gray(depth) => (Space::Grey, depth, 1, false),
            ColorType::GrayA(depth) => (Space::Grey, depth, 2, true),
            ColorType::RGB(depth) => (Space::Rgb, depth, 3, false),
            ColorType::RGBA(depth) => (Space::Rgb, depth, 4, true),
            ColorType::CMYK(depth) => (Space::Cmyk, depth, 4, false),
            _ => return Err(variant("a TIFF with colours other than grey, RGB and CMYK")),
        };
        if !(matches!(depth, 8 | 16) || (samples == 1 && matches!(depth, 1 | 2 | 4))) {
            return Err(variant("a TIFF with an unusual number of bits a channel"));
        }
        let alpha = match (extra, unsigned(decoder, Tag::ExtraSamples)) {
            (false, _) => Alpha::None,
            (true, Some(1)) => Alpha::Multiplied,
            (true, Some(2)) => Alpha::Straight,
            (true, _) => Alpha::Ignored,
        };
        Ok(Self { space, depth, samples, alpha })
    }

    fn has_alpha(&self) -> bool {
        matches!(self.alpha, Alpha::Straight | Alpha::Multiplied)
    }

    /// Makes pixels of a row of a chunk.
    fn convert(
        &self,
        chunk: &DecodingResult,
        row: usize,
        pixels: usize,
        conversion: &Conversion,
        target: &mut [u8],
    ) -> Result<()> {
        let short = || Error::corrupt("the file ends before the picture does");
        let count = pixels * self.samples;
        match chunk {
            DecodingResult::U16(samples) => {
                let samples = samples.get(row * count..(row + 1) * count).ok_or_else(short)?;
                if self.alpha == Alpha::None {
                    conversion.deep_row(samples, target);
                } else {
                    let shallow: Vec<u8> = samples.iter().map(|&v| eight_bits(v)).collect();
                    self.shallow(&shallow, conversion, target);
                }
            }
            DecodingResult::U8(samples) => {
                let depth = usize::from(self.depth);
                let stride = (count * depth).div_ceil(8);
                let samples = samples.get(row * stride..(row + 1) * stride).ok_or_else(short)?;
                match depth {
                    8 => self.shallow(samples, conversion, target),
                    _ => self.shallow(&self.unpacked(samples, count), conversion, target),
                }
            }
            _ => return Err(variant("a TIFF with numbers of an unusual kind")),
        }
        Ok(())
    }

    /// Samples of fewer than eight bits, scaled to the whole range.
    fn unpacked(&self, packed: &[u8], count: usize) -> Vec<u8> {
        let depth = usize::from(self.depth);
        let most = (1_u8 << depth) - 1;
        (0..count)
            .map(|index| {
                let bit = index * depth;
                (packed[bit / 8] >> (8 - depth - bit % 8) & most) * (255 / most)
            })
            .collect()
    }

    fn shallow(&self, samples: &[u8], conversion: &Conversion, target: &mut [u8]) {
        match self.alpha {
            Alpha::None | Alpha::Straight => conversion.row(samples, target),
            Alpha::Ignored => {
                let own = self.samples - 1;
                let colours = samples.chunks_exact(self.samples).flat_map(|p| &p[..own]).copied();
                conversion.row(&colours.collect::<Vec<u8>>(), target);
            }
            Alpha::Multiplied => {
                let mut straight = samples.to_vec();
                for pixel in straight.chunks_exact_mut(self.samples) {
                    let (colours, alpha) = pixel.split_at_mut(self.samples - 1);
                    let alpha = u16::from(alpha[0]).max(1);
                    for colour in colours {
                        *colour = (u16::from(*colour) * 255 / alpha).min(255) as u8;
                    }
                }
                conversion.row(&straight, target);
            }
        }
    }
}

/// The first number of a tag.
fn unsigned(decoder: &mut Decoder<Cursor<&[u8]>>, tag: Tag) -> Option<u32> {
    let values = decoder.find_tag_unsigned_vec::<u32>(tag).ok()??;
    values.first().copied()
}

fn variant(what: &'static str) -> Error {
    Error::UnsupportedVariant { what, advice: "save it as RGB of 8 or 16 bits, or as PNG" }
}

fn damaged(error: TiffError) -> Error {
    match error {
        TiffError::IoError(_) => Error::corrupt("the file ends before the picture does"),
        TiffError::UnsupportedError(_) => variant("a TIFF of an unusual kind"),
        TiffError::LimitsExceeded => variant("a TIFF in too large strips"),
        _ => Error::corrupt(
            "its data cannot be read: open it in a picture program and save it again",
        ),
    }
}
