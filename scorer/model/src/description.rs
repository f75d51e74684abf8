//! What a model file holds, for people and for JSON: the steps, their versions and sizes, and whether they are supported.

use std::collections::BTreeMap;
use std::error::Error;

use serde::Serialize;

use crate::arena::{Arena, Node, NodeId};
use crate::build::BuildError;
use crate::estimators;
use crate::model::Model;
use crate::object::Object;

/// A model file described.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// The steps of the pipeline in order; of a bare estimator, that alone.
    pub steps: Vec<Step>,
    /// Whether predictions can be made.
    pub supported: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A step of a pipeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its name in the pipeline.
    pub name: String,
    /// `RandomForestRegressor`.
    pub class: String,
    /// `sklearn.ensemble._forest`.
    pub module: String,
    /// The version of scikit-learn that wrote it, if it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sklearn_version: Option<String>,
    /// Number of trees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trees: Option<usize>,
    /// Number of nodes of all trees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<usize>,
    /// Levels of the deepest tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_depth: Option<usize>,
    /// Number of features it makes or takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<usize>,
    /// Of a vectorizer: how many categories it knows of each column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<String, usize>,
    /// Settings that a reader would ask for, as in Python.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

/// The settings that are shown, of whatever estimator has them.
const PARAMETERS: &[&str] = &[
    "alpha",
    "bootstrap",
    "criterion",
    "dtype",
    "fit_intercept",
    "l1_ratio",
    "learning_rate",
    "loss",
    "max_depth",
    "max_features",
    "max_iter",
    "max_leaf_nodes",
    "min_samples_leaf",
    "min_samples_split",
    "n_estimators",
    "n_neighbors",
    "positive",
    "random_state",
    "separator",
    "sparse",
];

/// Longest text that is shown of a setting or a name, characters.
const SHOWN: usize = 100;

impl Description {
    pub(crate) fn of(arena: &Arena<'_>, root: NodeId) -> Self {
        let read = estimators::steps(arena, root);
        let mut steps: Vec<Step> = match &read {
            Ok(read) => read.steps.iter().map(|(name, object)| Step::of(name, object)).collect(),
            Err(_) => Object::read(arena, root).map(|object| Step::of("", &object)).into_iter().collect(),
        };
        let built = read.and_then(|steps| estimators::build(&steps));
        match built.map(|(vectorizer, regressor)| Model::new(vectorizer, regressor)) {
            Ok(model) => {
                add_sizes(&mut steps, &model);
                Self { steps, supported: true, reason: None }
            }
            Err(error) => Self { steps, supported: false, reason: Some(in_words(&error)) },
        }
    }
}

impl Step {
    fn of(name: &str, object: &Object<'_>) -> Self {
        let shown = |name: &&str| Some(((*name).to_owned(), python(object, object.find(name)?)?));
        let features = object.find("n_features_in_").and_then(|id| object.as_count(id));
        Self {
            name: cut(name),
            class: cut(object.class()),
            module: cut(object.module()),
            sklearn_version: object.written_by().map(cut),
            trees: None,
            nodes: None,
            max_depth: None,
            features,
            categories: BTreeMap::new(),
            parameters: PARAMETERS.iter().filter_map(shown).collect(),
        }
    }
}

/// Adds what only a built model knows.
fn add_sizes(steps: &mut [Step], model: &Model) {
    let [vectorizer, regressor] = steps else { return };
    vectorizer.features = Some(model.features());
    vectorizer.categories = model.categories();
    regressor.features = Some(model.features());
    let size = model.size();
    if size.trees > 0 {
        (regressor.trees, regressor.nodes, regressor.max_depth) =
            (Some(size.trees), Some(size.nodes), Some(size.depth));
    }
}

/// A simple value as Python would print it.
fn python(object: &Object<'_>, id: NodeId) -> Option<String> {
    let arena = object.arena();
    match arena.get(id) {
        Node::None => Some("None".to_owned()),
        Node::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Node::Int(value) => Some(value.to_string()),
        Node::Float(value) => Some(format!("{value:?}")),
        Node::Text(text) => Some(format!("'{}'", cut(arena.text(*text)))),
        Node::Global(name) => Some(cut(&arena.path(arena.name(*name)))),
        _ => None,
    }
}

/// An error with its sources, in one line.
fn in_words(error: &BuildError) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
