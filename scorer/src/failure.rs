//! What an error means to the one who must act on it: the class of the exit code, a stable word for the cause, and what
//! to do. The one place that maps errors to classes; the messages are the errors' own.

mod model;
mod store;

use std::borrow::Cow;
use std::error::Error;

use scoring_contract::ExitClass;
use scoring_contract::outcome::Failure;
use scoring_expr::BindError;
use scoring_model::Problem;

use self::store::{Role, of_store};
pub use crate::chain::chain;
use crate::commit::CommitError;
use crate::locate::LocateError;
use crate::run::RunError;
use crate::score::ScoreError;
use crate::store::StoreError;
use crate::survey::SurveyError;
use crate::table::TableError;
use crate::visible::visible;

/// The class, the reason and the remedy of an error.
pub struct Verdict {
    /// The class of the exit code.
    pub class: ExitClass,
    /// A stable word for the cause.
    pub reason: &'static str,
    /// What to do.
    pub remedy: Cow<'static, str>,
}

impl Verdict {
    const fn new(class: ExitClass, reason: &'static str, remedy: &'static str) -> Self {
        Self { class, reason, remedy: Cow::Borrowed(remedy) }
    }

    /// The verdict with the error's own words.
    pub fn failure(&self, error: &dyn Error) -> Failure {
        Failure { reason: self.reason.to_owned(), message: chain(error), remedy: visible(&self.remedy) }
    }
}

/// A task that cannot be read, or cannot be run.
pub const BAD_TASK: Verdict = Verdict::new(
    ExitClass::BadSetting,
    "InvalidTask",
    "correct the fields that are named; `scorer score --help` shows a task",
);

/// A fault of the scorer.
pub const INTERNAL: Verdict = Verdict::new(
    ExitClass::Internal,
    "Internal",
    "this is a fault of the scorer: report it with the message and the task",
);

/// A question that was not answered, since somebody asked it to stop.
pub const STOPPED: Verdict = Verdict::new(ExitClass::TryAgain, "Stopped", "ask again");

/// A part of a survey that is none, or more months than one part has.
pub const BAD_PART: Verdict =
    Verdict::new(ExitClass::BadSetting, "InvalidPart", "survey the months in parts: --part 0, --part 1 and so on");

/// A model that cannot be asked for as it was typed.
pub const BAD_MODEL: Verdict = Verdict::new(
    ExitClass::BadSetting,
    "InvalidModel",
    "name a folder with an MLmodel file, or a model file: a path, or an address such as s3://bucket/folder",
);

/// Settings of a store that were typed.
pub const BAD_STORAGE: Verdict =
    Verdict::new(ExitClass::BadSetting, "InvalidStorage", "correct the store's endpoint and region");

const INVALID_OUTPUT: Verdict = Verdict::new(ExitClass::BadSetting, "InvalidOutput", "correct output.uri");

/// What a failed run means.
pub fn of(error: &RunError) -> Verdict {
    use ExitClass::{BadSetting, TryAgain};
    match error {
        RunError::Dataset(source) => of_store(source, Role::Dataset),
        RunError::Table(source) => of_table(source),
        RunError::Locate(source) => of_locate(source),
        RunError::Digest { .. } => Verdict::new(
            BadSetting,
            "ModelDigestDiffers",
            "put the model file back, or set model.sha256 to the digest of the one you mean",
        ),
        RunError::Read { source, .. } => model::of_read(source),
        RunError::Build { source, .. } => model::of_build(source),
        RunError::RunDiffers { .. } => Verdict::new(
            BadSetting,
            "RunIdDiffers",
            "correct model.runId, or leave it out: the MLmodel file names the run",
        ),
        RunError::Template(_) | RunError::Address(_) | RunError::Overwrites { .. } => INVALID_OUTPUT,
        RunError::Score(source) => of_score(source),
        RunError::Commit(source) => of_commit(source),
        RunError::Stopped => {
            Verdict::new(TryAgain, "Stopped", "run it again; what this run may have left is cleared away then")
        }
    }
}

/// What a failed survey means.
pub fn of_survey(error: &SurveyError) -> Verdict {
    match error {
        SurveyError::Locate(source) => of_locate(source),
        SurveyError::Outputs(source) => of_store(source, Role::Output),
        SurveyError::Dataset(source) => of_store(source, Role::Dataset),
        SurveyError::Template(_) | SurveyError::Address(_) => INVALID_OUTPUT,
    }
}

fn of_table(error: &TableError) -> Verdict {
    use ExitClass::BadData;
    match error {
        TableError::Footer { .. } => Verdict::new(BadData, "NotParquet", "publish the month's file again, as parquet"),
        TableError::Damaged { .. } | TableError::Decode { .. } => {
            Verdict::new(BadData, "DamagedParquet", "publish the month's file again; this one is damaged")
        }
        TableError::RowGroup { .. } => {
            Verdict::new(BadData, "RowGroupTooLarge", "publish the month's file again, with smaller row groups")
        }
        TableError::Empty { .. } => Verdict::new(BadData, "NoRows", "publish the month's rows; the file has none"),
        TableError::Read(source) => of_store(source, Role::Dataset),
        TableError::Encode { .. } => INTERNAL,
    }
}

fn of_locate(error: &LocateError) -> Verdict {
    use ExitClass::BadSetting;
    match error {
        LocateError::Nowhere(_) | LocateError::NoFile(_) => Verdict::new(
            BadSetting,
            "ModelMissing",
            "check model.experimentUri, runId and artifactPath, or name the folder of the MLmodel file by model.uri",
        ),
        LocateError::Several { .. } => {
            Verdict::new(BadSetting, "ModelAmbiguous", "name one of the folders by model.uri")
        }
        LocateError::Mlmodel { .. } | LocateError::RunId { .. } => {
            Verdict::new(BadSetting, "ModelUnsupported", "log the model with mlflow.sklearn.log_model")
        }
        LocateError::Read(source) => of_store(source, Role::Model),
    }
}

fn of_score(error: &ScoreError) -> Verdict {
    use ExitClass::{BadData, BadSetting};
    let expression = Verdict::new(BadSetting, "InvalidExpression", "correct the expression at the place that is named");
    match error {
        ScoreError::Bind { source: BindError::Name { .. }, .. } | ScoreError::Missing { .. } => Verdict::new(
            BadData,
            "ColumnMissing",
            "name one of the columns that are there, or compute the missing one in features.compute",
        ),
        ScoreError::Bind { .. } | ScoreError::NotBoolean(_) => expression,
        ScoreError::NoRunId => Verdict::new(BadSetting, "RunIdUnknown", "set model.runId"),
        ScoreError::InputType { .. } | ScoreError::NotNumber { .. } => {
            Verdict::new(BadData, "ColumnType", "cast the column in features.compute")
        }
        ScoreError::Prepare(source) => model::of_prepare(source),
        ScoreError::Evaluate { .. } => Verdict::new(
            BadData,
            "ExpressionFailed",
            "leave such rows out by features.where, or use TRY_CAST, nullif or CASE in the expression",
        ),
        ScoreError::Predict { problem: Problem::Unprepared, .. } | ScoreError::Convert { .. } => INTERNAL,
        ScoreError::Predict { column, problem, .. } => {
            Verdict { class: BadData, reason: "UnscorableRow", remedy: leave_out(column, problem).into() }
        }
    }
}

/// The condition that leaves such rows out.
fn leave_out(column: &str, problem: &Problem) -> String {
    let name = format!("\"{}\"", column.replace('"', "\"\""));
    let condition = match problem {
        Problem::TooLarge(_) => format!("abs({name}) < 3.4e38"),
        _ => format!("{name} IS NOT NULL AND NOT isnan({name})"),
    };
    format!("leave such rows out with `{condition}` in features.where, or compute the column without them")
}

fn of_commit(error: &CommitError) -> Verdict {
    match error {
        // It was there when it was asked for: another run is at work on it.
        CommitError::Look(StoreError::NotFound { .. } | StoreError::Changed { .. }) => {
            Verdict::new(ExitClass::TryAgain, "AnotherRun", "run it again; another run was writing the same output")
        }
        CommitError::Look(source) | CommitError::Write(source) => of_store(source, Role::Output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_that_is_gone_while_it_is_looked_at_is_worth_another_try() {
        let gone = || StoreError::NotFound { uri: "s3://b/k".into() };
        assert_eq!(of_commit(&CommitError::Look(gone())).class, ExitClass::TryAgain);
        assert_eq!(of_commit(&CommitError::Write(gone())).class, ExitClass::CannotWrite);
    }

    #[test]
    fn names_from_outside_reach_no_terminal_as_they_are() {
        let error = ScoreError::Predict { row: 1, column: "a\u{1b}[2J\nb".into(), problem: Problem::Missing };
        let error = RunError::Score(error);
        let failure = of(&error).failure(&error);
        assert!(failure.message.contains(r"a\u{1b}[2J\nb"), "{}", failure.message);
        for text in [failure.message, failure.remedy] {
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
}
