//! The `.iset` file: the picture and the resolutions it is wanted in.

use image::{ImageDecoder, codecs::jpeg::JpegDecoder};

use crate::gray::{GrayBytes, Plane};
use crate::picture::jpeg::{self, Outline};
use crate::{Error, Limits, Result};

use super::bytes::{Reader, Writer};

/// The contents of an `.iset` file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageSet {
    /// The pictures.
    pub pictures: Pictures,
}

/// How an image set keeps its levels.
#[derive(Debug, Clone, PartialEq)]
pub enum Pictures {
    /// The layout of ARToolKit 5: one picture, from which the reader makes the others.
    Jpeg {
        /// A baseline JPEG of one component, with its resolution in the JFIF header.
        picture: Vec<u8>,
        /// Resolutions of the other levels in dots per inch, descending.
        dpis: Vec<f32>,
    },
    /// The layout of ARToolKit 4: every level is stored.
    Raw(Vec<ImageLevel>),
}

/// The picture in one resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageLevel {
    /// Dots per inch.
    pub dpi: f32,
    /// Grey levels.
    pub image: GrayBytes,
}

const FLOAT_BYTES: usize = 4;

impl ImageSet {
    /// Reads an `.iset` file; the picture inside is not decoded yet.
    ///
    /// # Errors
    /// `MalformedMarker` naming the first rule broken.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, ".iset");
        let count = reader.count("levels", 1)?;
        if count == 0 {
            return Err(reader.malformed("there is no level"));
        }
        let pictures = match jpeg::outline(&bytes[FLOAT_BYTES..]) {
            Some(outline) => jpeg_layout(&mut reader, &outline, count)?,
            None => Pictures::Raw((0..count).map(|_| level(&mut reader)).collect::<Result<_>>()?),
        };
        reader.end()?;
        Ok(Self { pictures })
    }

    /// Writes the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        match &self.pictures {
            Pictures::Jpeg { picture, dpis } => {
                writer.count(dpis.len() + 1);
                writer.bytes.extend(picture);
                dpis.iter().for_each(|&dpi| writer.float(dpi));
            }
            Pictures::Raw(levels) => {
                writer.count(levels.len());
                for level in levels {
                    writer.count(level.image.width());
                    writer.count(level.image.height());
                    writer.float(level.dpi);
                    writer.bytes.extend(level.image.data());
                }
            }
        }
        writer.bytes
    }

    /// The levels as the tracker has them, the highest resolution first.
    ///
    /// # Errors
    /// `CorruptPicture` when the picture inside cannot be decoded, `TooLarge` when it has too many pixels.
    pub fn levels(&self) -> Result<Vec<ImageLevel>> {
        match &self.pictures {
            Pictures::Jpeg { picture, dpis } => {
                let first = decoded(picture)?;
                let others = dpis.iter().map(|&dpi| first.at(dpi)).collect::<Vec<_>>();
                Ok(std::iter::once(first).chain(others).collect())
            }
            Pictures::Raw(levels) => Ok(levels.clone()),
        }
    }

    /// Width and height of the highest resolution in pixels, and its dots per inch; no picture is decoded.
    ///
    /// # Errors
    /// `CorruptPicture` when the picture inside is none.
    pub fn size(&self) -> Result<(u32, u32, f32)> {
        match &self.pictures {
            Pictures::Jpeg { picture, .. } => {
                let outline = outline(picture)?;
                Ok((outline.width, outline.height, outline.dpi.unwrap_or_default()))
            }
            Pictures::Raw(levels) => {
                let first =
                    levels.first().ok_or_else(|| Error::malformed(".iset: there is no level"))?;
                Ok((first.image.width() as u32, first.image.height() as u32, first.dpi))
            }
        }
    }
}

fn outline(picture: &[u8]) -> Result<Outline> {
    jpeg::outline(picture).ok_or_else(|| Error::corrupt("it is not a whole JPEG"))
}

fn jpeg_layout(reader: &mut Reader<'_>, outline: &Outline, count: usize) -> Result<Pictures> {
    if outline.components != 1 {
        return Err(reader.malformed(format!("its picture has {} components", outline.components)));
    }
    if outline.dpi.is_none_or(|dpi| dpi < 1.0) {
        return Err(reader.malformed("its picture does not name its resolution"));
    }
    let picture = reader.take(outline.length)?.to_vec();
    let dpis: Vec<f32> =
        (1..count).map(|_| reader.float("the resolution of a level")).collect::<Result<_>>()?;
    if dpis.iter().any(|&dpi| dpi <= 0.0) {
        return Err(reader.malformed("the resolution of a level is not positive"));
    }
    Ok(Pictures::Jpeg { picture, dpis })
}

fn level(reader: &mut Reader<'_>) -> Result<ImageLevel> {
    let (width, height) = (reader.side("the width of a level")?, reader.side("its height")?);
    let dpi = reader.float("the resolution of a level")?;
    if dpi <= 0.0 {
        return Err(reader.malformed("the resolution of a level is not positive"));
    }
    let (width, height) = (width as usize, height as usize);
    let data = reader.take(width * height)?.to_vec();
    let image = Plane::new(width, height, data).unwrap_or_default();
    Ok(ImageLevel { dpi, image })
}

fn decoded(picture: &[u8]) -> Result<ImageLevel> {
    let outline = outline(picture)?;
    Limits { min_side: 1, ..Limits::ENGINE }.check(outline.width, outline.height)?;
    let decoder = JpegDecoder::new(std::io::Cursor::new(picture)).map_err(Error::corrupt)?;
    let (width, height) = decoder.dimensions();
    let mut data = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut data).map_err(Error::corrupt)?;
    let image = Plane::new(width as usize, height as usize, data)
        .ok_or_else(|| Error::corrupt("it has more than one component"))?;
    Ok(ImageLevel { dpi: outline.dpi.unwrap_or_default(), image })
}

impl ImageLevel {
    /// The picture in a lower resolution, as the tracker makes it: truncated means of whole pixels.
    #[must_use]
    pub fn at(&self, dpi: f32) -> Self {
        let side = |length: usize| ((length as f32 * dpi / self.dpi).round() as usize).max(1);
        let columns = windows(self.image.width(), side(self.image.width()), self.dpi, dpi);
        let rows = windows(self.image.height(), side(self.image.height()), self.dpi, dpi);
        let image = Plane::from_fn(columns.len(), rows.len(), |x, y| {
            let (columns, rows) = (columns[x].clone(), rows[y].clone());
            let count = (columns.len() * rows.len()) as u32;
            let row = |y: usize| self.image.row(y)[columns.clone()].iter().map(|&v| u32::from(v));
            (rows.flat_map(row).sum::<u32>() / count.max(1)) as u8
        });
        Self { dpi, image }
    }
}

/// The source pixels of each pixel along one axis.
fn windows(source: usize, length: usize, from: f32, to: f32) -> Vec<std::ops::Range<usize>> {
    let edge = |index: usize| (index as f32 * from / to).round() as usize;
    (0..length)
        .map(|index| {
            let start = edge(index).min(source - 1);
            start..edge(index + 1).clamp(start + 1, source)
        })
        .collect()
}
