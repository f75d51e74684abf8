//! Linear regressors: `LinearRegression`, `Ridge`, `Lasso`, `ElasticNet` (source: scikit-learn 0.24 to 1.9,
//! `linear_model/_base.py` `_decision_function`, `_coordinate_descent.py` `ElasticNet._decision_function`).
//!
//! Over a sparse matrix scipy's `csr_matvec` adds `value * coefficient` to 0 in the order of the features, and the intercept
//! comes last; a model fitted on float32 is computed in float32. That is done here, bit for bit. Over a dense matrix
//! (`sparse=False`) BLAS chooses the order and may fuse multiplication and addition, so that the same sum is equal only to
//! within rounding: some units in the last place of the largest term.

use super::{Numbers, Predictor, Regressor, Size, Slot, Vectorizer};
use crate::build::BuildError;
use crate::matrix::{ABSENT, Matrix, MatrixColumn};
use crate::numpy::{ArrayError, Precision};
use crate::object::Object;

#[derive(Clone, Debug)]
struct Linear {
    coefficients: Vec<f64>,
    intercept: f64,
    precision: Precision,
    numbers: Numbers,
}

/// Reads an estimator that checks its input.
pub(super) fn build(object: &Object<'_>, vectorizer: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    let numbers = if vectorizer.single() { Numbers::FiniteSingle } else { Numbers::Finite };
    Ok(Box::new(read(object, vectorizer, numbers)?))
}

/// Reads an estimator that does not check sparse input: NaN and infinity go into the sum.
pub(super) fn build_unchecked(object: &Object<'_>, vectorizer: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    if !vectorizer.sparse() {
        return build(object, vectorizer);
    }
    Ok(Box::new(read(object, vectorizer, Numbers::Any)?))
}

fn read(object: &Object<'_>, vectorizer: &Vectorizer, numbers: Numbers) -> Result<Linear, BuildError> {
    let unsupported = |setting: &str| BuildError::Setting { class: object.path(), setting: setting.to_owned() };
    let bad = |source: ArrayError| object.bad_array("coef_", source);
    let coefficients = object.array("coef_")?;
    match coefficients.shape[..] {
        [_] => {}
        [1, _] => return Err(unsupported("a target of two dimensions")),
        [outputs, _] => return Err(BuildError::Outputs { class: object.path(), outputs }),
        _ => coefficients.vector_len().map(drop).map_err(bad)?,
    }
    let (coefficients, precision) = coefficients.floats().map_err(bad)?;
    let (intercept, own) = object.scalar("intercept_")?;
    // numpy 1 and 2 disagree on what a float32 and a float64 make together
    if precision == Precision::Single && (!vectorizer.single() || own == Some(Precision::Double)) {
        return Err(unsupported("coef_ of float32 and other numbers of float64"));
    }
    Ok(Linear { coefficients, intercept, precision, numbers })
}

impl Linear {
    /// The prediction for a row: features in ascending order, with their values.
    fn predict(&self, entries: &[(u32, f64)]) -> f64 {
        let terms = entries.iter().map(|(feature, value)| (value, self.coefficients[*feature as usize]));
        match self.precision {
            Precision::Double => terms.fold(0.0, |sum, (value, c)| sum + value * c) + self.intercept,
            Precision::Single => {
                let sum = terms.fold(0.0_f32, |sum, (value, c)| sum + *value as f32 * c as f32);
                f64::from(sum + self.intercept as f32)
            }
        }
    }
}

impl Regressor for Linear {
    fn features(&self) -> usize {
        self.coefficients.len()
    }

    fn numbers(&self) -> Numbers {
        self.numbers
    }

    fn size(&self) -> Size {
        Size::default()
    }

    fn compile(&self, slots: &[Slot]) -> Box<dyn Predictor> {
        let features = slots.iter().map(|slot| match slot {
            Slot::Number { feature } => Some(*feature),
            Slot::Category { .. } => None,
        });
        Box::new(Sum { linear: self.clone(), features: features.collect() })
    }
}

/// A linear model over given columns: the feature of each number column.
#[derive(Debug)]
struct Sum {
    linear: Linear,
    features: Vec<Option<u32>>,
}

impl Predictor for Sum {
    fn predict(&self, matrix: &Matrix, predictions: &mut [f64]) {
        let mut entries: Vec<(u32, f64)> = Vec::with_capacity(matrix.columns.len());
        for (row, prediction) in predictions.iter_mut().enumerate() {
            entries.clear();
            for (column, feature) in matrix.columns.iter().zip(&self.features) {
                match (column, feature) {
                    (MatrixColumn::Number(values), Some(feature)) => entries.push((*feature, values[row])),
                    (MatrixColumn::Category(features), _) if features[row] != ABSENT => {
                        entries.push((features[row], 1.0));
                    }
                    _ => {}
                }
            }
            entries.sort_unstable_by_key(|(feature, _)| *feature);
            *prediction = self.linear.predict(&entries);
        }
    }
}
