//! Survey: when the store is looked at. Always where something must be known before anything may start; at every tick;
//! after the interval; and in between while a month is waited for, more seldom the longer that lasts.

use jiff::{SignedDuration, Timestamp};

use crate::attempt::Remedy;
use crate::history::{Input, MonthFacts, Survey, SurveyFailure};
use crate::month::Month;
use crate::reason::SurveyReason;
use crate::rules::{asked, excluded, known, standing};
use crate::scene::Scene;

/// No two looks follow each other more closely, however often the schedule ticks: a look is a pod, too.
const LEAST: SignedDuration = SignedDuration::from_secs(60);

/// The next look at the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Why to look now.
    pub(crate) reason: Option<SurveyReason>,
    /// When to look otherwise; none while somebody looks, or where there is nothing to look for.
    pub(crate) next: Option<Timestamp>,
}

impl Look {
    /// When the store is looked at again; none where that is now.
    pub(crate) fn next_unless_now(&self) -> Option<Timestamp> {
        if self.reason.is_some() { None } else { self.next }
    }

    fn now(reason: SurveyReason) -> Self {
        Self { reason: Some(reason), next: None }
    }
}

/// When the store is looked at next, and why.
pub(crate) fn look(scene: &Scene<'_>) -> Look {
    let surveys = &scene.history.surveys;
    let live = scene.backfills.iter().any(|backfill| backfill.is_live());
    if surveys.running || (scene.due.is_none() && !live) {
        return Look::default();
    }
    let task = scene.schedule.task();
    if let Some(failure) = &surveys.failed
        && failure.task == task
        && surveys.last.as_ref().is_none_or(|last| failure.at > last.at)
    {
        return after_failure(scene, failure);
    }
    match &surveys.last {
        None => Look::now(SurveyReason::First),
        Some(last) if last.task != task => Look::now(SurveyReason::TaskChanged),
        Some(last) => after(scene, last),
    }
}

fn after_failure(scene: &Scene<'_>, failure: &SurveyFailure) -> Look {
    let wait = match failure.class.remedy() {
        Remedy::Change => scene.schedule.survey_interval(),
        Remedy::Retry | Remedy::Restart => {
            scene.schedule.retry().wait(failure.tries).min(scene.schedule.survey_interval())
        }
    };
    due(scene, [(failure.at.checked_add(wait).ok(), SurveyReason::Failed { class: failure.class })])
}

/// The next look after one that came to its end.
fn after(scene: &Scene<'_>, last: &Survey) -> Look {
    let earliest = last.at.checked_add(LEAST).ok();
    let interval = last.at.checked_add(scene.schedule.survey_interval()).ok();
    let mut causes = Vec::new();
    if let Some(tick) = scene.tick.filter(|tick| tick.at > last.at) {
        causes.push((earliest.max(Some(tick.at)), SurveyReason::Tick { at: tick.at }));
    }
    if let Some(month) = first_unclear(scene) {
        causes.push((earliest, SurveyReason::Unclear { month }));
    }
    if let Some(name) = unseen_backfill(scene, last) {
        causes.push((earliest, SurveyReason::Backfill { name }));
    }
    if let Some((at, month)) = waited_for(scene, last) {
        causes.push((Some(at), SurveyReason::Waiting { month }));
    }
    causes.push((interval, SurveyReason::Interval));
    due(scene, causes)
}

/// The first cause whose time has come or, where none has, the earliest of the times.
fn due(scene: &Scene<'_>, causes: impl IntoIterator<Item = (Option<Timestamp>, SurveyReason)>) -> Look {
    let mut next = None;
    for (at, reason) in causes {
        match at {
            Some(at) if at > scene.now => next = Some(next.map_or(at, |next: Timestamp| next.min(at))),
            Some(_) => return Look::now(reason),
            None => {}
        }
    }
    Look { reason: None, next }
}

fn first_unclear(scene: &Scene<'_>) -> Option<Month> {
    let unclear = |(_, facts): &(&Month, &MonthFacts)| known::unclear(scene, facts).is_some();
    scene.history.months.iter().find(unclear).map(|(&month, _)| month)
}

/// A live backfill that was asked for since, and names months that nobody looked at.
fn unseen_backfill(scene: &Scene<'_>, last: &Survey) -> Option<String> {
    let unseen =
        scene.backfills.iter().filter(|backfill| backfill.is_live() && backfill.created() > last.at).find(|backfill| {
            let newest = asked::newest(scene, backfill);
            let wanted = |month: &Month| {
                newest.is_some_and(|newest| *month <= newest) && excluded::reason(scene, *month).is_none()
            };
            backfill.months().months().filter(wanted).any(|month| scene.facts(month).is_none())
        });
    unseen.map(|backfill| backfill.name().to_owned())
}

/// Whether a live backfill may still take a month.
fn is_asked(scene: &Scene<'_>, month: Month) -> bool {
    scene.backfills.iter().filter(|backfill| backfill.is_live() && backfill.months().contains(month)).any(|backfill| {
        let newest = asked::newest(scene, backfill);
        newest.is_some_and(|newest| month <= newest)
    })
}

/// The month that is waited for and looked at first, and when. Each look doubles the time since the month was first seen
/// to be missing, from the retry's back-off up to the interval.
fn waited_for(scene: &Scene<'_>, last: &Survey) -> Option<(Timestamp, Month)> {
    let (shortest, longest) = (scene.schedule.retry().backoff.max(LEAST), scene.schedule.survey_interval());
    let months = scene.history.months.iter().filter(|(month, _)| scene.is_due(**month) || is_asked(scene, **month));
    let waiting = months.filter_map(|(&month, facts)| {
        let since = match facts.input {
            Input::NotPublished { since } | Input::Denied { since, .. } => since,
            Input::Unknown | Input::Available { .. } => return None,
        };
        if standing::by_output(scene, facts).is_some() || scene.schedule.exclusion(month).is_some() {
            return None;
        }
        let wait = last.at.duration_since(since).clamp(shortest.min(longest), longest);
        Some((last.at.checked_add(wait).ok()?, month))
    });
    waiting.min()
}
