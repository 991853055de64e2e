//! Several targets in one file.

use crate::gray::GrayBytes;

use super::MindFile;

/// The tracking image the runtime reads.
const USED: usize = 1;

impl MindFile {
    /// Joins the targets of several files, in order.
    ///
    /// The runtime takes the size of the first target's tracking image for all of them, so these are
    /// padded to one common size, to the right and below; scales and points stay as they are.
    #[must_use]
    pub fn merge(files: impl IntoIterator<Item = Self>) -> Self {
        let mut merged =
            Self { targets: files.into_iter().flat_map(|file| file.targets).collect() };
        let images = || merged.targets.iter().filter_map(|target| target.tracking.get(USED));
        let width = images().map(|tracking| tracking.image.width()).max().unwrap_or(0);
        let height = images().map(|tracking| tracking.image.height()).max().unwrap_or(0);
        for target in &mut merged.targets {
            if let Some(tracking) = target.tracking.get_mut(USED) {
                tracking.image = padded(&tracking.image, width, height);
            }
        }
        merged
    }
}

fn padded(image: &GrayBytes, width: usize, height: usize) -> GrayBytes {
    GrayBytes::from_fn(width, height, |x, y| {
        if x < image.width() && y < image.height() { image.at(x, y) } else { 0 }
    })
}
