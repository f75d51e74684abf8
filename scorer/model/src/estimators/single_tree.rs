//! `DecisionTreeRegressor` and `ExtraTreeRegressor`: the prediction is the leaf's value.

use super::forest::{Forest, check_outputs, read_tree};
use super::tree::TreeNodes;
use super::walk::Combine;
use super::{Regressor, Vectorizer};
use crate::build::BuildError;
use crate::object::Object;

pub(super) fn build(object: &Object<'_>, _: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    check_outputs(object)?;
    let mut nodes = TreeNodes::default();
    let features = read_tree(object, 0, &mut nodes)?;
    Ok(Box::new(Forest::new(nodes, features, Combine::Single)))
}
