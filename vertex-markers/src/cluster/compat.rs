//! The official compiler's tree: the best of 128 random choices of eight centres.

use crate::detector::Descriptor;

use super::{Content, Node};
use crate::lcg::Lcg;

const LEAF: usize = 16;
const CENTERS: usize = 8;
const HYPOTHESES: usize = 128;

/// Builds the same tree as the official compiler does from the same descriptors.
#[must_use]
pub fn build_compat(descriptors: &[Descriptor]) -> Node {
    let mut random = Lcg::new();
    split(descriptors, (0..).take(descriptors.len()).collect(), None, &mut random)
}

fn split(
    descriptors: &[Descriptor],
    points: Vec<u32>,
    center: Option<u32>,
    random: &mut Lcg,
) -> Node {
    if points.len() <= LEAF {
        return Node::leaf(center, points);
    }
    let owners = best_owners(descriptors, &points, random);
    let mut clusters = std::collections::BTreeMap::<u32, Vec<u32>>::new();
    for (&point, &owner) in points.iter().zip(&owners) {
        clusters.entry(points[owner]).or_default().push(point);
    }
    if clusters.len() == 1 {
        return Node::leaf(center, points);
    }
    let children = clusters
        .into_iter()
        .map(|(center, points)| split(descriptors, points, Some(center), random))
        .collect();
    Node { center, content: Content::Branch(children) }
}

/// For each point, the position of the centre it belongs to, in the cheapest of the random choices.
fn best_owners(descriptors: &[Descriptor], points: &[u32], random: &mut Lcg) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    let mut best = (u32::MAX, Vec::new());
    for _ in 0..HYPOTHESES {
        for slot in 0..CENTERS {
            let other = random.below(order.len());
            order.swap(slot, other);
        }
        let centers = &order[..CENTERS];
        let mut cost = 0;
        let owners = points
            .iter()
            .map(|&point| {
                let (distance, owner) = nearest(descriptors, points, point, centers);
                cost += distance;
                owner
            })
            .collect();
        if cost < best.0 {
            best = (cost, owners);
        }
    }
    best.1
}

/// Distance and position of the nearest centre, the first of equals.
fn nearest(
    descriptors: &[Descriptor],
    points: &[u32],
    point: u32,
    centers: &[usize],
) -> (u32, usize) {
    let descriptor = &descriptors[point as usize];
    let mut best = (u32::MAX, 0);
    for &center in centers {
        let distance = descriptor.hamming(&descriptors[points[center] as usize]);
        if distance < best.0 {
            best = (distance, center);
        }
    }
    best
}
