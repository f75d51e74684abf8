//! `sklearn.tree._tree.Tree`: node arrays, checked once so that no walk can leave them (source: scikit-learn 0.24 to 1.9,
//! `tree/_tree.pyx` `Tree.__reduce__`, `__setstate__`, `_apply_sparse_csr`; scikit-learn itself does not check).
//!
//! A row goes left where `(double)(float)x <= threshold`. Kept is the largest float32 that is not above the threshold, which
//! every float32 compares with as with the threshold itself.

use std::borrow::Cow;

use crate::build::BuildError;
use crate::limits;
use crate::numpy::{Array, ArrayError, DType, Scalar};
use crate::object::Object;

/// Why a tree is not one.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The number of nodes differs from what the tree says, or is 0.
    #[error("it says it has {said} nodes and has {found}")]
    Count {
        /// What it says.
        said: usize,
        /// What it has.
        found: usize,
    },
    /// A child that does not come after its parent, or does not exist.
    #[error("node {node} has the child {child}, which is not a later node")]
    Child {
        /// The parent.
        node: usize,
        /// The child.
        child: i64,
    },
    /// A node with two parents.
    #[error("node {node} is the child of two nodes")]
    Shared {
        /// The node.
        node: usize,
    },
    /// A feature that the tree was not fitted on.
    #[error("node {node} tests feature {feature} of {features}")]
    Feature {
        /// The node.
        node: usize,
        /// The feature.
        feature: i64,
        /// How many there are.
        features: usize,
    },
    /// A threshold that nothing compares with.
    #[error("the threshold of node {node} is not a number")]
    Threshold {
        /// The node.
        node: usize,
    },
    /// Deeper than a walk can afford.
    #[error("it is more than {limit} levels deep")]
    TooDeep {
        /// The deepest accepted.
        limit: usize,
    },
    /// More nodes in all than the file has room for: it uses the same array for several trees.
    #[error("the trees have more than {limit} nodes in all, more than their file has room for")]
    TooMany {
        /// The most accepted.
        limit: usize,
    },
}

/// Why a tree was not read: its attributes or its structure.
pub(super) enum ReadTree {
    Attribute(BuildError),
    Structure(TreeError),
}

/// A leaf in place of a left child, as scikit-learn writes it.
const TREE_LEAF: i64 = -1;

/// Most nodes in all trees together: indices are kept in 31 bits.
const MOST_NODES: usize = 1 << 31;

/// One node: of a test, the feature, the largest float32 that goes left, and the children; of a leaf, [`LEAF`] as feature.
#[derive(Clone, Copy, Debug)]
pub(super) struct TreeNode {
    pub(super) feature: u32,
    pub(super) threshold: f32,
    /// Counted from the tree's first node.
    pub(super) left: u32,
    pub(super) right: u32,
}

/// In place of a feature: the node is a leaf, and `left` is the index of its value.
pub(super) const LEAF: u32 = u32::MAX;

/// The nodes of all trees of an ensemble, one tree after the other.
#[derive(Debug, Default)]
pub(super) struct TreeNodes {
    nodes: Vec<TreeNode>,
    values: Vec<f64>,
    /// Where each tree begins.
    starts: Vec<usize>,
    depth: usize,
}

impl TreeNodes {
    pub(super) fn trees(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Levels of the deepest tree below its root.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The leaves' values, by the index that a leaf gives.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The nodes of each tree.
    pub(super) fn each(&self) -> impl Iterator<Item = &[TreeNode]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.nodes.len()]);
        self.starts.iter().zip(ends).map(|(start, end)| &self.nodes[*start..end])
    }
}

/// Appends the tree that an object describes; returns its number of features.
pub(super) fn read(object: &Object<'_>, into: &mut TreeNodes) -> Result<usize, ReadTree> {
    let attributes = Attributes::read(object).map_err(ReadTree::Attribute)?;
    // held against the file's size before anything is decoded, since many trees may name one array
    let limit = (object.arena().array_bytes() / limits::TREE_NODE_BYTES).min(MOST_NODES);
    if into.nodes.len() + attributes.len() > limit {
        return Err(ReadTree::Structure(TreeError::TooMany { limit }));
    }
    let attributes = attributes.decode(object).map_err(ReadTree::Attribute)?;
    attributes.append(into).map_err(ReadTree::Structure)?;
    Ok(attributes.features)
}

/// What a `Tree` object holds, with shapes checked and nothing decoded.
struct Attributes<'v> {
    features: usize,
    node_count: usize,
    nodes: Cow<'v, Array<'v>>,
    values: Cow<'v, Array<'v>>,
}

impl<'v> Attributes<'v> {
    /// `Tree(n_features, n_classes, n_outputs)` with the state `{max_depth, node_count, nodes, values}`.
    fn read(object: &Object<'v>) -> Result<Self, BuildError> {
        let count = |index: usize| object.args().get(index).and_then(|id| object.as_count(*id));
        let (Some(features), Some(outputs)) = (count(0), count(2)) else {
            return Err(BuildError::Missing { class: object.path(), attribute: "n_features" });
        };
        if outputs != 1 {
            return Err(BuildError::Outputs { class: object.path(), outputs });
        }
        let (nodes, values) = (object.array("nodes")?, object.array("values")?);
        let len = nodes.vector_len().map_err(|source| object.bad_array("nodes", source))?;
        if values.shape[..] != [len, 1, 1] {
            let source = ArrayError::Shape { shape: values.shape.clone(), expected: format!("[{len}, 1, 1]") };
            return Err(object.bad_array("values", source));
        }
        Ok(Self { features, node_count: object.count("node_count")?, nodes, values })
    }

    /// Number of nodes.
    fn len(&self) -> usize {
        self.nodes.shape[0]
    }

    fn decode(&self, object: &Object<'_>) -> Result<RawTree, BuildError> {
        let nodes = read_nodes(&self.nodes).map_err(|source| object.bad_array("nodes", source))?;
        let values = self.values.f64s().map_err(|source| object.bad_array("values", source))?;
        Ok(RawTree { features: self.features, node_count: self.node_count, nodes, values })
    }
}

/// A tree with types checked but not the structure.
struct RawTree {
    features: usize,
    node_count: usize,
    nodes: Vec<RawNode>,
    values: Vec<f64>,
}

struct RawNode {
    left: i64,
    right: i64,
    feature: i64,
    threshold: f64,
}

impl RawTree {
    /// Checks the structure and appends the nodes.
    fn append(&self, into: &mut TreeNodes) -> Result<(), TreeError> {
        let count = self.nodes.len();
        if count == 0 || count != self.node_count || count != self.values.len() {
            return Err(TreeError::Count { said: self.node_count, found: count.min(self.values.len()) });
        }
        into.starts.push(into.nodes.len());
        let mut depths: Vec<Option<u16>> = vec![None; count];
        depths[0] = Some(0);
        for (node, raw) in self.nodes.iter().enumerate() {
            into.nodes.push(if raw.left == TREE_LEAF {
                into.values.push(self.values[node]);
                TreeNode { feature: LEAF, threshold: 0.0, left: into.values.len() as u32 - 1, right: 0 }
            } else {
                self.test(node, raw, &mut depths)?
            });
        }
        let deepest = depths.into_iter().flatten().max().unwrap_or(0);
        into.depth = into.depth.max(usize::from(deepest));
        Ok(())
    }

    /// A test node, whose children must come later and be nobody else's: so every walk ends.
    fn test(&self, node: usize, raw: &RawNode, depths: &mut [Option<u16>]) -> Result<TreeNode, TreeError> {
        // a node that nothing leads to is never walked, and its depth does not count
        let below = match depths[node] {
            None => None,
            Some(depth) => Some(depth.checked_add(1).ok_or(TreeError::TooDeep { limit: limits::TREE_DEPTH })?),
        };
        let mut child = |child: i64| {
            let index = usize::try_from(child).ok().filter(|i| *i > node && *i < depths.len());
            let index = index.ok_or(TreeError::Child { node, child })?;
            if depths[index].is_some() {
                return Err(TreeError::Shared { node: index });
            }
            depths[index] = below;
            Ok(index as u32)
        };
        let (left, right) = (child(raw.left)?, child(raw.right)?);
        let feature = usize::try_from(raw.feature).ok().filter(|f| *f < self.features && *f < limits::FEATURES);
        let feature = feature.ok_or(TreeError::Feature { node, feature: raw.feature, features: self.features })?;
        if raw.threshold.is_nan() {
            return Err(TreeError::Threshold { node });
        }
        if left == right {
            return Err(TreeError::Shared { node: left as usize });
        }
        Ok(TreeNode { feature: feature as u32, threshold: single_below(raw.threshold), left, right })
    }
}

/// The records of the `nodes` array, by the offsets that the file gives.
fn read_nodes(array: &Array<'_>) -> Result<Vec<RawNode>, ArrayError> {
    let DType::Record { .. } = array.dtype else {
        return Err(ArrayError::Type { dtype: array.dtype.to_string(), expected: "records of tree nodes" });
    };
    let left = array.dtype.field("left_child", Scalar::I64)?;
    let right = array.dtype.field("right_child", Scalar::I64)?;
    let feature = array.dtype.field("feature", Scalar::I64)?;
    let threshold = array.dtype.field("threshold", Scalar::F64)?;
    // the offsets lie within the record, so every chunk is there
    let at = |record: &[u8], offset: usize| record[offset..].first_chunk().copied().unwrap_or_default();
    let node = |record: &[u8]| RawNode {
        left: i64::from_le_bytes(at(record, left)),
        right: i64::from_le_bytes(at(record, right)),
        feature: i64::from_le_bytes(at(record, feature)),
        threshold: f64::from_le_bytes(at(record, threshold)),
    };
    Ok(array.elements().map(node).collect())
}

/// The largest float32 that is not above a threshold.
fn single_below(threshold: f64) -> f32 {
    let nearest = threshold as f32;
    if f64::from(nearest) > threshold { nearest.next_down() } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_float32_threshold_decides_as_the_float64_one() {
        let thresholds = [0.1, 0.5, 2.345_000_028_610_229_5, 1e-46, -1e-46, 0.0, -0.0, 3.5e38, -3.5e38, 1e300, -1e300];
        for threshold in thresholds {
            let kept = single_below(threshold);
            for x in [kept.next_down(), kept, kept.next_up(), 0.0, -0.0, 1.0, f32::MAX, f32::MIN] {
                assert_eq!(f64::from(x) <= threshold, x <= kept, "{x:e} against {threshold:e}");
            }
        }
    }

    fn tree(nodes: &[(i64, i64)]) -> RawTree {
        let raw = |(left, right): &(i64, i64)| RawNode { left: *left, right: *right, feature: 0, threshold: 0.5 };
        let values = vec![0.0; nodes.len()];
        RawTree { features: 1, node_count: nodes.len(), nodes: nodes.iter().map(raw).collect(), values }
    }

    #[test]
    fn nodes_that_do_not_form_a_tree_are_refused() {
        for (problem, nodes) in [
            ("no node", &[][..]),
            ("itself as child", &[(0, 1), (-1, -1)]),
            ("a child before its parent", &[(1, 2), (-1, -1), (0, 3), (-1, -1)]),
            ("the same child twice", &[(1, 1), (-1, -1)]),
            ("a child of two parents", &[(1, 2), (2, 3), (-1, -1), (-1, -1)]),
            ("an earlier child that nothing led to", &[(2, 3), (4, 5), (1, 6), (-1, -1), (-1, -1), (-1, -1), (-1, -1)]),
            ("a child out of range", &[(1, 2), (-1, -1)]),
            ("a negative child", &[(-2, 1), (-1, -1)]),
            ("a leaf on one side only", &[(1, -1), (-1, -1)]),
        ] {
            assert!(tree(nodes).append(&mut TreeNodes::default()).is_err(), "{problem}");
        }
    }

    #[test]
    fn a_tree_knows_its_depth() {
        let mut nodes = TreeNodes::default();
        tree(&[(1, 4), (2, 3), (-1, -1), (-1, -1), (-1, -1)]).append(&mut nodes).unwrap();
        assert_eq!((nodes.depth(), nodes.len(), nodes.trees()), (2, 5, 1));
    }

    #[test]
    fn a_tree_deeper_than_the_limit_is_refused() {
        let levels = limits::TREE_DEPTH as i64 + 2;
        let mut chain: Vec<_> = (0..levels).flat_map(|i| [(2 * i + 1, 2 * i + 2), (-1, -1)]).collect();
        // node 2i is a test whose left child, 2i + 1, is a leaf
        chain.push((-1, -1));
        let error = tree(&chain).append(&mut TreeNodes::default()).unwrap_err();
        assert!(matches!(error, TreeError::TooDeep { .. }), "{error}");
    }
}
