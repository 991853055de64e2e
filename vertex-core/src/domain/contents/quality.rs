//! Trackability: how well a picture will be found and followed, measured when its marker was made.
//!
//! Rows keep it as JSON, so a field that is once here has to stay readable.

use serde::{Deserialize, Serialize};
use vertex_markers::trackability::{self, Trackability};

/// What was measured on synthetic views of a content's picture against its own marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The way it was measured; scores of different versions do not compare.
    pub score_version: u32,
    /// 0, never found, to 100, found and followed in every view.
    pub score: u8,
    /// The score by what makes a view hard.
    pub breakdown: Breakdown,
    /// What harms most: `distance`, `tilt`, `blur` or `light`.
    pub worst: String,
    /// Metres of width that the print needs for each metre it is looked at from; `None` when the
    /// picture was not found from anywhere.
    pub print_width_per_metre: Option<f64>,
    /// What is weak about the picture, and where.
    pub findings: Vec<Finding>,
    /// The same in the AR.js viewer's eyes, where there is an NFT marker.
    #[serde(default)]
    pub nft: Option<NftQuality>,
}

impl Quality {
    /// Metres of width that the print needs to be found from `distance` metres.
    pub fn print_width(&self, distance: f64) -> Option<f64> {
        self.print_width_per_metre.map(|width| width * distance)
    }
}

impl Quality {
    /// What was measured in the default viewer's eyes, and in those of AR.js where there is an NFT marker.
    pub fn new(measured: Trackability, by_arjs: Option<Trackability>) -> Self {
        Self {
            score_version: measured.score_version,
            score: measured.score,
            breakdown: measured.breakdown.into(),
            worst: measured.worst.name().to_owned(),
            print_width_per_metre: measured.print_width(1.0),
            findings: measured.diagnosis.into_iter().map(Finding::from).collect(),
            nft: by_arjs.as_ref().map(NftQuality::from),
        }
    }
}

/// How well the AR.js viewer finds the picture by its NFT marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NftQuality {
    /// As in [`Quality`].
    pub score: u8,
    /// As in [`Quality`].
    pub breakdown: Breakdown,
    /// As in [`Quality`].
    pub worst: String,
    /// As in [`Quality`].
    pub print_width_per_metre: Option<f64>,
}

impl From<&Trackability> for NftQuality {
    fn from(measured: &Trackability) -> Self {
        Self {
            score: measured.score,
            breakdown: measured.breakdown.into(),
            worst: measured.worst.name().to_owned(),
            print_width_per_metre: measured.print_width(1.0),
        }
    }
}

impl From<trackability::Breakdown> for Breakdown {
    fn from(scores: trackability::Breakdown) -> Self {
        let trackability::Breakdown { distance, tilt, blur, light } = scores;
        Self { distance, tilt, blur, light }
    }
}

/// A score of 0 to 100 for each thing that makes a view hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Small in the camera's frame.
    pub distance: u8,
    /// Seen from the side.
    pub tilt: u8,
    /// Out of focus, with noise.
    pub blur: u8,
    /// Too dark, or glaring.
    pub light: u8,
}

/// Something weak about a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its name, such as `low_contrast`.
    pub kind: String,
    /// Where it is.
    pub zone: Zone,
    /// What to do about it, in words.
    pub advice: String,
}

impl From<trackability::Finding> for Finding {
    fn from(found: trackability::Finding) -> Self {
        let trackability::Zone { x, y, width, height } = found.zone;
        let zone = Zone { x, y, width, height };
        Self { kind: found.kind.name().to_owned(), zone, advice: found.advice.to_owned() }
    }
}

/// A part of a picture, in shares of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Share of the picture's width.
    pub width: f64,
    /// Share of the picture's height.
    pub height: f64,
}
