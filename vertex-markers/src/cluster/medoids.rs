//! Cluster trees by iterated k-medoids.

use crate::detector::Descriptor;

use super::{Content, Node};

/// Most points of a leaf.
const LEAF: usize = 16;
/// Most children of a branch.
const CENTERS: usize = 8;
const ITERATIONS: usize = 8;

/// Builds a tree over all descriptors, every point in exactly one leaf.
///
/// Centres start as far apart as possible and then move to the medoids of their clusters; the result
/// depends on the descriptors alone.
#[must_use]
pub fn build(descriptors: &[Descriptor]) -> Node {
    split(descriptors, (0..).take(descriptors.len()).collect(), None)
}

fn split(descriptors: &[Descriptor], points: Vec<u32>, center: Option<u32>) -> Node {
    if points.len() <= LEAF {
        return Node::leaf(center, points);
    }
    let distances = Distances::between(descriptors, &points);
    let count = points.len().div_ceil(LEAF).clamp(2, CENTERS);
    let clusters = distances.cluster(count);
    if clusters.len() < 2 {
        return Node::leaf(center, points);
    }
    let children = clusters
        .into_iter()
        .map(|(medoid, members)| {
            let members = members.into_iter().map(|member| points[member]).collect();
            split(descriptors, members, Some(points[medoid]))
        })
        .collect();
    Node { center, content: Content::Branch(children) }
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
    fn cluster(&self, count: usize) -> Vec<(usize, Vec<usize>)> {
        let mut medoids = self.spread(count);
        let mut clusters = self.assign(&medoids);
        for _ in 0..ITERATIONS {
            let moved: Vec<usize> = clusters.iter().map(|members| self.medoid(members)).collect();
            if moved == medoids {
                break;
            }
            medoids = moved;
            clusters = self.assign(&medoids);
        }
        let pairs = medoids.into_iter().zip(clusters);
        pairs.filter(|(_, members)| !members.is_empty()).collect()
    }

    /// The most central point, then each time the point farthest from those chosen.
    fn spread(&self, count: usize) -> Vec<usize> {
        let all: Vec<usize> = (0..self.count).collect();
        let mut chosen = vec![self.medoid(&all)];
        let mut gap = self.row(chosen[0]).to_vec();
        while chosen.len() < count {
            let Some(farthest) = (0..self.count).rev().max_by_key(|&point| gap[point]) else {
                break;
            };
            if gap[farthest] == 0 {
                break;
            }
            chosen.push(farthest);
            for (gap, &distance) in gap.iter_mut().zip(self.row(farthest)) {
                *gap = distance.min(*gap);
            }
        }
        chosen
    }

    fn assign(&self, medoids: &[usize]) -> Vec<Vec<usize>> {
        let mut clusters = vec![Vec::new(); medoids.len()];
        for point in 0..self.count {
            let distances = self.row(point);
            let nearest = (0..medoids.len()).min_by_key(|&slot| distances[medoids[slot]]);
            if let Some(nearest) = nearest {
                clusters[nearest].push(point);
            }
        }
        clusters
    }

    /// The member with the least sum of distances to the others.
    fn medoid(&self, members: &[usize]) -> usize {
        let cost = |&point: &usize| -> u32 {
            let distances = self.row(point);
            members.iter().map(|&other| u32::from(distances[other])).sum()
        };
        members.iter().copied().min_by_key(cost).unwrap_or_default()
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
