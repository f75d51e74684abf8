//! Forests of regression trees: `RandomForestRegressor`, `ExtraTreesRegressor` (source: scikit-learn 0.24 to 1.9,
//! `ensemble/_forest.py` `ForestRegressor.predict`): from 0 on, each tree's leaf is added in the trees' order, and the sum is
//! divided by their number. That is the result of scikit-learn with `n_jobs=1`; with more jobs its own order varies.
//! A missing number is refused. Over a dense matrix (`sparse=False`) scikit-learn 1.3 and later would send it the way it learned.

use super::tree::{self, TreeNodes};
use super::walk::{Combine, Walk};
use super::{Numbers, Predictor, Regressor, Size, Slot, Vectorizer};
use crate::build::BuildError;
use crate::object::Object;

/// Trees whose leaves are averaged.
#[derive(Debug)]
pub(super) struct Forest {
    nodes: TreeNodes,
    features: usize,
    combine: Combine,
}

pub(super) fn build(object: &Object<'_>, _: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    check_outputs(object)?;
    let estimators = object.items("estimators_")?;
    if estimators.is_empty() {
        return Err(object.wrong("estimators_", "a list of trees"));
    }
    let mut nodes = TreeNodes::default();
    let mut features = None;
    for (index, id) in estimators.iter().enumerate() {
        let tree = Object::read(object.arena(), *id).ok_or_else(|| object.wrong("estimators_", "a list of trees"))?;
        let found = read_tree(&tree, index, &mut nodes)?;
        let expected = *features.get_or_insert(found);
        if found != expected {
            return Err(BuildError::Features { class: tree.path(), expected: found, found: expected });
        }
    }
    Ok(Box::new(Forest::new(nodes, features.unwrap_or(0), Combine::Mean)))
}

/// Appends the tree of a fitted tree estimator; returns its number of features.
pub(super) fn read_tree(object: &Object<'_>, index: usize, nodes: &mut TreeNodes) -> Result<usize, BuildError> {
    let tree = object.object("tree_")?;
    tree::read(&tree, nodes).map_err(|error| match error {
        tree::ReadTree::Structure(source) => BuildError::Tree { class: object.path(), tree: index, source },
        tree::ReadTree::Attribute(error) => error,
    })
}

/// Refuses an estimator of several outputs by the number it gives itself.
pub(super) fn check_outputs(object: &Object<'_>) -> Result<(), BuildError> {
    match object.count("n_outputs_")? {
        1 => Ok(()),
        outputs => Err(BuildError::Outputs { class: object.path(), outputs }),
    }
}

impl Forest {
    pub(super) fn new(nodes: TreeNodes, features: usize, combine: Combine) -> Self {
        Self { nodes, features, combine }
    }
}

impl Regressor for Forest {
    fn features(&self) -> usize {
        self.features
    }

    fn numbers(&self) -> Numbers {
        Numbers::FiniteSingle
    }

    fn size(&self) -> Size {
        Size { trees: self.nodes.trees(), nodes: self.nodes.len(), depth: self.nodes.depth() }
    }

    fn compile(&self, slots: &[Slot]) -> Box<dyn Predictor> {
        Box::new(Walk::new(&self.nodes, slots, self.features, self.combine))
    }
}
