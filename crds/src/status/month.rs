//! One month of a schedule's status: three separate facts (its input, its output, its last attempt), and how it stands by
//! them. A failed attempt at a month that has a current output leaves the month current.
//!
//! What a newer version writes and this one does not know is read as `Unknown`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounds;

/// How one month stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MonthStatus {
    /// The month, `YYYY-MM`.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    pub month: String,
    /// How it stands, in one word.
    pub standing: Standing,
    /// Whether it is published.
    #[serde(default)]
    pub input: InputState,
    /// What the bucket holds for it.
    #[serde(default)]
    pub output: OutputState,
    /// Why the output is stale.
    #[schemars(length(max = 3))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale_by: Vec<StaleCause>,
    /// The last attempt at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// Rows of its output.
    #[schemars(range(min = 0))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
    /// How far the predictions are from the truth, where the schedule names the truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorFigures>,
    /// Why it stands so, in words: what, since when, until when, what to do.
    #[schemars(length(max = bounds::REASON))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The last attempt at a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Which attempt it is, from 1.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub number: i32,
    /// What it came to.
    pub state: AttemptState,
    /// The class of its failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<FailureClass>,
    /// Its Job.
    #[schemars(length(max = bounds::LABEL))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The backfill that asked for it.
    #[schemars(length(max = bounds::LABEL))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_time: Option<Time>,
    /// Why it failed, as it said itself.
    #[schemars(length(max = bounds::MESSAGE))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How far predictions are from the truth. Decimal numbers as text, since an API of Kubernetes holds no floats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorFigures {
    /// The mean absolute error.
    #[schemars(length(max = 24), regex(pattern = bounds::DECIMAL_PATTERN))]
    pub mae: String,
    /// The root of the mean squared error.
    #[schemars(length(max = 24), regex(pattern = bounds::DECIMAL_PATTERN))]
    pub rmse: String,
    /// The mean of prediction less truth.
    #[schemars(length(max = 24), regex(pattern = bounds::DECIMAL_PATTERN))]
    pub bias: String,
}

/// How a month stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Standing {
    /// The output was made from the input and the model that are current.
    Current,
    /// About to be scored.
    Starting,
    /// Being scored.
    Running,
    /// Not published yet.
    Waiting,
    /// The store does not say whether it is published, since a permission is missing.
    Denied,
    /// No output; the reason says when it gets one.
    Missing,
    /// No output, and somebody must change something.
    Failed,
    /// The output was made from another input, model or features.
    Stale,
    /// There is an output, and it is held back.
    Withheld,
    /// Never scored.
    Excluded,
    /// Nobody has looked yet.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Whether a month is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum InputState {
    /// It is not there.
    NotPublished,
    /// The store does not say, since a permission is missing.
    Denied,
    /// It is there.
    Available,
    /// Not asked yet.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What the bucket holds for a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OutputState {
    /// Nothing.
    None,
    /// An output made from the input and the model that are current.
    Current,
    /// An output made from another input, model or features.
    Stale,
    /// An output that is held back.
    Withheld,
    /// An output that does not fit its manifest.
    Damaged,
    /// Not asked yet.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What an output was made from that is no longer current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum StaleCause {
    /// The dataset.
    Input,
    /// The model.
    Model,
    /// The features or the columns.
    Features,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What an attempt came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AttemptState {
    /// It is going on.
    Running,
    /// It left a committed output.
    Succeeded,
    /// It did not.
    Failed,
    /// It was ended because it was no longer wanted, which is not a failure.
    Cancelled,
    /// Not known.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why an attempt failed, by what can be done about it. The scorer's exit codes, and what happens to a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FailureClass {
    /// The month's data cannot be scored (65).
    BadData,
    /// The month is not there (66).
    NotPublished,
    /// A fault of the scorer (70).
    Internal,
    /// The output cannot be written (73).
    CannotWrite,
    /// It may pass by itself (75).
    TryAgain,
    /// A permission is missing (77).
    Denied,
    /// The model, an expression or a setting is wrong (78).
    BadSetting,
    /// The pod was taken away.
    Disrupted,
    /// The Job vanished, and the bucket holds no output.
    Lost,
    /// Not known.
    #[default]
    #[serde(other)]
    Unknown,
}
