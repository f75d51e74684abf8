//! Known: nothing is started on a guess. A month that no survey has seen under the present task, or whose last attempt
//! vanished since, is looked up first.

use crate::attempt::{Attempt, AttemptState};
use crate::history::MonthFacts;
use crate::reason::{Reason, Wait};
use crate::scene::Scene;

/// That a month is not known, where it is not.
pub(crate) fn wait(scene: &Scene<'_>, facts: Option<&MonthFacts>) -> Option<Reason> {
    let known = match (scene.surveyed(), facts) {
        (Some(_), Some(facts)) => unclear(scene, facts).is_none(),
        _ => false,
    };
    if known { None } else { Some(not_known(scene)) }
}

/// The last attempt, where only a look at the store says what became of it and nobody has looked since.
pub(crate) fn unclear<'a>(scene: &Scene<'_>, facts: &'a MonthFacts) -> Option<&'a Attempt> {
    let last = facts.last()?;
    let AttemptState::Failed { at, class, .. } = last.state else { return None };
    let seen = scene.history.surveys.last.as_ref().is_some_and(|survey| survey.at >= at);
    (class.is_unclear() && !seen).then_some(last)
}

/// Why nobody knows.
pub(crate) fn not_known(scene: &Scene<'_>) -> Reason {
    let again = scene.look.next_unless_now();
    let surveys = &scene.history.surveys;
    let failed =
        surveys.failed.as_ref().filter(|failure| surveys.last.as_ref().is_none_or(|last| failure.at > last.at));
    Reason::Waiting(match failed {
        Some(failure) => Wait::SurveyFailed { class: failure.class, detail: failure.detail.clone(), again },
        None => Wait::NotLooked { again },
    })
}
