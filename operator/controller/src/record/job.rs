//! A Job of a schedule: what it is for, and whether it has ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use scoring_plan::{Basis, Month};

/// A Job that a schedule owns (its UID is in the Job's controller reference).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRecord {
    /// Its name.
    pub name: String,
    /// Its UID, the precondition of every delete.
    pub uid: String,
    /// What it is for.
    pub work: Work,
    /// The UID of the backfill whose own model it is about; none where it is the schedule's.
    pub model_of: Option<String>,
    /// When the API server stored it.
    pub created: Timestamp,
    /// Whether it is suspended: a queue holds it back.
    pub suspended: bool,
    /// Whether it is being deleted: it still counts as running until it is gone.
    pub deleting: bool,
    /// How it ended; none while it has not.
    pub end: Option<JobEnd>,
}

/// What a Job is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// One attempt at one month.
    Month(MonthWork),
    /// A look at the store.
    Survey(SurveyWork),
}

/// One attempt at one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthWork {
    /// The month.
    pub month: Month,
    /// The attempt, from 1.
    pub attempt: u32,
    /// Which try it is.
    pub tries: u16,
    /// What it is made from.
    pub basis: Basis,
    /// The backfill that asked for it.
    pub backfill: Option<String>,
}

/// A look at the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyWork {
    /// The months, the oldest first: part N has the Nth `scoring_contract::survey::MONTHS_PER_PART` of them.
    pub months: Vec<Month>,
    /// `scoring_plan::Schedule::task` at the time.
    pub task: String,
    /// Which try it is, from 1.
    pub tries: u16,
    /// `status.lastSurvey` as it was stored when this one was started; none where there was none. It tells a survey that
    /// is not recorded yet from one whose record was lost.
    pub after: Option<Timestamp>,
    /// Since when months were seen to be missing, as far as that was known.
    pub since: BTreeMap<Month, Timestamp>,
}

/// How a Job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEnd {
    /// When, by the condition's transition time.
    pub at: Timestamp,
    /// Well or not.
    pub verdict: Verdict,
}

/// Whether a Job ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Condition `Complete`.
    Complete,
    /// Condition `Failed`, with its reason (`PodFailurePolicy`, `BackoffLimitExceeded`, `DeadlineExceeded`) and message.
    Failed {
        /// In CamelCase.
        reason: String,
        /// In words.
        message: String,
    },
}
