//! Active: a month with a running attempt is not started again, whoever asks. An attempt is stopped only where its month
//! is no longer wanted, or where a later one runs; an edit of the cron, a suspended schedule or a backfill that was called
//! off stop nothing.

use crate::attempt::{Attempt, Record};
use crate::month::Month;
use crate::plan::{Forget, Stop};
use crate::reason::{Reason, StopReason};
use crate::scene::Scene;

/// The running attempt at a month; the latest, where there are several.
pub(crate) fn running<'a>(scene: &Scene<'a>, month: Month) -> Option<&'a Attempt> {
    let facts = scene.facts(month)?;
    facts.attempts.iter().filter(|attempt| attempt.is_running()).max_by_key(|attempt| attempt.number)
}

/// That an attempt at a month runs, where one does.
pub(crate) fn reason(scene: &Scene<'_>, month: Month) -> Option<Reason> {
    running(scene, month).map(|attempt| Reason::Running {
        attempt: attempt.number,
        since: attempt.started,
        backfill: attempt.backfill.clone(),
    })
}

/// The attempts to stop.
pub(crate) fn stops(scene: &Scene<'_>) -> Vec<Stop> {
    let mut stops = Vec::new();
    for (&month, facts) in &scene.history.months {
        for attempt in facts.attempts.iter().filter(|attempt| attempt.is_running()) {
            if let Some(reason) = why_stop(scene, month, attempt) {
                stops.push(Stop { month, attempt: attempt.number, reason });
            }
        }
    }
    stops
}

fn why_stop(scene: &Scene<'_>, month: Month, attempt: &Attempt) -> Option<StopReason> {
    if let Some(exclusion) = scene.schedule.exclusion(month) {
        return Some(StopReason::Excluded { reason: exclusion.reason.clone() });
    }
    if attempt.backfill.is_none() && !scene.schedule.holds(month) {
        return Some(StopReason::OutOfRange);
    }
    let latest = running(scene, month)?;
    (latest.number != attempt.number).then_some(StopReason::Superseded { by: latest.number })
}

/// The attempts that ended and whose results are kept.
pub(crate) fn forgets(scene: &Scene<'_>) -> Vec<Forget> {
    let mut forgets = Vec::new();
    for (&month, facts) in &scene.history.months {
        let kept = facts.attempts.iter().filter(|attempt| !attempt.is_running() && attempt.record == Record::Saved);
        forgets.extend(kept.map(|attempt| Forget { month, attempt: attempt.number }));
    }
    forgets
}
