//! Refining a pose from where points of the target are seen, step by step as the runtime does.
//!
//! Gauss-Newton on the six degrees of freedom; when the residuals of all pairs stay large, again with
//! ever fewer pairs trusted, weighted by Tukey's biweight.

use super::camera::{Camera, Pose};
use super::homography::{Point2, solve};

/// A point of the target and where it is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointPair {
    /// In pixels of the target.
    pub target: Point2,
    /// In pixel indices of the frame.
    pub screen: Point2,
}

/// A pose that explains what is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refined {
    /// The pose.
    pub pose: Pose,
    /// Mean squared distance between seen and expected places in square pixels of the frame; that of
    /// outliers is bounded.
    pub error: f64,
}

/// Fewest pairs that determine a pose for the runtime.
pub const LEAST_PAIRS: usize = 4;
/// Shares of the pairs that are trusted, one attempt each.
const TRUSTED: [f64; 5] = [1.0, 0.8, 0.6, 0.4, 0.0];
/// A pose is found below this error.
const FOUND: f64 = 5.0;
/// Most steps of one attempt.
const STEPS: usize = 10;
/// Steps end below this error, or when one leaves more than a share of it.
const EXACT: f64 = 0.1;
const STALLED: f64 = 0.99;
/// Squared residuals up to this multiple of the worst trusted one count, and at least up to a floor.
const BOUND_FACTOR: f64 = 4.0;
const LEAST_BOUND: f64 = 16.0;
/// Turns of a smaller squared angle are left out.
const LEAST_TURN: f64 = 1e-6;

/// The runtime's refinement of a pose; `None` when it gives up.
#[must_use]
pub fn refine(camera: &Camera, start: &Pose, pairs: &[PointPair]) -> Option<Refined> {
    if pairs.len() < LEAST_PAIRS {
        return None;
    }
    let (x, y) = middle(pairs);
    let centred = pairs.iter().map(|pair| PointPair {
        target: (pair.target.0 - x, pair.target.1 - y),
        screen: pair.screen,
    });
    let mut attempt =
        Attempt { camera, pairs: centred.collect(), pose: start.with_origin_at((x, y)) };
    TRUSTED.into_iter().find_map(|trusted| {
        let error = attempt.descend(trusted);
        (error < FOUND).then(|| Refined { pose: attempt.pose.with_origin_at((-x, -y)), error })
    })
}

fn middle(pairs: &[PointPair]) -> Point2 {
    let count = pairs.len() as f64;
    let sum = |of: fn(&PointPair) -> f64| pairs.iter().map(of).sum::<f64>();
    (sum(|pair| pair.target.0) / count, sum(|pair| pair.target.1) / count)
}

/// A rotation vector and a shift, both in the target's own axes.
type Step = [f64; 6];

impl Pose {
    /// The pose of the same target with coordinates counted from this place.
    fn with_origin_at(&self, (x, y): Point2) -> Self {
        Self(self.0.map(|[a, b, c, t]| [a, b, c, a * x + b * y + t]))
    }

    /// This pose after a step of the target.
    fn stepped(&self, step: &Step) -> Self {
        let turn = rotation([step[0], step[1], step[2]]);
        Self(self.0.map(|[a, b, c, t]| {
            let along = |column: [f64; 3]| a * column[0] + b * column[1] + c * column[2];
            let [x, y, z] =
                [0, 1, 2].map(|column| along([turn[0][column], turn[1][column], turn[2][column]]));
            [x, y, z, along([step[3], step[4], step[5]]) + t]
        }))
    }

    /// How the screen place of a point of the target changes with a step: a row for x and one for y.
    fn slopes(&self, camera: &Camera, (x, y): Point2) -> [Step; 2] {
        let [across, down, depth] = self.0.map(|[a, b, _, t]| a * x + b * y + t);
        let [rows, far] =
            [[self.0[0], self.0[1]].map(|row| moves(row, (x, y))), [moves(self.0[2], (x, y)); 2]];
        let scale = camera.focal / depth;
        let shrink = [across, down].map(|place| scale * place / depth);
        std::array::from_fn(|axis| {
            std::array::from_fn(|i| scale * rows[axis][i] - shrink[axis] * far[axis][i])
        })
    }
}

/// How one coordinate before the camera changes with a step.
fn moves([a, b, c, _]: [f64; 4], (x, y): Point2) -> Step {
    [c * y, -c * x, b * x - a * y, a, b, c]
}

/// Rodrigues' formula.
fn rotation([x, y, z]: [f64; 3]) -> [[f64; 3]; 3] {
    let square = x * x + y * y + z * z;
    if square < LEAST_TURN {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let angle = square.sqrt();
    let [x, y, z] = [x / angle, y / angle, z / angle];
    let (s, c) = angle.sin_cos();
    let rest = 1.0 - c;
    [
        [x * x * rest + c, x * y * rest - z * s, x * z * rest + y * s],
        [y * x * rest + z * s, y * y * rest + c, y * z * rest - x * s],
        [z * x * rest - y * s, z * y * rest + x * s, z * z * rest + c],
    ]
}

struct Attempt<'a> {
    camera: &'a Camera,
    pairs: Vec<PointPair>,
    pose: Pose,
}

impl Attempt<'_> {
    /// Improves the pose as long as that helps; the last error.
    fn descend(&mut self, trusted: f64) -> f64 {
        let mut before = f64::INFINITY;
        let mut steps = 0;
        loop {
            let residuals = self.residuals();
            let loss = Loss::of(&residuals, trusted);
            let error = loss.mean(&residuals);
            if error < EXACT || error / before > STALLED || steps == STEPS {
                return error;
            }
            let Some(step) = self.step(&residuals, &loss) else {
                return error;
            };
            self.pose = self.pose.stepped(&step);
            before = error;
            steps += 1;
        }
    }

    /// Seen less expected places.
    fn residuals(&self) -> Vec<Point2> {
        let homography = self.pose.homography(self.camera);
        let residual = |pair: &PointPair| {
            let (x, y) = homography.apply(pair.target);
            (pair.screen.0 - x, pair.screen.1 - y)
        };
        self.pairs.iter().map(residual).collect()
    }

    fn step(&self, residuals: &[Point2], loss: &Loss) -> Option<Step> {
        let mut matrix = [[0.0; 6]; 6];
        let mut right = [0.0; 6];
        for (pair, &residual) in self.pairs.iter().zip(residuals) {
            let weight = loss.weight(squared(residual));
            let slopes = self.pose.slopes(self.camera, pair.target);
            for (slope, residual) in slopes.iter().zip([residual.0, residual.1]) {
                for (i, &a) in slope.iter().enumerate() {
                    for (sum, &b) in matrix[i].iter_mut().zip(slope) {
                        *sum += weight * a * b;
                    }
                    right[i] += weight * a * residual;
                }
            }
        }
        solve(matrix, right)
    }
}

fn squared((x, y): Point2) -> f64 {
    x * x + y * y
}

/// What a squared residual counts.
enum Loss {
    Square,
    /// Tukey's, with this bound of the squared residuals.
    Biweight(f64),
}

impl Loss {
    fn of(residuals: &[Point2], trusted: f64) -> Self {
        if trusted >= 1.0 {
            return Self::Square;
        }
        let mut squares: Vec<f64> = residuals.iter().map(|&residual| squared(residual)).collect();
        squares.sort_by(f64::total_cmp);
        let worst = ((squares.len() as f64 * trusted) as usize).saturating_sub(1).max(3);
        Self::Biweight((squares[worst] * BOUND_FACTOR).max(LEAST_BOUND))
    }

    fn mean(&self, residuals: &[Point2]) -> f64 {
        let losses = residuals.iter().map(|&residual| match *self {
            Self::Square => squared(residual),
            Self::Biweight(bound) if squared(residual) > bound => bound / 6.0,
            Self::Biweight(bound) => {
                bound / 6.0 * (1.0 - (1.0 - squared(residual) / bound).powi(3))
            }
        });
        losses.sum::<f64>() / residuals.len() as f64
    }

    /// Weight of a pair in the normal equations: the square of what the runtime multiplies its rows by.
    fn weight(&self, square: f64) -> f64 {
        match *self {
            Self::Square => 1.0,
            Self::Biweight(bound) if square > bound => 0.0,
            Self::Biweight(bound) => (1.0 - square / bound).powi(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::split_mix::SplitMix64;
    use super::super::view::View;
    use super::*;

    const SIZE: (f64, f64) = (500.0, 300.0);

    fn camera() -> Camera {
        Camera::of(640, 480)
    }

    fn truth() -> View {
        View { tilt: 0.6, axis: 1.0, roll: 0.3, ..View::frontal(&camera(), 0.5) }
    }

    fn pose(view: &View) -> Pose {
        view.pose(&camera(), SIZE.0, SIZE.1)
    }

    fn near() -> Pose {
        pose(&View { tilt: 0.5, roll: 0.33, share: 0.48, center: (324.0, 238.0), ..truth() })
    }

    /// Forty places of the target, seen with noise of this many pixels at most.
    fn pairs(noise: f64) -> Vec<PointPair> {
        let mut random = SplitMix64::of([1]);
        let homography = pose(&truth()).homography(&camera());
        let mut pair = || {
            let target = (random.within(&(0.0..SIZE.0)), random.within(&(0.0..SIZE.1)));
            let (x, y) = homography.apply(target);
            let mut noisy = |at: f64| at + noise * (2.0 * random.unit() - 1.0);
            PointPair { target, screen: (noisy(x), noisy(y)) }
        };
        (0..40).map(|_| pair()).collect()
    }

    fn corner_error(found: &Pose) -> f64 {
        let corners = |pose: &Pose| pose.corners(&camera(), SIZE.0, SIZE.1);
        let pairs = corners(found).into_iter().zip(corners(&pose(&truth())));
        pairs.map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1)).sum::<f64>() / 4.0
    }

    #[test]
    fn noisy_places_give_the_pose_back() {
        assert!(corner_error(&near()) > 5.0);
        let found = refine(&camera(), &near(), &pairs(1.0)).unwrap();
        assert!(corner_error(&found.pose) < 0.6, "{}", corner_error(&found.pose));
        assert!((found.error - 2.0 / 3.0).abs() < 0.2, "{}", found.error);
    }

    #[test]
    fn exact_places_give_it_back_exactly() {
        let found = refine(&camera(), &near(), &pairs(0.0)).unwrap();
        assert!(corner_error(&found.pose) < 0.5 && found.error < EXACT);
    }

    #[test]
    fn a_third_of_outliers_does_not_matter() {
        let mut pairs = pairs(0.5);
        for pair in pairs.iter_mut().step_by(3) {
            pair.screen.0 += 40.0;
        }
        let found = refine(&camera(), &near(), &pairs).unwrap();
        assert!(corner_error(&found.pose) < 1.0, "{}", corner_error(&found.pose));
    }

    #[test]
    fn slopes_are_derivatives() {
        let (pose, place) = (near(), (200.0, -70.0));
        let slopes = pose.slopes(&camera(), place);
        for i in 0..6 {
            let mut step = [0.0; 6];
            step[i] = 2e-3;
            let seen = |pose: &Pose| pose.homography(&camera()).apply(place);
            let ahead = seen(&pose.stepped(&step));
            step[i] = -2e-3;
            let behind = seen(&pose.stepped(&step));
            let measured = [(ahead.0 - behind.0) / 4e-3, (ahead.1 - behind.1) / 4e-3];
            for (slope, measured) in slopes.iter().zip(measured) {
                assert!((slope[i] - measured).abs() < 1e-2 * (0.01 + measured.abs()));
            }
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let pairs = pairs(0.0);
        assert_eq!(refine(&camera(), &near(), &pairs[..3]), None);
        let mut wild = pairs.clone();
        wild[0].screen.0 = f64::NAN;
        assert_eq!(refine(&camera(), &near(), &wild), None);
        let one_place = vec![PointPair { target: (9.0, 9.0), screen: (600.0, 10.0) }; 8];
        assert_eq!(refine(&camera(), &near(), &one_place), None);
        let scattered = pairs.iter().enumerate().map(|(i, &pair)| {
            let random = SplitMix64::of([i as u64]).within(&(0.0..640.0));
            PointPair { screen: (random, 640.0 - random), ..pair }
        });
        assert_eq!(refine(&camera(), &near(), &scattered.collect::<Vec<_>>()), None);
    }
}
