//! A batch as an estimator sees it: per column the features' values, with names and texts already resolved.

/// The sparse rows of a batch, column by column. Features of no column are zero.
#[derive(Debug)]
pub(crate) struct Matrix {
    /// In the order of the slots that the predictor was compiled for.
    pub(crate) columns: Vec<MatrixColumn>,
}

/// The values of one slot, one a row.
#[derive(Debug)]
pub(crate) enum MatrixColumn {
    Number(Vec<f64>),
    /// The feature that is 1, or [`ABSENT`].
    Category(Vec<u32>),
}

/// No feature: the category is null or was not seen in fitting.
pub(crate) const ABSENT: u32 = u32::MAX;
