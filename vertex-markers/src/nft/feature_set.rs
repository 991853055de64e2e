//! The `.fset` file: which places to track.

use crate::Result;

use super::bytes::{Reader, Writer};

/// The contents of a `.fset` file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureSet {
    /// Places to track by resolution, those of the highest first.
    pub levels: Vec<FeatureLevel>,
}

/// The places of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureLevel {
    /// Index of the level in the image set.
    pub level: u32,
    /// Least resolution on the screen at which the level is used, in dots per inch of the print.
    pub min_dpi: f32,
    /// Greatest one.
    pub max_dpi: f32,
    /// The places; of those in view the tracker takes the first 200.
    pub features: Vec<Feature>,
}

/// A place to track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    /// Column in pixels of the level; the trackers do not read it.
    pub x: i32,
    /// Row in pixels of the level, from the top; the trackers do not read it.
    pub y: i32,
    /// Millimetres from the left edge of the print.
    pub mm_x: f32,
    /// Millimetres from the bottom edge of the print, upwards.
    pub mm_y: f32,
    /// How much its surroundings look like it, lower is better; the trackers do not read it.
    pub similarity: f32,
}

const LEVEL_BYTES: usize = 16;
const FEATURE_BYTES: usize = 20;

impl FeatureSet {
    /// Reads a `.fset` file.
    ///
    /// # Errors
    /// `MalformedMarker` naming the first rule broken.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, ".fset");
        let count = reader.count("levels", LEVEL_BYTES)?;
        let levels = (0..count).map(|_| level(&mut reader)).collect::<Result<_>>()?;
        reader.end()?;
        Ok(Self { levels })
    }

    /// Writes the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.count(self.levels.len());
        for level in &self.levels {
            writer.count(level.level as usize);
            writer.float(level.max_dpi);
            writer.float(level.min_dpi);
            writer.count(level.features.len());
            for feature in &level.features {
                writer.int(feature.x);
                writer.int(feature.y);
                writer.float(feature.mm_x);
                writer.float(feature.mm_y);
                writer.float(feature.similarity);
            }
        }
        writer.bytes
    }
}

fn level(reader: &mut Reader<'_>) -> Result<FeatureLevel> {
    let number = reader.int()?;
    let level = u32::try_from(number)
        .map_err(|_| reader.malformed(format!("the index of a level is {number}")))?;
    let max_dpi = reader.float("the greatest resolution of a level")?;
    let min_dpi = reader.float("the least resolution of a level")?;
    if min_dpi >= max_dpi {
        return Err(reader.malformed(format!("no resolution is from {min_dpi} to {max_dpi}")));
    }
    let count = reader.count("features", FEATURE_BYTES)?;
    let features = (0..count).map(|_| feature(reader)).collect::<Result<_>>()?;
    Ok(FeatureLevel { level, min_dpi, max_dpi, features })
}

fn feature(reader: &mut Reader<'_>) -> Result<Feature> {
    Ok(Feature {
        x: reader.int()?,
        y: reader.int()?,
        mm_x: reader.float("a feature's place")?,
        mm_y: reader.float("a feature's place")?,
        similarity: reader.float("a feature's similarity")?,
    })
}
