//! Committed: a month is done because its output is in the store, whoever put it there and however many attempts failed
//! before or since. The survey says so, and so does an attempt that succeeded after it.

use crate::attempt::AttemptState;
use crate::history::{MonthFacts, Output};
use crate::reason::{Cause, Reason};
use crate::rules::stale;
use crate::scene::Scene;

/// Whether an attempt has committed an output that the last survey could not see.
pub(crate) fn since_survey(scene: &Scene<'_>, facts: &MonthFacts) -> bool {
    let surveyed = scene.surveyed();
    facts.attempts.iter().any(|attempt| {
        attempt.basis.task == scene.schedule.task()
            && attempt.succeeded().is_some_and(|at| surveyed.is_none_or(|surveyed| at >= surveyed))
    })
}

/// Why the schedule wants a month scored or, where it does not, how it is settled.
pub(crate) fn cause(scene: &Scene<'_>, facts: Option<&MonthFacts>) -> Result<Cause, Reason> {
    let Some(facts) = facts else { return Ok(Cause::Missing) };
    if since_survey(scene, facts) {
        return Err(Reason::Committed);
    }
    match &facts.output {
        Output::Current => Err(Reason::Committed),
        Output::Withheld { detail } => Err(Reason::Withheld { detail: detail.clone() }),
        Output::Stale(changes) => stale::cause(scene.schedule, changes),
        Output::Damaged { .. } | Output::None => Ok(missing(facts)),
    }
}

/// Why a month has no output.
pub(crate) fn missing(facts: &MonthFacts) -> Cause {
    if let Output::Damaged { detail } = &facts.output {
        return Cause::Damaged { detail: detail.clone() };
    }
    let Some(last) = facts.last() else { return Cause::Missing };
    match last.state {
        AttemptState::Succeeded { .. } => Cause::Gone { attempt: last.number },
        AttemptState::Cancelled { .. } => Cause::Cancelled { attempt: last.number },
        AttemptState::Running | AttemptState::Failed { .. } => Cause::Missing,
    }
}
