//! Linear regressors: `LinearRegression`, `Ridge`, `Lasso`, `ElasticNet` (source: scikit-learn 0.24 to 1.9,
//! `linear_model/_base.py` `_decision_function`, `_coordinate_descent.py` `ElasticNet._decision_function`).
//!
//! Over a sparse matrix scipy's `csr_matvec` adds `value * coefficient` to 0 in the order of the row's features, and the
//! intercept comes last: that is done here, bit for bit. Over a dense matrix (`sparse=False`) BLAS chooses the order and may
//! fuse multiplication and addition, so that the same sum is equal only to within rounding: 2 units in the last place of the
//! largest term.

use super::{Numbers, Predictor, Regressor, Size, Slot, Vectorizer};
use crate::build::BuildError;
use crate::matrix::{ABSENT, Matrix, MatrixColumn};
use crate::numpy::{ArrayError, DType, Scalar};
use crate::object::Object;

#[derive(Clone, Debug)]
struct Linear {
    coefficients: Vec<f64>,
    intercept: f64,
    numbers: Numbers,
}

/// Reads an estimator that checks its input.
pub(super) fn build(object: &Object<'_>, vectorizer: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    let numbers = if vectorizer.single() { Numbers::FiniteSingle } else { Numbers::Finite };
    read(object, numbers)
}

/// Reads an estimator that does not check sparse input: NaN and infinity go into the sum.
pub(super) fn build_unchecked(object: &Object<'_>, vectorizer: &Vectorizer) -> Result<Box<dyn Regressor>, BuildError> {
    if vectorizer.sparse() { read(object, Numbers::Any) } else { build(object, vectorizer) }
}

fn read(object: &Object<'_>, numbers: Numbers) -> Result<Box<dyn Regressor>, BuildError> {
    let coefficients = object.array("coef_")?;
    if coefficients.dtype == DType::Plain(Scalar::F32) {
        // fitted on float32, it would have to be computed in float32
        return Err(BuildError::Setting { class: object.path(), setting: "coef_ of float32".to_owned() });
    }
    let bad = |source: ArrayError| object.bad_array("coef_", source);
    if let [outputs, _] = coefficients.shape[..] {
        return Err(BuildError::Outputs { class: object.path(), outputs });
    }
    coefficients.vector_len().map_err(bad)?;
    let coefficients = coefficients.f64s().map_err(bad)?;
    Ok(Box::new(Linear { coefficients, intercept: object.scalar("intercept_")?, numbers }))
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
            let mut sum = 0.0;
            for (feature, value) in &entries {
                sum += value * self.linear.coefficients[*feature as usize];
            }
            *prediction = sum + self.linear.intercept;
        }
    }
}
