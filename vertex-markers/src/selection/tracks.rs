//! Tracks: which observations are of one point, and what they say together.

use std::f32::consts::{PI, TAU};

use crate::detector::{Keypoint, Spot};

use super::SelectedKeypoint;
use super::buckets::BucketGrid;
use super::descriptor_votes::DescriptorVotes;

/// Points nearer to the picture's edge than this many of their own pixels describe what lies around it.
const EDGE: f32 = 3.0;
/// Greatest distance between observations per scale of theirs.
const PLACE: f32 = 0.75;
/// Greatest ratio of their scales.
const SCALES: f32 = 1.3;
/// Greatest difference of their angles in radians.
const ANGLE: f32 = 0.5;
/// Greatest Hamming distance of their descriptors.
const DISTANCE: u32 = 180;
/// Points whose observations' places have a greater standard deviation, in pixels of the copy, would bend the pose.
const SCATTER: f32 = 0.7;

/// The tracks of all points observed so far.
pub(super) struct TrackAccumulator {
    /// Of the keyframe, in pixels.
    size: (f32, f32),
    points: Vec<Track>,
    /// Where the points are, once no new tracks begin.
    frozen: Option<BucketGrid>,
}

impl TrackAccumulator {
    /// Without tracks yet, of a copy of this size in pixels.
    pub(super) fn of(size: (f32, f32)) -> Self {
        Self { size, points: Vec::new(), frozen: None }
    }

    /// From now on no new tracks begin.
    pub(super) fn freeze(&mut self) {
        let places = self.points.iter().map(|record| (record.first.x, record.first.y));
        self.frozen = Some(BucketGrid::of(places, self.size));
    }

    /// Whether a keypoint there could begin or extend a track, whatever its descriptor.
    pub(super) fn may_extend(&self, spot: &Spot) -> bool {
        let Some(buckets) = &self.frozen else {
            return is_clear_of_edges(self.size, (EDGE - PLACE) * spot.scale, (spot.x, spot.y));
        };
        buckets.near(spot.x, spot.y).any(|index| {
            let first = &self.points[index].first;
            first.maxima == spot.maxima
                && is_same_scale(first.scale, spot.scale)
                && is_near(first, (spot.x, spot.y))
        })
    }

    /// Adds the keypoints of one view: observations of known points, and new points.
    pub(super) fn add(&mut self, observations: Vec<Keypoint>) {
        let places = observations.iter().map(|point| (point.x, point.y));
        let buckets = BucketGrid::of(places, self.size);
        let mut taken = vec![false; observations.len()];
        for record in &mut self.points {
            let near = buckets.near(record.first.x, record.first.y);
            let same = near.filter(|&index| !taken[index]).filter_map(|index| {
                record.distance_to(&observations[index]).map(|distance| (distance, index))
            });
            if let Some((distance, index)) = same.min() {
                taken[index] = true;
                record.add(&observations[index], distance);
            }
        }
        if self.frozen.is_none() {
            let new = observations.into_iter().zip(taken).filter(|(_, taken)| !taken);
            let size = self.size;
            let on_picture = new
                .map(|(point, _)| point)
                .filter(|point| is_clear_of_edges(size, EDGE * point.scale, (point.x, point.y)));
            self.points.extend(on_picture.map(Track::new));
        }
    }

    /// The points redetected where they were, the most repeatable first.
    pub(super) fn repeatable(self) -> Vec<SelectedKeypoint> {
        let returned = self.points.into_iter().filter(|record| record.redetections > 0);
        let steady = returned.filter(|record| record.scatter() <= SCATTER);
        let mut selected: Vec<SelectedKeypoint> = steady.map(Track::selected).collect();
        selected.sort_by(SelectedKeypoint::most_repeatable_first);
        selected
    }
}

/// One point and its observations.
struct Track {
    first: Keypoint,
    /// Sums of how far observations lie from the first, and of the squares of these distances.
    offset: (f32, f32),
    squares: f32,
    /// Sum of the angles' unit vectors.
    direction: (f32, f32),
    /// Those of all observations, once there are two.
    votes: Option<Box<DescriptorVotes>>,
    redetections: u32,
    distance: u32,
}

impl Track {
    fn new(first: Keypoint) -> Self {
        let (sin, cos) = first.angle.sin_cos();
        Self {
            offset: (0.0, 0.0),
            squares: 0.0,
            direction: (cos, sin),
            votes: None,
            redetections: 0,
            distance: 0,
            first,
        }
    }

    /// Hamming distance of an observation of this point; `None` for other points.
    fn distance_to(&self, other: &Keypoint) -> Option<u32> {
        let first = &self.first;
        let alike = first.maxima == other.maxima
            && is_same_scale(first.scale, other.scale)
            && is_near(first, (other.x, other.y))
            && wrapped(other.angle - first.angle).abs() <= ANGLE;
        let distance = alike.then(|| first.descriptor.hamming(&other.descriptor));
        distance.filter(|&distance| distance <= DISTANCE)
    }

    fn add(&mut self, observation: &Keypoint, distance: u32) {
        let (sin, cos) = observation.angle.sin_cos();
        let (dx, dy) = (observation.x - self.first.x, observation.y - self.first.y);
        self.offset = (self.offset.0 + dx, self.offset.1 + dy);
        self.squares += dx * dx + dy * dy;
        self.direction = (self.direction.0 + cos, self.direction.1 + sin);
        self.votes
            .get_or_insert_with(|| Box::new(DescriptorVotes::of(&self.first.descriptor)))
            .add(&observation.descriptor);
        self.redetections += 1;
        self.distance += distance;
    }

    /// The mean of how far all observations lie from the first.
    fn mean_offset(&self) -> (f32, f32) {
        let count = (self.redetections + 1) as f32;
        (self.offset.0 / count, self.offset.1 / count)
    }

    /// Standard deviation of the observations' places.
    fn scatter(&self) -> f32 {
        let (dx, dy) = self.mean_offset();
        let variance = self.squares / (self.redetections + 1) as f32 - dx * dx - dy * dy;
        variance.max(0.0).sqrt()
    }

    /// The mean of all observations.
    fn selected(self) -> SelectedKeypoint {
        let (dx, dy) = self.mean_offset();
        let point = Keypoint {
            x: self.first.x + dx,
            y: self.first.y + dy,
            angle: self.direction.1.atan2(self.direction.0),
            descriptor: self.votes.map_or(self.first.descriptor, |votes| votes.majority()),
            ..self.first
        };
        let noise = self.distance as f32 / self.redetections.max(1) as f32;
        SelectedKeypoint { point, redetections: self.redetections, noise }
    }
}

/// Whether a place lies at least this far from all edges.
fn is_clear_of_edges((width, height): (f32, f32), edge: f32, (x, y): (f32, f32)) -> bool {
    let inside = |place: f32, length: f32| place > edge && place < length - edge;
    inside(x, width) && inside(y, height)
}

/// Whether keypoints of these scales are as large as each other.
fn is_same_scale(a: f32, b: f32) -> bool {
    a.max(b) <= SCALES * a.min(b)
}

/// Whether a place may be that of another observation of a keypoint.
fn is_near(first: &Keypoint, (x, y): (f32, f32)) -> bool {
    let (dx, dy) = (x - first.x, y - first.y);
    let reach = (PLACE * first.scale).min(BucketGrid::SIDE);
    dx * dx + dy * dy <= reach * reach
}

/// An angle from -pi to pi.
pub(super) fn wrapped(angle: f32) -> f32 {
    (angle + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::{Descriptor, WORDS};

    fn seen_at(x: f32) -> Keypoint {
        let descriptor = Descriptor([0; WORDS]);
        Keypoint { x, y: 50.0, scale: 4.0, angle: 0.0, maxima: true, descriptor }
    }

    fn repeatable(places: [f32; 3]) -> Vec<SelectedKeypoint> {
        let mut tracks = TrackAccumulator::of((100.0, 100.0));
        for x in places {
            tracks.add(vec![seen_at(x)]);
        }
        tracks.repeatable()
    }

    #[test]
    fn a_point_is_where_its_sightings_are_on_average() {
        let points = repeatable([50.0, 50.5, 51.5]);
        let [SelectedKeypoint { point, redetections, .. }] = &points[..] else {
            panic!("one point")
        };
        assert_eq!((point.x, point.y, *redetections), (50.0 + 2.0 / 3.0, 50.0, 2));
    }

    #[test]
    fn a_point_that_wanders_is_no_good() {
        assert!(repeatable([50.0, 47.5, 52.5]).is_empty());
    }

    #[test]
    fn angles_wrap() {
        assert!((wrapped(1.5 * PI) + 0.5 * PI).abs() < 1e-6);
        assert!((wrapped(-3.0 * PI + 0.1) - (0.1 - PI)).abs() < 1e-5);
    }
}
