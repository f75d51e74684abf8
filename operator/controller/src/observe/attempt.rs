//! How the attempt of a month's Job stands.

use scoring_contract::Outcome;
use scoring_contract::survey::ErrorText;
use scoring_plan::{Attempt, AttemptState, Record};

use super::{JobRef, Scene, Seen, failure};
use crate::record::{JobRecord, MonthWork, Verdict, Work};

/// Adds the attempt of a Job.
pub(super) fn add(scene: &Scene<'_>, job: &JobRecord, seen: &mut Seen) {
    let Work::Month(work) = &job.work else { return };
    seen.jobs.insert((work.month, work.attempt), JobRef::of(job));
    let state = state(scene, job, work, seen);
    let is_last = seen.attempts(work.month).iter().all(|other| other.number < work.attempt);
    if is_last {
        let details = seen.details(work.month);
        details.job = Some(job.name.clone());
        details.queued = job.suspended && job.end.is_none();
        details.deleting = job.deleting;
    }
    if matches!(state, AttemptState::Succeeded { .. }) {
        figures(scene, job, work, seen);
    }
    seen.push(
        work.month,
        Attempt {
            number: work.attempt,
            tries: work.tries,
            basis: work.basis.clone(),
            backfill: work.backfill.clone(),
            started: job.created,
            state,
            record: Record::Unsaved,
        },
    );
}

fn state(scene: &Scene<'_>, job: &JobRecord, work: &MonthWork, seen: &mut Seen) -> AttemptState {
    let Some(end) = &job.end else { return AttemptState::Running };
    // After a pod that the cluster took away comes another one, which may not be seen yet.
    let told = failure::ends(scene.pods(job)).iter().any(|exit| !exit.disrupted);
    match &end.verdict {
        Verdict::Complete => AttemptState::Succeeded { at: end.at },
        Verdict::Failed { .. } if !told && scene.awaits(job, &mut seen.again_at) => AttemptState::Running,
        Verdict::Failed { reason, .. } => {
            let row = scene.memory.months.get(&work.month);
            let row = row.filter(|row| scene.world.id.model_of().is_none() && row.number == work.attempt);
            let why = failure::of(scene, job, reason, row);
            AttemptState::Failed { at: end.at, class: why.class, detail: why.detail }
        }
    }
}

/// Notes what an attempt that succeeded said of its output, or what the status remembers of it. An output that was there
/// already is told by the survey, since such an attempt has no figures.
fn figures(scene: &Scene<'_>, job: &JobRecord, work: &MonthWork, seen: &mut Seen) {
    let ends = failure::ends(scene.pods(job));
    let outcome = ends.iter().find_map(|exit| serde_json::from_str::<Outcome>(&exit.message).ok());
    if outcome.is_none() {
        scene.awaits(job, &mut seen.again_at);
    }
    let surveyed = seen.history.surveys.last.as_ref().map(|survey| survey.at);
    let is_newer = surveyed.is_none_or(|at| job.end.as_ref().is_some_and(|end| end.at >= at));
    let row = scene.memory.months.get(&work.month).filter(|row| row.number == work.attempt);
    let rows =
        outcome.as_ref().and_then(|outcome| Some(outcome.output.as_ref()?.rows)).or(row.and_then(|row| row.rows));
    let error = outcome.as_ref().and_then(|outcome| outcome.figures?.error.as_ref().map(ErrorText::of));
    let details = seen.details(work.month);
    if rows.is_some() && (is_newer || details.rows.is_none()) {
        (details.rows, details.error) = (rows, error.or(row.and_then(|row| row.error.clone())));
    }
}
