//! Scoring one batch of a month's rows.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::ArrowError;
use arrow_select::filter::{FilterBuilder, prep_null_mask_filter};
use scoring_expr::Frame;
use scoring_model::{Batch, Column, Kind};

use super::bind::{Scoring, Step};
use super::{ScoreError, inputs};

/// What one batch became.
pub struct Scored {
    /// The output's rows.
    pub output: RecordBatch,
    /// The predictions, in the rows' order.
    pub predictions: Vec<f64>,
    /// The truth, NaN where it is not known; empty without `output.actual`.
    pub truth: Vec<f64>,
    /// Rows that `where` left out.
    pub left_out: u64,
    /// What is known of each column that the model was given.
    pub inputs: Vec<GivenColumn>,
}

/// What is known of one column that the model was given, over the rows kept.
pub struct GivenColumn {
    /// Its name.
    pub name: String,
    /// Nulls, NaN among them where it is a number.
    pub nulls: u64,
    /// Rows whose category the model does not know; none for a number.
    pub unseen: Option<u64>,
}

/// Which rows of the file the rows of a frame are.
struct Rows {
    first: u64,
    kept: Option<Vec<u32>>,
}

impl Rows {
    fn number(&self, row: usize) -> u64 {
        self.first + self.kept.as_ref().map_or(row as u64, |kept| u64::from(kept[row]))
    }
}

impl Scoring<'_> {
    /// Scores a batch of the columns of [`Scoring::read`], whose first row is row `first` of the file.
    pub fn score(&self, batch: &RecordBatch, first: u64) -> Result<Scored, ScoreError> {
        let mut frame = Frame::new(batch.num_rows());
        for (slot, column) in self.read.iter().zip(batch.columns()) {
            frame.set(*slot, column.clone());
        }
        let mut rows = Rows { first, kept: None };
        compute(&self.before, &mut frame, &rows)?;
        if let Some(keep) = &self.keep {
            let kept = evaluate(keep, &frame, &rows)?;
            (frame, rows) = self.keep_rows(&frame, kept.as_boolean(), first)?;
        }
        compute(&self.after, &mut frame, &rows)?;
        let (predictions, inputs) = self.predict(&frame, &rows)?;
        self.add(&mut frame, &predictions, &rows);
        let truth = match self.actual.and_then(|slot| frame.get(slot)) {
            Some(array) => inputs::numbers(array).map_err(|source| convert("output.actual", source))?,
            None => Vec::new(),
        };
        let columns: Vec<ArrayRef> =
            self.outputs.iter().map(|step| evaluate(step, &frame, &rows)).collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(frame.rows()));
        let output = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options);
        let output = output.map_err(|source| convert("output.columns", source))?;
        let left_out = (batch.num_rows() - frame.rows()) as u64;
        Ok(Scored { output, predictions, truth, left_out, inputs })
    }

    fn keep_rows(&self, frame: &Frame, mask: &BooleanArray, first: u64) -> Result<(Frame, Rows), ScoreError> {
        let mask = if mask.null_count() > 0 { prep_null_mask_filter(mask) } else { mask.clone() };
        let filter = FilterBuilder::new(&mask).optimize().build();
        let mut kept = Frame::new(filter.count());
        for &slot in &self.carried {
            if let Some(column) = frame.get(slot) {
                kept.set(slot, filter.filter(column).map_err(|source| convert("features.where", source))?);
            }
        }
        let numbers = mask.values().set_indices().map(|row| row as u32).collect();
        Ok((kept, Rows { first, kept: Some(numbers) }))
    }

    fn predict(&self, frame: &Frame, rows: &Rows) -> Result<(Vec<f64>, Vec<GivenColumn>), ScoreError> {
        let mut columns = Vec::with_capacity(self.inputs.len());
        let mut given = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let Some(array) = frame.get(input.slot) else { continue };
            let column = inputs::column(array, input.kind).map_err(|source| convert(&input.name, source))?;
            let nulls = match &column {
                Column::Number(values) => values.iter().filter(|value| value.is_nan()).count(),
                Column::Category(_) => array.logical_null_count(),
            };
            given.push(GivenColumn { name: input.name.clone(), nulls: nulls as u64, unseen: None });
            columns.push(column);
        }
        let batch = Batch { rows: frame.rows(), columns };
        let predictions = self.prepared.predict(&batch);
        let predictions = predictions.map_err(|error| {
            let row = rows.number(error.row);
            ScoreError::Predict { row, column: error.column, problem: error.problem }
        })?;
        for ((column, input), unseen) in given.iter_mut().zip(&self.inputs).zip(&predictions.unseen) {
            column.unseen = (input.kind == Kind::Category).then_some(*unseen);
        }
        Ok((predictions.values, given))
    }

    fn add(&self, frame: &mut Frame, predictions: &[f64], rows: &Rows) {
        let count = frame.rows();
        frame.set(self.added.prediction, Arc::new(Float64Array::from(predictions.to_vec())));
        if let Some(slot) = self.added.row_id {
            frame.set(slot, Arc::new(row_ids(&self.added.of, count, rows)));
        }
        if let Some((slot, run_id)) = &self.added.run_id {
            frame.set(*slot, repeated(run_id, count));
        }
        if let Some(slot) = self.added.month {
            frame.set(slot, repeated(&self.added.of, count));
        }
    }
}

fn compute(steps: &[Step], frame: &mut Frame, rows: &Rows) -> Result<(), ScoreError> {
    for step in steps {
        let column = evaluate(step, frame, rows)?;
        frame.set(step.slot, column);
    }
    Ok(())
}

fn evaluate(step: &Step, frame: &Frame, rows: &Rows) -> Result<ArrayRef, ScoreError> {
    step.bound.evaluate(frame).map_err(|error| ScoreError::Evaluate {
        path: step.path.clone(),
        row: rows.number(error.row),
        position: error.position,
        source: error.problem,
    })
}

fn row_ids(month: &str, count: usize, rows: &Rows) -> StringArray {
    let mut ids = StringBuilder::with_capacity(count, count * (month.len() + 8));
    for row in 0..count {
        // Writing into a builder cannot fail.
        let _ = write!(ids, "{month}_{}", rows.number(row));
        ids.append_value("");
    }
    ids.finish()
}

fn repeated(text: &str, count: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, count)))
}

fn convert(name: &str, source: ArrowError) -> ScoreError {
    ScoreError::Convert { name: name.to_owned(), source }
}
