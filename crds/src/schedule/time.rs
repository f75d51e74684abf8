//! When months become due, and which.

use kube::KubeSchema;
use schemars::JsonSchema;
use scoring_plan::schedule::bounds as plan;
use serde::{Deserialize, Serialize};

use crate::bounds;

/// When months become due: a tick at local time t makes due the month of t less `months.lag`, and all before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cadence {
    /// Five fields, `minute hour day-of-month month day-of-week`: `0 3 2 * *` is 03:00 on the second of every month.
    #[schemars(length(min = 1, max = plan::CRON))]
    #[x_kube(validation = Rule::new(r"self.matches('^[^ ]+( +[^ ]+){4}$')")
        .message("must have five fields, minute hour day-of-month month day-of-week: write it as 0 3 2 * *"))]
    pub cron: String,
    /// The zone of the cron expression, by its name in the IANA database.
    #[schemars(length(min = 1, max = bounds::ZONE), regex(pattern = bounds::ZONE_PATTERN))]
    #[serde(default = "utc")]
    pub time_zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Which months are to be scored, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[x_kube(
    validation = Rule::new("!has(self.last) || self.first <= self.last").field_path(".last")
        .message("must not be before `first`: write a later month, or leave it out for a schedule without an end"),
    validation = Rule::new("!has(self.exclude) || self.exclude.all(e, \
        e.month >= self.first && (!has(self.last) || e.month <= self.last))").field_path(".exclude")
        .message("must only name months from `first` to `last`: take the others out"),
)]
pub struct Months {
    /// The first month, `YYYY-MM`.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    pub first: String,
    /// The last month, `YYYY-MM`; without it there is no end.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// How many months before the tick's own month the newest due month is.
    #[schemars(range(min = plan::LAG.0, max = plan::LAG.1))]
    #[serde(default = "one")]
    pub lag: i32,
    /// Months that are never scored.
    #[schemars(length(max = plan::EXCLUSIONS))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["month".into()]))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Exclusion>,
}

fn one() -> i32 {
    1
}

/// A month that is never scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exclusion {
    /// The month, `YYYY-MM`.
    #[schemars(length(min = 7, max = 7), regex(pattern = bounds::MONTH_PATTERN))]
    pub month: String,
    /// Why, in words; it is shown wherever the month is.
    #[schemars(length(min = 1, max = plan::REASON))]
    pub reason: String,
}
