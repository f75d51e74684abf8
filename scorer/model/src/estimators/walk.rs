//! Trees laid out for walking over many rows, for the columns of one table.
//!
//! Every test becomes one comparison of an unsigned key with a range: a number's key is its float32 in the order of the reals,
//! a category's key is its feature. Tests of features that no column gives are decided here once. Children lie side by side,
//! the left subtree first, because absent categories go left. Rows are walked tree by tree, eight at a time, so that a tree
//! stays in the cache and the eight walks overlap.

use super::tree::{LEAF, TreeNode, TreeNodes};
use super::{Predictor, Slot};
use crate::matrix::{ABSENT, Matrix, MatrixColumn};

/// Rows walked side by side.
const LANES: usize = 8;

/// Rows taken through all trees together: their keys and sums fit the first-level cache for a few columns.
const BLOCK: usize = 2048;

/// How the leaves of a row become its prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combine {
    /// The one tree's leaf.
    Single,
    /// The sum over the trees in their order, divided by their number.
    Mean,
}

/// A laid-out node: the row goes to `child + 1` if its key in `slot` is in `low .. low + span` (modulo 2³²), else to `child`.
/// A leaf leads to itself, and `low` is the index of its value.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    low: u32,
    span: u32,
    child: u32,
    slot: u32,
}

/// Where a feature comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// No column: it is 0.
    Absent,
    Number {
        slot: u32,
    },
    Category {
        slot: u32,
    },
}

/// A forest ready for the columns of one table.
#[derive(Debug)]
pub(super) struct Walk {
    steps: Vec<Step>,
    roots: Vec<u32>,
    values: Vec<f64>,
    slots: usize,
    combine: Combine,
}

impl Walk {
    /// Lays out trees over `features` features, of which `slots` give some.
    pub(super) fn new(trees: &TreeNodes, slots: &[Slot], features: usize, combine: Combine) -> Self {
        let mut sources = vec![Source::Absent; features];
        for (slot, content) in (0..).zip(slots) {
            match content {
                Slot::Number { feature } => sources[*feature as usize] = Source::Number { slot },
                Slot::Category { features } => {
                    for feature in features {
                        sources[*feature as usize] = Source::Category { slot };
                    }
                }
            }
        }
        let values = trees.values().to_vec();
        let mut walk =
            Self { steps: Vec::with_capacity(trees.len()), roots: Vec::new(), values, slots: slots.len(), combine };
        for tree in trees.each() {
            walk.lay_out(tree, &sources);
        }
        walk
    }

    fn lay_out(&mut self, tree: &[TreeNode], sources: &[Source]) {
        let root = self.steps.len();
        self.roots.push(root as u32);
        self.steps.push(Step::default());
        let mut open = vec![(0_u32, root)];
        while let Some((node, at)) = open.pop() {
            let mut node = &tree[node as usize];
            let test = loop {
                if node.feature == LEAF {
                    break Test::Leaf;
                }
                match test(node, sources[node.feature as usize]) {
                    Test::Always(next) => node = &tree[next as usize],
                    test => break test,
                }
            };
            if let Test::Range { slot, low, span } = test {
                let child = self.steps.len();
                self.steps.extend([Step::default(); 2]);
                self.steps[at] = Step { low, span, child: child as u32, slot };
                open.extend([(node.right, child + 1), (node.left, child)]);
            } else {
                self.steps[at] = Step { low: node.left, span: 0, child: at as u32, slot: 0 };
            }
        }
    }

    /// Adds the leaves of `LANES` rows, whose keys are given row by row.
    fn walk(&self, root: u32, keys: &[u32]) -> [f64; LANES] {
        let mut at = [root; LANES];
        loop {
            let mut moved = 0;
            for (lane, at) in at.iter_mut().enumerate() {
                let step = &self.steps[*at as usize];
                let key = keys[lane * self.slots + step.slot as usize];
                let next = step.child + u32::from(key.wrapping_sub(step.low) < step.span);
                moved |= next ^ *at;
                *at = next;
            }
            if moved == 0 {
                return at.map(|leaf| self.values[self.steps[leaf as usize].low as usize]);
            }
        }
    }

    fn predict_block(&self, keys: &[u32], predictions: &mut [f64]) {
        for root in &self.roots {
            for (keys, predictions) in keys.chunks_exact(LANES * self.slots).zip(predictions.chunks_mut(LANES)) {
                let leaves = self.walk(*root, keys);
                for (prediction, leaf) in predictions.iter_mut().zip(leaves) {
                    match self.combine {
                        Combine::Single => *prediction = leaf,
                        Combine::Mean => *prediction += leaf,
                    }
                }
            }
        }
        if self.combine == Combine::Mean {
            let trees = self.roots.len() as f64;
            for sum in predictions {
                *sum /= trees;
            }
        }
    }
}

impl Predictor for Walk {
    fn predict(&self, matrix: &Matrix, predictions: &mut [f64]) {
        let mut keys = Vec::new();
        for (block, predictions) in predictions.chunks_mut(BLOCK).enumerate() {
            fill_keys(matrix, block * BLOCK, predictions.len(), &mut keys);
            self.predict_block(&keys, predictions);
        }
    }
}

/// What a test asks of a row.
enum Test {
    Leaf,
    /// Nothing: every row goes to this child.
    Always(u32),
    Range {
        slot: u32,
        low: u32,
        span: u32,
    },
}

fn test(node: &TreeNode, source: Source) -> Test {
    let side = |value: f32| if value <= node.threshold { node.left } else { node.right };
    match source {
        Source::Absent => Test::Always(side(0.0)),
        Source::Category { .. } if side(0.0) == side(1.0) => Test::Always(side(0.0)),
        // 0 is left and 1 is right: the other way round no threshold can have it
        Source::Category { slot } => Test::Range { slot, low: category_key(node.feature), span: 1 },
        Source::Number { slot } => {
            let last_left = number_key(node.threshold);
            Test::Range { slot, low: last_left.wrapping_add(1), span: u32::MAX - last_left }
        }
    }
}

/// The keys of some rows, row by row, filled up with zeros to whole lanes.
fn fill_keys(matrix: &Matrix, start: usize, rows: usize, keys: &mut Vec<u32>) {
    let slots = matrix.columns.len();
    keys.clear();
    keys.resize(rows.next_multiple_of(LANES) * slots, 0);
    for (slot, column) in matrix.columns.iter().enumerate() {
        let keys = keys.iter_mut().skip(slot).step_by(slots);
        match column {
            MatrixColumn::Number(values) => {
                for (x, key) in values[start..start + rows].iter().zip(keys) {
                    *key = number_key(*x as f32);
                }
            }
            MatrixColumn::Category(features) => {
                for (feature, key) in features[start..start + rows].iter().zip(keys) {
                    *key = category_key(*feature);
                }
            }
        }
    }
}

/// A key that orders as the numbers do; -0 and 0 are the same.
fn number_key(x: f32) -> u32 {
    let bits = (x + 0.0).to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

/// The feature counted from 1, 0 for none.
fn category_key(feature: u32) -> u32 {
    const _: () = assert!(ABSENT == u32::MAX);
    feature.wrapping_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_the_numbers_do() {
        let ascending = [f32::MIN, -1.0, -f32::MIN_POSITIVE, -1e-45, 0.0, 1e-45, 0.5, 1.0, f32::MAX];
        for pair in ascending.windows(2) {
            assert!(number_key(pair[0]) < number_key(pair[1]), "{pair:?}");
        }
        assert_eq!(number_key(-0.0), number_key(0.0));
    }

    #[test]
    fn a_number_goes_right_exactly_above_the_threshold() {
        for threshold in [f32::NEG_INFINITY, f32::MIN, -1.5, -0.0, 0.0, 1e-45, 2.5, f32::MAX, f32::INFINITY] {
            let node = TreeNode { feature: 0, threshold, left: 1, right: 2 };
            let Test::Range { low, span, .. } = test(&node, Source::Number { slot: 0 }) else { panic!("{threshold}") };
            for x in [f32::MIN, -1.5, -1e-45, -0.0, 0.0, 1e-45, 2.5, 2.500_000_2, f32::MAX] {
                let right = number_key(x).wrapping_sub(low) < span;
                assert_eq!(right, x > threshold, "{x:e} against {threshold:e}");
            }
        }
    }
}
