//! The attempts whose Jobs are gone, by what the status and the manifests remember of them. A Job that the status knows and
//! nobody has removed on purpose has vanished: what became of its month is to be looked up, and it is not run again before.

use jiff::Timestamp;
use scoring_crds::status::{self, RowState};
use scoring_plan::{Attempt, AttemptState, Backfill, Basis, FailureClass, Month, Record};

use super::memory::{Remembered, is_called_off};
use super::survey::Found;
use super::{Scene, Seen};

/// The highest number that a manifest is believed: whoever may write to the bucket could use up all of them.
const HIGHEST: u32 = 900_000;

/// Adds the attempts that the status remembers.
pub(super) fn attempts(scene: &Scene<'_>, seen: &mut Seen) {
    match scene.world.id.model_of() {
        None => {
            for (&month, row) in &scene.memory.months {
                by_schedule(scene, month, row, seen);
            }
            for backfill in &scene.world.backfills {
                done(scene, backfill, seen);
            }
        }
        Some(uid) => {
            for (month, state, number) in scene.memory.rows(uid) {
                by_backfill(scene, month, (state, number), seen);
            }
        }
    }
}

/// Adds the attempts that only a manifest tells of, so that their numbers are not used again.
pub(super) fn manifests(found: &Found, seen: &mut Seen) {
    for (&month, &number) in found.committed.iter().filter(|(_, number)| **number <= HIGHEST) {
        if highest(seen, month).is_none_or(|highest| highest < number) {
            let state = AttemptState::Succeeded { at: Timestamp::UNIX_EPOCH };
            seen.push(month, remembered(number, Timestamp::UNIX_EPOCH, state));
            seen.details(month).job = None;
        }
    }
}

/// The attempt of a row of the schedule's status.
fn by_schedule(scene: &Scene<'_>, month: Month, row: &Remembered, seen: &mut Seen) {
    if highest(seen, month).is_some_and(|highest| highest >= row.number) {
        return;
    }
    let job = row.job.clone().unwrap_or_else(|| scene.job_name(month, row.number));
    let state = match row.state {
        status::AttemptState::Succeeded => AttemptState::Succeeded { at: row.finished },
        status::AttemptState::Cancelled => AttemptState::Cancelled { at: row.finished },
        status::AttemptState::Failed if row.class == Some(status::FailureClass::Lost) => AttemptState::Failed {
            at: row.finished,
            class: FailureClass::Lost,
            detail: row.message.clone().unwrap_or_default(),
        },
        // Who deletes a failed Job asks for another round of tries.
        status::AttemptState::Failed => match scene.memory.gone(&job, row.started) {
            Some(at) => AttemptState::Cancelled { at },
            None => missing(&job, seen),
        },
        status::AttemptState::Running | status::AttemptState::Unknown => vanished(scene, (&job, row.started), seen),
    };
    let task = match &state {
        // A Job is removed only while what it was made from is what the last survey has seen.
        AttemptState::Succeeded { .. } => seen.history.surveys.last.as_ref().map(|survey| survey.task.clone()),
        AttemptState::Running | AttemptState::Failed { .. } | AttemptState::Cancelled { .. } => {
            Some(scene.world.schedule.task().to_owned())
        }
    };
    let basis = Basis { task: task.unwrap_or_default(), input: None };
    let attempt = Attempt { basis, backfill: row.backfill.clone(), ..remembered(row.number, row.started, state) };
    seen.push(month, attempt);
    let details = seen.details(month);
    details.job.clone_from(&row.job);
    if row.state == status::AttemptState::Succeeded && row.rows.is_some() && is_since(seen, row.finished) {
        let details = seen.details(month);
        (details.rows, details.error) = (row.rows, row.error.clone());
    }
}

/// The attempts by which a backfill has done its months: what is done for it is not done again, however long ago.
fn done(scene: &Scene<'_>, backfill: &Backfill, seen: &mut Seen) {
    for month in backfill.months().months() {
        let Some(number) = scene.memory.done(backfill.name(), month) else { continue };
        if seen.attempts(month).iter().all(|attempt| attempt.number != number) {
            let state = AttemptState::Succeeded { at: backfill.created() };
            let attempt = remembered(number, backfill.created(), state);
            seen.push(month, Attempt { backfill: Some(backfill.name().to_owned()), ..attempt });
        }
    }
}

/// The attempt of a row of a backfill that has a model of its own.
fn by_backfill(scene: &Scene<'_>, month: Month, (state, number): (RowState, u32), seen: &mut Seen) {
    let Some(backfill) = scene.world.backfills.first() else { return };
    if highest(seen, month).is_some_and(|highest| highest >= number) {
        return;
    }
    let job = scene.job_name(month, number);
    let state = match state {
        RowState::Done => AttemptState::Succeeded { at: backfill.created() },
        state if is_called_off(state) => AttemptState::Cancelled { at: backfill.created() },
        RowState::Failed => match scene.memory.gone(&job, backfill.created()) {
            Some(at) => AttemptState::Cancelled { at },
            None => missing(&job, seen),
        },
        _ => vanished(scene, (&job, backfill.created()), seen),
    };
    let basis = Basis { task: scene.world.schedule.task().to_owned(), input: None };
    let attempt = remembered(number, backfill.created(), state);
    seen.push(month, Attempt { basis, backfill: Some(backfill.name().to_owned()), ..attempt });
}

/// How an attempt stands whose Job nobody has removed on purpose.
fn vanished(scene: &Scene<'_>, (job, started): (&str, Timestamp), seen: &mut Seen) -> AttemptState {
    match scene.memory.gone(job, started) {
        Some(at) => AttemptState::Failed {
            at: second(at),
            class: FailureClass::Lost,
            detail: "its Job was deleted before it ended".to_owned(),
        },
        None => missing(job, seen),
    }
}

/// The second that an instant is in: a survey is known by that of its beginning, and one that was started because of this
/// must not seem to have begun before.
fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn missing(job: &str, seen: &mut Seen) -> AttemptState {
    seen.missing.push(job.to_owned());
    AttemptState::Running
}

fn remembered(number: u32, started: Timestamp, state: AttemptState) -> Attempt {
    let (basis, record) = (Basis::default(), Record::Forgotten);
    Attempt { number, tries: 1, basis, backfill: None, started, state, record }
}

fn is_since(seen: &Seen, at: Timestamp) -> bool {
    seen.history.surveys.last.as_ref().is_none_or(|survey| at >= survey.at)
}

fn highest(seen: &Seen, month: Month) -> Option<u32> {
    seen.attempts(month).iter().map(|attempt| attempt.number).max()
}
