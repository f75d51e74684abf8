//! Which Jobs have been read for good: their results are stored where the next pass finds them without the Job.

use scoring_plan::{Attempt, AttemptState, Month, Record};

use super::survey::Found;
use super::{Scene, Seen};

/// Marks the attempts whose Jobs may be removed. None is while somebody looks at the store: whether the next survey can
/// be believed depends on nothing being removed before it is recorded.
pub(super) fn mark(scene: &Scene<'_>, found: &Found, seen: &mut Seen) {
    if seen.history.surveys.running || found.survey.is_none() {
        return;
    }
    let saved: Vec<(Month, u32)> = seen
        .jobs
        .keys()
        .copied()
        .filter(|&(month, number)| {
            let attempts = seen.attempts(month);
            let own = attempts.iter().find(|attempt| attempt.number == number);
            own.is_some_and(|own| is_saved(scene, found, month, (own, attempts)))
        })
        .collect();
    for (month, number) in saved {
        let facts = seen.facts(month);
        for attempt in facts.attempts.iter_mut().filter(|attempt| attempt.number == number) {
            attempt.record = Record::Saved;
        }
    }
}

fn is_saved(scene: &Scene<'_>, found: &Found, month: Month, (own, all): (&Attempt, &[Attempt])) -> bool {
    match own.state {
        AttemptState::Running => false,
        // A failed Job keeps its logs, and its number, until another one has been tried.
        AttemptState::Failed { .. } | AttemptState::Cancelled { .. } => {
            all.iter().any(|other| other.number > own.number)
        }
        AttemptState::Succeeded { at } => {
            let Some(survey) = &found.survey else { return false };
            let is_seen = survey.at > at && found.committed.get(&month).is_some_and(|seen| *seen >= own.number);
            let is_stored = is_recorded(scene, survey.at)
                && own.basis.task == survey.task
                && scene.memory.months.get(&month).is_some_and(|row| {
                    row.number > own.number
                        || (row.number == own.number && row.state == scoring_crds::status::AttemptState::Succeeded)
                });
            let is_own = scene.world.id.model_of().is_none();
            (is_seen || (is_own && is_stored)) && is_told(scene, month, own)
        }
    }
}

/// Whether the status has recorded the survey: what it remembers then is what was committed since.
fn is_recorded(scene: &Scene<'_>, survey: jiff::Timestamp) -> bool {
    scene.memory.last_survey == Some(survey)
}

/// Whether every backfill that counts this attempt has stored that it did.
fn is_told(scene: &Scene<'_>, month: Month, own: &Attempt) -> bool {
    let counts = scene.world.backfills.iter().filter(|backfill| {
        backfill.is_live() && backfill.months().contains(month) && own.started >= backfill.created()
    });
    counts
        .into_iter()
        .all(|backfill| scene.memory.done(backfill.name(), month).is_some_and(|number| number >= own.number))
}
