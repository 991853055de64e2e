//! Cluster trees by iterated k-medoids.

use crate::detector::Descriptor;

use super::{Content, Node};
use crate::random::Congruential;

/// Most points of a leaf.
const LEAF: usize = 16;
/// Most children of a branch.
const CENTERS: usize = 8;
/// Random choices of centres to start from.
const STARTS: usize = 4;
/// Most times the centres of one start are moved.
const MOVES: usize = 8;

/// Builds a tree over all descriptors, every point in exactly one leaf.
///
/// Centres start at random and move to the medoids of their clusters until the sum of distances no longer
/// falls; the cheapest of a few starts wins. The result depends on the descriptors alone.
#[must_use]
pub fn build(descriptors: &[Descriptor]) -> Node {
    let points = (0..).take(descriptors.len()).collect();
    split(descriptors, points, None, &mut Congruential::new())
}

fn split(
    descriptors: &[Descriptor],
    points: Vec<u32>,
    center: Option<u32>,
    random: &mut Congruential,
) -> Node {
    if points.len() <= LEAF {
        return Node::leaf(center, points);
    }
    let count = points.len().div_ceil(LEAF).min(CENTERS);
    let clusters = Distances::between(descriptors, &points).cluster(count, random);
    if clusters.len() < 2 {
        return Node::leaf(center, points);
    }
    let children = clusters
        .into_iter()
        .map(|(medoid, members)| {
            let members = members.into_iter().map(|member| points[member]).collect();
            split(descriptors, members, Some(points[medoid]), random)
        })
        .collect();
    Node { center, content: Content::Branch(children) }
}

/// Points shared out among medoids.
struct Clustering {
    medoids: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// Sum of the distances of all points to their medoids.
    cost: u32,
}

/// Hamming distances between all pairs of some points.
struct Distances {
    count: usize,
    matrix: Vec<u16>,
}

impl Distances {
    fn between(descriptors: &[Descriptor], points: &[u32]) -> Self {
        let count = points.len();
        let mut matrix = vec![0; count * count];
        for (i, &a) in points.iter().enumerate() {
            for (j, &b) in points.iter().enumerate().skip(i + 1) {
                let distance = descriptors[a as usize].hamming(&descriptors[b as usize]);
                let distance = u16::try_from(distance).unwrap_or(u16::MAX);
                matrix[i * count + j] = distance;
                matrix[j * count + i] = distance;
            }
        }
        Self { count, matrix }
    }

    fn row(&self, point: usize) -> &[u16] {
        &self.matrix[point * self.count..(point + 1) * self.count]
    }

    /// Medoids with their members; clusters that stay empty are left out.
    fn cluster(&self, count: usize, random: &mut Congruential) -> Vec<(usize, Vec<usize>)> {
        let starts = (0..STARTS).map(|_| self.settle(self.start(count, random)));
        let Some(best) = starts.min_by_key(|clustering| clustering.cost) else {
            return Vec::new();
        };
        let pairs = best.medoids.into_iter().zip(best.members);
        pairs.filter(|(_, members)| !members.is_empty()).collect()
    }

    /// Different points, chosen at random.
    fn start(&self, count: usize, random: &mut Congruential) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.count).collect();
        for slot in 0..count {
            order.swap(slot, slot + random.below(self.count - slot));
        }
        order.truncate(count);
        order
    }

    /// Moves medoids to the middle of their clusters as long as that pays.
    fn settle(&self, medoids: Vec<usize>) -> Clustering {
        let mut best = self.assign(medoids);
        for _ in 0..MOVES {
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

#[cfg(test)]
mod tests {
    use super::super::build_compat;
    use super::*;
    use crate::detector::WORDS;
    use proptest::prelude::*;

    fn indices(tree: &Node) -> Vec<u32> {
        let mut found = Vec::new();
        tree.for_each_point(&mut |point| found.push(point));
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn every_point_is_in_exactly_one_leaf(
            words in prop::collection::vec(prop::array::uniform3(any::<u32>()), 0..200),
            spread in 1_u32..4,
        ) {
            let descriptors: Vec<Descriptor> = words
                .iter()
                .map(|w| Descriptor(std::array::from_fn::<_, WORDS, _>(|i| w[i % 3] & (u32::MAX >> (8 * spread)))))
                .collect();
            let all: Vec<u32> = (0..).take(descriptors.len()).collect();
            prop_assert_eq!(indices(&build(&descriptors)), all.clone());
            prop_assert_eq!(indices(&build_compat(&descriptors)), all);
        }
    }

    #[test]
    fn equal_descriptors_make_one_leaf() {
        let tree = build(&[Descriptor([7; WORDS]); 40]);
        assert!(matches!(tree.content, Content::Leaf(points) if points.len() == 40));
    }
}
