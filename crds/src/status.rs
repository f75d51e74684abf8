//! What the operator says about a resource. A cache: everything here is worked out again from the bucket and the Jobs, and
//! nothing is decided from it, but that a backfill which has ended stays so.
//!
//! The status has a budget, 64 KiB for 600 months: months that are well are only counted and covered by ranges.

mod backfill;
mod from_plan;
mod month;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::backfill::{BackfillMonth, BackfillStatus, Progress, RowState};
pub use self::month::{
    Attempt, AttemptState, ErrorFigures, FailureClass, InputState, MonthStatus, OutputState, StaleCause, Standing,
};
use crate::bounds;

/// How a schedule stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = crate::schema::absent_not_null)]
pub struct ScheduleStatus {
    /// The generation of the spec that this status is about.
    #[schemars(range(min = 0))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`, `Reconciling` and `Stalled` as kstatus reads them; `Progressing`, `BacklogClear` and `Fresh`.
    #[schemars(schema_with = "crate::schema::conditions")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The newest due month.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The newest month whose output is current.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
    /// When the next month becomes due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_tick: Option<Time>,
    /// When the bucket was last asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_survey: Option<Time>,
    /// How many months stand how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Which months stand how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// The last 36 months and those that are not current, newest first where there are more than there is room for.
    #[schemars(length(max = bounds::STATUS_MONTHS))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["month".into()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<MonthStatus>,
}

/// How many months stand how. Every month is counted once: the due ones, and those that a backfill names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// All of them, the excluded ones too.
    #[schemars(range(min = 0, max = 3600))]
    pub total: i32,
    /// The output was made from the input and the model that are current.
    #[schemars(range(min = 0, max = 3600))]
    pub current: i32,
    /// Being scored.
    #[schemars(range(min = 0, max = 3600))]
    pub running: i32,
    /// Not published, denied, or not looked at yet.
    #[schemars(range(min = 0, max = 3600))]
    pub waiting: i32,
    /// No output.
    #[schemars(range(min = 0, max = 3600))]
    pub missing: i32,
    /// No output, and somebody must change something.
    #[schemars(range(min = 0, max = 3600))]
    pub failed: i32,
    /// The output was made from another input, model or features.
    #[schemars(range(min = 0, max = 3600))]
    pub stale: i32,
    /// There is an output, and it is held back.
    #[schemars(range(min = 0, max = 3600))]
    pub withheld: i32,
    /// Never scored.
    #[schemars(range(min = 0, max = 3600))]
    pub excluded: i32,
}

/// Which months stand how: months and ranges of months (`2021-01..2021-06`, both ends included), oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Coverage {
    /// The output was made from the input and the model that are current.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub current: Vec<String>,
    /// Being scored.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub running: Vec<String>,
    /// Not published, denied, or not looked at yet.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub waiting: Vec<String>,
    /// No output.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub missing: Vec<String>,
    /// No output, and somebody must change something.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub failed: Vec<String>,
    /// The output was made from another input, model or features.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub stale: Vec<String>,
    /// There is an output, and it is held back.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub withheld: Vec<String>,
    /// Never scored.
    #[schemars(length(max = bounds::RANGES), inner(length(max = 16), regex(pattern = bounds::RANGE_PATTERN)))]
    pub excluded: Vec<String>,
}
