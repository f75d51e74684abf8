//! How a backfill stands: a row for each of its months.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounds;

/// How a backfill stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = crate::schema::absent_not_null)]
pub struct BackfillStatus {
    /// The generation of the spec that this status is about.
    #[schemars(range(min = 0))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Reconciling` until it has ended, `Stalled` while what is left needs somebody to change something; `Succeeded` is
    /// `True` from its end on.
    #[schemars(schema_with = "crate::schema::conditions")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// How many months have come how far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// Its months.
    #[schemars(length(max = bounds::SPAN))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["month".into()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<BackfillMonth>,
}

impl BackfillStatus {
    /// Whether it was seen to come to its end: whatever is lost later, it starts nothing more. One that is stalled has not
    /// ended.
    pub fn has_ended(&self) -> bool {
        self.conditions.iter().any(|condition| condition.type_ == "Succeeded" && condition.status == "True")
    }
}

/// How many months have come how far. Every month of the range is counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Progress {
    /// Months of the range.
    #[schemars(range(min = 0, max = 600))]
    pub total: i32,
    /// Still to be scored.
    #[schemars(range(min = 0, max = 600))]
    pub pending: i32,
    /// Not published yet.
    #[schemars(range(min = 0, max = 600))]
    pub waiting: i32,
    /// Being scored.
    #[schemars(range(min = 0, max = 600))]
    pub running: i32,
    /// Scored.
    #[schemars(range(min = 0, max = 600))]
    pub done: i32,
    /// Passed over.
    #[schemars(range(min = 0, max = 600))]
    pub skipped: i32,
    /// Failed.
    #[schemars(range(min = 0, max = 600))]
    pub failed: i32,
    /// Cancelled before they were done.
    #[schemars(range(min = 0, max = 600))]
    pub cancelled: i32,
}

/// One month of a backfill. The reason is one word here, so that 600 rows fit; the month's whole story is in the status of
/// the schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackfillMonth {
    /// The month, `YYYY-MM`.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    pub month: String,
    /// How far it has come.
    pub state: RowState,
    /// The number of the last attempt at it for this backfill; none before the first.
    #[schemars(range(min = 1, max = i32::MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<i32>,
    /// Why it was passed over, or why it failed: `AlreadyCurrent`, `Excluded`, `NotDue`.
    #[schemars(length(max = 32), regex(pattern = bounds::REASON_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a month of a backfill has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RowState {
    /// It is still to be scored.
    Pending,
    /// It is not published yet.
    Waiting,
    /// It is being scored.
    Running,
    /// It is scored.
    Done,
    /// It was passed over.
    Skipped,
    /// It failed.
    Failed,
    /// It was cancelled before it was done, which is not a failure.
    Cancelled,
    /// Not known.
    #[default]
    #[serde(other)]
    Unknown,
}
