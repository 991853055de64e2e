//! Learning which keypoints come back.
//!
//! A copy of the picture is looked at many times, as a camera might see it. Keypoints found at the same
//! place, with the same polarity, octave and about the same angle and descriptor are sightings of one
//! point. Points seen again and again are what the runtime will find in a camera frame too; each bit of
//! their descriptors is what most sightings say (compare Lepetit and Fua, "Keypoint Recognition Using
//! Randomized Trees", 2006, who learn from synthetic views likewise).

use std::cmp::Ordering;
use std::f32::consts::{PI, TAU};

mod affine;
mod base;
mod choose;
mod merge;
mod shaken;

use crate::detector::{self, Descriptor, Keypoint, WORDS, kpm};
use crate::gray::GrayImage;
use crate::simd;

pub(crate) use base::Base;
pub(crate) use choose::choose;
pub(crate) use merge::merge;
use shaken::{Shake, Shaken};

/// Pixels round the picture in a view, so that keypoints near its edges see what lies there.
const MARGIN: f32 = 16.0;
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

/// A detector whose keypoints can be learnt.
pub(crate) trait Detect {
    /// Keypoints at the five strongest places of each square of `cell` pixels.
    fn detect(&mut self, image: &GrayImage, cell: f32) -> Vec<Keypoint>;
}

impl Detect for detector::Detector {
    fn detect(&mut self, image: &GrayImage, cell: f32) -> Vec<Keypoint> {
        self.detect_densely(image, cell)
    }
}

impl Detect for kpm::Detector {
    fn detect(&mut self, image: &GrayImage, cell: f32) -> Vec<Keypoint> {
        self.detect_densely(image, cell)
    }
}

/// How a copy is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Looks {
    /// Looks besides the ideal one.
    pub(crate) count: u64,
    /// Makes them differ from those at other copies.
    pub(crate) seed: u64,
    /// Side in pixels of the squares of which the runtime keeps the strongest keypoints.
    pub(crate) cell: f32,
    /// Sightings after the first one that make a point worth keeping.
    pub(crate) least_returns: u32,
}

/// A keypoint of a keyframe and how often it was seen.
pub(crate) struct Learned {
    pub(crate) point: Keypoint,
    /// Sightings after the first.
    pub(crate) returns: u32,
    /// Mean Hamming distance of these sightings from the first.
    pub(crate) noise: f32,
}

impl Learned {
    pub(crate) fn most_faithful_first(&self, other: &Self) -> Ordering {
        other.returns.cmp(&self.returns).then(self.noise.total_cmp(&other.noise))
    }
}

/// The keypoints of a copy that come back, the most faithful first, in pixels of its keyframe.
pub(crate) fn learn<D: Detect>(base: &Base, looks: Looks, detector: &mut D) -> Vec<Learned> {
    let size = (base.width as f32, base.height as f32);
    let mut album = Album { size, points: Vec::new() };
    let mut look = |shake: &Shake| {
        let view = Shaken::of(base, shake, MARGIN);
        let found = detector.detect(&view.image, looks.cell);
        album.add(found.into_iter().map(|point| upright(point, &view, shake)).collect());
    };
    look(&Shake::none(mean(&base.image)));
    for number in 0..looks.count {
        look(&Shake::random([looks.seed, number, 0]));
    }
    album.faithful(looks.least_returns)
}

fn mean(image: &GrayImage) -> f32 {
    image.data().iter().sum::<f32>() / image.data().len().max(1) as f32
}

/// The keypoint as it lies on the keyframe, the view's turn undone.
fn upright(mut point: Keypoint, view: &Shaken, shake: &Shake) -> Keypoint {
    (point.x, point.y) = view.to_keyframe.apply((point.x, point.y));
    point.angle = wrapped(point.angle - shake.turn as f32);
    point
}

/// Whether two keypoints are as large as each other.
fn same_scale(a: &Keypoint, b: &Keypoint) -> bool {
    a.scale.max(b.scale) <= SCALES * a.scale.min(b.scale)
}

/// An angle from -pi to pi.
fn wrapped(angle: f32) -> f32 {
    (angle + PI).rem_euclid(TAU) - PI
}

/// All points seen so far.
struct Album {
    /// Of the keyframe, in pixels.
    size: (f32, f32),
    points: Vec<Record>,
}

impl Album {
    /// Adds what one view shows: new sightings of known points, and new points.
    fn add(&mut self, sightings: Vec<Keypoint>) {
        let grid = Grid::of(&sightings, self.size);
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
        let new = sightings.into_iter().zip(taken).filter(|(_, taken)| !taken);
        let on_picture = new.filter(|(point, _)| self.is_clear_of_edges(point));
        let records: Vec<Record> = on_picture.map(|(point, _)| Record::new(point)).collect();
        self.points.extend(records);
    }

    fn is_clear_of_edges(&self, point: &Keypoint) -> bool {
        let edge = EDGE * point.scale;
        let inside = |place: f32, length: f32| place > edge && place < length - edge;
        inside(point.x, self.size.0) && inside(point.y, self.size.1)
    }

    fn faithful(self, least: u32) -> Vec<Learned> {
        let returned = self.points.into_iter().filter(|record| record.returns >= least);
        let mut learned: Vec<Learned> = returned.map(Record::learned).collect();
        learned.sort_by(Learned::most_faithful_first);
        learned
    }
}

/// One point and its sightings.
struct Record {
    first: Keypoint,
    sum: (f32, f32),
    /// Sum of the angles' unit vectors.
    direction: (f32, f32),
    votes: Votes,
    returns: u32,
    distance: u32,
}

impl Record {
    fn new(first: Keypoint) -> Self {
        let (sin, cos) = first.angle.sin_cos();
        let mut votes = Votes::default();
        votes.add(&first.descriptor);
        Self {
            sum: (first.x, first.y),
            direction: (cos, sin),
            votes,
            returns: 0,
            distance: 0,
            first,
        }
    }

    /// Hamming distance of a sighting of this point; `None` for other points.
    fn distance_to(&self, other: &Keypoint) -> Option<u32> {
        let first = &self.first;
        let (dx, dy) = (other.x - first.x, other.y - first.y);
        let reach = (PLACE * first.scale).min(Grid::SIDE);
        let alike = first.maxima == other.maxima
            && same_scale(first, other)
            && dx * dx + dy * dy <= reach * reach
            && wrapped(other.angle - first.angle).abs() <= ANGLE;
        let distance = alike.then(|| first.descriptor.hamming(&other.descriptor));
        distance.filter(|&distance| distance <= DISTANCE)
    }

    fn add(&mut self, sighting: &Keypoint, distance: u32) {
        let (sin, cos) = sighting.angle.sin_cos();
        self.sum = (self.sum.0 + sighting.x, self.sum.1 + sighting.y);
        self.direction = (self.direction.0 + cos, self.direction.1 + sin);
        self.votes.add(&sighting.descriptor);
        self.returns += 1;
        self.distance += distance;
    }

    /// The mean of all sightings.
    fn learned(self) -> Learned {
        let count = (self.returns + 1) as f32;
        let point = Keypoint {
            x: self.sum.0 / count,
            y: self.sum.1 / count,
            angle: self.direction.1.atan2(self.direction.0),
            descriptor: self.votes.majority(),
            ..self.first
        };
        let noise = self.distance as f32 / self.returns.max(1) as f32;
        Learned { point, returns: self.returns, noise }
    }
}

const BITS: usize = 32;

/// How many sightings have each bit of the descriptor.
struct Votes {
    counts: [u8; WORDS * BITS],
    voters: u8,
}

impl Default for Votes {
    fn default() -> Self {
        Self { counts: [0; WORDS * BITS], voters: 0 }
    }
}

impl Votes {
    fn add(&mut self, descriptor: &Descriptor) {
        let (words, _) = self.counts.as_chunks_mut::<BITS>();
        simd::run(
            #[inline(always)]
            || {
                for (counts, word) in words.iter_mut().zip(descriptor.0) {
                    for (shift, count) in counts.iter_mut().enumerate() {
                        *count += (word >> shift & 1) as u8;
                    }
                }
            },
        );
        self.voters += 1;
    }

    /// The bits that more than half of the sightings have.
    fn majority(&self) -> Descriptor {
        let (words, _) = self.counts.as_chunks::<BITS>();
        Descriptor(std::array::from_fn(|word| {
            let bits = words[word].iter().enumerate();
            bits.fold(0, |bits, (shift, &count)| bits | u32::from(2 * count > self.voters) << shift)
        }))
    }
}

/// Sightings by the square they lie in.
struct Grid {
    columns: usize,
    rows: usize,
    /// Where each square's sightings begin in `order`.
    starts: Vec<usize>,
    order: Vec<usize>,
}

impl Grid {
    /// Sides of the squares: no sighting is farther away than this.
    const SIDE: f32 = 8.0 * PLACE;

    fn of(points: &[Keypoint], size: (f32, f32)) -> Self {
        let count = |length: f32| (length / Self::SIDE).ceil().max(1.0) as usize;
        let (columns, rows) = (count(size.0), count(size.1));
        let mut grid = Self {
            columns,
            rows,
            starts: vec![0; columns * rows + 1],
            order: vec![0; points.len()],
        };
        let squares: Vec<usize> =
            points.iter().map(|point| grid.square(point.x, point.y)).collect();
        for &square in &squares {
            grid.starts[square + 1] += 1;
        }
        for square in 0..columns * rows {
            grid.starts[square + 1] += grid.starts[square];
        }
        let mut next = grid.starts.clone();
        for (index, &square) in squares.iter().enumerate() {
            grid.order[next[square]] = index;
            next[square] += 1;
        }
        grid
    }

    fn square(&self, x: f32, y: f32) -> usize {
        let (column, row) = self.position(x, y);
        row * self.columns + column
    }

    fn position(&self, x: f32, y: f32) -> (usize, usize) {
        let index =
            |place: f32, count: usize| ((place / Self::SIDE).max(0.0) as usize).min(count - 1);
        (index(x, self.columns), index(y, self.rows))
    }

    /// Indices of the points in the square of a place and in those round it.
    fn near(&self, x: f32, y: f32) -> impl Iterator<Item = usize> {
        let (column, row) = self.position(x, y);
        let columns = column.saturating_sub(1)..(column + 2).min(self.columns);
        let rows = row.saturating_sub(1)..(row + 2).min(self.rows);
        rows.flat_map(move |row| {
            let first = self.starts[row * self.columns + columns.start];
            let end = self.starts[row * self.columns + columns.end];
            self.order[first..end].iter().copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Reverse;

    fn texture() -> GrayImage {
        GrayImage::from_fn(200, 140, |x, y| {
            let (x, y) = (x as f32, y as f32);
            128.0 + 60.0 * (x * 0.21 + (y * 0.13).sin()).sin() * (y * 0.17 + x * 0.03).cos()
        })
    }

    #[test]
    fn textured_places_come_back_and_flat_ones_do_not() {
        let looks = Looks { count: 8, seed: 1, cell: 25.6, least_returns: 2 };
        let learned =
            learn(&Base::frontal(&texture(), 1.0), looks, &mut detector::Detector::default());
        assert!(learned.len() > 20, "{}", learned.len());
        assert!(learned.iter().all(|point| point.returns >= looks.least_returns));
        assert!(learned.is_sorted_by_key(|point| Reverse(point.returns)));
        let flat = Base::frontal(&GrayImage::from_fn(200, 140, |_, _| 90.0), 1.0);
        assert!(learn(&flat, looks, &mut kpm::Detector::default()).is_empty());
    }

    #[test]
    fn the_majority_decides_every_bit() {
        let mut votes = Votes::default();
        for word in [0b0011, 0b0101, 0b0110] {
            votes.add(&Descriptor([word; WORDS]));
        }
        assert_eq!(votes.majority(), Descriptor([0b0111; WORDS]));
    }

    #[test]
    fn angles_wrap() {
        assert!((wrapped(1.5 * PI) + 0.5 * PI).abs() < 1e-6);
        assert!((wrapped(-3.0 * PI + 0.1) - (0.1 - PI)).abs() < 1e-5);
    }
}
