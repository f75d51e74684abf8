//! A model made ready for a table's columns: from a batch to predictions.
//! Names are resolved beforehand; here texts are looked up once per distinct text, and numbers are checked as scikit-learn
//! checks them.

use std::collections::HashMap;
use std::fmt;

use crate::batch::{Batch, Category, Column, Kind, Predictions};
use crate::estimators::{Numbers, Predictor, Slot};
use crate::matrix::{ABSENT, Matrix, MatrixColumn};

/// A model ready for batches of given columns. Several threads may predict different batches at once.
#[derive(Debug)]
pub struct Prepared<'m> {
    names: Vec<String>,
    given: Vec<Given<'m>>,
    predictor: Box<dyn Predictor>,
    numbers: Numbers,
    /// Whether the vectorizer rounds numbers to float32.
    single: bool,
}

/// What a given column is to the model.
#[derive(Debug)]
pub(crate) enum Given<'m> {
    Ignored(Kind),
    Number {
        feature: u32,
    },
    Category {
        features: HashMap<&'m str, u32>,
        /// The model knows the column as a number too, which a null would be.
        number: bool,
    },
}

/// Why a batch cannot be predicted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("row {row} of the batch, column `{column}`: {problem}")]
pub struct PredictError {
    /// The first row with a problem, from 0, in the batch.
    pub row: usize,
    /// The column's name.
    pub column: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Problem {
    /// A null or NaN, for which scikit-learn raises.
    Missing,
    /// A number for which scikit-learn raises: infinite, or too large for the float32 that trees compare.
    TooLarge(f64),
    /// The column is not what was prepared for: its kind, its length or a code. The caller is at fault, not the data.
    Unprepared,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the number is null or NaN, which the model cannot take; leave such rows out"),
            Self::TooLarge(value) => {
                write!(f, "the number {value:e} is too large for the model; leave such rows out")
            }
            Self::Unprepared => f.write_str("the column is not as it was when the model was prepared for it"),
        }
    }
}

impl Given<'_> {
    /// The features that the column gives.
    pub(crate) fn features(&self) -> Vec<u32> {
        match self {
            Self::Ignored(_) => Vec::new(),
            Self::Number { feature } => vec![*feature],
            Self::Category { features, .. } => features.values().copied().collect(),
        }
    }

    pub(crate) fn slot(&self) -> Option<Slot> {
        match self {
            Self::Ignored(_) => None,
            Self::Number { feature } => Some(Slot::Number { feature: *feature }),
            Self::Category { .. } => Some(Slot::Category { features: self.features() }),
        }
    }
}

impl<'m> Prepared<'m> {
    pub(crate) fn new(
        names: Vec<String>,
        given: Vec<Given<'m>>,
        predictor: Box<dyn Predictor>,
        numbers: Numbers,
        single: bool,
    ) -> Self {
        Self { names, given, predictor, numbers, single }
    }

    /// The names of the given columns that the model does not know.
    pub fn ignored(&self) -> Vec<&str> {
        let ignored = self.names.iter().zip(&self.given).filter(|(_, given)| matches!(given, Given::Ignored(_)));
        ignored.map(|(name, _)| name.as_str()).collect()
    }

    /// Predicts every row of a batch, bit for bit as scikit-learn does with `n_jobs=1`, or names the first row that
    /// scikit-learn would not predict.
    pub fn predict(&self, batch: &Batch) -> Result<Predictions, PredictError> {
        let mut unseen = vec![0; self.given.len()];
        let mut columns = Vec::with_capacity(self.given.len());
        let mut first: Option<PredictError> = None;
        for (index, (given, name)) in self.given.iter().zip(&self.names).enumerate() {
            let resolved = match batch.columns.get(index) {
                Some(column) => self.column(given, column, batch.rows, &mut unseen[index]),
                None => Err((0, Problem::Unprepared)),
            };
            match resolved {
                Ok(column) => columns.extend(column),
                Err((row, problem)) if first.as_ref().is_none_or(|first| row < first.row) => {
                    first = Some(PredictError { row, column: name.clone(), problem });
                }
                Err(_) => {}
            }
        }
        if let Some(error) = first {
            return Err(error);
        }
        let mut values = vec![0.0; batch.rows];
        self.predictor.predict(&Matrix { columns }, &mut values);
        Ok(Predictions { values, unseen })
    }

    /// A column with its texts looked up and its numbers checked; none if it is ignored.
    fn column(
        &self,
        given: &Given<'_>,
        column: &Column,
        rows: usize,
        unseen: &mut u64,
    ) -> Result<Option<MatrixColumn>, (usize, Problem)> {
        match (given, column) {
            (Given::Ignored(Kind::Number), Column::Number(_))
            | (Given::Ignored(Kind::Category), Column::Category(_)) => Ok(None),
            (Given::Number { .. }, Column::Number(values)) if values.len() == rows => {
                self.numbers(values).map(MatrixColumn::Number).map(Some)
            }
            (Given::Category { features, number }, Column::Category(category)) if category.codes.len() == rows => {
                let features = categories(features, *number, category, unseen)?;
                Ok(Some(MatrixColumn::Category(features)))
            }
            _ => Err((0, Problem::Unprepared)),
        }
    }

    fn numbers(&self, values: &[f64]) -> Result<Vec<f64>, (usize, Problem)> {
        let refused = |value: f64| match self.numbers {
            Numbers::Any => false,
            Numbers::Finite => !value.is_finite(),
            Numbers::FiniteSingle => !(value as f32).is_finite(),
        };
        match values.iter().position(|value| refused(*value)) {
            Some(row) if values[row].is_nan() => Err((row, Problem::Missing)),
            Some(row) => Err((row, Problem::TooLarge(values[row]))),
            None if self.single => Ok(values.iter().map(|value| f64::from(*value as f32)).collect()),
            None => Ok(values.to_vec()),
        }
    }
}

/// The feature of each row's text, looked up once per distinct text.
fn categories(
    features: &HashMap<&str, u32>,
    number: bool,
    category: &Category,
    unseen: &mut u64,
) -> Result<Vec<u32>, (usize, Problem)> {
    let by_code: Vec<u32> =
        category.texts.iter().map(|text| features.get(text.as_str()).copied().unwrap_or(ABSENT)).collect();
    let mut found = Vec::with_capacity(category.codes.len());
    for (row, code) in category.codes.iter().enumerate() {
        let feature = match by_code.get(*code as usize) {
            Some(feature) => *feature,
            None if *code != Category::NULL => return Err((row, Problem::Unprepared)),
            None if number => return Err((row, Problem::Missing)),
            None => ABSENT,
        };
        *unseen += u64::from(feature == ABSENT);
        found.push(feature);
    }
    Ok(found)
}
