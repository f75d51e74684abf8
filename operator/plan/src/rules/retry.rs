//! Retry: what may follow a failed attempt depends on what can help. Bad data, a bad setting or a missing permission wait
//! for a change of what the attempt was made from; what may pass by itself is tried again after a wait that doubles, a
//! limited number of times; a disruption does not count.

use jiff::Timestamp;

use crate::attempt::{Attempt, AttemptState, Basis, FailureClass, Remedy};
use crate::history::MonthFacts;
use crate::reason::{Cause, Failure, Reason};
use crate::rules::wanted::Wish;
use crate::scene::Scene;

/// The next try at a month or, where there is none now, why.
///
/// What failed before `asked` does not count: whoever asks for failed months asks for one more round of tries.
pub(crate) fn next(
    scene: &Scene<'_>,
    facts: &MonthFacts,
    cause: Cause,
    asked: Option<Timestamp>,
) -> Result<Wish, Reason> {
    let first = |cause| Ok(Wish { cause, tries: 1 });
    let Some(last) = facts.last() else { return first(cause) };
    let AttemptState::Failed { at, class, .. } = last.state else { return first(cause) };
    if asked.is_some_and(|asked| last.started < asked) {
        return first(cause);
    }
    if has_changed(scene, facts, &last.basis) {
        return first(Cause::Changed { attempt: last.number, class });
    }
    let again = |tries, wait| match at.checked_add(wait) {
        Ok(until) if until > scene.now => Err(Reason::BackingOff { failure: failure(scene, last, class), until }),
        _ => Ok(Wish { cause: Cause::Retry { attempt: last.number, class }, tries }),
    };
    let retry = scene.schedule.retry();
    match class.remedy() {
        Remedy::Change => Err(Reason::NeedsChange(failure(scene, last, class))),
        Remedy::Restart => again(last.tries, retry.backoff),
        Remedy::Retry if last.tries >= retry.attempts => Err(Reason::GaveUp(failure(scene, last, class))),
        Remedy::Retry => again(last.tries.saturating_add(1), retry.wait(last.tries)),
    }
}

/// Whether what an attempt was made from is not what is current. An input that was or is unknown has not changed.
fn has_changed(scene: &Scene<'_>, facts: &MonthFacts, basis: &Basis) -> bool {
    let input = match (basis.input.as_deref(), facts.input_identity()) {
        (Some(then), Some(now)) => then != now,
        _ => false,
    };
    input || basis.task != scene.schedule.task()
}

fn failure(scene: &Scene<'_>, attempt: &Attempt, class: FailureClass) -> Failure {
    let detail = match &attempt.state {
        AttemptState::Failed { detail, .. } => detail.clone(),
        AttemptState::Running | AttemptState::Succeeded { .. } | AttemptState::Cancelled { .. } => String::new(),
    };
    Failure { attempt: attempt.number, tries: attempt.tries, most: scene.schedule.retry().attempts, class, detail }
}
