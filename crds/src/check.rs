//! From a resource, as it was written, to the checked value that is planned with, or every fault in it with the path of
//! its field.
//!
//! Months, cron, zone and numbers are checked by `scoring-plan`. What addresses and expressions mean is checked by the
//! scorer; here they only count by their size.

use std::fmt::Write as _;

use jiff::Timestamp;
use scoring_plan::schedule as plan;
use scoring_plan::{Backfill, RawBackfill, RawExclusion, RawSchedule, Schedule};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::backfill::{Rescore, ScoringBackfill};
use crate::bounds;
use crate::fault::{Fault, Faults};
use crate::schedule::policy::{CatchupMode, OnInputChange, OnModelChange, Order};
use crate::schedule::{ScoringSchedule, ScoringScheduleSpec};
use crate::status::BackfillStatus;
use crate::task::{Dataset, Features, ModelRef, Output, Storage};

impl TryFrom<&ScoringSchedule> for Schedule {
    type Error = Faults;

    fn try_from(resource: &ScoringSchedule) -> Result<Self, Faults> {
        Self::try_from(&resource.spec)
    }
}

impl TryFrom<&ScoringScheduleSpec> for Schedule {
    type Error = Faults;

    fn try_from(spec: &ScoringScheduleSpec) -> Result<Self, Faults> {
        schedule(
            spec,
            match spec.backfill.mode {
                CatchupMode::Automatic => plan::BackfillMode::Automatic,
                CatchupMode::Manual => plan::BackfillMode::Manual,
            },
        )
    }
}

/// Checks a spec that is to be kept in a mode, whatever its own.
pub(crate) fn schedule(spec: &ScoringScheduleSpec, mode: plan::BackfillMode) -> Result<Schedule, Faults> {
    let part = TaskPart::of(spec).json();
    let checked = Schedule::new(&RawSchedule { backfill_mode: mode, ..raw_schedule(spec, digest(&part)) });
    let mut faults = checked.as_ref().err().map(|faults| in_spec(&faults.0)).unwrap_or_default();
    if part.len() > bounds::TASK {
        let problem = format!(
            "dataset, model, features, output and storage have {} bytes as JSON: at most {} fit a task; shorten \
             expressions, or take out columns",
            part.len(),
            bounds::TASK
        );
        faults.push(Fault { path: "spec".to_owned(), problem });
    }
    match checked {
        Ok(schedule) if faults.is_empty() => Ok(schedule),
        _ => Err(Faults(faults)),
    }
}

/// Checks a backfill. `asked` is when it was asked for, where no cluster has stamped the resource.
pub fn backfill(resource: &ScoringBackfill, asked: Timestamp) -> Result<Backfill, Faults> {
    let spec = &resource.spec;
    let stamped =
        |time: &Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::Time>| time.as_ref().map(|time| time.0);
    let raw = RawBackfill {
        name: resource.metadata.name.clone().unwrap_or_default(),
        from: spec.from.clone(),
        to: spec.to.clone(),
        rescore: match spec.rescore {
            Rescore::Missing => scoring_plan::Rescore::Missing,
            Rescore::MissingAndFailed => scoring_plan::Rescore::MissingAndFailed,
            Rescore::Stale => scoring_plan::Rescore::Stale,
            Rescore::All => scoring_plan::Rescore::All,
        },
        parallelism: spec.parallelism.into(),
        order: spec.order.into(),
        suspend: spec.suspend,
        created: stamped(&resource.metadata.creation_timestamp).unwrap_or(asked),
        cancelled: resource.metadata.deletion_timestamp.is_some(),
        ended: resource.status.as_ref().is_some_and(BackfillStatus::has_ended),
    };
    Backfill::new(&raw).map_err(|faults| Faults(in_spec(&faults.0)))
}

/// What a spec says, but for its mode.
fn raw_schedule(spec: &ScoringScheduleSpec, task: String) -> RawSchedule {
    RawSchedule {
        cron: spec.schedule.cron.clone(),
        zone: spec.schedule.time_zone.clone(),
        first: spec.months.first.clone(),
        last: spec.months.last.clone(),
        lag: spec.months.lag.into(),
        exclude: spec
            .months
            .exclude
            .iter()
            .map(|exclusion| RawExclusion { month: exclusion.month.clone(), reason: exclusion.reason.clone() })
            .collect(),
        task,
        suspend: spec.suspend,
        backfill_parallelism: spec.backfill.parallelism.into(),
        backfill_order: spec.backfill.order.into(),
        retry_attempts: spec.retry.attempts.into(),
        retry_backoff_seconds: spec.retry.backoff_seconds.into(),
        survey_interval_seconds: spec.survey.interval_seconds.into(),
        on_input_change: match spec.on_input_change {
            OnInputChange::Ignore => plan::OnInputChange::Ignore,
            OnInputChange::Mark => plan::OnInputChange::Mark,
            OnInputChange::Rescore => plan::OnInputChange::Rescore,
        },
        on_model_change: match spec.on_model_change {
            OnModelChange::Keep => plan::OnModelChange::Keep,
            OnModelChange::Mark => plan::OnModelChange::Mark,
            OnModelChange::Rescore => plan::OnModelChange::Rescore,
        },
        freshness_deadline_days: spec.freshness.as_ref().map(|freshness| freshness.deadline_days.into()),
        ..RawSchedule::default()
    }
}

impl From<Order> for plan::Order {
    fn from(order: Order) -> Self {
        match order {
            Order::OldestFirst => Self::OldestFirst,
            Order::NewestFirst => Self::NewestFirst,
        }
    }
}

/// The paths as the document has them; `scoring-plan` counts them from `spec`, and a backfill's name is not in there.
fn in_spec(faults: &[scoring_plan::Fault]) -> Vec<Fault> {
    let path = |path: &str| if path == "name" { "metadata.name".to_owned() } else { format!("spec.{path}") };
    faults.iter().map(|fault| Fault { path: path(&fault.path), problem: fault.problem.to_string() }).collect()
}

/// What every output of a schedule is made by.
#[derive(Serialize)]
struct TaskPart<'a> {
    dataset: &'a Dataset,
    model: &'a ModelRef,
    features: Option<&'a Features>,
    output: &'a Output,
    storage: Option<&'a Storage>,
}

impl<'a> TaskPart<'a> {
    fn of(spec: &'a ScoringScheduleSpec) -> Self {
        Self {
            dataset: &spec.dataset,
            model: &spec.model,
            features: spec.features.as_ref(),
            output: &spec.output,
            storage: spec.storage.as_ref(),
        }
    }

    fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, numbers and lists are JSON")
    }
}

/// SHA-256 in hex: one text for all of it, the same wherever it is worked out.
fn digest(part: &[u8]) -> String {
    Sha256::digest(part).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
