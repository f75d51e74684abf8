//! The task, checked: a document becomes a [`Task`], or the list of all its faults, each with the path of its field and
//! what to write instead. Nothing after this sees a raw document.

mod check;
mod month;
mod months;
mod read;
mod storage;

use scoring_contract::TaskDocument;
use scoring_expr::Expression;

pub(crate) use check::{is_plain_name, same_store};
pub use month::{Month, MonthError};
pub use months::tasks_of;
pub use read::{ReadTaskError, read_document, resolve_parts, resolve_relative};
pub use storage::Storage;

use crate::uri::Uri;
use check::{Faults, check};

/// One month to score, as it will be scored.
#[derive(Clone, Debug)]
pub struct Task {
    /// The month.
    pub month: Month,
    /// The attempt, from 1.
    pub attempt: u32,
    /// The schedule that asked, where one did.
    pub schedule: Option<String>,
    /// The month's rows.
    pub dataset: Uri,
    /// The store that holds them.
    pub dataset_storage: Storage,
    /// The model.
    pub model: ModelSource,
    /// The store that holds it.
    pub model_storage: Storage,
    /// The SHA-256 that the model file must have, lower-case hex.
    pub sha256: Option<String>,
    /// The MLflow run, where the task names it.
    pub run_id: Option<String>,
    /// Columns to compute, in order.
    pub compute: Vec<Computed>,
    /// Which rows are scored.
    pub keep: Option<Expression>,
    /// The columns that the model is given; empty for those it names itself.
    pub inputs: Vec<String>,
    /// The output's address, with `{runId}` and `{fingerprint}` still in it.
    pub output: String,
    /// The store that takes the output.
    pub output_storage: Storage,
    /// The output's columns, in order.
    pub columns: Vec<Computed>,
    /// The column that holds the truth.
    pub actual: Option<String>,
}

/// Where a model is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelSource {
    /// A run of an experiment, in the layout of MLflow 1, 2 or 3.
    Run {
        /// The experiment's artifact root.
        experiment: Uri,
        /// The run.
        run_id: String,
        /// The name it was logged under.
        artifact_path: String,
    },
    /// A folder that holds an `MLmodel` file.
    Folder(Uri),
}

/// A column and what computes it.
#[derive(Clone, Debug)]
pub struct Computed {
    /// The column's name.
    pub name: String,
    /// What computes it.
    pub expression: Expression,
}

/// One fault of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path of the field: `output.columns[2].expr`.
    pub path: String,
    /// What is wrong, and what to write.
    pub problem: String,
}

/// A task that cannot be run. `Display` lists every fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", list(.0))]
pub struct TaskError(pub Vec<Fault>);

fn list(faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(|fault| format!("{}: {}", fault.path, fault.problem)).collect();
    lines.join("; ")
}

impl TryFrom<TaskDocument> for Task {
    type Error = TaskError;

    fn try_from(document: TaskDocument) -> Result<Self, TaskError> {
        let mut faults = Faults::default();
        let task = check(&mut faults, document);
        match task {
            Some(task) if faults.0.is_empty() => Ok(task),
            _ => Err(TaskError(faults.0)),
        }
    }
}
