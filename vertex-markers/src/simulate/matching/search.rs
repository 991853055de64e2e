//! The runtime's search of a cluster tree: approximate, and blind to most leaves.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::cluster::{Content, Node};
use crate::detector::Descriptor;
use crate::mind::PointSet;

/// How often one chain of nodes may go on with the next best of the nodes left aside.
const MAX_POPS: usize = 8;

/// Scratch space of searches.
#[derive(Default)]
pub(super) struct Search {
    found: Vec<u32>,
}

impl Search {
    /// Indices of the points that the runtime compares with this descriptor.
    pub(super) fn candidates(&mut self, set: &PointSet, query: &Descriptor) -> &[u32] {
        self.found.clear();
        let mut descent = Descent {
            set,
            query,
            aside: BinaryHeap::new(),
            nodes: Vec::new(),
            found: &mut self.found,
        };
        descent.enter(&set.tree, 0);
        &self.found
    }
}

struct Descent<'a> {
    set: &'a PointSet,
    query: &'a Descriptor,
    /// Distances and numbers of the nodes not entered yet.
    aside: BinaryHeap<Reverse<(u32, usize)>>,
    nodes: Vec<&'a Node>,
    found: &'a mut Vec<u32>,
}

impl<'a> Descent<'a> {
    fn enter(&mut self, node: &'a Node, pops: usize) {
        let children = match &node.content {
            Content::Leaf(points) => return self.found.extend_from_slice(points),
            Content::Branch(children) => children,
        };
        let distances: Vec<u32> = children.iter().map(|child| self.distance(child)).collect();
        let least = distances.iter().copied().min();
        for (child, &distance) in children.iter().zip(&distances) {
            if Some(distance) != least {
                self.aside.push(Reverse((distance, self.nodes.len())));
                self.nodes.push(child);
            }
        }
        for (child, &distance) in children.iter().zip(&distances) {
            if Some(distance) == least {
                self.enter(child, pops);
            }
        }
        if pops < MAX_POPS
            && let Some(Reverse((_, next))) = self.aside.pop()
        {
            self.enter(self.nodes[next], pops + 1);
        }
    }

    fn distance(&self, node: &Node) -> u32 {
        let center = node.center.and_then(|center| self.set.points.get(center as usize));
        center.map_or(u32::MAX, |point| point.descriptor.hamming(self.query))
    }
}
