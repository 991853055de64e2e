//! Rendering a picture in front of clutter.

use crate::gray::GrayF32;

use super::camera::Camera;
use super::clutter::clutter;
use super::homography::Homography;
use super::lens::exposed;
use super::span::Span;
use super::view::View;

/// A picture that can be looked at from anywhere.
#[derive(Debug, Clone)]
pub struct Scene {
    levels: Vec<PaddedImage>,
    scale: f64,
    width: f64,
    height: f64,
}

impl Scene {
    /// A picture of this size in its own pixels, from a grey copy of it that is `scale` times its size.
    #[must_use]
    pub fn new(picture: GrayF32, scale: f64, width: f64, height: f64) -> Self {
        Self { levels: pyramid(picture), scale, width, height }
    }

    /// What the camera sees, in whole grey levels.
    #[must_use]
    pub fn render(&self, camera: &Camera, view: &View) -> GrayF32 {
        let mut frame = clutter(camera.width, camera.height, view.clutter);
        let pose = view.pose(camera, self.width, self.height);
        if let Some(warp) = Warp::of(self, &pose.homography(camera)) {
            for y in 0..frame.height() {
                warp.paint_row(frame.row_mut(y), y as f64);
            }
        }
        exposed(frame, &view.exposure())
    }
}

/// Smallest sides and greatest number of levels of a pyramid.
const SMALLEST: usize = 8;
const MOST_LEVELS: usize = 9;

/// A picture at 1, 1/2, 1/4 ... of its size.
fn pyramid(picture: GrayF32) -> Vec<PaddedImage> {
    if picture.data().is_empty() {
        return Vec::new();
    }
    let mut levels = vec![PaddedImage::of(&picture)];
    let mut image = picture;
    while image.width().min(image.height()) >= SMALLEST && levels.len() < MOST_LEVELS {
        image = GrayF32::from_fn(image.width() / 2, image.height() / 2, |x, y| {
            let (x, y) = (2 * x, 2 * y);
            let sum = |y: usize| image.at(x, y) + image.at(x + 1, y);
            0.25 * (sum(y) + sum(y + 1))
        });
        levels.push(PaddedImage::of(&image));
    }
    levels
}

/// An image with a border of one repeated pixel.
#[derive(Debug, Clone)]
struct PaddedImage {
    pixels: Vec<f32>,
    stride: usize,
    /// Greatest column and row of the padded image that still has a neighbour.
    end: [f32; 2],
}

impl PaddedImage {
    fn of(image: &GrayF32) -> Self {
        let (width, height) = (image.width(), image.height());
        let padded = GrayF32::from_fn(width + 2, height + 2, |x, y| {
            image.clamped(x as isize - 1, y as isize - 1)
        });
        let end = [width as f32 + 0.5, height as f32 + 0.5];
        Self { pixels: padded.data().to_vec(), stride: width + 2, end }
    }

    /// The level at a place, in continuous coordinates.
    #[inline]
    fn at(&self, x: f32, y: f32) -> f32 {
        let x = (x + 0.5).clamp(0.0, self.end[0]);
        let y = (y + 0.5).clamp(0.0, self.end[1]);
        let (column, row) = (x as i32, y as i32);
        let (right, below) = (x - column as f32, y - row as f32);
        let first = row as usize * self.stride + column as usize;
        let upper = &self.pixels[first..first + 2];
        let lower = &self.pixels[first + self.stride..first + self.stride + 2];
        let top = upper[0] + right * (upper[1] - upper[0]);
        let bottom = lower[0] + right * (lower[1] - lower[0]);
        top + below * (bottom - top)
    }
}

/// A linear function of the place in the frame.
#[derive(Clone, Copy)]
struct Linear {
    x: f64,
    y: f64,
    constant: f64,
}

impl Linear {
    fn scaled(self, by: f64) -> Self {
        Self { x: by * self.x, y: by * self.y, constant: by * self.constant }
    }

    fn on_row(self, y: f64) -> [f64; 2] {
        [self.x, self.y * y + self.constant]
    }

    fn at(self, x: f64, y: f64) -> f64 {
        self.x * x + self.y * y + self.constant
    }
}

/// The way from the frame to the picture, in pixels of its largest level.
struct Warp<'a> {
    scene: &'a Scene,
    across: Linear,
    down: Linear,
    /// One over the depth: positive in front of the camera.
    nearness: Linear,
    determinant: f64,
    /// Size of the picture.
    size: [f64; 2],
}

/// Side of the grid of samples in a pixel on the picture's edge.
const EDGE_SAMPLES: usize = 4;
/// Pixels that share a level of the pyramid.
const RUN: usize = 16;

impl<'a> Warp<'a> {
    fn of(scene: &'a Scene, homography: &Homography) -> Option<Self> {
        if scene.levels.is_empty() {
            return None;
        }
        let inverse = homography.inverse(0.0)?;
        let row = |first: usize| Linear {
            x: inverse.0[first],
            y: inverse.0[first + 1],
            constant: inverse.0[first + 2],
        };
        let scale = scene.scale;
        Some(Self {
            scene,
            across: row(0).scaled(scale),
            down: row(3).scaled(scale),
            nearness: row(6),
            determinant: inverse.determinant().abs() * scale * scale,
            size: [scene.width * scale, scene.height * scale],
        })
    }

    fn paint_row(&self, row: &mut [f32], y: f64) {
        let [above, middle, below] = [-0.5, 0.0, 0.5].map(|offset| self.span(y + offset));
        let touched = above.join(middle).join(below).grown(1.0).columns(row.len());
        let inner = above.meet(below).grown(-0.5).columns(row.len());
        let (left, right) = if inner.is_empty() {
            (touched, 0..0)
        } else {
            (touched.start..inner.start, inner.end..touched.end)
        };
        for x in left.chain(right) {
            self.paint_edge(&mut row[x], x as f64, y);
        }
        let mut x = inner.start;
        for run in row[inner].chunks_mut(RUN) {
            self.paint_run(run, x as f64, y);
            x += run.len();
        }
    }

    /// The part of a row, possibly between pixel centres, that shows the picture.
    fn span(&self, y: f64) -> Span {
        let [slope, offset] = self.nearness.on_row(y);
        let mut span = Span::ALL.keep(slope, offset);
        for (coordinate, size) in [self.across, self.down].into_iter().zip(self.size) {
            let [coordinate_slope, coordinate_offset] = coordinate.on_row(y);
            span = span
                .keep(coordinate_slope, coordinate_offset)
                .keep(size * slope - coordinate_slope, size * offset - coordinate_offset);
        }
        span
    }

    /// The level whose pixels are about as large as half a pixel of the frame, and its scale.
    fn level(&self, x: f64, y: f64) -> (&PaddedImage, f32) {
        let nearness = self.nearness.at(x, y).abs();
        let area = self.determinant / (nearness * nearness * nearness);
        let wanted = (0.5 * area.log2() - 0.7).round().max(0.0) as usize;
        let index = wanted.min(self.scene.levels.len() - 1);
        (&self.scene.levels[index], 1.0 / (1_u32 << index) as f32)
    }

    /// Pixels wholly inside the picture, each the mean of four samples.
    fn paint_run(&self, run: &mut [f32], first: f64, y: f64) {
        let (level, scale) = self.level(first + run.len() as f64 / 2.0, y);
        let row = |linear: Linear, scale: f32| {
            [linear.x as f32 * scale, linear.y as f32 * scale, linear.at(first, y) as f32 * scale]
        };
        let (across, down) = (row(self.across, scale), row(self.down, scale));
        let nearness = row(self.nearness, 1.0);
        for (x, pixel) in run.iter_mut().enumerate() {
            let x = x as f32;
            let depth = 1.0 / (nearness[0] * x + nearness[2]);
            let place = [across, down].map(|of| (of[0] * x + of[2]) * depth);
            let [right, below] = [0, 1].map(|axis| {
                let slope = |of: [f32; 3], at: f32| (of[axis] - at * nearness[axis]) * depth * 0.25;
                [slope(across, place[0]), slope(down, place[1])]
            });
            let sample = |a: f32, b: f32| {
                level.at(
                    place[0] + a * right[0] + b * below[0],
                    place[1] + a * right[1] + b * below[1],
                )
            };
            *pixel = 0.25
                * (sample(-1.0, -1.0) + sample(1.0, -1.0) + sample(-1.0, 1.0) + sample(1.0, 1.0));
        }
    }

    /// A pixel that may show the picture in part.
    fn paint_edge(&self, pixel: &mut f32, x: f64, y: f64) {
        let (level, scale) = self.level(x, y);
        let place = |index: usize| (index as f64 + 0.5) / EDGE_SAMPLES as f64 - 0.5;
        let mut sum = 0.0;
        for sample in 0..EDGE_SAMPLES * EDGE_SAMPLES {
            let (x, y) = (x + place(sample % EDGE_SAMPLES), y + place(sample / EDGE_SAMPLES));
            sum += match self.picture_place(x, y) {
                Some([across, down]) => level.at(across as f32 * scale, down as f32 * scale),
                None => *pixel,
            };
        }
        *pixel = sum / (EDGE_SAMPLES * EDGE_SAMPLES) as f32;
    }

    fn picture_place(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let nearness = self.nearness.at(x, y);
        let place = [self.across, self.down].map(|linear| linear.at(x, y) / nearness);
        let inside = |axis: usize| (0.0..=self.size[axis]).contains(&place[axis]);
        (nearness > 0.0 && inside(0) && inside(1)).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::views;

    fn chequers(width: usize, height: usize) -> GrayF32 {
        GrayF32::from_fn(
            width,
            height,
            |x, y| if (x / 32 + y / 32) % 2 == 0 { 20.0 } else { 220.0 },
        )
    }

    fn white(width: usize, height: usize) -> Scene {
        let picture = GrayF32::from_fn(width, height, |_, _| 255.0);
        Scene::new(picture, 1.0, width as f64, height as f64)
    }

    #[test]
    fn a_frontal_view_shows_the_picture_in_place() {
        let camera = Camera::of(640, 480);
        let scene = Scene::new(chequers(320, 240), 1.0, 320.0, 240.0);
        // One pixel of the frame per pixel of the picture, whose first pixel lies on index 160.5.
        let view = View::frontal(&camera, 0.5);
        let frame = scene.render(&camera, &view);
        let picture = chequers(320, 240);
        for (x, y) in [(0, 0), (40, 5), (15, 100), (319, 239), (300, 10)] {
            let shown = frame.at(160 + x + usize::from(x == 0), 120 + y + usize::from(y == 0));
            let expected = picture.at(x, y);
            assert!((shown - expected).abs() <= 1.0, "{x} {y}: {shown} {expected}");
        }
    }

    #[test]
    fn the_edge_is_shared_with_what_lies_behind() {
        let camera = Camera::of(640, 480);
        let view = View::frontal(&camera, 0.5);
        let behind = exposed(clutter(640, 480, 0), &view.exposure());
        let frame = white(320, 240).render(&camera, &view);
        // The edge passes through the middle of column 160.
        let expected = (behind.at(160, 240) + 255.0) / 2.0;
        assert!((frame.at(160, 240) - expected).abs() <= 1.0);
        assert_eq!(frame.at(159, 240), behind.at(159, 240));
        assert_eq!(frame.at(161, 240), 255.0);
    }

    #[test]
    fn the_picture_covers_the_area_of_its_corners() {
        let camera = Camera::of(640, 480);
        for view in views(&camera, 300.0, 200.0, 16, 3) {
            let clean = View {
                tilt: view.tilt,
                axis: view.axis,
                roll: view.roll,
                ..View::frontal(&camera, 0.3)
            };
            let mut frame = GrayF32::blank(640, 480);
            let pose = clean.pose(&camera, 300.0, 200.0);
            let scene = white(300, 200);
            let warp = Warp::of(&scene, &pose.homography(&camera)).unwrap();
            for y in 0..480 {
                warp.paint_row(frame.row_mut(y), y as f64);
            }
            let corners = pose.corners(&camera, 300.0, 200.0);
            let area: f64 = (0..4)
                .map(|i| {
                    corners[i].0 * corners[(i + 1) % 4].1 - corners[(i + 1) % 4].0 * corners[i].1
                })
                .sum::<f64>()
                / 2.0;
            let painted = frame.data().iter().map(|&level| f64::from(level)).sum::<f64>() / 255.0;
            assert!((painted / area - 1.0).abs() < 0.002, "{painted} {area}");
        }
    }

    #[test]
    fn minified_detail_turns_grey_instead_of_aliasing() {
        let camera = Camera::of(640, 480);
        let fine = GrayF32::from_fn(1200, 900, |x, y| if (x + y) % 2 == 0 { 0.0 } else { 200.0 });
        let scene = Scene::new(fine, 1.0, 1200.0, 900.0);
        let frame = scene.render(&camera, &View { roll: 0.3, ..View::frontal(&camera, 0.3) });
        for y in 200..280 {
            assert!(frame.row(y)[260..380].iter().all(|level| (level - 100.0).abs() <= 1.0));
        }
    }

    #[test]
    fn a_smaller_copy_shows_the_same_picture() {
        let camera = Camera::of(640, 480);
        let full = Scene::new(chequers(640, 480), 1.0, 640.0, 480.0);
        let large = chequers(640, 480);
        let half = GrayF32::from_fn(320, 240, |x, y| large.at(2 * x, 2 * y));
        let half = Scene::new(half, 0.5, 640.0, 480.0);
        let view = View { tilt: 0.5, roll: 0.2, ..View::frontal(&camera, 0.4) };
        let [a, b] = [full, half].map(|scene| scene.render(&camera, &view));
        let difference: f32 = a.data().iter().zip(b.data()).map(|(a, b)| (a - b).abs()).sum();
        assert!(difference / 307_200.0 < 1.0);
    }

    #[test]
    fn odd_sizes_and_places_do_no_harm() {
        let camera = Camera::of(64, 48);
        let empty = Scene::new(GrayF32::default(), 1.0, 0.0, 0.0);
        let views = [0.5, 30.0, 0.0, -0.5, f64::NAN].map(|share| View::frontal(&camera, share));
        for scene in [white(1, 1), white(1, 500), white(7, 2), empty] {
            for view in views {
                assert_eq!(scene.render(&camera, &view).data().len(), 64 * 48);
                let edge_on = View { tilt: 1.5, center: (1e6, -1e6), ..view };
                assert_eq!(scene.render(&camera, &edge_on).data().len(), 64 * 48);
            }
        }
    }

    #[test]
    fn a_view_is_always_rendered_alike() {
        let camera = Camera::of(160, 120);
        let scene = Scene::new(chequers(128, 96), 1.0, 128.0, 96.0);
        let view = views(&camera, 128.0, 96.0, 6, 9)[5];
        assert_eq!(scene.render(&camera, &view), scene.render(&camera, &view));
        assert_ne!(scene.render(&camera, &view), scene.render(&camera, &View { seed: 0, ..view }));
    }
}
