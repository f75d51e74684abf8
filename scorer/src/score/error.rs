//! Why a month cannot be scored as its task says. Rows are those of the month's file, from 0, as in `row_id`.

use arrow_schema::{ArrowError, DataType};
use scoring_expr::{self as expression, BindError, NameError};
use scoring_model::{PrepareError, Problem};

/// What is wrong with the task, the columns or a row.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// An expression that does not fit the month's columns.
    #[error("{path}")]
    Bind {
        /// The path of the expression in the task.
        path: String,
        /// What is wrong with it.
        #[source]
        source: BindError,
    },
    /// A column that the model or the task asks for is not there.
    #[error("{asked} asks for a column")]
    Missing {
        /// Who asks: `the model`, `features.inputs[1]`.
        asked: String,
        /// Which one, and what there is.
        #[source]
        source: NameError,
    },
    /// A column of a type that a model cannot be given.
    #[error(
        "the model cannot be given column `{name}`, which is {data_type}: cast it to VARCHAR or DOUBLE in features.compute"
    )]
    InputType {
        /// The column.
        name: String,
        /// Its type.
        data_type: DataType,
    },
    /// The model and the columns do not go together.
    #[error("the model cannot be used with these columns")]
    Prepare(#[source] PrepareError),
    /// A condition that is neither true nor false.
    #[error("features.where gives {0}, not BOOLEAN: compare it with something")]
    NotBoolean(DataType),
    /// A truth that is no number.
    #[error("output.actual: column `{name}` is {data_type}, not a number")]
    NotNumber {
        /// The column.
        name: String,
        /// Its type.
        data_type: DataType,
    },
    /// `run_id` is used and nobody says it.
    #[error("run_id is used, and neither the task nor the MLmodel file names a run: set model.runId")]
    NoRunId,
    /// An expression failed at a row.
    #[error("{path} fails at row {row} (at character {position})")]
    Evaluate {
        /// The path of the expression in the task.
        path: String,
        /// The row.
        row: u64,
        /// The character of the expression, from 1.
        position: usize,
        /// Why.
        #[source]
        source: expression::Problem,
    },
    /// A row that scikit-learn would raise for.
    #[error("row {row}: column `{column}` is {}", value(.problem))]
    Predict {
        /// The row.
        row: u64,
        /// The column.
        column: String,
        /// What is wrong there.
        problem: Problem,
    },
    /// A column could not be turned into what the model is given, or into the output's.
    #[error("column `{name}` cannot be converted")]
    Convert {
        /// The column.
        name: String,
        /// Why.
        #[source]
        source: ArrowError,
    },
}

fn value(problem: &Problem) -> String {
    match problem {
        Problem::Missing => "null or NaN, for which scikit-learn raises".to_owned(),
        Problem::TooLarge(value) => format!("{value}, which is too large for the model, so scikit-learn raises"),
        Problem::Unprepared => "not what the model was prepared for".to_owned(),
    }
}
