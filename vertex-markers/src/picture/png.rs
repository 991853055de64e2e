//! PNG: decoded row by row, so that deep samples never fill memory.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use ::png::{
    BitDepth, ColorType, Decoder, DecodingError, InterlaceInfo, Reader, Transformations,
    expand_interlaced_row,
};
use image::metadata::Orientation;

use super::colour::{Conversion, Source, Space};
use super::raster::{self, Raster};
use super::{Limits, Remark, remark};
use crate::{Error, Result};

/// The chunk that ends a file.
const END: [u8; 12] = *b"\0\0\0\0IEND\xae\x42\x60\x82";

/// A PNG file whose header is read.
pub(super) struct Png<'a> {
    bytes: &'a [u8],
    reader: Reader<Cursor<Cow<'a, [u8]>>>,
}

impl<'a> Png<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let mut decoder = Decoder::new(Cursor::new(with_end(bytes)));
        decoder.set_ignore_text_chunk(true);
        decoder.set_transformations(Transformations::EXPAND);
        let (width, height) = decoder.read_header_info().map_err(damaged)?.size();
        limits.check(width, height)?;
        Ok(Self { bytes, reader: decoder.read_info().map_err(damaged)? })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.reader.info().size()
    }

    pub(super) fn orientation(&self) -> Orientation {
        let exif = self.reader.info().exif_metadata.as_deref();
        exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
    }

    fn layout(&self) -> (Space, bool, bool) {
        let (colour, depth) = self.reader.output_color_type();
        let space = match colour {
            ColorType::Grayscale | ColorType::GrayscaleAlpha => Space::Grey,
            _ => Space::Rgb,
        };
        let has_alpha = matches!(colour, ColorType::GrayscaleAlpha | ColorType::Rgba);
        (space, has_alpha, depth == BitDepth::Sixteen)
    }

    /// Bytes of memory that decoding takes.
    pub(super) fn memory(&self) -> u64 {
        let (width, height) = self.size();
        let (_, has_alpha, _) = self.layout();
        u64::from(width) * u64::from(height) * if has_alpha { 4 } else { 3 }
    }

    /// The ICC profile.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        self.reader.info().icc_profile.as_deref().map(<[u8]>::to_vec)
    }

    pub(super) fn decode(mut self) -> Result<(Raster, Vec<Remark>)> {
        let (space, has_alpha, is_deep) = self.layout();
        let info = self.reader.info();
        let is_animated = info.animation_control.is_some();
        let (conversion, mut remarks) = Conversion::of(colours(info), space, has_alpha, is_deep);
        let file = envelope(self.bytes);
        remarks.extend(
            file.iter().flat_map(|file| &file.texts).flat_map(|text| remark::of_text(text)),
        );
        if is_animated {
            remarks.push(Remark::FirstFrame);
        }
        Ok((self.pixels(&conversion)?, remarks))
    }

    /// The pixels by their numbers, whatever colours those are.
    pub(super) fn decode_unmanaged(mut self) -> Result<Raster> {
        let (space, has_alpha, is_deep) = self.layout();
        let (conversion, _) = Conversion::of(Source::Untagged, space, has_alpha, is_deep);
        self.pixels(&conversion)
    }

    fn pixels(&mut self, conversion: &Conversion) -> Result<Raster> {
        if envelope(self.bytes).is_none() {
            return Err(Error::corrupt("the file ends before the picture does"));
        }
        let (width, height) = self.size();
        let (_, has_alpha, is_deep) = self.layout();
        let channels = conversion.channels();
        let mut samples = raster::samples(width, height, channels)?;
        let stride = width as usize * channels;
        let mut converted = vec![0; stride];
        let mut row = 0;
        while let Some(source) = self.reader.next_interlaced_row().map_err(damaged)? {
            let data = source.data();
            let pixels = data.len() / conversion.source_channels() / if is_deep { 2 } else { 1 };
            let target = &mut converted[..pixels * channels];
            if is_deep {
                let (pairs, _) = data.as_chunks();
                let deep: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
                conversion.deep_row(&deep, target);
            } else {
                conversion.row(data, target);
            }
            match source.interlace() {
                InterlaceInfo::Null(_) => {
                    if let Some(place) = samples.get_mut(row * stride..(row + 1) * stride) {
                        place.copy_from_slice(target);
                    }
                    row += 1;
                }
                InterlaceInfo::Adam7(pass) => {
                    let bits = if has_alpha { 32 } else { 24 };
                    expand_interlaced_row(&mut samples, stride, target, pass, bits);
                }
            }
        }
        Ok(Raster { width, height, has_alpha, samples })
    }
}

/// What a PNG file says of its colours; the first of these that it has is meant.
fn colours<'a>(info: &'a ::png::Info<'_>) -> Source<'a> {
    if let Some(points) = &info.coding_independent_code_points {
        return Source::Cicp(points.color_primaries, points.transfer_function);
    }
    if let Some(profile) = &info.icc_profile {
        return Source::Icc(Cow::Borrowed(profile));
    }
    match (info.srgb, info.gama_chunk) {
        (None, Some(gamma)) => {
            let points = info.chrm_chunk.map(|chunk| {
                [chunk.white, chunk.red, chunk.green, chunk.blue]
                    .map(|(x, y)| (x.into_value(), y.into_value()))
            });
            Source::Gamma(gamma.into_value(), points)
        }
        _ => Source::Untagged,
    }
}

/// What of a PNG file is no pixel.
pub(super) struct Envelope<'a> {
    /// Texts, with their keywords.
    pub(super) texts: Vec<&'a [u8]>,
    pub(super) trailing: &'a [u8],
    has_end: bool,
}

/// `None` when the file ends before the picture does. Behind the pixels it may lack its end.
pub(super) fn envelope(bytes: &[u8]) -> Option<Envelope<'_>> {
    let mut texts = Vec::new();
    let mut rest = bytes.get(8..)?;
    let mut has_pixels = false;
    loop {
        if has_pixels && rest.len() < END.len() {
            return Some(Envelope { texts, trailing: rest, has_end: false });
        }
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let name = rest.get(4..8)?;
        let content = rest.get(8..)?.get(..length)?;
        rest = rest.get(8 + length + 4..)?;
        match name {
            b"IEND" => return Some(Envelope { texts, trailing: rest, has_end: true }),
            b"IDAT" => has_pixels = true,
            b"tEXt" | b"iTXt" => texts.push(content),
            _ => {}
        }
    }
}

/// The file, with the end that it may lack: whether all pixels are there is for the decoder to say.
fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    match envelope(bytes) {
        Some(Envelope { trailing, has_end: false, .. }) => {
            Cow::Owned([&bytes[..bytes.len() - trailing.len()], &END].concat())
        }
        _ => Cow::Borrowed(bytes),
    }
}

fn damaged(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::corrupt("the file ends before the picture does")
        }
        DecodingError::LimitsExceeded => {
            Error::corrupt("what it says besides the picture is larger than 64 MB")
        }
        // The only thing that tells the kinds of format errors apart.
        DecodingError::Format(error) if error.to_string().starts_with("CRC") => {
            Error::corrupt("a checksum in it is wrong: send the original file again")
        }
        _ => Error::corrupt(
            "its data cannot be read: open it in a picture program and save it again",
        ),
    }
}
