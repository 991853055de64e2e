//! What is weak in a picture, and what to do about it.

use crate::picture::Remark;

/// Something a designer can change to make a picture a better marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Where.
    pub zone: Zone,
    /// What to do about it, in plain English.
    pub advice: &'static str,
}

impl Finding {
    pub(super) fn new(kind: FindingKind, zone: Zone) -> Self {
        Self { kind, zone, advice: kind.advice() }
    }
}

/// Kinds of weaknesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// Hardly anything there that could be recognised.
    TooFewPoints,
    /// A plain margin.
    EmptyEdge,
    /// Light and dark are too much alike.
    LowContrast,
    /// The same detail appears elsewhere in the picture.
    Repetition,
    /// Another target of the same file looks the same.
    Lookalike,
    /// Something that was done to make the picture of its file.
    Source(Remark),
}

impl FindingKind {
    /// A stable name in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFewPoints => "too_few_points",
            Self::EmptyEdge => "empty_edge",
            Self::LowContrast => "low_contrast",
            Self::Repetition => "repetition",
            Self::Lookalike => "lookalike",
            Self::Source(remark) => remark.name(),
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::TooFewPoints => {
                "This area has too little sharp detail for a camera to hold on to. Add a pattern, texture, \
                 drawing or lettering with crisp corners; smooth colour gradients and soft blurs do not help."
            }
            Self::EmptyEdge => {
                "This margin is empty. Crop the picture to its content, or let the design run up to the edge, \
                 so that the camera can judge the picture's outline and tilt."
            }
            Self::LowContrast => {
                "The details here are too faint: light and dark are nearly the same shade of grey. Make dark \
                 parts darker and light parts lighter; a change of hue alone does not show."
            }
            Self::Repetition => {
                "The same motif is repeated, so the camera cannot tell one place from another. Vary the \
                 motif, or put something unique over it: a logo, a photo, a headline."
            }
            Self::Lookalike => {
                "Another picture of this set shows the same detail here, so that one may be taken for the \
                 other. Change or remove what both have in common, such as a shared frame, background or logo."
            }
            Self::Source(remark) => remark.advice(),
        }
    }
}

/// A rectangle of the picture, in shares of its width and height from the top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zone {
    /// Left edge, 0 to 1.
    pub x: f64,
    /// Top edge, 0 to 1.
    pub y: f64,
    /// Share of the picture's width.
    pub width: f64,
    /// Share of the picture's height.
    pub height: f64,
}

impl Zone {
    /// All of the picture.
    pub const WHOLE: Self = Self { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
}
