//! From a month's columns to the output's: features, the rows that are kept, predictions, output columns. Pure: batches
//! in, batches out; the file's types and the model are settled once, before a row is read.

mod batch;
mod bind;
mod error;
mod inputs;

pub use batch::Scored;
pub use bind::{Scoring, bind};
pub use error::ScoreError;

/// The columns that the scorer adds to those of the month: they can be used in output columns only.
pub const ADDED: [&str; 4] = [PREDICTION, ROW_ID, RUN_ID, MONTH];
/// The model's prediction.
pub const PREDICTION: &str = "prediction";
/// `<month>_<row of the month's file, from 0>`: a prediction can be joined back to its row by it.
pub const ROW_ID: &str = "row_id";
/// The MLflow run of the model.
pub const RUN_ID: &str = "run_id";
/// The month.
pub const MONTH: &str = "month";
