//! `sklearn.feature_extraction.DictVectorizer`: which feature a column's value stands for (source: scikit-learn 0.24 to 1.9,
//! `feature_extraction/_dict_vectorizer.py`, `_transform`).
//!
//! A text `v` in column `f` is 1 in the feature `f=v`, a number is itself in the feature `f`, and names that were not seen in
//! fitting are dropped without a word. Entries of a row are sorted by feature before a sparse matrix leaves it.

use std::collections::HashSet;

use crate::arena::{Node, NodeId};
use crate::build::BuildError;
use crate::limits;
use crate::object::Object;

/// A fitted vectorizer: the name of every feature, by its index.
#[derive(Debug)]
pub(crate) struct Vectorizer {
    separator: String,
    sparse: bool,
    single: bool,
    names: String,
    /// Where each name is in `names`: start and end.
    spans: Vec<(u32, u32)>,
}

/// What a feature's name says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature<'v> {
    /// A number by the column's name.
    Number(&'v str),
    /// The column before the first separator; the category is the rest.
    Category(&'v str),
}

/// Whether an object is a `DictVectorizer`.
pub(super) fn is(object: &Object<'_>) -> bool {
    object.module() == "sklearn.feature_extraction._dict_vectorizer" && object.class() == "DictVectorizer"
}

impl Vectorizer {
    pub(super) fn build(object: &Object<'_>) -> Result<Self, BuildError> {
        object.check_version()?;
        let separator = object.text("separator")?.to_owned();
        if separator.is_empty() {
            return Err(BuildError::Setting { class: object.path(), setting: "separator=''".to_owned() });
        }
        let single = is_single(object)?;
        let mut vectorizer =
            Self { separator, sparse: object.bool("sparse")?, single, names: String::new(), spans: Vec::new() };
        vectorizer.read_vocabulary(object)?;
        Ok(vectorizer)
    }

    /// Takes the names from `vocabulary_`, which must number them from 0 without gap or repetition.
    fn read_vocabulary(&mut self, object: &Object<'_>) -> Result<(), BuildError> {
        let arena = object.arena();
        let Node::Dict(entries) = arena.get(object.attribute("vocabulary_")?) else {
            return Err(object.wrong("vocabulary_", "a dict"));
        };
        let problem = |problem: String| BuildError::Vocabulary { problem };
        if entries.is_empty() || entries.len() > limits::FEATURES {
            return Err(problem(format!("it has {} entries", entries.len())));
        }
        let mut by_index: Vec<Option<NodeId>> = vec![None; entries.len()];
        for (name, index) in entries {
            let index = object.as_count(*index).filter(|i| *i < by_index.len());
            let index = index.ok_or_else(|| problem("an index is out of range".to_owned()))?;
            by_index[index] = Some(*name);
        }
        let mut previous = HashSet::with_capacity(entries.len());
        for (index, name) in by_index.into_iter().enumerate() {
            let name = name.and_then(|name| arena.as_text(name));
            let name = name.ok_or_else(|| problem(format!("feature {index} has no name that is a text")))?;
            if !previous.insert(name) {
                return Err(problem(format!("feature {index} has the name of another")));
            }
            let start = self.names.len() as u32;
            self.names.push_str(name);
            self.spans.push((start, self.names.len() as u32));
        }
        Ok(())
    }

    /// Number of features.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether rows leave it as a sparse matrix.
    pub(crate) fn sparse(&self) -> bool {
        self.sparse
    }

    /// Whether numbers are rounded to float32.
    pub(crate) fn single(&self) -> bool {
        self.single
    }

    pub(crate) fn separator(&self) -> &str {
        &self.separator
    }

    /// The features' full names, by index.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.spans.iter().map(|(start, end)| &self.names[*start as usize..*end as usize])
    }

    /// What the features' names say they are, by index.
    pub(crate) fn features(&self) -> impl Iterator<Item = Feature<'_>> {
        self.names().map(|name| match name.split_once(&self.separator) {
            Some((column, _)) => Feature::Category(column),
            None => Feature::Number(name),
        })
    }

    /// The categories of a column with their features: every name that begins with the column and the separator.
    pub(crate) fn categories(&self, column: &str) -> impl Iterator<Item = (&str, u32)> {
        let category = move |name: &'_ str| name.strip_prefix(column)?.strip_prefix(&*self.separator).map(str::len);
        self.names()
            .zip(0..)
            .filter_map(move |(name, feature)| category(name).map(|len| (&name[name.len() - len..], feature)))
    }

    /// The feature that a number in a column is.
    pub(crate) fn number(&self, column: &str) -> Option<u32> {
        self.names().zip(0..).find(|(name, _)| *name == column).map(|(_, feature)| feature)
    }
}

/// Whether `dtype` is float32; float64 is the default, and others are refused.
fn is_single(object: &Object<'_>) -> Result<bool, BuildError> {
    let arena = object.arena();
    let id = object.attribute("dtype")?;
    let path = arena.as_name(id).map(|name| arena.path(name));
    match path.as_deref() {
        Some("numpy.float64" | "builtins.float" | "__builtin__.float") => Ok(false),
        Some("numpy.float32") => Ok(true),
        _ => Err(BuildError::Setting { class: object.path(), setting: format!("dtype={}", arena.kind(id)) }),
    }
}
