//! [`ScoringSchedule`]: which dataset, which model, which months, and how they are kept scored. As a user writes it; the
//! checked form is `scoring_plan::Schedule`.

pub mod job;
pub mod policy;
pub mod time;

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use self::job::JobSettings;
use self::policy::{Catchup, Freshness, OnInputChange, OnModelChange, Retry, Survey};
use self::time::{Cadence, Months};
use crate::status::ScheduleStatus;
use crate::task::{Dataset, Features, ModelRef, Output, Storage};

/// A dataset, a model and the months that are to be scored with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "batchscoring.io",
    version = "v1alpha1",
    kind = "ScoringSchedule",
    doc = "Keeps every due month of a dataset scored with an MLflow model, exactly once.",
    namespaced,
    status = "ScheduleStatus",
    derive = "PartialEq",
    shortname = "scs",
    category = "scoring",
    selectable = ".spec.suspend",
    selectable = ".spec.model.runId",
    validation = Rule::new("self.metadata.name.size() <= 40 && !self.metadata.name.contains('.')")
        .message("the name must have at most 40 characters and no dot: the names of its Jobs begin with it"),
    printcolumn(
        name = "Ready", type_ = "string", json_path = r#".status.conditions[?(@.type=="Ready")].status"#,
        description = "Whether the schedule was accepted and its next tick is known"
    ),
    printcolumn(
        name = "State", type_ = "string", json_path = r#".status.conditions[?(@.type=="Progressing")].reason"#,
        description = "What goes on, or what is in the way"
    ),
    printcolumn(name = "Due", type_ = "string", json_path = ".status.due", description = "The newest due month"),
    printcolumn(
        name = "Newest", type_ = "string", json_path = ".status.newest",
        description = "The newest month whose output is current"
    ),
    printcolumn(
        name = "Current", type_ = "integer", json_path = ".status.counts.current",
        description = "Months whose output is current"
    ),
    printcolumn(
        name = "Missing", type_ = "integer", json_path = ".status.counts.missing",
        description = "Due months that have no output"
    ),
    printcolumn(
        name = "Failed", type_ = "integer", json_path = ".status.counts.failed",
        description = "Due months that have no output, and for which somebody must change something"
    ),
    printcolumn(
        name = "Next", type_ = "string", json_path = ".status.nextTick",
        description = "The next tick; a text, since kubectl prints no date that is still to come"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Running", type_ = "integer", json_path = ".status.counts.running", priority = 1,
        description = "Months that are being scored"
    ),
    printcolumn(
        name = "Waiting", type_ = "integer", json_path = ".status.counts.waiting", priority = 1,
        description = "Due months that are not published, denied, or not looked at yet"
    ),
    printcolumn(
        name = "Stale", type_ = "integer", json_path = ".status.counts.stale", priority = 1,
        description = "Months whose output was made from another input, model or features"
    ),
    printcolumn(name = "Suspended", type_ = "boolean", json_path = ".spec.suspend", priority = 1),
    printcolumn(name = "Cron", type_ = "string", json_path = ".spec.schedule.cron", priority = 1),
    printcolumn(
        name = "Message", type_ = "string", json_path = r#".status.conditions[?(@.type=="Progressing")].message"#,
        priority = 1, description = "The state in words, and what to do"
    )
)]
#[cfg_attr(feature = "admission", kube(cel))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = crate::schema::absent_not_null)]
#[x_kube(validation = Rule::new("self.dataset.uri != self.output.uri").field_path(".output.uri")
    .message("is the dataset's own address: the predictions would overwrite what they are made from"))]
pub struct ScoringScheduleSpec {
    /// When months become due.
    pub schedule: Cadence,
    /// Which months are to be scored.
    pub months: Months,
    /// Where a month's rows are.
    pub dataset: Dataset,
    /// Which model scores them.
    pub model: ModelRef,
    /// How the model's columns come from the dataset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Features>,
    /// Where the predictions go, and with which columns.
    pub output: Output,
    /// The store of dataset, model and output where they name none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// How due months before the newest are made up for.
    #[serde(default)]
    pub backfill: Catchup,
    /// How often a month that failed for a passing reason is tried.
    #[serde(default)]
    pub retry: Retry,
    /// How often the bucket is asked what is published and what is committed.
    #[serde(default)]
    pub survey: Survey,
    /// What happens to a month's output when its input has changed: `Ignore` leaves it current, `Mark` calls it stale,
    /// `Rescore` scores the month again.
    #[serde(default)]
    pub on_input_change: OnInputChange,
    /// What happens to the outputs when the model or the features have changed: `Keep` leaves them current, `Mark` calls
    /// them stale, `Rescore` scores their months again.
    #[serde(default)]
    pub on_model_change: OnModelChange,
    /// When the newest due month is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// Start nothing. What runs goes on, and the status is still told.
    #[serde(default)]
    pub suspend: bool,
    /// What the Jobs may use. Not read on one machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobSettings>,
}
