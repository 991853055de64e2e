//! The `.fset3` file: keypoints by which the picture is first found.

use std::f32::consts::TAU;

use crate::Result;
use crate::detector::{Descriptor, WORDS};

use super::bytes::{Reader, Writer};

/// The contents of a `.fset3` file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeypointSet {
    /// The keypoints of all images.
    pub points: Vec<Point>,
    /// The pages; a marker has one.
    pub pages: Vec<Page>,
}

/// A keypoint of one of the images.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Column in pixel indices of its image: the centre of the first pixel is 0.
    pub x: f32,
    /// Row in pixel indices of its image.
    pub y: f32,
    /// Millimetres from the left edge of the print.
    pub mm_x: f32,
    /// Millimetres from the bottom edge of the print, upwards.
    pub mm_y: f32,
    /// What the surroundings look like.
    pub descriptor: Descriptor,
    /// Radians from 0 to 2 pi.
    pub angle: f32,
    /// Blur in pixels of the image, at least 1.
    pub sigma: f32,
    /// Whether it is brighter than its surroundings.
    pub maxima: bool,
    /// Number of its page.
    pub page: i32,
    /// Number of its image.
    pub image: i32,
}

/// The images of a marker.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Number by which points name the page.
    pub number: i32,
    /// The images that points lie in.
    pub images: Vec<Record>,
}

/// An image that points lie in: only its size is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Number by which points name the image.
    pub number: i32,
}

const POINT_BYTES: usize = 132;
const PAGE_BYTES: usize = 8;
const RECORD_BYTES: usize = 12;
/// Bytes of a descriptor that hold bits, and bytes it takes in the file.
const DESCRIPTOR_BYTES: usize = 84;
const DESCRIPTOR_SPACE: usize = 96;

impl KeypointSet {
    /// Reads a `.fset3` file.
    ///
    /// # Errors
    /// `MalformedMarker` naming the first rule broken.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, ".fset3");
        let count = reader.count("keypoints", POINT_BYTES)?;
        let points = (0..count).map(|_| point(&mut reader)).collect::<Result<Vec<_>>>()?;
        let count = reader.count("pages", PAGE_BYTES)?;
        let pages = (0..count).map(|_| page(&mut reader)).collect::<Result<Vec<_>>>()?;
        if points.is_empty() || pages.is_empty() {
            return Err(reader.malformed("there is no keypoint or no page"));
        }
        reader.end()?;
        Ok(Self { points, pages })
    }

    /// Writes the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.count(self.points.len());
        for point in &self.points {
            for value in [point.x, point.y, point.mm_x, point.mm_y] {
                writer.float(value);
            }
            writer.bytes.extend(descriptor_bytes(&point.descriptor));
            writer.float(point.angle);
            writer.float(point.sigma);
            for value in [i32::from(point.maxima), point.page, point.image] {
                writer.int(value);
            }
        }
        writer.count(self.pages.len());
        for page in &self.pages {
            writer.int(page.number);
            writer.count(page.images.len());
            for image in &page.images {
                writer.count(image.width as usize);
                writer.count(image.height as usize);
                writer.int(image.number);
            }
        }
        writer.bytes
    }
}

fn point(reader: &mut Reader<'_>) -> Result<Point> {
    let [x, y, mm_x, mm_y] = [(); 4].map(|()| reader.float("a keypoint's place"));
    let point = Point {
        x: x?,
        y: y?,
        mm_x: mm_x?,
        mm_y: mm_y?,
        descriptor: descriptor(reader)?,
        angle: reader.float("a keypoint's angle")?,
        sigma: reader.float("a keypoint's blur")?,
        maxima: match reader.int()? {
            0 => false,
            1 => true,
            other => return Err(reader.malformed(format!("a keypoint's polarity is {other}"))),
        },
        page: reader.int()?,
        image: reader.int()?,
    };
    if !(0.0..=TAU).contains(&point.angle) {
        return Err(reader.malformed(format!("a keypoint's angle is {}", point.angle)));
    }
    if point.sigma < 1.0 {
        return Err(reader.malformed(format!("a keypoint's blur is {}", point.sigma)));
    }
    Ok(point)
}

fn page(reader: &mut Reader<'_>) -> Result<Page> {
    let number = reader.int()?;
    let count = reader.count("images", RECORD_BYTES)?;
    let images = (0..count)
        .map(|_| {
            Ok(Record {
                width: reader.side("the width of an image")?,
                height: reader.side("the height of an image")?,
                number: reader.int()?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page { number, images })
}

/// The first comparison is in the lowest bit of the first byte.
fn descriptor_bytes(descriptor: &Descriptor) -> [u8; DESCRIPTOR_SPACE] {
    let mut bytes = [0; DESCRIPTOR_SPACE];
    for (four, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(descriptor.0) {
        *four = word.reverse_bits().to_le_bytes();
    }
    bytes
}

fn descriptor(reader: &mut Reader<'_>) -> Result<Descriptor> {
    let bytes = reader.take(DESCRIPTOR_SPACE)?;
    let (used, unused) = bytes.split_at(DESCRIPTOR_BYTES);
    let mut words = [0; WORDS];
    for (word, four) in words.iter_mut().zip(used.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*four).reverse_bits();
    }
    if words[WORDS - 1] & Descriptor::UNUSED_BITS != 0 || unused.iter().any(|&byte| byte != 0) {
        return Err(reader.malformed("a descriptor has more than 666 bits"));
    }
    Ok(Descriptor(words))
}
