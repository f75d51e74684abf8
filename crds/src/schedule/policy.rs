//! How a schedule behaves: what it makes up for, how often it tries, and what a change means to it.

use schemars::JsonSchema;
use scoring_plan::schedule::bounds as plan;
use serde::{Deserialize, Serialize};

/// How due months before the newest are made up for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Catchup {
    /// `Automatic` scores every due month that lacks an output. `Manual` scores the newest due month only; the others
    /// wait for a `ScoringBackfill`.
    pub mode: CatchupMode,
    /// How many older months may run at once, for every backfill together. The newest due month has a slot of its own
    /// beside these.
    #[schemars(range(min = plan::PARALLELISM.0, max = plan::PARALLELISM.1))]
    pub parallelism: i32,
    /// Which of them come first.
    pub order: Order,
}

impl Default for Catchup {
    fn default() -> Self {
        Self { mode: CatchupMode::Automatic, parallelism: 3, order: Order::OldestFirst }
    }
}

/// Whether older months are scored without being asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CatchupMode {
    /// Every due month that lacks an output is scored.
    #[default]
    Automatic,
    /// The newest due month only.
    Manual,
}

/// Which months come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Order {
    /// From the oldest on.
    #[default]
    OldestFirst,
    /// From the newest back.
    NewestFirst,
}

/// How often a month that failed for a passing reason is tried. What cannot pass (bad data, a bad model, a setting) waits
/// for a change instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Retry {
    /// How often in all.
    #[schemars(range(min = plan::ATTEMPTS.0, max = plan::ATTEMPTS.1))]
    pub attempts: i32,
    /// Seconds before the second attempt; each later wait is twice as long.
    #[schemars(range(min = plan::BACKOFF_SECONDS.0, max = plan::BACKOFF_SECONDS.1))]
    pub backoff_seconds: i32,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 3, backoff_seconds: 60 }
    }
}

/// How often the bucket is asked what is published and what is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Survey {
    /// Seconds between two surveys.
    #[schemars(range(min = plan::SURVEY_SECONDS.0, max = plan::SURVEY_SECONDS.1))]
    pub interval_seconds: i32,
}

impl Default for Survey {
    fn default() -> Self {
        Self { interval_seconds: 21_600 }
    }
}

/// What happens to a month's output when its input has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OnInputChange {
    /// The output stays current.
    Ignore,
    /// The month is called stale and left as it is.
    Mark,
    /// The month is scored again.
    #[default]
    Rescore,
}

/// What happens to the outputs when the model or the features have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OnModelChange {
    /// The outputs stay current.
    #[default]
    Keep,
    /// Their months are called stale and left as they are.
    Mark,
    /// Their months are scored again.
    Rescore,
}

/// When the newest due month is late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Freshness {
    /// Days after the tick that made a month due by which its output is to be there.
    #[schemars(range(min = plan::DEADLINE_DAYS.0, max = plan::DEADLINE_DAYS.1))]
    pub deadline_days: i32,
}
