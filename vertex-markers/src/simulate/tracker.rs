//! The runtime's tracking of a target from one frame to the next.
//!
//! The frame is warped onto the tracking image with the last pose, every point's patch is looked for
//! near its place, and the pose is refined from the points that were found.

use std::ops::Range;

use crate::gray::GrayImage;
use crate::tracking::{TrackingImage, TrackingPoint};

use super::camera::{Camera, Pose};
use super::homography::{Homography, Place};
use super::refine::{LEAST_PAIRS, Pair, refine};

/// Pixels from a patch's centre to its edge.
const HALF: usize = 6;
const SIDE: usize = 2 * HALF + 1;
const AREA: i64 = (SIDE * SIDE) as i64;
/// A patch's row in memory: a whole number of vector registers, zeros behind the pixels.
const ROW: usize = 16;
/// How far a patch is looked for, in pixels of the tracking image.
const SEARCH: i32 = 10;
/// Patches that correlate better than this are found.
const FOUND: f32 = 0.8;
/// Warped levels are kept in parts of a grey level, so that products are exact integers.
const PARTS: f32 = 64.0;

/// Follows one target.
#[derive(Debug, Clone)]
pub struct Tracker {
    /// Tracking pixels per target pixel.
    scale: f64,
    /// Size of the tracking image.
    own: [usize; 2],
    /// Size of the window that patches may be found in.
    window: [usize; 2],
    patches: Vec<Patch>,
}

/// Where a point's patch fits best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Normalised cross-correlation, -1 to 1; lower when the patch could not be compared anywhere.
    pub similarity: f32,
    /// Pixels of the tracking image to the right of and below the expected place.
    pub offset: (i32, i32),
}

impl Sighting {
    const NOWHERE: Self = Self { similarity: -2.0, offset: (-SEARCH, -SEARCH) };

    /// Whether the runtime uses it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.similarity > FOUND
    }
}

/// A target found again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tracked {
    /// Its new pose.
    pub pose: Pose,
    /// Points that were found.
    pub good: usize,
    /// Mean squared distance in square pixels of the frame between where points were found and where the
    /// new pose expects them; that of outliers is bounded.
    pub error: f64,
}

impl Tracker {
    /// `first` is the width and height of the tracking image of the first target of the file: the
    /// runtime finds no patch of any target outside that window.
    #[must_use]
    pub fn new(target: &TrackingImage, first: (usize, usize)) -> Self {
        let patches = target.points.iter().map(|&point| Patch::of(target, point)).collect();
        let own = [target.image.width(), target.image.height()];
        Self { scale: target.scale, own, window: [first.0, first.1], patches }
    }

    /// The pose in this frame, given that in the last; `None` when the target is lost.
    #[must_use]
    pub fn update(&self, frame: &GrayImage, camera: &Camera, pose: &Pose) -> Option<Tracked> {
        let homography = pose.homography(camera);
        let sightings = self.look(frame, &homography);
        let pairs: Vec<Pair> = self
            .patches
            .iter()
            .zip(&sightings)
            .filter(|(_, sighting)| sighting.is_good())
            .map(|(patch, sighting)| Pair {
                target: patch.place,
                screen: homography.apply(self.seen(patch, sighting)),
            })
            .collect();
        if pairs.len() < LEAST_PAIRS {
            return None;
        }
        let refined = refine(camera, pose, &pairs)?;
        Some(Tracked { pose: refined.pose, good: pairs.len(), error: refined.error })
    }

    /// Where the patch of every point is found in this frame, given the last pose.
    #[must_use]
    pub fn sightings(&self, frame: &GrayImage, camera: &Camera, pose: &Pose) -> Vec<Sighting> {
        self.look(frame, &pose.homography(camera))
    }

    fn look(&self, frame: &GrayImage, homography: &Homography) -> Vec<Sighting> {
        if self.own.contains(&0) || frame.data().is_empty() {
            return vec![Sighting::NOWHERE; self.patches.len()];
        }
        let warped = self.warp(frame, homography);
        self.patches.iter().map(|patch| warped.find(patch)).collect()
    }

    /// The place of the target that a point was found at, in single precision as on a graphics card.
    fn seen(&self, patch: &Patch, sighting: &Sighting) -> Place {
        let scale = self.scale as f32;
        let moved = |place: f64, by: i32| f64::from(place as f32 + by as f32 / scale);
        let (right, down) = sighting.offset;
        (moved(patch.place.0, right), moved(patch.place.1, down))
    }

    /// The frame as the tracking image would show it, by nearest pixels, in single precision.
    fn warp(&self, frame: &GrayImage, homography: &Homography) -> Warped {
        let h = homography.0.map(|value| value as f32);
        let scale = self.scale as f32;
        let [width, height] = self.window;
        let mut levels = Vec::with_capacity(Warped::stride(width) * height);
        for row in 0..height {
            let y = row.min(self.own[1] - 1) as f32 / scale;
            levels.extend((0..Warped::stride(width)).map(|column| {
                let x = column.min(self.own[0] - 1) as f32 / scale;
                let depth = 1.0 / (x * h[6] + y * h[7] + h[8]);
                let across = (x * h[0] + y * h[1] + h[2]) * depth;
                let down = (x * h[3] + y * h[4] + h[5]) * depth;
                let level = frame.clamped(nearest(across), nearest(down));
                (level * PARTS + 0.5) as i16
            }));
        }
        Warped::of(levels, self.window)
    }
}

/// The nearest whole number, the greater of two; quicker than `f32::floor` on processors without it.
fn nearest(place: f32) -> isize {
    let place = place + 0.5;
    let whole = place as i32;
    whole as isize - isize::from(whole as f32 > place)
}

/// What is looked for.
#[derive(Debug, Clone)]
struct Patch {
    /// On the target, in its pixels.
    place: Place,
    /// On the tracking image.
    center: [i32; 2],
    levels: [[i16; ROW]; SIDE],
    sum: i64,
    inverse_norm: f32,
}

impl Patch {
    fn of(target: &TrackingImage, point: TrackingPoint) -> Self {
        let place = [point.x, point.y].map(|at| f64::from(at) / target.scale);
        let center = place.map(|at| (at as f32 * target.scale as f32) as i32);
        let mut levels = [[0; ROW]; SIDE];
        let (mut sum, mut squares) = (0, 0);
        for (y, row) in levels.iter_mut().enumerate() {
            for (x, level) in row.iter_mut().take(SIDE).enumerate() {
                *level = pixel(target, center[0] + x as i32, center[1] + y as i32);
                sum += i64::from(*level);
                squares += i64::from(*level) * i64::from(*level);
            }
        }
        Self {
            place: (place[0], place[1]),
            center,
            levels,
            sum,
            inverse_norm: inverse_norm(sum, squares),
        }
    }
}

/// The level half a patch up and left of here; columns outside run on in the next row, as in the runtime.
fn pixel(target: &TrackingImage, x: i32, y: i32) -> i16 {
    let width = target.image.width() as i64;
    let index = (i64::from(y) - HALF as i64) * width + i64::from(x) - HALF as i64;
    let data = target.image.data();
    let last = data.len().saturating_sub(1);
    data.get((index.max(0) as usize).min(last)).copied().map_or(0, i16::from)
}

/// One over the root of the summed squared deviations from the mean and of the area; 0 where all is plain.
fn inverse_norm(sum: i64, squares: i64) -> f32 {
    let deviations = AREA * squares - sum * sum;
    if deviations == 0 { 0.0 } else { 1.0 / (deviations as f32).sqrt() }
}

/// A warped frame, ready to be searched.
struct Warped {
    /// In [`PARTS`] of a level.
    levels: Vec<i16>,
    /// Width and height without padding.
    size: [usize; 2],
    windows: Vec<Window>,
}

/// All pixels under a patch.
#[derive(Clone, Copy, Default)]
struct Window {
    sum: i32,
    inverse_norm: f32,
}

impl Warped {
    /// Rows are padded, so that the last window can be read in whole registers.
    fn stride(width: usize) -> usize {
        width + ROW - SIDE
    }

    fn of(levels: Vec<i16>, size: [usize; 2]) -> Self {
        let windows = windows(&levels, size);
        Self { levels, size, windows }
    }

    fn find(&self, patch: &Patch) -> Sighting {
        let mut best = Sighting::NOWHERE;
        if patch.inverse_norm == 0.0 {
            return best;
        }
        let [left, top] = patch.center.map(|center| center - HALF as i32);
        let [columns, rows] = [0, 1].map(|axis| reach(patch.center[axis], self.size[axis]));
        if rows.is_empty() {
            return best;
        }
        for x in columns {
            let strip = Strip::of(self, x as usize, rows.clone());
            for y in rows.clone() {
                let similarity = strip.similarity(patch, y as usize);
                let offset = (x - left, y - top);
                // Of equals the runtime takes the uppermost, then the leftmost.
                let above = similarity == best.similarity && offset.1 < best.offset.1;
                if similarity > best.similarity || above {
                    best = Sighting { similarity, offset };
                }
            }
        }
        best
    }
}

/// Rows as wide as a patch, one below the other without a gap: every window in it is one run of pixels,
/// which compiles to multiplications of whole registers.
struct Strip<'a> {
    warped: &'a Warped,
    x: usize,
    top: usize,
    rows: [[i16; ROW]; MOST_ROWS],
}

/// Rows that a search may touch.
const MOST_ROWS: usize = 2 * SEARCH as usize + SIDE;

impl<'a> Strip<'a> {
    /// For windows whose first pixel is in this column and these rows.
    fn of(warped: &'a Warped, x: usize, rows: Range<i32>) -> Self {
        let mut strip = Self { warped, x, top: rows.start as usize, rows: [[0; ROW]; MOST_ROWS] };
        let stride = Warped::stride(warped.size[0]);
        let touched = rows.len() + SIDE - 1;
        let sources = warped.levels[strip.top * stride..].chunks(stride);
        for (row, source) in strip.rows[..touched].iter_mut().zip(sources) {
            row.copy_from_slice(&source[x..x + ROW]);
        }
        strip
    }

    /// Correlation of a patch with the window whose first row is this one.
    fn similarity(&self, patch: &Patch, y: usize) -> f32 {
        let window = self.warped.windows[y * (self.warped.size[0] + 1 - SIDE) + self.x];
        if window.inverse_norm == 0.0 {
            return Sighting::NOWHERE.similarity;
        }
        let first = y - self.top;
        let levels = self.rows[first..first + SIDE].as_flattened();
        let pairs = patch.levels.as_flattened().iter().zip(levels);
        let products: i32 = pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
        let covariance = AREA * i64::from(products) - i64::from(window.sum) * patch.sum;
        covariance as f32 * window.inverse_norm * patch.inverse_norm
    }
}

/// First pixels of the windows searched for a patch along one axis.
fn reach(center: i32, length: usize) -> Range<i32> {
    let first = center - HALF as i32;
    let end = i32::try_from(length).unwrap_or(i32::MAX) - SIDE as i32 + 1;
    (first - SEARCH).max(0)..(first + SEARCH + 1).min(end)
}

/// Sums over all windows that fit, row by row.
fn windows(levels: &[i16], [width, height]: [usize; 2]) -> Vec<Window> {
    let stride = Warped::stride(width);
    let mut windows = Vec::new();
    let mut columns = vec![(0_i64, 0_i64); width];
    for y in 0..height {
        let row = |y: usize| &levels[y * stride..y * stride + width];
        for (column, &level) in columns.iter_mut().zip(row(y)) {
            let level = i64::from(level);
            *column = (column.0 + level, column.1 + level * level);
        }
        if y + 1 < SIDE {
            continue;
        }
        push_row(&mut windows, &columns);
        for (column, &level) in columns.iter_mut().zip(row(y + 1 - SIDE)) {
            let level = i64::from(level);
            *column = (column.0 - level, column.1 - level * level);
        }
    }
    windows
}

fn push_row(windows: &mut Vec<Window>, columns: &[(i64, i64)]) {
    let (mut sum, mut squares) = (0, 0);
    for (x, column) in columns.iter().enumerate() {
        sum += column.0;
        squares += column.1;
        if x + 1 >= SIDE {
            windows.push(Window { sum: sum as i32, inverse_norm: inverse_norm(sum, squares) });
            let first = columns[x + 1 - SIDE];
            sum -= first.0;
            squares -= first.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::super::scene::Scene;
    use super::super::view::{Motion, View, sequence};
    use super::*;
    use crate::gray::{Sampling, resample};

    /// Blobs of all sizes.
    fn picture(width: usize, height: usize) -> GrayImage {
        let mut random = Random::of([5]);
        let mut noise = |side: usize| {
            let small = GrayImage::from_fn(side, side, |_, _| (random.bits() % 256) as f32);
            move |x: usize, y: usize| {
                let place = |v: usize, length: usize| v as f32 / length as f32 * side as f32 - 0.5;
                small.bilinear(place(x, width), place(y, height))
            }
        };
        let (coarse, fine) = (noise(9), noise(40));
        GrayImage::from_fn(width, height, |x, y| 0.5 * (coarse(x, y) + fine(x, y)))
    }

    const SIZE: (f64, f64) = (400.0, 300.0);

    fn target() -> (Scene, TrackingImage) {
        let grey = picture(400, 300);
        let tracking = TrackingImage::build(&grey, 1.0);
        (Scene::new(grey, 1.0, SIZE.0, SIZE.1), tracking)
    }

    fn tracker(image: &TrackingImage) -> Tracker {
        Tracker::new(image, (image.image.width(), image.image.height()))
    }

    fn camera() -> Camera {
        Camera::of(640, 480)
    }

    fn corner_error(a: &Pose, b: &Pose) -> f64 {
        let corners = |pose: &Pose| pose.corners(&camera(), SIZE.0, SIZE.1);
        let pairs = corners(a).into_iter().zip(corners(b));
        pairs.map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1)).sum::<f64>() / 4.0
    }

    #[test]
    fn a_target_that_moved_is_found_again() {
        let (scene, image) = target();
        let view = View {
            tilt: 0.4,
            axis: 0.7,
            roll: -0.2,
            blur: 0.7,
            noise: 3.0,
            ..View::frontal(&camera(), 0.5)
        };
        let frame = scene.render(&camera(), &view);
        let truth = view.pose(&camera(), SIZE.0, SIZE.1);
        let moved = View { center: (326.0, 235.0), roll: -0.18, ..view };
        let last = moved.pose(&camera(), SIZE.0, SIZE.1);
        let tracked = tracker(&image).update(&frame, &camera(), &last).unwrap();
        assert!(corner_error(&last, &truth) > 7.0);
        assert!(corner_error(&tracked.pose, &truth) < 1.0);
        assert!(tracked.good > 20, "{}", tracked.good);
    }

    #[test]
    fn a_sequence_is_followed() {
        let (scene, image) = target();
        let tracker = tracker(&image);
        let views = sequence(&camera(), SIZE, Motion::Fast, 12, 1);
        let mut pose = views[0].pose(&camera(), SIZE.0, SIZE.1);
        for view in &views {
            let frame = scene.render(&camera(), view);
            pose = tracker.update(&frame, &camera(), &pose).unwrap().pose;
            assert!(corner_error(&pose, &view.pose(&camera(), SIZE.0, SIZE.1)) < 2.0);
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let (scene, image) = target();
        let view = View::frontal(&camera(), 0.5);
        let pose = view.pose(&camera(), SIZE.0, SIZE.1);
        let tracker = tracker(&image);
        let elsewhere = scene.render(&camera(), &View { center: (2000.0, 240.0), ..view });
        assert_eq!(tracker.update(&elsewhere, &camera(), &pose), None);
        for nothing in [GrayImage::blank(640, 480), GrayImage::default()] {
            assert_eq!(tracker.update(&nothing, &camera(), &pose), None);
        }
        let behind = Pose(pose.0.map(|row| row.map(|value| -value)));
        let frame = scene.render(&camera(), &view);
        for odd in [behind, Pose([[0.0; 4]; 3]), Pose([[f64::NAN; 4]; 3])] {
            let _ = tracker.update(&frame, &camera(), &odd);
        }
    }

    #[test]
    fn a_plain_picture_is_lost() {
        let plain = TrackingImage::build(&GrayImage::from_fn(200, 200, |_, _| 90.0), 1.0);
        let points = vec![TrackingPoint { x: 64, y: 64 }; 9];
        for image in [plain.clone(), TrackingImage { points, ..plain }, TrackingImage::default()] {
            let view = View::frontal(&camera(), 0.4);
            let (scene, _) = target();
            let frame = scene.render(&camera(), &view);
            let pose = view.pose(&camera(), 200.0, 200.0);
            assert_eq!(tracker(&image).update(&frame, &camera(), &pose), None);
        }
    }

    #[test]
    fn points_outside_the_first_targets_window_are_not_seen() {
        let (scene, image) = target();
        let view = View::frontal(&camera(), 0.6);
        let frame = scene.render(&camera(), &view);
        let pose = view.pose(&camera(), SIZE.0, SIZE.1);
        let (width, height) = (image.image.width(), image.image.height());
        let look = |first| Tracker::new(&image, first).sightings(&frame, &camera(), &pose);
        let (all, half) = (look((width, height)), look((width / 2, height)));
        for ((point, all), half) in image.points.iter().zip(&all).zip(&half) {
            let limit = (width / 2) as u32;
            if point.x + 16 < limit {
                assert_eq!(all, half);
            } else if point.x >= limit + 4 {
                assert!(!half.is_good());
            }
        }
        assert_eq!(look((width + 50, height + 9)).len(), all.len());
        for small in [(0, 0), (5, 5), (width, 12)] {
            assert!(look(small).iter().all(|sighting| *sighting == Sighting::NOWHERE));
        }
    }

    #[test]
    fn similarities_are_normalised_cross_correlations() {
        let levels = picture(40, 30);
        let sampling = Sampling { scale: 1.0, origin: 0.0 };
        let image = TrackingImage {
            image: resample(&levels, 40, 30, sampling).map(|level| level as u8),
            scale: 1.0,
            points: vec![TrackingPoint { x: 15, y: 14 }],
        };
        let identity = Homography([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let frame = picture(30, 40).map(|level| level * 0.3 + 5.125);
        let tracker = tracker(&image);
        let warped = tracker.warp(&frame, &identity);
        let (x, y) = (3, 7);
        let pairs: Vec<(f64, f64)> = (0..SIDE * SIDE)
            .map(|i| {
                let (dx, dy) = (i % SIDE, i / SIDE);
                let a = f64::from(image.image.at(15 - HALF + dx, 14 - HALF + dy));
                (a, f64::from((frame.at(x + dx, y + dy) * PARTS).round() / PARTS))
            })
            .collect();
        let count = pairs.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
        let (a, b) = (mean(&|p| p.0), mean(&|p| p.1));
        let expected = mean(&|p| (p.0 - a) * (p.1 - b))
            / (mean(&|p| (p.0 - a).powi(2)) * mean(&|p| (p.1 - b).powi(2))).sqrt();
        let strip = Strip::of(&warped, x, 2..9);
        let found = f64::from(strip.similarity(&tracker.patches[0], y));
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    }
}
