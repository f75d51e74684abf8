//! A survey: for the months of a schedule, what is published and what is committed. It asks a store a few questions and
//! reads no data file.

mod report;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::manifest::{ErrorFigures, Manifest};
use crate::task::{Dataset, Features, ModelRef, Output, Storage, TaskDocument};

pub use report::{
    ErrorText, MONTHS_PER_PART, ReportError, ReportedInput, ReportedMonth, ReportedOutput, RowError, Seen,
    SurveyReport, parts,
};

/// What to survey: a task's fields, for many months.
///
/// The fields are a [`TaskDocument`]'s, written out: serde's `flatten` does not go with `deny_unknown_fields` (serde.rs,
/// container attributes), and the fault of a field below it would be told without its path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SurveyDocument {
    /// The months, each `YYYY-MM`.
    pub months: Vec<String>,
    /// The schedule that asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// As in a task.
    pub dataset: Dataset,
    /// As in a task.
    pub model: ModelRef,
    /// As in a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Features>,
    /// As in a task.
    pub output: Output,
    /// As in a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

impl SurveyDocument {
    /// The task of one month.
    pub fn task(&self, month: &str) -> TaskDocument {
        TaskDocument {
            month: month.to_owned(),
            attempt: None,
            schedule: self.schedule.clone(),
            dataset: self.dataset.clone(),
            model: self.model.clone(),
            features: self.features.clone(),
            output: self.output.clone(),
            storage: self.storage.clone(),
        }
    }
}

/// What a survey found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Survey {
    /// By month.
    pub months: BTreeMap<String, SurveyedMonth>,
    /// The model, as a manifest names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_sha256: Option<String>,
}

/// What is published and what is committed of one month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SurveyedMonth {
    /// The month's file.
    pub input: InputFound,
    /// The month's output.
    pub output: OutputFound,
}

/// Whether a month's file is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase")]
pub enum InputFound {
    /// It is not there.
    NotPublished,
    /// The store does not say: the caller may not look.
    Denied {
        /// Which permission is missing, and where.
        message: String,
    },
    /// It is there.
    Available {
        /// The store's tag.
        etag: String,
        /// Bytes.
        size: u64,
    },
}

/// Whether a month's output is there, and made from what is there now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase")]
pub enum OutputFound {
    /// Nothing is committed.
    None,
    /// Committed, and made from the model and the rows that are there now.
    Current(Committed),
    /// Committed, and made from something else.
    Stale {
        /// What has changed.
        cause: StaleCause,
        /// What it was made from: a tag, a digest or a fingerprint.
        from: String,
        /// What is there now.
        to: String,
        /// What is committed.
        committed: Committed,
    },
    /// A manifest stands there, and its output does not fit it.
    Damaged {
        /// What does not fit.
        problem: String,
    },
}

/// What an output was made from that is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StaleCause {
    /// Other rows.
    Input,
    /// Another model.
    Model,
    /// Other features or columns, or an earlier version of the scorer's output.
    Features,
}

/// A committed output in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Committed {
    /// Its fingerprint.
    pub fingerprint: String,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub size: u64,
    /// Rows of the month's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_rows: Option<u64>,
    /// What the run took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// How far its predictions were from the truth, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorFigures>,
    /// The attempt that committed it.
    pub attempt: u32,
    /// Its address.
    pub uri: String,
}

impl Committed {
    /// The output of a manifest; none of one whose output is being replaced.
    pub fn of(manifest: &Manifest) -> Option<Self> {
        let output = manifest.output.as_ref()?;
        Some(Self {
            fingerprint: manifest.fingerprint.clone(),
            rows: output.rows,
            size: output.size,
            input_rows: manifest.input.rows,
            milliseconds: manifest.timings.map(|timings| timings.total_ms),
            error: manifest.figures.as_ref().and_then(|figures| figures.error),
            attempt: manifest.attempt,
            uri: output.uri.clone(),
        })
    }
}
