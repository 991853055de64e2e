//! Hamming distances among descriptors, and k-medoids over them.

use crate::detector::Descriptor;
use crate::lcg::Lcg;

use super::Node;

/// Hamming distances between all pairs of some descriptors.
pub(super) struct Distances {
    count: usize,
    matrix: Vec<u16>,
}

/// Points shared out among medoids.
pub(super) struct Clustering {
    medoids: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// Sum of the distances of all points to their medoids.
    pub(super) cost: u32,
}

impl Clustering {
    /// A leaf for every cluster with members.
    pub(super) fn into_leaves(self) -> impl Iterator<Item = Node> {
        let index = |point: usize| u32::try_from(point).unwrap_or(u32::MAX);
        let clusters = self.medoids.into_iter().zip(self.members);
        clusters.filter(|(_, members)| !members.is_empty()).map(move |(medoid, members)| {
            Node::leaf(Some(index(medoid)), members.into_iter().map(index).collect())
        })
    }
}

impl Distances {
    pub(super) fn between(descriptors: &[Descriptor]) -> Self {
        let count = descriptors.len();
        let mut matrix = vec![0; count * count];
        for (i, a) in descriptors.iter().enumerate() {
            for (j, b) in descriptors.iter().enumerate().skip(i + 1) {
                let distance = u16::try_from(a.hamming(b)).unwrap_or(u16::MAX);
                matrix[i * count + j] = distance;
                matrix[j * count + i] = distance;
            }
        }
        Self { count, matrix }
    }

    fn row(&self, point: usize) -> &[u16] {
        &self.matrix[point * self.count..(point + 1) * self.count]
    }

    /// At most `count` points, each drawn with a probability that grows with the square of its distance to
    /// those already drawn.
    pub(super) fn far_apart(&self, count: usize, random: &mut Lcg) -> Vec<usize> {
        let mut drawn = vec![random.below(self.count)];
        let mut nearest = self.row(drawn[0]).to_vec();
        while drawn.len() < count {
            let weights = || nearest.iter().map(|&distance| u64::from(distance).pow(2));
            let Some(point) = random.weighted(weights()) else {
                break;
            };
            drawn.push(point);
            for (nearest, &distance) in nearest.iter_mut().zip(self.row(point)) {
                *nearest = distance.min(*nearest);
            }
        }
        drawn
    }

    /// Moves medoids to the middle of their clusters as long as that pays.
    pub(super) fn settle(&self, medoids: Vec<usize>, moves: usize) -> Clustering {
        let mut best = self.assign(medoids);
        for _ in 0..moves {
            let clusters = best.medoids.iter().zip(&best.members);
            let moved = clusters.map(|(&old, members)| self.medoid(members).unwrap_or(old));
            let next = self.assign(moved.collect());
            if next.cost >= best.cost {
                break;
            }
            best = next;
        }
        best
    }

    /// Every point to its nearest medoid, the first of equals.
    fn assign(&self, medoids: Vec<usize>) -> Clustering {
        let mut members = vec![Vec::new(); medoids.len()];
        let mut cost = 0;
        for point in 0..self.count {
            let distances = self.row(point);
            let nearest = (0..medoids.len()).min_by_key(|&slot| distances[medoids[slot]]);
            if let Some(nearest) = nearest {
                members[nearest].push(point);
                cost += u32::from(distances[medoids[nearest]]);
            }
        }
        Clustering { medoids, members, cost }
    }

    /// The member with the least sum of distances to the others.
    fn medoid(&self, members: &[usize]) -> Option<usize> {
        let cost = |&point: &usize| -> u32 {
            let distances = self.row(point);
            members.iter().map(|&other| u32::from(distances[other])).sum()
        };
        members.iter().copied().min_by_key(cost)
    }
}
