//! The tracking of ARToolKit's web runtimes from one frame to the next.
//!
//! Places of the picture that the frame resolves well are drawn as the last pose would show them, looked for near where
//! they are expected, and the pose is refined from the places that were found.

use crate::Result;
use crate::gray::{GrayBytes, GrayF32};
use crate::nft::Marker;

use super::camera::{Camera, Pose};
use super::homography::{Homography, Point2};
use super::refine::{LEAST_PAIRS, PointPair, refine};
use super::tracker::Tracked;

/// Samples from a template's middle to its edge, two pixels of the screen apart.
const HALF: i32 = 6;
const STRIDE: i32 = 2;
const SIDE: usize = 2 * HALF as usize + 1;
/// How far a template is looked for, in pixels of the screen.
const SEARCH: i32 = 6;
/// Places of a frame that the runtime considers, in the order of the file, and those it looks for.
const CONSIDERED: usize = 200;
const LOOKED_FOR: usize = 16;
/// Least correlation of a place that is found.
const SIMILAR: f64 = 0.5;
/// Least standard deviation of a template in grey levels.
const MIN_DEVIATION: f64 = 5.0;
const INCH: f64 = 25.4;

/// Follows one marker.
#[derive(Debug, Clone)]
pub struct Templates {
    levels: Vec<TemplateLevel>,
}

#[derive(Debug, Clone)]
struct TemplateLevel {
    image: GrayBytes,
    /// Pixels of the level per pixel of the target.
    scale: f64,
    /// Least and greatest pixels of the screen per pixel of the target at which it is used.
    range: (f64, f64),
    /// In pixels of the target.
    places: Vec<Point2>,
}

impl Templates {
    /// The templates of a marker, for a target that is so many pixels wide.
    ///
    /// # Errors
    /// `CorruptPicture` or `TooLarge` when the marker's picture cannot be decoded.
    pub fn new(marker: &Marker, width: f64) -> Result<Self> {
        let (mm_wide, mm_high) = marker.size_mm()?;
        let scale = width / f64::from(mm_wide);
        let images = marker.images.levels()?;
        let per_pixel = |dpi: f32| f64::from(dpi) / INCH / scale;
        let level = |features: &crate::nft::FeatureLevel| {
            let level = images.get(features.level as usize)?;
            let place = |f: &crate::nft::Feature| {
                (f64::from(f.mm_x) * scale, f64::from(mm_high - f.mm_y) * scale)
            };
            Some(TemplateLevel {
                image: level.image.clone(),
                scale: per_pixel(level.dpi),
                range: (per_pixel(features.min_dpi), per_pixel(features.max_dpi)),
                places: features.features.iter().map(place).collect(),
            })
        };
        Ok(Self { levels: marker.features.levels.iter().filter_map(level).collect() })
    }

    /// The pose in this frame, given that in the last; `None` when the target is lost.
    #[must_use]
    pub fn update(&self, frame: &GrayF32, camera: &Camera, pose: &Pose) -> Option<Tracked> {
        let homography = pose.homography(camera);
        let back = homography.inverse(0.0)?;
        let pairs: Vec<PointPair> = self
            .visible(frame, &homography)
            .into_iter()
            .filter_map(|(level, target)| {
                let seen = Template::draw(level, &homography, &back, target)?.find(frame)?;
                Some(PointPair { target, screen: seen })
            })
            .collect();
        if pairs.len() < LEAST_PAIRS {
            return None;
        }
        let refined = refine(camera, pose, &pairs)?;
        Some(Tracked { pose: refined.pose, good: pairs.len(), error: refined.error })
    }

    /// Places that the frame shows at the resolution of their level, well spread.
    fn visible(&self, frame: &GrayF32, homography: &Homography) -> Vec<(&TemplateLevel, Point2)> {
        let (width, height) = (frame.width() as f64, frame.height() as f64);
        let mut seen: Vec<(&TemplateLevel, Point2, Point2)> = Vec::new();
        for level in &self.levels {
            for &place in &level.places {
                let (x, y) = homography.apply(place);
                let inside = x >= 0.0 && y >= 0.0 && x < width && y < height;
                let resolution = resolution(homography, place);
                if inside && (level.range.0..=level.range.1).contains(&resolution) {
                    seen.push((level, place, (x, y)));
                }
            }
        }
        seen.truncate(CONSIDERED);
        spread(seen)
    }
}

/// Pixels of the screen per pixel of the target, along the axis that has fewer.
fn resolution(homography: &Homography, (x, y): Point2) -> f64 {
    let here = homography.apply((x, y));
    let apart = |place: Point2| {
        let there = homography.apply(place);
        (there.0 - here.0).hypot(there.1 - here.1)
    };
    apart((x + 1.0, y)).min(apart((x, y + 1.0)))
}

/// The first place, then again and again the one farthest from those chosen.
fn spread<L>(seen: Vec<(L, Point2, Point2)>) -> Vec<(L, Point2)> {
    let mut left: Vec<(f64, (L, Point2, Point2))> =
        seen.into_iter().map(|place| (f64::INFINITY, place)).collect();
    let mut chosen = Vec::new();
    while chosen.len() < LOOKED_FOR {
        let farthest = (0..left.len()).rev().max_by(|&a, &b| left[a].0.total_cmp(&left[b].0));
        let Some(farthest) = farthest else { break };
        let (_, (level, place, screen)) = left.swap_remove(farthest);
        for (distance, (_, _, other)) in &mut left {
            *distance = distance.min((other.0 - screen.0).hypot(other.1 - screen.1));
        }
        chosen.push((level, place));
    }
    chosen
}

/// What a place is expected to look like.
struct Template {
    /// Levels less their mean.
    levels: [f64; SIDE * SIDE],
    /// Square root of the sum of their squares.
    norm: f64,
    /// Where it is expected, in whole pixels.
    center: (i32, i32),
}

impl Template {
    /// `None` when it is plain or leaves the picture.
    fn draw(
        level: &TemplateLevel,
        homography: &Homography,
        back: &Homography,
        place: Point2,
    ) -> Option<Self> {
        let (x, y) = homography.apply(place);
        let center = ((x + 0.5).floor() as i32, (y + 0.5).floor() as i32);
        let mut levels = [0.0; SIDE * SIDE];
        for (index, slot) in levels.iter_mut().enumerate() {
            let (column, row) = offset(index);
            let (x, y) = back.apply((f64::from(center.0 + column), f64::from(center.1 + row)));
            let pixel = |place: f64| (place * level.scale + 0.5).floor();
            let (x, y) = (pixel(x), pixel(y));
            let inside = x >= 0.0
                && y >= 0.0
                && x < level.image.width() as f64
                && y < level.image.height() as f64;
            *slot = inside.then(|| f64::from(level.image.at(x as usize, y as usize)))?;
        }
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        levels.iter_mut().for_each(|level| *level -= mean);
        let norm = levels.iter().map(|level| level * level).sum::<f64>().sqrt();
        (norm / SIDE as f64 >= MIN_DEVIATION).then_some(Self { levels, norm, center })
    }

    /// Where it is seen, if anywhere near.
    fn find(&self, frame: &GrayF32) -> Option<Point2> {
        let mut best = (SIMILAR, None);
        for dy in -SEARCH..=SEARCH {
            for dx in -SEARCH..=SEARCH {
                let at = (self.center.0 + dx, self.center.1 + dy);
                let similarity = self.similarity(frame, at).unwrap_or(f64::NEG_INFINITY);
                if similarity > best.0 {
                    best = (similarity, Some((f64::from(at.0), f64::from(at.1))));
                }
            }
        }
        best.1
    }

    /// Normalised cross-correlation with the frame; `None` where it leaves the frame or the frame is plain.
    fn similarity(&self, frame: &GrayF32, (x, y): (i32, i32)) -> Option<f64> {
        let reach = HALF * STRIDE;
        let fits = |at: i32, length: usize| at >= reach && at + reach < length as i32;
        if !fits(x, frame.width()) || !fits(y, frame.height()) {
            return None;
        }
        let (mut products, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (index, level) in self.levels.iter().enumerate() {
            let (column, row) = offset(index);
            let seen = f64::from(frame.at((x + column) as usize, (y + row) as usize));
            products += level * seen;
            sum += seen;
            squares += seen * seen;
        }
        let deviations = squares - sum * sum / self.levels.len() as f64;
        (deviations > 0.0).then(|| products / (self.norm * deviations.sqrt()))
    }
}

/// Pixels of the screen from a template's middle to its sample of this index.
fn offset(index: usize) -> (i32, i32) {
    let along = |place: usize| (place as i32 - HALF) * STRIDE;
    (along(index % SIDE), along(index / SIDE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Rgb, RgbImage};
    use crate::nft::{NftOptions, compile};
    use crate::simulate::{Scene, View};
    use crate::{Picture, gray};

    #[test]
    fn a_marker_is_followed_to_where_it_went() {
        let rgb = RgbImage::from_fn(480, 360, |x, y| {
            let (x, y) = (f64::from(x), f64::from(y));
            let waves = (x * 0.21 + (y * 0.13).sin()).sin() * (y * 0.17 + x * 0.03).cos();
            Rgb([(128.0 + 90.0 * waves + 30.0 * (x * y / 900.0).sin()).clamp(0.0, 255.0) as u8; 3])
        });
        let picture = Picture::from_rgb(rgb);
        let marker = compile(&picture, &NftOptions::default()).unwrap();
        let templates = Templates::new(&marker, 480.0).unwrap();
        let camera = Camera::of(640, 480);
        let scene = Scene::new(gray::luma_image(picture.rgb()), 1.0, 480.0, 360.0);
        let before = View { tilt: 0.5, axis: 0.4, ..View::frontal(&camera, 0.6) };
        let now = View { center: (322.0, 236.0), roll: 0.02, ..before };
        let start = before.pose(&camera, 480.0, 360.0);
        let tracked = templates.update(&scene.render(&camera, &now), &camera, &start).unwrap();
        let truth = now.pose(&camera, 480.0, 360.0).corners(&camera, 480.0, 360.0);
        let corners = tracked.pose.corners(&camera, 480.0, 360.0);
        for (found, truth) in corners.iter().zip(truth) {
            let apart = (found.0 - truth.0).hypot(found.1 - truth.1);
            assert!(apart < 3.0, "{apart}");
        }
        assert!(tracked.good > 10);
        let elsewhere = scene.render(&camera, &View { center: (400.0, 300.0), ..before });
        assert!(templates.update(&elsewhere, &camera, &start).is_none_or(|lost| lost.good < 8));
    }
}
