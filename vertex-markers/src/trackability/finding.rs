//! What is weak in a picture.

/// Something a designer can change to make a picture a better marker.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Where.
    pub zone: Zone,
    /// What to do about it, in plain English.
    pub advice: &'static str,
}

/// Kinds of weaknesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// Hardly anything there that could be recognised.
    TooFewPoints,
    /// A plain margin: what is there does not help to find the picture's edges.
    EmptyEdge,
    /// Light and dark are too much alike.
    LowContrast,
    /// The same detail appears elsewhere in the picture.
    Repetition,
    /// Another target of the same file looks the same.
    Lookalike,
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
