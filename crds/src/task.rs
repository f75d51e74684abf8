//! The part of a spec that becomes a task: where a month's rows are, which model scores them, how its columns come about,
//! and where the predictions go. Field for field what a task document holds, but for `credentialsSecret`, which the
//! controller mounts and no task names.
//!
//! The schema holds lengths, structure and placeholders. What an address or an expression means is not checked here: the
//! scorer does that.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounds;

/// Where a month's rows are: one parquet file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dataset {
    /// The address of a month's file, `s3://bucket/key` or `https://host/path`, with `{month}` (2021-02), or `{year}` and
    /// `{mm}`. On one machine also `file://` and a path relative to the document.
    #[schemars(length(min = 1, max = bounds::URI), regex(pattern = bounds::URI_PATTERN))]
    #[x_kube(
        validation = Rule::new(r"self.contains('{month}') || (self.contains('{year}') && self.contains('{mm}'))")
            .message("must hold `{month}`, or `{year}` and `{mm}`: each month has its own file"),
        validation = Rule::new(r"self.matches('^([^{}]|[{](month|year|mm)[}])*$')")
            .message("holds an unknown placeholder: write `{month}`, `{year}` or `{mm}`"),
        validation = Rule::new("!self.endsWith('/')").message("ends with `/`: name a month's file"),
        validation = Rule::new("!self.matches('^https?:///')").message("names no host: write https://host/path"),
    )]
    pub uri: String,
    /// A store of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// Which model: a run of an MLflow experiment, or a folder that holds an `MLmodel` file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(
    validation = Rule::new("has(self.uri) != has(self.runId)")
        .message("must name one model: write `experimentUri` and `runId`, or `uri` alone"),
    validation = Rule::new("has(self.experimentUri) == has(self.runId)")
        .message("`experimentUri` and `runId` go together: write both, or `uri` alone"),
    validation = Rule::new("!has(self.artifactPath) || !has(self.uri)").field_path(".artifactPath")
        .message("goes with `experimentUri`: leave it out, and let `uri` name the folder that holds the MLmodel file"),
)]
pub struct ModelRef {
    /// The artifact root of an MLflow experiment; goes with `runId`.
    #[schemars(length(min = 1, max = bounds::URI), regex(pattern = bounds::PLAIN_URI_PATTERN))]
    #[x_kube(validation = Rule::new("!self.matches('^(models|runs|mlflow-artifacts|dbfs):')")
        .message("is known to a tracking server alone, which is never asked: write the experiment's artifact root in the \
            store, such as s3://bucket/2"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment_uri: Option<String>,
    /// The MLflow run that logged the model.
    #[schemars(length(min = 1, max = bounds::TEXT), regex(pattern = bounds::SEGMENT_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The name the model was logged under; `model` where none is given.
    #[schemars(length(min = 1, max = bounds::TEXT), regex(pattern = bounds::PATH_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_path: Option<String>,
    /// The folder that holds the `MLmodel` file, in place of `experimentUri` and `runId`.
    #[schemars(length(min = 1, max = bounds::URI), regex(pattern = bounds::PLAIN_URI_PATTERN))]
    #[x_kube(validation = Rule::new("!self.matches('^(models|runs|mlflow-artifacts|dbfs):')")
        .message("is known to a tracking server alone, which is never asked: write `experimentUri` and `runId`, or the \
            folder in the store that holds the MLmodel file"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The SHA-256 that the model file must have, in hex.
    #[schemars(length(min = 64, max = 64), regex(pattern = bounds::SHA256_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// A store of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// How the model's columns come from the month's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Features {
    /// Columns computed in this order; each sees the month's columns and those before it.
    #[schemars(length(max = bounds::COLUMNS))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compute: Vec<ComputedColumn>,
    /// Which rows are scored: those for which this SQL is true. All of them where none is given.
    #[schemars(length(min = 1, max = bounds::EXPRESSION))]
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub keep: Option<String>,
    /// Which columns the model is given, in this order; those it names itself where none are given.
    #[schemars(length(max = bounds::COLUMNS), inner(length(min = 1, max = bounds::NAME)))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
}

/// A column and the SQL that computes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComputedColumn {
    /// The column's name. It may stand in for a column of the dataset.
    #[schemars(length(min = 1, max = bounds::NAME))]
    #[x_kube(validation = Rule::new("!(self in ['prediction', 'row_id', 'run_id', 'month'])")
        .message("is a column that the scorer adds itself: choose another name"))]
    pub name: String,
    /// SQL over the dataset's columns and those computed before.
    #[schemars(length(min = 1, max = bounds::EXPRESSION))]
    pub expr: String,
}

/// A column of the output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutputColumn {
    /// The column's name.
    #[schemars(length(min = 1, max = bounds::NAME))]
    pub name: String,
    /// SQL; the name itself where none is given.
    #[schemars(length(min = 1, max = bounds::EXPRESSION))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
}

/// Where the predictions go, and with which columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Output {
    /// The address of a month's predictions, `s3://bucket/key`, with `{month}`, or `{year}` and `{mm}`; also `{runId}` and
    /// `{fingerprint}`. On one machine also `file://` and a path relative to the document.
    #[schemars(length(min = 1, max = bounds::URI), regex(pattern = bounds::URI_PATTERN))]
    #[x_kube(
        validation = Rule::new(r"self.contains('{month}') || (self.contains('{year}') && self.contains('{mm}'))")
            .message("must hold `{month}`, or `{year}` and `{mm}`: else each month overwrites the one before"),
        validation = Rule::new(r"self.matches('^([^{}]|[{](month|year|mm|runId|fingerprint)[}])*$')")
            .message("holds an unknown placeholder: write `{month}`, `{year}`, `{mm}`, `{runId}` or `{fingerprint}`"),
        validation = Rule::new("!self.startsWith('http://') && !self.startsWith('https://')")
            .message("cannot be written over http: write s3://bucket/key"),
        validation = Rule::new("!self.endsWith('/')").message("ends with `/`: name a month's file, such as {month}.parquet"),
    )]
    pub uri: String,
    /// The file's columns, in order. Beside the dataset's and the computed ones there are `prediction`, `row_id`, `run_id`
    /// and `month`.
    #[schemars(length(min = 1, max = bounds::COLUMNS))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub columns: Vec<OutputColumn>,
    /// The column that holds the truth, where there is one: every month then has error figures.
    #[schemars(length(min = 1, max = bounds::NAME))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// A store of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// An S3 store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(
    validation = Rule::new("!has(self.anonymous) || !self.anonymous || !has(self.credentialsSecret)")
        .field_path(".credentialsSecret")
        .message("stands beside `anonymous: true`, which asks without credentials: leave one of the two out"),
    validation = Rule::new("!has(self.profile) || !has(self.credentialsSecret)").field_path(".credentialsSecret")
        .message("stands beside `profile`: take the credentials from the Secret or from the profile"),
    validation = Rule::new("!has(self.anonymous) || !self.anonymous || !has(self.profile)").field_path(".profile")
        .message("stands beside `anonymous: true`, which asks without credentials: leave one of the two out"),
)]
pub struct Storage {
    /// `https://host[:port]` of a store that is not AWS.
    #[schemars(length(min = 1, max = bounds::TEXT), regex(pattern = bounds::ENDPOINT_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The region's name, such as eu-central-1; `us-east-1` where neither this nor the environment says one.
    #[schemars(length(min = 1, max = bounds::TEXT), regex(pattern = bounds::REGION_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `https://host/bucket/key` in place of `https://bucket.host/key`; on where there is an endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_style: Option<bool>,
    /// Ask without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous: Option<bool>,
    /// The profile of the shared credentials file to use.
    #[schemars(length(min = 1, max = bounds::TEXT))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// An output above this many MiB is uploaded in parts; 64 where none is given.
    #[schemars(range(min = 5, max = 512))]
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "multipartAboveMiB")]
    pub multipart_above_mib: Option<i32>,
    /// The Secret of this namespace that holds `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. None where the service
    /// account has an identity of its own.
    #[schemars(length(min = 1, max = bounds::OBJECT_NAME), regex(pattern = bounds::OBJECT_NAME_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_secret: Option<String>,
}
