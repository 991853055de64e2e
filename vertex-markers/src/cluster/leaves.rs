//! Cluster trees for the runtime's search: one level of small leaves.
//!
//! At every branch the runtime enters the child whose centre is nearest, and afterwards one more of those
//! it left aside, the nearest of all. With a single level it thus looks at two leaves.

use crate::detector::Descriptor;
use crate::lcg::Lcg;

use super::distances::Distances;
use super::{Content, Node};

/// Points of a leaf, on average.
const LEAF: usize = 8;
/// With fewer points than this a single leaf is about as cheap.
const MIN_POINTS: usize = 3 * LEAF;
/// Random choices of centres to start from.
const STARTS: usize = 4;
/// Most times the centres of one start are moved.
const MOVES: usize = 8;

/// Builds a tree over all descriptors, every point in exactly one leaf.
///
/// Leaves are the clusters of k-medoids: centres start far apart (Arthur and Vassilvitskii, "k-means++",
/// 2007) and move to the medoids of their clusters until the sum of distances no longer falls; the
/// cheapest of a few starts wins. The result depends on the descriptors alone.
#[must_use]
pub fn build(descriptors: &[Descriptor]) -> Node {
    let all = || (0..).take(descriptors.len()).collect();
    if descriptors.len() < MIN_POINTS {
        return Node::leaf(None, all());
    }
    let leaves = leaves(descriptors);
    if leaves.len() < 2 {
        return Node::leaf(None, all());
    }
    Node { center: None, content: Content::Branch(leaves) }
}

fn leaves(descriptors: &[Descriptor]) -> Vec<Node> {
    let distances = Distances::between(descriptors);
    let count = descriptors.len().div_ceil(LEAF);
    let mut random = Lcg::new();
    let starts = (0..STARTS).map(|_| {
        let far_apart = distances.far_apart(count, &mut random);
        distances.settle(far_apart, MOVES)
    });
    let best = starts.min_by_key(|clustering| clustering.cost);
    best.into_iter().flat_map(|clustering| clustering.into_leaves()).collect()
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
