//! A marker as the matcher sees it.

use crate::cluster::build_compat;
use crate::detector::{Descriptor, Keypoint};
use crate::mind::{Keyframe, PointSet, Target};

use super::{KeypointSet, Point, Record};

impl KeypointSet {
    /// The images of all pages as keyframes of a target of this size, for [`simulate::find`](crate::simulate::find).
    ///
    /// The runtime clusters the descriptors when it loads the file; so does this.
    #[must_use]
    pub fn target(&self, width: u32, height: u32) -> Target {
        let images =
            self.pages.iter().flat_map(|page| page.images.iter().map(|image| (page.number, image)));
        let keyframes = images
            .map(|(page, image)| {
                self.keyframe(page, image, f64::from(image.width) / f64::from(width))
            })
            .collect();
        Target { width, height, tracking: Vec::new(), keyframes }
    }

    fn keyframe(&self, page: i32, image: &Record, scale: f64) -> Keyframe {
        let points =
            self.points.iter().filter(|point| (point.page, point.image) == (page, image.number));
        let (maxima, minima): (Vec<&Point>, Vec<&Point>) = points.partition(|point| point.maxima);
        Keyframe {
            width: image.width,
            height: image.height,
            scale,
            maxima: point_set(&maxima),
            minima: point_set(&minima),
        }
    }
}

fn point_set(points: &[&Point]) -> PointSet {
    let descriptors: Vec<Descriptor> = points.iter().map(|point| point.descriptor).collect();
    let points = points
        .iter()
        .map(|point| Keypoint {
            x: point.x,
            y: point.y,
            scale: point.sigma,
            angle: point.angle,
            maxima: point.maxima,
            descriptor: point.descriptor,
        })
        .collect();
    PointSet { points, tree: build_compat(&descriptors) }
}
