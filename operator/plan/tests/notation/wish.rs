//! A schedule and a backfill as a scenario writes them.

use std::collections::BTreeMap;

use scoring_plan::schedule::{BackfillMode, OnInputChange, OnModelChange, Order};
use scoring_plan::{Backfill, RawBackfill, RawExclusion, RawSchedule, Rescore, Schedule};
use serde::Deserialize;

use super::facts::instant;

/// The task that a scenario's schedule has where it says none.
pub(crate) const TASK: &str = "model-1";

/// A schedule; what is not there is as in the resource, and monthly from 2021-01.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Wished {
    #[serde(default)]
    cron: Option<String>,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    last: Option<String>,
    #[serde(default)]
    lag: Option<i64>,
    #[serde(default)]
    exclude: BTreeMap<String, String>,
    #[serde(default)]
    task: Option<String>,
    #[serde(default)]
    suspend: bool,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    parallelism: Option<i64>,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    attempts: Option<i64>,
    #[serde(default)]
    backoff_seconds: Option<i64>,
    #[serde(default)]
    survey_seconds: Option<i64>,
    #[serde(default)]
    on_input_change: Option<String>,
    #[serde(default)]
    on_model_change: Option<String>,
    #[serde(default)]
    deadline_days: Option<i64>,
}

/// A backfill; what is not there is as in the resource.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    name: String,
    from: String,
    to: String,
    created: String,
    #[serde(default)]
    rescore: Option<String>,
    #[serde(default)]
    parallelism: Option<i64>,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    suspend: bool,
    #[serde(default)]
    cancelled: bool,
    #[serde(default)]
    ended: bool,
}

impl Wished {
    pub(crate) fn checked(&self) -> Schedule {
        let defaults = RawSchedule::default();
        let exclude =
            self.exclude.iter().map(|(month, reason)| RawExclusion { month: month.clone(), reason: reason.clone() });
        let raw = RawSchedule {
            cron: self.cron.clone().unwrap_or_else(|| "0 3 2 * *".to_owned()),
            zone: self.time_zone.clone().unwrap_or_else(|| "UTC".to_owned()),
            first: self.first.clone().unwrap_or_else(|| "2021-01".to_owned()),
            last: self.last.clone(),
            lag: self.lag.unwrap_or(defaults.lag),
            exclude: exclude.collect(),
            task: self.task.clone().unwrap_or_else(|| TASK.to_owned()),
            suspend: self.suspend,
            backfill_mode: self.mode.as_deref().map_or(defaults.backfill_mode, |word| match word {
                "Automatic" => BackfillMode::Automatic,
                "Manual" => BackfillMode::Manual,
                "OnRequest" => BackfillMode::OnRequest,
                other => panic!("mode {other:?}"),
            }),
            backfill_parallelism: self.parallelism.unwrap_or(defaults.backfill_parallelism),
            backfill_order: order(self.order.as_deref()),
            retry_attempts: self.attempts.unwrap_or(defaults.retry_attempts),
            retry_backoff_seconds: self.backoff_seconds.unwrap_or(defaults.retry_backoff_seconds),
            survey_interval_seconds: self.survey_seconds.unwrap_or(defaults.survey_interval_seconds),
            on_input_change: self.on_input_change.as_deref().map_or(defaults.on_input_change, |word| match word {
                "Ignore" => OnInputChange::Ignore,
                "Mark" => OnInputChange::Mark,
                "Rescore" => OnInputChange::Rescore,
                other => panic!("onInputChange {other:?}"),
            }),
            on_model_change: self.on_model_change.as_deref().map_or(defaults.on_model_change, |word| match word {
                "Keep" => OnModelChange::Keep,
                "Mark" => OnModelChange::Mark,
                "Rescore" => OnModelChange::Rescore,
                other => panic!("onModelChange {other:?}"),
            }),
            freshness_deadline_days: self.deadline_days,
        };
        Schedule::new(&raw).unwrap_or_else(|faults| panic!("{faults}"))
    }
}

impl Asked {
    pub(crate) fn checked(&self) -> Backfill {
        let defaults = RawBackfill::of(&self.name, &self.from, &self.to, instant(&self.created));
        let raw = RawBackfill {
            rescore: match self.rescore.as_deref() {
                None | Some("Missing") => Rescore::Missing,
                Some("MissingAndFailed") => Rescore::MissingAndFailed,
                Some("Stale") => Rescore::Stale,
                Some("All") => Rescore::All,
                Some(other) => panic!("rescore {other:?}"),
            },
            parallelism: self.parallelism.unwrap_or(defaults.parallelism),
            order: order(self.order.as_deref()),
            suspend: self.suspend,
            cancelled: self.cancelled,
            ended: self.ended,
            ..defaults
        };
        Backfill::new(&raw).unwrap_or_else(|faults| panic!("{faults}"))
    }
}

fn order(word: Option<&str>) -> Order {
    match word {
        None | Some("OldestFirst") => Order::OldestFirst,
        Some("NewestFirst") => Order::NewestFirst,
        Some(other) => panic!("order {other:?}"),
    }
}
