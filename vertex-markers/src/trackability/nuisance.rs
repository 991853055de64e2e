//! What makes a picture hard to find.

/// What makes a picture hard to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nuisance {
    /// It is far away, or small.
    Distance,
    /// It is seen from the side.
    Tilt,
    /// The camera is out of focus or shakes.
    Blur,
    /// It is dark, or glaring.
    Light,
}

impl Nuisance {
    /// A stable name in snake case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Distance => "distance",
            Self::Tilt => "tilt",
            Self::Blur => "blur",
            Self::Light => "light",
        }
    }
}
