//! How a marker is made.

use std::str::FromStr;

use crate::{Error, Result};

use super::INCH;

/// How an NFT marker is made.
///
/// ```
/// use vertex_markers::nft::{Density, NftOptions};
///
/// let sparse = NftOptions { density: Density::Low, width_mm: 297.0, ..NftOptions::default() };
/// assert_eq!(sparse.levels, 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NftOptions {
    /// How many keypoints and places to track the files hold.
    pub density: Density,
    /// Octaves of distance the marker is found over, 1 to 3: with 3 it is found from as far as a camera resolves
    /// it, each one less leaves out the farther half.
    pub levels: u8,
    /// Width of the print in millimetres, 1 to 10 000. The files keep a whole number of dots per inch, so
    /// [`Marker::size_mm`](super::Marker::size_mm) differs a little from it, by up to a tenth for a print ten metres wide.
    pub width_mm: f32,
}

impl Default for NftOptions {
    fn default() -> Self {
        Self { density: Density::Medium, levels: MAX_LEVELS, width_mm: 160.0 }
    }
}

/// How many points a marker holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    /// Half the bytes of `Medium`; found a little less often from aside and far away.
    Low,
    /// What finds nearly everything.
    #[default]
    Medium,
    /// Twice the bytes and a longer search in every frame, for pictures that are found badly.
    High,
}

impl FromStr for Density {
    type Err = &'static str;

    fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
        match name {
            "low" => Ok(Self::Low),
            "medium" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            _ => Err("is not low, medium or high"),
        }
    }
}

impl Density {
    /// Most keypoints of a marker.
    pub(super) fn keypoints(self) -> usize {
        match self {
            Self::Low => 550,
            Self::Medium => 1100,
            Self::High => 2200,
        }
    }

    /// Most places to track on a level.
    pub(super) fn features(self) -> usize {
        match self {
            Self::Low => 50,
            Self::Medium => 100,
            Self::High => 160,
        }
    }
}

const MAX_LEVELS: u8 = 3;
const MAX_WIDTH_MM: f32 = 10_000.0;

impl NftOptions {
    pub(super) fn check(&self) -> Result<()> {
        if !(1..=MAX_LEVELS).contains(&self.levels) {
            let reason = format!("{} is not between 1 and {MAX_LEVELS}", self.levels);
            return Err(Error::InvalidOption { option: "levels", reason });
        }
        if !(1.0..=MAX_WIDTH_MM).contains(&self.width_mm) {
            let reason = format!("{} is not between 1 and {MAX_WIDTH_MM}", self.width_mm);
            return Err(Error::InvalidOption { option: "width_mm", reason });
        }
        Ok(())
    }

    /// Dots per inch at which a picture of so many pixels is as wide as the print.
    pub(super) fn dpi(&self, width: usize) -> u16 {
        (width as f32 * INCH / self.width_mm).round().clamp(1.0, f32::from(u16::MAX)) as u16
    }
}
