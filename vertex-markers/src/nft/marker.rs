//! The three files together.

use crate::Result;

use super::{FeatureSet, INCH, ImageSet, KeypointSet};

/// An NFT marker.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// The `.iset` file: the picture.
    pub images: ImageSet,
    /// The `.fset` file: places to track.
    pub features: FeatureSet,
    /// The `.fset3` file: keypoints to find it by.
    pub keypoints: KeypointSet,
}

/// The bytes of a marker's files. The viewers load all three, by one name with these extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkerFiles {
    /// The `.iset` file.
    pub iset: Vec<u8>,
    /// The `.fset` file.
    pub fset: Vec<u8>,
    /// The `.fset3` file.
    pub fset3: Vec<u8>,
}

impl Marker {
    /// Reads the three files of a marker, whoever wrote them, and checks that they belong together.
    ///
    /// # Errors
    /// `MalformedMarker` naming the file and the first rule broken, `CorruptPicture` when the picture inside cannot be
    /// decoded, `TooLarge` when it has too many pixels.
    pub fn decode(iset: &[u8], fset: &[u8], fset3: &[u8]) -> Result<Self> {
        let marker = Self {
            images: ImageSet::decode(iset)?,
            features: FeatureSet::decode(fset)?,
            keypoints: KeypointSet::decode(fset3)?,
        };
        marker.check()?;
        Ok(marker)
    }

    /// Writes the three files.
    #[must_use]
    pub fn encode(&self) -> MarkerFiles {
        MarkerFiles {
            iset: self.images.encode(),
            fset: self.features.encode(),
            fset3: self.keypoints.encode(),
        }
    }

    /// Width and height of the print in millimetres, by which the viewers place what is shown on it.
    ///
    /// # Errors
    /// As [`ImageSet::levels`].
    pub fn size_mm(&self) -> Result<(f32, f32)> {
        let (width, height, dpi) = self.images.size()?;
        Ok((width as f32 / dpi * INCH, height as f32 / dpi * INCH))
    }
}
