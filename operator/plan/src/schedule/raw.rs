//! A schedule as somebody wrote it, before any check. Whoever reads a resource fills this in field by field; numbers are
//! as wide as any document has them.

use crate::schedule::{BackfillMode, OnInputChange, OnModelChange, Order};

/// A month to leave out, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawExclusion {
    /// `months.exclude[i].month`, `YYYY-MM`.
    pub month: String,
    /// `months.exclude[i].reason`.
    pub reason: String,
}

/// A schedule as it was written. The [`Default`] has the defaults of the resource where there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawSchedule {
    /// `schedule.cron`: five fields; `L`, `W` and `#` are known.
    pub cron: String,
    /// `schedule.timeZone`: an IANA name.
    pub zone: String,
    /// `months.first`, `YYYY-MM`.
    pub first: String,
    /// `months.last`, `YYYY-MM`.
    pub last: Option<String>,
    /// `months.lag`: months between a tick's own month and the newest one that it makes due.
    pub lag: i64,
    /// `months.exclude`.
    pub exclude: Vec<RawExclusion>,
    /// What every output is made by, as one opaque text (a digest of the model, the features, the dataset and the
    /// output): see [`crate::Schedule::task`].
    pub task: String,
    /// `suspend`.
    pub suspend: bool,
    /// `backfill.mode`.
    pub backfill_mode: BackfillMode,
    /// `backfill.parallelism`.
    pub backfill_parallelism: i64,
    /// `backfill.order`.
    pub backfill_order: Order,
    /// `retry.attempts`: tries in all.
    pub retry_attempts: i64,
    /// `retry.backoffSeconds`.
    pub retry_backoff_seconds: i64,
    /// `survey.intervalSeconds`.
    pub survey_interval_seconds: i64,
    /// `onInputChange`.
    pub on_input_change: OnInputChange,
    /// `onModelChange`.
    pub on_model_change: OnModelChange,
    /// `freshness.deadlineDays`.
    pub freshness_deadline_days: Option<i64>,
}

impl Default for RawSchedule {
    fn default() -> Self {
        Self {
            cron: String::new(),
            zone: "UTC".to_owned(),
            first: String::new(),
            last: None,
            lag: 1,
            exclude: Vec::new(),
            task: String::new(),
            suspend: false,
            backfill_mode: BackfillMode::default(),
            backfill_parallelism: 3,
            backfill_order: Order::default(),
            retry_attempts: 3,
            retry_backoff_seconds: 60,
            survey_interval_seconds: 21_600,
            on_input_change: OnInputChange::default(),
            on_model_change: OnModelChange::default(),
            freshness_deadline_days: None,
        }
    }
}
