//! The estimators that are supported: one file each, and one line each in the registry below.
//! An estimator is read from its attributes, holds what prediction needs, and compiles itself for given columns.

mod forest;
mod linear;
mod pipeline;
mod single_tree;
mod tree;
mod vectorizer;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt::Debug;

pub(crate) use self::pipeline::{build, steps};
pub use self::tree::TreeError;
pub(crate) use self::vectorizer::{Feature, Vectorizer};
use crate::build::BuildError;
use crate::matrix::Matrix;
use crate::object::Object;

/// A fitted estimator that predicts one number a row.
pub(crate) trait Regressor: Debug + Send + Sync {
    /// Number of features that it was fitted on.
    fn features(&self) -> usize;

    /// Which numbers it takes.
    fn numbers(&self) -> Numbers;

    /// Sizes for a description.
    fn size(&self) -> Size;

    /// The predictor for columns that give these features.
    fn compile(&self, slots: &[Slot]) -> Box<dyn Predictor>;
}

/// A regressor made ready for the columns of one table.
pub(crate) trait Predictor: Debug + Send + Sync {
    /// Writes one prediction a row; `predictions` has the matrix's number of rows, all zero.
    fn predict(&self, matrix: &Matrix, predictions: &mut [f64]);
}

/// What one column contributes to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The value of one feature.
    Number { feature: u32 },
    /// 1 in at most one feature of a set; all these features are known to be in no other slot.
    Category { features: Vec<u32> },
}

/// The numbers that scikit-learn lets an estimator see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// All: NaN and infinity are not looked for.
    Any,
    /// Finite float64.
    Finite,
    /// What is finite as float32.
    FiniteSingle,
}

/// How large an estimator is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) trees: usize,
    pub(crate) nodes: usize,
    pub(crate) depth: usize,
}

type Build = fn(&Object<'_>, &Vectorizer) -> Result<Box<dyn Regressor>, BuildError>;

struct Entry {
    module: &'static str,
    class: &'static str,
    build: Build,
}

/// Class paths are the same in scikit-learn 0.24 to 1.9.
const REGISTRY: &[Entry] = &[
    Entry { module: "sklearn.linear_model._base", class: "LinearRegression", build: linear::build },
    Entry { module: "sklearn.linear_model._ridge", class: "Ridge", build: linear::build },
    Entry { module: "sklearn.linear_model._coordinate_descent", class: "Lasso", build: linear::build_unchecked },
    Entry { module: "sklearn.linear_model._coordinate_descent", class: "ElasticNet", build: linear::build_unchecked },
    Entry { module: "sklearn.tree._classes", class: "DecisionTreeRegressor", build: single_tree::build },
    Entry { module: "sklearn.tree._classes", class: "ExtraTreeRegressor", build: single_tree::build },
    Entry { module: "sklearn.ensemble._forest", class: "RandomForestRegressor", build: forest::build },
    Entry { module: "sklearn.ensemble._forest", class: "ExtraTreesRegressor", build: forest::build },
];

/// Builds the regressor that an object describes, or refuses it by name and version.
pub(crate) fn regressor(object: &Object<'_>, vectorizer: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    let found = REGISTRY.iter().find(|e| e.module == object.module() && e.class == object.class());
    let Some(entry) = found else {
        return Err(BuildError::Unsupported {
            class: object.path(),
            version: object.written_by().unwrap_or("of unknown version").chars().take(40).collect(),
            supported: REGISTRY.iter().map(|e| e.class).collect::<Vec<_>>().join(", "),
        });
    };
    object.check_version()?;
    let regressor = (entry.build)(object, vectorizer)?;
    match (regressor.features(), vectorizer.len()) {
        (expected, found) if expected != found => Err(BuildError::Features { class: object.path(), expected, found }),
        _ => Ok(regressor),
    }
}
