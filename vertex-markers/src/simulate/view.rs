//! Where a synthetic camera stands, and what it does to the light.

use super::camera::{Camera, Pose};
use super::exposure::{Exposure, Light};
use super::homography::Point2;

/// One look at a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Width of the target on the screen, if it faced the camera, over the width of the frame.
    pub share: f64,
    /// Angle in radians by which the target turns away from the camera.
    pub tilt: f64,
    /// Direction in radians, in the target's plane, of the line it is tilted about.
    pub axis: f64,
    /// Rotation in radians about the line of sight, after the tilt.
    pub roll: f64,
    /// Where the middle of the target appears, in pixel indices of the frame.
    pub center: Point2,
    /// Exposure.
    pub light: Light,
    /// Standard deviation of the lens's Gaussian blur in pixels of the frame.
    pub blur: f64,
    /// Standard deviation of the sensor's noise in grey levels.
    pub noise: f64,
    /// Seed of the clutter behind the target.
    pub clutter: u64,
    /// Seed of the noise.
    pub seed: u64,
}

impl View {
    /// The target in the middle of the frame, facing an ideal camera.
    #[must_use]
    pub fn frontal(camera: &Camera, share: f64) -> Self {
        Self {
            share,
            tilt: 0.0,
            axis: 0.0,
            roll: 0.0,
            center: camera.center(),
            light: Light::NEUTRAL,
            blur: 0.0,
            noise: 0.0,
            clutter: 0,
            seed: 0,
        }
    }

    /// Where a target of this size, in its own pixels, stands before the camera.
    #[must_use]
    pub fn pose(&self, camera: &Camera, width: f64, height: f64) -> Pose {
        let rotation = self.rotation();
        let distance = camera.focal * width / (self.share * camera.width as f64);
        let (cx, cy) = camera.center();
        let aside = |place: f64, center: f64| (place - center) * distance / camera.focal;
        let middle = [aside(self.center.0, cx), aside(self.center.1, cy), distance];
        Pose(std::array::from_fn(|row| {
            let [x, y, z] = rotation[row];
            [x, y, z, middle[row] - (x * width + y * height) / 2.0]
        }))
    }

    pub(super) fn exposure(&self) -> Exposure {
        let Self { blur, light, noise, seed, .. } = *self;
        Exposure { blur, light, noise, seed }
    }

    fn rotation(&self) -> [[f64; 3]; 3] {
        let (s, c) = self.tilt.sin_cos();
        let (ay, ax) = self.axis.sin_cos();
        let rest = 1.0 - c;
        let [x, y, z] = [
            [c + ax * ax * rest, ax * ay * rest, ay * s],
            [ax * ay * rest, c + ay * ay * rest, -ax * s],
            [-ay * s, ax * s, c],
        ];
        let (s, c) = self.roll.sin_cos();
        let turned = |a: f64, b: f64| std::array::from_fn(|column| a * x[column] + b * y[column]);
        [turned(c, -s), turned(s, c), z]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (f64, f64) = (512.0, 384.0);

    #[test]
    fn a_frontal_view_puts_the_corners_where_its_share_says() {
        let camera = Camera::of(640, 480);
        let view = View::frontal(&camera, 0.5);
        let corners = view.pose(&camera, SIZE.0, SIZE.1).corners(&camera, SIZE.0, SIZE.1);
        let expected = [(160.0, 120.0), (480.0, 120.0), (480.0, 360.0), (160.0, 360.0)];
        for (found, expected) in corners.iter().zip(expected) {
            assert!((found.0 - expected.0).abs() < 1e-9 && (found.1 - expected.1).abs() < 1e-9);
        }
    }

    #[test]
    fn the_middle_lands_on_the_centre_however_it_is_turned() {
        let camera = Camera::of(640, 480);
        let view = View {
            tilt: 0.8,
            axis: 2.0,
            roll: -1.0,
            center: (400.0, 99.0),
            ..View::frontal(&camera, 0.4)
        };
        let pose = view.pose(&camera, SIZE.0, SIZE.1);
        let (x, y) = pose.homography(&camera).apply((SIZE.0 / 2.0, SIZE.1 / 2.0));
        assert!((x - 400.0).abs() < 1e-9 && (y - 99.0).abs() < 1e-9);
        let [a, b, _] = pose
            .0
            .map(|row| [row[0], row[1]])
            .iter()
            .fold([0.0; 3], |sum, [x, y]| [sum[0] + x * x, sum[1] + y * y, sum[2] + x * y]);
        assert!((a - 1.0).abs() < 1e-12 && (b - 1.0).abs() < 1e-12);
    }
}
