//! Trees of descriptors, for the runtime's approximate nearest-neighbour search.

mod compat;
mod distances;
mod leaves;

pub use compat::build_compat;
pub use leaves::build;

/// A node of a cluster tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The point whose descriptor stands for this cluster; the root has none.
    pub center: Option<u32>,
    /// What the cluster is made of.
    pub content: Content,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Indices of the cluster's points.
    Leaf(Vec<u32>),
    /// Smaller clusters.
    Branch(Vec<Node>),
}

impl Node {
    /// A leaf of these points.
    #[must_use]
    pub fn leaf(center: Option<u32>, points: Vec<u32>) -> Self {
        Self { center, content: Content::Leaf(points) }
    }

    /// Calls `visit` with every point index of the tree's leaves.
    pub fn for_each_point(&self, visit: &mut impl FnMut(u32)) {
        match &self.content {
            Content::Leaf(points) => points.iter().copied().for_each(visit),
            Content::Branch(children) => {
                for child in children {
                    child.for_each_point(visit);
                }
            }
        }
    }
}
