//! A model that can predict: a vectorizer and a regressor, and the columns that they name.
//! It is made by `Artifact::model`, and predicts through what `prepare` makes of it for a table's columns.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::batch::Kind;
use crate::estimators::{Feature, Regressor, Size, Slot, Vectorizer};
use crate::prepared::{Given, Prepared};

/// A fitted pipeline. It owns all it needs and can be shared between threads.
#[derive(Debug)]
pub struct Model {
    vectorizer: Vectorizer,
    regressor: Box<dyn Regressor>,
    columns: Vec<ModelColumn>,
}

/// A column that a model names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelColumn {
    /// As it was called when the model was fitted.
    pub name: String,
    /// What it held then.
    pub takes: Takes,
}

/// What a column held when the model was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Numbers.
    Number,
    /// Texts.
    Category,
    /// Numbers in some rows and texts in others.
    Either,
}

/// Why a model cannot predict for the columns given.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// A name is given twice.
    #[error("the column `{column}` is given twice")]
    Twice {
        /// The name.
        column: String,
    },
    /// A number where the model has categories: scikit-learn would drop every value without a word.
    #[error(
        "the column `{column}` is a number, but the model knows it as a category, such as `{example}`: give it as text, \
         CAST({column} AS VARCHAR)"
    )]
    NeedsCategory {
        /// The name.
        column: String,
        /// A feature that the model has of it.
        example: String,
    },
    /// A text where the model has a number: scikit-learn would drop every value without a word.
    #[error(
        "the column `{column}` is text, but the model knows it as a number: give it as one, CAST({column} AS DOUBLE)"
    )]
    NeedsNumber {
        /// The name.
        column: String,
    },
    /// Two columns that mean the same feature.
    #[error("the columns `{first}` and `{second}` both give the feature `{feature}` of the model")]
    Ambiguous {
        /// The feature.
        feature: String,
        /// One column.
        first: String,
        /// The other.
        second: String,
    },
    /// Columns of the model that are not given.
    #[error("the model needs columns that are not given: {}", .columns.join(", "))]
    Missing {
        /// Their names.
        columns: Vec<String>,
    },
}

impl Model {
    pub(crate) fn new(vectorizer: Vectorizer, regressor: Box<dyn Regressor>) -> Self {
        let columns = columns(&vectorizer);
        Self { vectorizer, regressor, columns }
    }

    /// The columns that the model names itself, in the order of their first feature.
    pub fn columns(&self) -> &[ModelColumn] {
        &self.columns
    }

    /// Makes the model ready for a table's columns, given with their kinds in the order in which batches will have them.
    /// Columns that the model does not know are allowed and ignored, as scikit-learn does; [`Prepared::ignored`] lists them.
    pub fn prepare(&self, columns: &[(String, Kind)]) -> Result<Prepared<'_>, PrepareError> {
        let mut owners: Vec<Option<usize>> = vec![None; self.vectorizer.len()];
        let mut given = Vec::with_capacity(columns.len());
        for (index, (name, kind)) in columns.iter().enumerate() {
            if columns[..index].iter().any(|(other, _)| other == name) {
                return Err(PrepareError::Twice { column: name.clone() });
            }
            let column = self.resolve(name, *kind)?;
            for feature in column.features() {
                if let Some(first) = owners[feature as usize].replace(index) {
                    return Err(PrepareError::Ambiguous {
                        feature: self.vectorizer.names().nth(feature as usize).unwrap_or_default().to_owned(),
                        first: columns[first].0.clone(),
                        second: name.clone(),
                    });
                }
            }
            given.push(column);
        }
        self.check_complete(columns, &owners)?;
        let slots: Vec<Slot> = given.iter().filter_map(Given::slot).collect();
        let names = columns.iter().map(|(name, _)| name.clone()).collect();
        let predictor = self.regressor.compile(&slots);
        Ok(Prepared::new(names, given, predictor, self.regressor.numbers(), self.vectorizer.single()))
    }

    /// Number of features that the columns become.
    pub(crate) fn features(&self) -> usize {
        self.vectorizer.len()
    }

    /// How many categories the model knows of each column.
    pub(crate) fn categories(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for feature in self.vectorizer.features() {
            if let Feature::Category(column) = feature {
                match counts.get_mut(column) {
                    Some(count) => *count += 1,
                    None => drop(counts.insert(column.to_owned(), 1)),
                }
            }
        }
        counts
    }

    pub(crate) fn size(&self) -> Size {
        self.regressor.size()
    }

    /// What a column given by name and kind is to the model.
    fn resolve(&self, name: &str, kind: Kind) -> Result<Given<'_>, PrepareError> {
        let number = self.vectorizer.number(name);
        match kind {
            Kind::Number => match (number, self.vectorizer.categories(name).next()) {
                (Some(feature), _) => Ok(Given::Number { feature }),
                (None, None) => Ok(Given::Ignored(kind)),
                (None, Some((category, _))) => Err(PrepareError::NeedsCategory {
                    column: name.to_owned(),
                    example: format!("{name}{}{category}", self.vectorizer.separator()),
                }),
            },
            Kind::Category => {
                let features: HashMap<&str, u32> = self.vectorizer.categories(name).collect();
                match (features.is_empty(), number) {
                    (false, _) => Ok(Given::Category { features, number: number.is_some() }),
                    (true, None) => Ok(Given::Ignored(kind)),
                    (true, Some(_)) => Err(PrepareError::NeedsNumber { column: name.to_owned() }),
                }
            }
        }
    }

    /// Refuses columns that leave features of the model without a source.
    fn check_complete(&self, given: &[(String, Kind)], owners: &[Option<usize>]) -> Result<(), PrepareError> {
        let given: HashSet<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
        let mut missing: Vec<String> = Vec::new();
        for (feature, owner) in self.vectorizer.features().zip(owners) {
            let (Feature::Number(column) | Feature::Category(column)) = feature;
            // a column that is given as one kind may have features of the other kind too
            if owner.is_none() && !given.contains(column) && missing.last().is_none_or(|last| last != column) {
                missing.push(column.to_owned());
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() { Ok(()) } else { Err(PrepareError::Missing { columns: missing }) }
    }
}

/// The columns that features are of.
fn columns(vectorizer: &Vectorizer) -> Vec<ModelColumn> {
    let mut columns: Vec<ModelColumn> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for feature in vectorizer.features() {
        let (name, takes) = match feature {
            Feature::Number(name) => (name, Takes::Number),
            Feature::Category(name) => (name, Takes::Category),
        };
        let place = *places.entry(name).or_insert(columns.len());
        match columns.get_mut(place) {
            Some(column) if column.takes != takes => column.takes = Takes::Either,
            Some(_) => {}
            None => columns.push(ModelColumn { name: name.to_owned(), takes }),
        }
    }
    columns
}
