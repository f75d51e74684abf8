//! The manifest: one small JSON file beside each output, `_manifests/<output name>.json`. A month is done because its
//! manifest says `Committed` and fits its output; nothing else says so.
//!
//! It is written by the run that did the work, from what that run read and wrote. A later reader may find fields that it
//! does not know, and passes over them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of this format.
pub const VERSION: u32 = 1;
/// The folder beside an output that holds its manifest.
pub const FOLDER: &str = "_manifests";

/// What stands behind one output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// Whether readers may use the output.
    pub state: State,
    /// The month, `YYYY-MM`.
    pub month: String,
    /// What the output was made from, as one hash: same fingerprint, same bytes.
    pub fingerprint: String,
    /// The attempt that wrote it, from 1.
    pub attempt: u32,
    /// The schedule that asked for it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// The rows it was made from.
    pub input: Input,
    /// The model it was made with.
    pub model: Model,
    /// The output itself; none while it is being replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
    /// What the predictions look like; none while the output is being replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// The scorer that wrote it.
    pub scorer: Scorer,
    /// What the run took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<Timings>,
}

/// Whether readers may use an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The output is complete and fits this manifest.
    Committed,
    /// Another output is being written over the one that stood here: use neither.
    Replacing,
}

/// The rows that an output was made from, as they were read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// Where they were.
    pub uri: String,
    /// The store's tag for these very bytes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// Rows in the file; none while the output is being replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// The model that an output was made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// The model file.
    pub uri: String,
    /// The store's tag for it.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// MLflow's flavour, `sklearn`.
    pub flavor: String,
    /// The steps' classes, `DictVectorizer`, `RandomForestRegressor`.
    pub classes: Vec<String>,
    /// The library version that wrote it, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library_version: Option<String>,
    /// The MLflow run, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}

/// An output as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Where it is.
    pub uri: String,
    /// The store's tag for it.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of the column names and types, in hex.
    pub schema: String,
}

/// What the predictions of a month look like, and how good they were where the truth is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Rows that `where` left out.
    pub left_out: u64,
    /// Values that are infinite or NaN, which no other figure has in it.
    #[serde(default, skip_serializing_if = "NonFinite::is_none")]
    pub non_finite: NonFinite,
    /// Mean of the predictions; none without a finite one, and where it is beyond the range of a double.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Smallest prediction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest prediction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Quantiles by name, `p01` to `p99`: the nearest-rank values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quantiles: BTreeMap<String, f64>,
    /// Counts of the predictions in equal bins from `min` to `max`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub histogram: Vec<u64>,
    /// Columns that the model was given and does not use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// Nulls, per column that the model was given, in the rows kept; a NaN of a number is one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nulls: BTreeMap<String, u64>,
    /// Share of the rows kept whose category the model does not know (a null among them), per category column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unseen_share: BTreeMap<String, f64>,
    /// How far the predictions were from the truth, where `output.actual` names it and a double can hold the figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorFigures>,
}

/// How many values of a month are infinite or NaN. JSON has no such numbers: they are counted and kept out of the figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NonFinite {
    /// Predictions.
    pub predictions: u64,
    /// Truths that are infinite. A NaN is no truth, as a null is none.
    pub truths: u64,
}

impl NonFinite {
    /// Whether every value is finite.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// How far predictions were from the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorFigures {
    /// Rows whose truth is known and finite, as their prediction is.
    pub rows: u64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Mean of prediction − truth.
    pub bias: f64,
}

/// The scorer that wrote an output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scorer {
    /// The version of the program.
    pub version: String,
    /// The version of the bytes that it writes; part of the fingerprint.
    pub output_version: u32,
}

/// What a run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// From the start to the output's last byte, in milliseconds.
    pub total_ms: u64,
    /// Reading and building the model, in milliseconds.
    pub model_ms: u64,
    /// Bytes read from the dataset's store.
    pub bytes_read: u64,
    /// Bytes of the output.
    pub bytes_written: u64,
}

impl Manifest {
    /// Reads a manifest that a store holds.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// Whether this marks an output that is being replaced by one of this fingerprint.
    pub fn is_mark_of(&self, fingerprint: &str) -> bool {
        self.state == State::Replacing && self.fingerprint == fingerprint
    }
}
