//! What the status of a schedule and of its backfills remembers of attempts whose Jobs are gone. It is believed only as far
//! as nothing else says more.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use scoring_contract::survey::ErrorText;
use scoring_crds::status::{Attempt, AttemptState, BackfillMonth, FailureClass, MonthStatus, RowState};
use scoring_crds::{ScoringBackfill, ScoringSchedule};
use scoring_plan::Month;

use crate::lean::Owner;
use crate::world::WorldId;

/// What the status remembers.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The schedule.
    pub(super) owner: Owner,
    /// Whether there is a status at all: one without was never written, or was lost.
    pub(super) is_written: bool,
    /// When the last survey that was recorded began.
    pub(super) last_survey: Option<Timestamp>,
    /// The last attempts at the schedule's months.
    pub(super) months: BTreeMap<Month, Remembered>,
    /// The rows of its backfills, by UID.
    backfills: BTreeMap<String, RememberedBackfill>,
    /// The Jobs that are gone, and when that was noticed.
    gone: BTreeMap<String, Timestamp>,
}

/// The last attempt at a month, as the status has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// Its number.
    pub number: u32,
    /// What it came to.
    pub state: AttemptState,
    /// The class of its failure.
    pub class: Option<FailureClass>,
    /// Its Job; none of one that is known by its manifest alone.
    pub job: Option<String>,
    /// The backfill that asked for it.
    pub backfill: Option<String>,
    /// When it began; the beginning of time where that is not known.
    pub started: Timestamp,
    /// When it ended; as `started`.
    pub finished: Timestamp,
    /// Why it failed.
    pub message: Option<String>,
    /// Rows of the month's output.
    pub rows: Option<u64>,
    /// Error figures of the month's output.
    pub error: Option<ErrorText>,
}

/// The rows of a backfill.
#[derive(Clone, Debug)]
struct RememberedBackfill {
    name: String,
    months: BTreeMap<Month, (RowState, u32)>,
}

impl Memory {
    /// What is stored in the status of a schedule and of its backfills. `gone` are the Jobs of [`super::Seen::missing`]
    /// that the API server does not know, with the time at which it said so for the first time: it is to be kept as long
    /// as the process lives, since the status of a backfill has no room for it.
    pub fn of(
        schedule: &ScoringSchedule,
        backfills: &[Arc<ScoringBackfill>],
        gone: &BTreeMap<String, Timestamp>,
    ) -> Self {
        let metadata = &schedule.metadata;
        let status = schedule.status.as_ref();
        Self {
            owner: Owner {
                namespace: metadata.namespace.clone().unwrap_or_default(),
                name: metadata.name.clone().unwrap_or_default(),
                uid: metadata.uid.clone().unwrap_or_default(),
            },
            is_written: status.is_some_and(|status| status.observed_generation.is_some()),
            last_survey: status.and_then(|status| status.last_survey.as_ref()).map(|time| time.0),
            months: status.into_iter().flat_map(|status| &status.months).filter_map(remembered).collect(),
            backfills: backfills.iter().map(|backfill| rows(backfill)).collect(),
            gone: gone.clone(),
        }
    }

    /// Whether it is stored that an attempt is no longer wanted, or that a later one follows it: only then may its Job be
    /// deleted.
    pub fn is_cancelled(&self, world: &WorldId, month: Month, attempt: u32) -> bool {
        let (number, is_called_off) = match world.model_of() {
            None => match self.months.get(&month) {
                Some(row) => (row.number, row.state == AttemptState::Cancelled),
                None => return false,
            },
            Some(uid) => match self.row(uid, month) {
                Some((state, number)) => (number, is_called_off(state)),
                None => return false,
            },
        };
        number > attempt || (number == attempt && is_called_off)
    }

    /// When it was noticed that a Job is gone that was started then. What was noticed before is about another Job, whose
    /// name is used again since the status that held it was lost.
    pub(super) fn gone(&self, job: &str, started: Timestamp) -> Option<Timestamp> {
        self.gone.get(job).copied().filter(|at| *at >= started)
    }

    /// How a backfill's month stands, and its last attempt, where that is stored.
    pub(super) fn row(&self, uid: &str, month: Month) -> Option<(RowState, u32)> {
        self.backfills.get(uid)?.months.get(&month).copied()
    }

    /// The rows of a backfill with attempts, by its UID.
    pub(super) fn rows(&self, uid: &str) -> impl Iterator<Item = (Month, RowState, u32)> {
        let rows = self.backfills.get(uid).into_iter().flat_map(|backfill| &backfill.months);
        rows.map(|(&month, &(state, number))| (month, state, number))
    }

    /// The attempt by which a backfill of this name has done a month, where that is stored.
    pub(super) fn done(&self, name: &str, month: Month) -> Option<u32> {
        let named = self.backfills.values().find(|backfill| backfill.name == name)?;
        let (state, number) = named.months.get(&month)?;
        (*state == RowState::Done).then_some(*number)
    }
}

/// Whether a backfill's row says that its month was called off.
pub(super) fn is_called_off(state: RowState) -> bool {
    matches!(state, RowState::Cancelled | RowState::Skipped)
}

fn remembered(row: &MonthStatus) -> Option<(Month, Remembered)> {
    let Attempt { number, state, class, job, backfill, start_time, finish_time, message } = row.attempt.as_ref()?;
    let at = |time: &Option<Time>| time.as_ref().map_or(Timestamp::UNIX_EPOCH, |time| time.0);
    let error = row.error.as_ref();
    Some((
        row.month.parse().ok()?,
        Remembered {
            number: u32::try_from(*number).ok()?,
            state: *state,
            class: *class,
            job: job.clone(),
            backfill: backfill.clone(),
            started: at(start_time),
            finished: at(finish_time),
            message: message.clone(),
            rows: row.rows.and_then(|rows| u64::try_from(rows).ok()),
            error: error.map(|error| ErrorText {
                mae: error.mae.clone(),
                rmse: error.rmse.clone(),
                bias: error.bias.clone(),
            }),
        },
    ))
}

fn rows(backfill: &ScoringBackfill) -> (String, RememberedBackfill) {
    let row = |row: &BackfillMonth| {
        let number = u32::try_from(row.attempt?).ok()?;
        Some((row.month.parse().ok()?, (row.state, number)))
    };
    let months = backfill.status.as_ref().into_iter().flat_map(|status| &status.months).filter_map(row).collect();
    let name = backfill.metadata.name.clone().unwrap_or_default();
    (backfill.metadata.uid.clone().unwrap_or_default(), RememberedBackfill { name, months })
}
