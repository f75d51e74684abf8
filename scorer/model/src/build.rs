//! Why a model file that was read is not a model that can be used. Messages only.

use crate::estimators::TreeError;
use crate::numpy::ArrayError;

/// Why no model was built. Everything here is known before a row is read.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The file holds something else than a pipeline.
    #[error(
        "the model is {found}, not a pipeline: log a Pipeline that begins with DictVectorizer, so that the model knows \
         its columns by name"
    )]
    NotAPipeline {
        /// The class or kind.
        found: String,
    },
    /// The pipeline has other steps than a `DictVectorizer` and a regressor.
    #[error("a pipeline of {found} is not supported; DictVectorizer and one regressor are")]
    Steps {
        /// The steps' classes.
        found: String,
    },
    /// An estimator that is not supported (yet).
    #[error("{class} (scikit-learn {version}) is not supported; supported are {supported}")]
    Unsupported {
        /// Its path.
        class: String,
        /// The version that wrote it.
        version: String,
        /// The classes that are.
        supported: String,
    },
    /// A version of scikit-learn that is not supported.
    #[error("{class} was written by scikit-learn {found}; versions {supported} are supported")]
    Version {
        /// The path of the class.
        class: String,
        /// The version.
        found: String,
        /// The versions that are.
        supported: &'static str,
    },
    /// An attribute is not there: the estimator was not fitted, or the file is damaged.
    #[error("{class} has no attribute `{attribute}`: it is not fitted, or the file is damaged")]
    Missing {
        /// The path of the class.
        class: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// An attribute of another kind than scikit-learn writes.
    #[error("`{attribute}` of {class} is {found}, where {expected} is expected")]
    Attribute {
        /// The path of the class.
        class: String,
        /// The attribute.
        attribute: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// An attribute that is not the array that it should be.
    #[error("`{attribute}` of {class} cannot be used")]
    Array {
        /// The path of the class.
        class: String,
        /// The attribute.
        attribute: &'static str,
        /// What is wrong with it.
        #[source]
        source: ArrayError,
    },
    /// A setting under which predictions are not supported.
    #[error("{class} with {setting} is not supported")]
    Setting {
        /// The path of the class.
        class: String,
        /// The setting, as it is in Python.
        setting: String,
    },
    /// More than one output per row.
    #[error("{class} predicts {outputs} values a row; models of one output are supported")]
    Outputs {
        /// The path of the class.
        class: String,
        /// How many.
        outputs: usize,
    },
    /// The steps disagree on the number of features.
    #[error("{class} expects {expected} features, but the vectorizer makes {found}: the file is damaged")]
    Features {
        /// The path of the class.
        class: String,
        /// What it was fitted on.
        expected: usize,
        /// What the vectorizer makes.
        found: usize,
    },
    /// A vocabulary that is not one name per feature.
    #[error("`vocabulary_` of DictVectorizer is not one name per feature: {problem}")]
    Vocabulary {
        /// What is wrong with it.
        problem: String,
    },
    /// A tree that is not one.
    #[error("tree {tree} of {class} cannot be used")]
    Tree {
        /// The path of the class.
        class: String,
        /// Which tree, from 0.
        tree: usize,
        /// What is wrong with it.
        #[source]
        source: TreeError,
    },
}
