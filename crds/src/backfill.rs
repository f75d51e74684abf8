//! [`ScoringBackfill`]: score a chosen range of a schedule's months. Written once; only `suspend` may change. Deleting it
//! cancels what has not started.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use scoring_plan::schedule::bounds as plan;
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::schedule::policy::Order;
use crate::status::BackfillStatus;
use crate::task::ModelRef;

/// A range of a schedule's months that is to be scored, and which of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "batchscoring.io",
    version = "v1alpha1",
    kind = "ScoringBackfill",
    doc = "Scores a chosen range of a ScoringSchedule's months, once.",
    namespaced,
    status = "BackfillStatus",
    derive = "PartialEq",
    shortname = "scb",
    category = "scoring",
    selectable = ".spec.scheduleRef.name",
    selectable = ".spec.suspend",
    validation = Rule::new("self.metadata.name.size() <= 63")
        .message("the name must have at most 63 characters: it becomes the value of a label"),
    printcolumn(name = "Schedule", type_ = "string", json_path = ".spec.scheduleRef.name"),
    printcolumn(name = "From", type_ = "string", json_path = ".spec.from"),
    printcolumn(name = "To", type_ = "string", json_path = ".spec.to"),
    printcolumn(
        name = "State", type_ = "string", json_path = r#".status.conditions[?(@.type=="Succeeded")].reason"#,
        description = "Completed once every month of the range is scored or was passed over for a reason"
    ),
    printcolumn(
        name = "Done", type_ = "integer", json_path = ".status.progress.done",
        description = "Months that this backfill has scored"
    ),
    printcolumn(
        name = "Pending", type_ = "integer", json_path = ".status.progress.pending",
        description = "Months still to be scored"
    ),
    printcolumn(
        name = "Failed", type_ = "integer", json_path = ".status.progress.failed", description = "Months that failed"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Rescore", type_ = "string", json_path = ".spec.rescore", priority = 1),
    printcolumn(
        name = "Waiting", type_ = "integer", json_path = ".status.progress.waiting", priority = 1,
        description = "Months that are not published yet"
    ),
    printcolumn(name = "Skipped", type_ = "integer", json_path = ".status.progress.skipped", priority = 1),
    printcolumn(name = "Suspended", type_ = "boolean", json_path = ".spec.suspend", priority = 1)
)]
#[cfg_attr(feature = "admission", kube(cel))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = crate::schema::absent_not_null)]
#[x_kube(
    validation = Rule::new("self.from <= self.to").field_path(".to")
        .message("must not be before `from`: write a later month, or the same one for a single month"),
    validation = Rule::new("(int(self.to.substring(0, 4)) - int(self.from.substring(0, 4))) * 12 \
        + int(self.to.substring(5)) - int(self.from.substring(5)) < 600").field_path(".to")
        .message("must be less than 600 months after `from`: write several backfills"),
    validation = Rule::new("self.scheduleRef == oldSelf.scheduleRef && self.from == oldSelf.from \
        && self.to == oldSelf.to && self.rescore == oldSelf.rescore && self.order == oldSelf.order \
        && self.parallelism == oldSelf.parallelism \
        && has(self.model) == has(oldSelf.model) && (!has(self.model) || self.model == oldSelf.model)")
        .message("only `suspend` can be changed: delete this backfill and create another")
        .reason(Reason::FieldValueForbidden),
)]
pub struct ScoringBackfillSpec {
    /// The schedule, in the same namespace.
    pub schedule_ref: ScheduleRef,
    /// The first month, `YYYY-MM`.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    pub from: String,
    /// The last month, `YYYY-MM`.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    pub to: String,
    /// Which of these months are scored.
    #[serde(default)]
    pub rescore: Rescore,
    /// How many months of this backfill may run at once. The schedule's own number holds as well.
    #[schemars(range(min = plan::PARALLELISM.0, max = plan::PARALLELISM.1))]
    #[serde(default = "three")]
    pub parallelism: i32,
    /// Which of them come first.
    #[serde(default)]
    pub order: Order,
    /// Start nothing. What runs goes on.
    #[serde(default)]
    pub suspend: bool,
    /// Another model than the schedule's, for these months alone. The schedule's own months stay as they are, so its
    /// `output.uri` must hold `{runId}` or `{fingerprint}`, which keep the outputs of both models apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
}

fn three() -> i32 {
    3
}

/// A schedule in the same namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScheduleRef {
    /// Its name.
    #[schemars(length(min = 1, max = bounds::SCHEDULE_NAME), regex(pattern = bounds::OBJECT_NAME_PATTERN))]
    pub name: String,
}

/// Which months of a range are scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Rescore {
    /// Those without an output, but for those whose last attempt failed.
    #[default]
    Missing,
    /// Those without an output, whatever their last attempt came to.
    MissingAndFailed,
    /// Those whose output is stale, whatever the schedule does about it by itself, and no others.
    Stale,
    /// All of them.
    All,
}
