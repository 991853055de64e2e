//! Which sightings are of one point, and what they say together.

use std::f32::consts::{PI, TAU};

use crate::detector::{Keypoint, Spot};

use super::Learned;
use super::grid::Grid;
use super::votes::Votes;

/// Points nearer to the picture's edge than this many of their own pixels describe what lies around it.
const EDGE: f32 = 3.0;
/// Greatest distance between sightings per scale of theirs.
const PLACE: f32 = 0.75;
/// Greatest ratio of their scales.
const SCALES: f32 = 1.3;
/// Greatest difference of their angles in radians.
const ANGLE: f32 = 0.5;
/// Greatest Hamming distance of their descriptors.
const DISTANCE: u32 = 180;
/// Points whose sightings' places have a greater standard deviation, in pixels of the copy, would bend the pose.
const SCATTER: f32 = 0.7;

/// All points seen so far.
pub(super) struct Album {
    /// Of the keyframe, in pixels.
    size: (f32, f32),
    points: Vec<Record>,
    /// Where the points are, once no more are taken in.
    closed: Option<Grid>,
}

impl Album {
    /// Without points yet, of a copy of this size in pixels.
    pub(super) fn of(size: (f32, f32)) -> Self {
        Self { size, points: Vec::new(), closed: None }
    }

    /// From now on no points are taken in but those that were seen before.
    pub(super) fn close(&mut self) {
        let places = self.points.iter().map(|record| (record.first.x, record.first.y));
        self.closed = Some(Grid::of(places, self.size));
    }

    /// Whether a keypoint there could be of use, whatever it looks like.
    pub(super) fn wants(&self, spot: &Spot) -> bool {
        let Some(grid) = &self.closed else {
            return is_clear_of_edges(self.size, (EDGE - PLACE) * spot.scale, (spot.x, spot.y));
        };
        grid.near(spot.x, spot.y).any(|index| {
            let first = &self.points[index].first;
            first.maxima == spot.maxima
                && is_same_scale(first.scale, spot.scale)
                && is_near(first, (spot.x, spot.y))
        })
    }

    /// Adds what one view shows: new sightings of known points, and new points.
    pub(super) fn add(&mut self, sightings: Vec<Keypoint>) {
        let places = sightings.iter().map(|point| (point.x, point.y));
        let grid = Grid::of(places, self.size);
        let mut taken = vec![false; sightings.len()];
        for record in &mut self.points {
            let near = grid.near(record.first.x, record.first.y);
            let same = near.filter(|&index| !taken[index]).filter_map(|index| {
                record.distance_to(&sightings[index]).map(|distance| (distance, index))
            });
            if let Some((distance, index)) = same.min() {
                taken[index] = true;
                record.add(&sightings[index], distance);
            }
        }
        if self.closed.is_none() {
            let new = sightings.into_iter().zip(taken).filter(|(_, taken)| !taken);
            let size = self.size;
            let on_picture = new
                .map(|(point, _)| point)
                .filter(|point| is_clear_of_edges(size, EDGE * point.scale, (point.x, point.y)));
            self.points.extend(on_picture.map(Record::new));
        }
    }

    /// The points seen again where they were, the most faithful first.
    pub(super) fn faithful(self) -> Vec<Learned> {
        let returned = self.points.into_iter().filter(|record| record.returns > 0);
        let steady = returned.filter(|record| record.scatter() <= SCATTER);
        let mut learned: Vec<Learned> = steady.map(Record::learned).collect();
        learned.sort_by(Learned::most_faithful_first);
        learned
    }
}

/// One point and its sightings.
struct Record {
    first: Keypoint,
    /// Sums of how far sightings lie from the first, and of the squares of these distances.
    offset: (f32, f32),
    squares: f32,
    /// Sum of the angles' unit vectors.
    direction: (f32, f32),
    /// Those of all sightings, once there are two.
    votes: Option<Box<Votes>>,
    returns: u32,
    distance: u32,
}

impl Record {
    fn new(first: Keypoint) -> Self {
        let (sin, cos) = first.angle.sin_cos();
        Self {
            offset: (0.0, 0.0),
            squares: 0.0,
            direction: (cos, sin),
            votes: None,
            returns: 0,
            distance: 0,
            first,
        }
    }

    /// Hamming distance of a sighting of this point; `None` for other points.
    fn distance_to(&self, other: &Keypoint) -> Option<u32> {
        let first = &self.first;
        let alike = first.maxima == other.maxima
            && is_same_scale(first.scale, other.scale)
            && is_near(first, (other.x, other.y))
            && wrapped(other.angle - first.angle).abs() <= ANGLE;
        let distance = alike.then(|| first.descriptor.hamming(&other.descriptor));
        distance.filter(|&distance| distance <= DISTANCE)
    }

    fn add(&mut self, sighting: &Keypoint, distance: u32) {
        let (sin, cos) = sighting.angle.sin_cos();
        let (dx, dy) = (sighting.x - self.first.x, sighting.y - self.first.y);
        self.offset = (self.offset.0 + dx, self.offset.1 + dy);
        self.squares += dx * dx + dy * dy;
        self.direction = (self.direction.0 + cos, self.direction.1 + sin);
        self.votes
            .get_or_insert_with(|| Box::new(Votes::of(&self.first.descriptor)))
            .add(&sighting.descriptor);
        self.returns += 1;
        self.distance += distance;
    }

    /// The mean of how far all sightings lie from the first.
    fn mean_offset(&self) -> (f32, f32) {
        let count = (self.returns + 1) as f32;
        (self.offset.0 / count, self.offset.1 / count)
    }

    /// Standard deviation of the sightings' places.
    fn scatter(&self) -> f32 {
        let (dx, dy) = self.mean_offset();
        let variance = self.squares / (self.returns + 1) as f32 - dx * dx - dy * dy;
        variance.max(0.0).sqrt()
    }

    /// The mean of all sightings.
    fn learned(self) -> Learned {
        let (dx, dy) = self.mean_offset();
        let point = Keypoint {
            x: self.first.x + dx,
            y: self.first.y + dy,
            angle: self.direction.1.atan2(self.direction.0),
            descriptor: self.votes.map_or(self.first.descriptor, |votes| votes.majority()),
            ..self.first
        };
        let noise = self.distance as f32 / self.returns.max(1) as f32;
        Learned { point, returns: self.returns, noise }
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

/// Whether a place may be that of another sighting of a keypoint.
fn is_near(first: &Keypoint, (x, y): (f32, f32)) -> bool {
    let (dx, dy) = (x - first.x, y - first.y);
    let reach = (PLACE * first.scale).min(Grid::SIDE);
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

    fn faithful(places: [f32; 3]) -> Vec<Learned> {
        let mut album = Album::of((100.0, 100.0));
        for x in places {
            album.add(vec![seen_at(x)]);
        }
        album.faithful()
    }

    #[test]
    fn a_point_is_where_its_sightings_are_on_average() {
        let points = faithful([50.0, 50.5, 51.5]);
        let [Learned { point, returns, .. }] = &points[..] else { panic!("one point") };
        assert_eq!((point.x, point.y, *returns), (50.0 + 2.0 / 3.0, 50.0, 2));
    }

    #[test]
    fn a_point_that_wanders_is_no_good() {
        assert!(faithful([50.0, 47.5, 52.5]).is_empty());
    }

    #[test]
    fn angles_wrap() {
        assert!((wrapped(1.5 * PI) + 0.5 * PI).abs() < 1e-6);
        assert!((wrapped(-3.0 * PI + 0.1) - (0.1 - PI)).abs() < 1e-5);
    }
}
