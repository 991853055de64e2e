//! JPEG: read as leniently as the usual programs do, refused when a part of the picture is not there.

mod file;
mod huffman;
mod marker;
mod outline;
mod scan;

use image::metadata::Orientation;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::colour::{Conversion, Source, Space};
use super::raster::{self, Raster};
use super::{Limits, Remark};
use crate::{Error, Result};
use file::{Headers, Model, Whole};

pub(crate) use outline::{Outline, outline};

/// What of a JPEG file is no pixel.
pub(super) struct Envelope<'a> {
    pub(super) comments: Vec<&'a [u8]>,
    pub(super) trailing: &'a [u8],
}

/// A JPEG file whose headers are read.
pub(super) struct Jpeg<'a> {
    bytes: &'a [u8],
    limits: Limits,
    headers: Headers<'a>,
}

impl<'a> Jpeg<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let headers = file::headers(bytes, limits)?;
        Ok(Self { bytes, limits: *limits, headers })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.headers.frame.width.into(), self.headers.frame.height.into())
    }

    pub(super) fn orientation(&self) -> Orientation {
        let orientation = self.headers.exif.and_then(Orientation::from_exif_chunk);
        orientation.unwrap_or(Orientation::NoTransforms)
    }

    /// Bytes of memory that decoding takes.
    pub(super) fn memory(&self) -> u64 {
        let frame = &self.headers.frame;
        let (units_across, units_down) = frame.units();
        let blocks: usize = frame.components.iter().map(|c| c.across * c.down).sum();
        let samples = (units_across * units_down * blocks * 64) as u64;
        let pixels = u64::from(frame.width) * u64::from(frame.height);
        let channels = frame.components.len() as u64;
        let coefficients = if frame.is_progressive() { samples * 2 + samples / 8 } else { 0 };
        let decoded = match self.decoder() {
            Decoder::Usual => pixels * if channels == 1 { 4 } else { 3 },
            // Planes, then pixels of them.
            Decoder::Other => samples + pixels * channels.max(3),
        };
        coefficients + decoded + self.bytes.len() as u64
    }

    fn decoder(&self) -> Decoder {
        let Headers { frame, is_interleaved, .. } = &self.headers;
        let (across, down) = frame.sampling();
        let luma = &frame.components[0];
        let is_usual = frame.components.len() < 4
            && (luma.across, luma.down) == (across, down)
            && frame.components.iter().all(|c| c.across != 3 && c.down != 3)
            && (*is_interleaved || frame.is_progressive() || (across, down) == (1, 1));
        if is_usual { Decoder::Usual } else { Decoder::Other }
    }

    pub(super) fn decode(self) -> Result<(Raster, Vec<Remark>)> {
        let whole = file::whole(self.bytes, &self.limits)?;
        let decoder = self.decoder();
        let (width, height) = self.size();
        let clean = whole.written_again(self.bytes);
        let Whole { headers, .. } = whole;
        let space = match headers.model {
            Model::Grey => Space::Grey,
            Model::YCbCr | Model::Rgb => Space::Rgb,
            Model::Cmyk | Model::Ycck => Space::Cmyk,
        };
        let source = headers.profile().map_or(Source::Untagged, Source::Icc);
        let (conversion, remarks) = Conversion::new(source, space);
        let samples = match decoder {
            Decoder::Usual => usual(&clean, space, (width, height))?,
            Decoder::Other => other(&clean, space, (width, height))?,
        };
        drop(clean);
        let raster = Raster::of_samples(width, height, samples, |source, rgb| {
            conversion.row(source, rgb);
        });
        Ok((raster?, remarks))
    }
}

/// What of a JPEG file is no pixel; `None` when it is not whole.
pub(super) fn envelope(bytes: &[u8]) -> Option<Envelope<'_>> {
    let any = Limits { min_side: 1, max_side: u32::MAX, ..Limits::ENGINE };
    let whole = file::whole(bytes, &any).ok()?;
    Some(Envelope {
        comments: whole.headers.comments().to_vec(),
        trailing: bytes.get(whole.end..)?,
    })
}

/// Who decodes a picture.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decoder {
    /// The faster one.
    Usual,
    /// The one that knows channels of every sampling, in scans of their own, and four of them.
    Other,
}

fn usual(clean: &[u8], space: Space, (width, height): (u32, u32)) -> Result<Vec<u8>> {
    let colours = if space == Space::Grey { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(colours)
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(clean), options);
    let mut samples = raster::samples(width, height, space.channels())?;
    decoder.decode_into(&mut samples).map_err(|_| unreadable())?;
    Ok(samples)
}

fn other(clean: &[u8], space: Space, (width, height): (u32, u32)) -> Result<Vec<u8>> {
    let mut decoder = jpeg_decoder::Decoder::new(clean);
    let samples = decoder.decode().map_err(|error| match error {
        jpeg_decoder::Error::Unsupported(_) => Error::UnsupportedVariant {
            what: "a JPEG with colour channels of unusual sizes",
            advice: "save it again as a usual JPEG or as a PNG",
        },
        _ => unreadable(),
    })?;
    let length = raster::length(width, height, space.channels())?;
    if samples.len() == length { Ok(samples) } else { Err(unreadable()) }
}

fn unreadable() -> Error {
    Error::corrupt("its data cannot be read: open it in a picture program and save it again")
}
