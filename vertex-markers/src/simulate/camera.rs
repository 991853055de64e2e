//! The camera that the runtime assumes, and where things lie in front of it.

use super::homography::Homography;

/// A pinhole camera without distortion; its principal point is the middle of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Width of a frame in pixels.
    pub width: usize,
    /// Height of a frame in pixels.
    pub height: usize,
    /// Focal length in pixels.
    pub focal: f64,
}

impl Camera {
    /// The camera the runtime takes every phone for: 45 degrees of view from top to bottom.
    #[must_use]
    pub fn of(width: usize, height: usize) -> Self {
        let half = height as f64 / 2.0;
        Self { width, height, focal: half / (std::f64::consts::PI / 8.0).tan() }
    }

    /// The middle of the frame.
    #[must_use]
    pub fn center(&self) -> (f64, f64) {
        (self.width as f64 / 2.0, self.height as f64 / 2.0)
    }
}

/// Rotation and translation of a target: three rows `[R | t]`, in units of the target's pixels.
///
/// The target lies in its own plane z = 0, x to the right and y down, pixel `p` from `p` to `p + 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose(pub [[f64; 4]; 3]);

impl Pose {
    /// Where the target's plane appears in the frame, in pixel indices (the first pixel's centre is 0).
    #[must_use]
    pub fn homography(&self, camera: &Camera) -> Homography {
        let [x, y, z] = self.0;
        let (cx, cy) = camera.center();
        let row = |of: [f64; 4], center: f64| {
            [0, 1, 3].map(|column| camera.focal * of[column] + center * z[column])
        };
        Homography::of_rows([row(x, cx), row(y, cy), [z[0], z[1], z[3]]])
    }

    /// Where the four corners of a target of this size appear, clockwise from the top left.
    #[must_use]
    pub fn corners(&self, camera: &Camera, width: f64, height: f64) -> [(f64, f64); 4] {
        let homography = self.homography(camera);
        [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
            .map(|corner| homography.apply(corner))
    }
}
