//! Rules that the three files of a marker keep together.

use std::collections::HashSet;

use crate::{Error, Result};

use super::{INCH, ImageLevel, Marker};

/// Least shorter side of a level in pixels: the trackers cut templates of 25 pixels.
const MIN_SIDE: usize = 28;
/// Millimetres by which a place may miss the print.
const MARGIN: f32 = 0.5;

impl Marker {
    /// Checks what the runtimes rely on without looking: a file that breaks these rules makes them read beyond their
    /// memory or find nothing.
    ///
    /// # Errors
    /// `MalformedMarker` naming the first rule broken, `CorruptPicture` when the picture inside cannot be decoded.
    pub fn check(&self) -> Result<()> {
        self.check_with(&self.images.levels()?)
    }

    /// [`check`](Self::check) with the levels of the image set, where they are known already.
    pub(super) fn check_with(&self, levels: &[ImageLevel]) -> Result<()> {
        let Some(first) = levels.first() else {
            return Err(Error::malformed(".iset: there is no level"));
        };
        if levels.iter().any(|level| level.image.width().min(level.image.height()) < MIN_SIDE) {
            return Err(Error::malformed(format!(
                ".iset: a level is smaller than {MIN_SIDE} pixels"
            )));
        }
        let mm = INCH / first.dpi;
        let print = (first.image.width() as f32 * mm, first.image.height() as f32 * mm);
        self.check_features(levels.len(), print)?;
        self.check_keypoints()
    }

    fn check_features(&self, levels: usize, (width, height): (f32, f32)) -> Result<()> {
        for level in &self.features.levels {
            if level.level as usize >= levels {
                return Err(Error::malformed(format!(
                    ".fset: level {} is not among the {levels} of the .iset file",
                    level.level
                )));
            }
            let inside = |place: f32, length: f32| (-MARGIN..=length + MARGIN).contains(&place);
            if !level.features.iter().all(|f| inside(f.mm_x, width) && inside(f.mm_y, height)) {
                return Err(Error::malformed(".fset: a feature is not on the picture"));
            }
        }
        Ok(())
    }

    fn check_keypoints(&self) -> Result<()> {
        let pages = self.keypoints.pages.iter();
        let images: HashSet<(i32, i32)> = pages
            .flat_map(|page| page.images.iter().map(|image| (page.number, image.number)))
            .collect();
        let known = |point: &super::Point| images.contains(&(point.page, point.image));
        match self.keypoints.points.iter().find(|point| !known(point)) {
            Some(point) => Err(Error::malformed(format!(
                ".fset3: a keypoint is in image {} of page {}, which is not there",
                point.image, point.page
            ))),
            None => Ok(()),
        }
    }
}
