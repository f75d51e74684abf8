//! The task document: everything that one run needs to know to score one month. YAML or JSON, fields in camelCase,
//! unknown fields refused.
//!
//! These are the raw types, as a person or a controller wrote them. The scorer turns them into checked ones before it
//! does anything; the bounds of [`crate::bounds`] are enforced there, each with the path of its field.

use serde::{Deserialize, Serialize};

/// One month to score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskDocument {
    /// The month, `YYYY-MM`.
    pub month: String,
    /// Which attempt at this month this is, from 1. It is recorded, and changes nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The schedule that asked for the month. It is recorded, and changes nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Where the month's rows are.
    pub dataset: Dataset,
    /// Which model scores them.
    pub model: ModelRef,
    /// How the model's columns come from the month's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Features>,
    /// Where the predictions go, and with which columns.
    pub output: Output,
    /// The store behind `s3://` URIs that name none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// Where a month's rows are: one parquet file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dataset {
    /// `s3://`, `https://`, `http://` or `file://`, with `{month}`, `{year}` and `{mm}`.
    pub uri: String,
    /// A store of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// Which model: a run of an MLflow experiment, or a folder that holds an `MLmodel` file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModelRef {
    /// The artifact root of an MLflow experiment; goes with `runId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment_uri: Option<String>,
    /// The MLflow run that logged the model. With `uri` it only names the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The name it was logged under; `model` where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_path: Option<String>,
    /// The folder that holds the `MLmodel` file, in place of `experimentUri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The SHA-256 that the model file must have, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// A store of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// How the model's columns come from the month's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Features {
    /// Columns computed in this order; each sees the month's columns and those before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compute: Vec<NamedExpression>,
    /// Which rows are scored: those for which this is true.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub keep: Option<String>,
    /// Which columns the model is given, in this order; those it names itself where none are given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
}

/// A column and the expression that computes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedExpression {
    /// The column's name.
    pub name: String,
    /// SQL; the name itself where none is given (output columns only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
}

/// Where the predictions go, and with which columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Output {
    /// `s3://` or `file://`, with `{month}`, `{year}`, `{mm}`, `{runId}` and `{fingerprint}`.
    pub uri: String,
    /// The file's columns, in order. Beside the month's and the computed ones there are `prediction`, `row_id`,
    /// `run_id` and `month`.
    pub columns: Vec<NamedExpression>,
    /// The column that holds the truth, where there is one: the manifest then has error figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// A store of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// An S3 store. Credentials are never part of a task: they come by the AWS SDK's own chain (environment, profile, web
/// identity, container).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Storage {
    /// `https://host[:port]` of a store that is not AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The region; `us-east-1` where neither this nor the environment says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `https://host/bucket/key` in place of `https://bucket.host/key`; on where there is an endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_style: Option<bool>,
    /// Ask without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous: Option<bool>,
    /// The profile of the shared credentials file to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// An output above this many MiB is uploaded in parts; 64 where none is given, 5 at least (the smallest part that
    /// S3 takes), 512 at most (one piece is held in memory, and sent again whole when it fails).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "multipartAboveMiB")]
    pub multipart_above_mib: Option<u64>,
}
