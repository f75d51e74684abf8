//! The outcome: what a run says when it ends, as one line of JSON. It is the last line of standard output and, in a pod,
//! the termination message, which Kubernetes cuts at 4096 bytes (`ContainerTerminationMessage`, kubelet); so it is kept
//! within that, and what must give way is the end of a long text (an error's, or an output's address), never a field.

use serde::{Deserialize, Serialize};

use crate::ExitClass;
use crate::manifest::{ErrorFigures, Figures};
use crate::text::{cut, is_plain};

/// The most bytes that an outcome has.
pub const LIMIT: usize = 4096;
/// The most bytes of a text that may be long; an error's message may have twice as many. The manifest has them whole.
const TEXT: usize = 640;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What became of the month.
    pub status: Status,
    /// The class of the exit code.
    pub class: ExitClass,
    /// The month, where the task could be read so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// The attempt, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// What the output is made from, where that was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The output, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Written>,
    /// The figures of the month, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<ShortFigures>,
    /// Whether the output's store keeps the conditions of a write (`If-None-Match`, `If-Match`), where the run found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeps_conditions: Option<bool>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// Wall time in milliseconds.
    pub milliseconds: u64,
}

/// What became of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// This run committed it.
    Committed,
    /// It was committed before, from the same model and rows.
    AlreadyCommitted,
    /// It is not committed.
    Failed,
}

/// An output in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// Where it is.
    pub uri: String,
    /// The store's tag.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// Rows in it.
    pub rows: u64,
    /// Rows in the month's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_rows: Option<u64>,
}

/// The figures of a month in short; the manifest has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShortFigures {
    /// Mean of the predictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The largest unseen share among the category columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_share: Option<f64>,
    /// Error figures, where the truth is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorFigures>,
}

impl From<&Figures> for ShortFigures {
    fn from(figures: &Figures) -> Self {
        let unseen_share = figures.unseen_share.values().copied().reduce(f64::max);
        Self { mean: figures.mean, unseen_share, error: figures.error }
    }
}

/// Why a run failed, for the person who can mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// A stable word for the cause, in CamelCase: `ColumnMissing`.
    pub reason: String,
    /// What happened, and where.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Outcome {
    /// The outcome as one line, [`LIMIT`] bytes at most.
    pub fn line(&self) -> String {
        let mut outcome = self.clone();
        if let Some(error) = &mut outcome.error {
            cut(&mut error.message, 2 * TEXT);
            cut(&mut error.remedy, TEXT);
        }
        if let Some(output) = &mut outcome.output {
            cut(&mut output.uri, TEXT);
            cut(&mut output.etag, TEXT);
        }
        let line = serde_json::to_string(&outcome).unwrap_or_default();
        if line.len() <= LIMIT {
            return line;
        }
        // JSON escapes can make a text six times as long; plain ASCII cannot grow.
        if let Some(error) = &mut outcome.error {
            error.message.retain(is_plain);
            error.remedy.retain(is_plain);
        }
        serde_json::to_string(&outcome).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(message: String) -> Outcome {
        Outcome {
            status: Status::Failed,
            class: ExitClass::BadData,
            month: Some("2021-02".into()),
            attempt: Some(1),
            fingerprint: None,
            output: None,
            figures: None,
            keeps_conditions: None,
            error: Some(Failure { reason: "ColumnMissing".into(), message, remedy: "name it".into() }),
            milliseconds: 12,
        }
    }

    #[test]
    fn an_outcome_fits_the_termination_message_whatever_its_text() {
        for text in ["x", "é", "\u{1}", "\"", "\\", "💥"] {
            let line = failed(text.repeat(50_000)).line();
            assert!(line.len() <= LIMIT, "{} bytes of {text:?}", line.len());
            let back: Outcome = serde_json::from_str(&line).unwrap();
            assert_eq!(back.class, ExitClass::BadData);
        }
    }

    #[test]
    fn a_short_outcome_is_kept_as_it_is() {
        let outcome = failed("column `trip_distance` is not there".into());
        assert_eq!(serde_json::from_str::<Outcome>(&outcome.line()).unwrap(), outcome);
    }
}
