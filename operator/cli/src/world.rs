//! What is known of a schedule's months on this machine: what surveys found, and the attempts of this process. The bucket
//! is the truth; an attempt that this process does not know of is known by what it committed.

use std::collections::BTreeMap;

use futures::FutureExt;
use jiff::Timestamp;
use scorer::survey::{SurveyError, survey};
use scoring_contract::survey::{Committed, InputFound, OutputFound, StaleCause, Survey, SurveyedMonth};
use scoring_plan::history::{self, Change, Changed, Input, MonthFacts, Output, SurveyFailure};
use scoring_plan::{Attempt, AttemptState, Basis, FailureClass, History, Month, MonthRange, Plan, Record, decide};

use crate::wish::Wish;

/// What is known of one schedule's months.
#[derive(Default)]
pub struct World {
    /// What is planned from.
    pub history: History,
    /// What is committed, current or not.
    pub committed: BTreeMap<Month, Committed>,
}

impl World {
    /// Looks at the stores, and notes what it finds. An error is noted too, and given back.
    pub async fn survey(&mut self, wish: &Wish, now: Timestamp) -> Result<(), SurveyError> {
        let tasks: Vec<_> = months(wish, now).into_iter().filter_map(|month| wish.task(month).ok()).collect();
        // A store's futures nest too deep for the compiler to lay out in one piece.
        match survey(&tasks).boxed_local().await {
            Ok(found) => {
                self.note(&found, now);
                self.history.surveys.last = Some(history::Survey { at: now, task: wish.schedule.task().to_owned() });
                self.history.surveys.failed = None;
                Ok(())
            }
            Err(error) => {
                let verdict = scorer::failure::of_survey(&error);
                let tries = self.history.surveys.failed.as_ref().map_or(1, |failed| failed.tries.saturating_add(1));
                self.history.surveys.failed = Some(SurveyFailure {
                    at: now,
                    task: wish.schedule.task().to_owned(),
                    tries,
                    class: class(verdict.class),
                    detail: scorer::failure::chain(&error),
                });
                Err(error)
            }
        }
    }

    /// What is to be done now, and why.
    pub fn plan(&self, wish: &Wish, now: Timestamp) -> Plan {
        decide(&wish.schedule, &wish.backfills, &self.history, now)
    }

    fn note(&mut self, found: &Survey, now: Timestamp) {
        self.committed.clear();
        for (month, surveyed) in &found.months {
            let Ok(month) = month.parse::<Month>() else { continue };
            let facts = self.history.months.entry(month).or_default();
            facts.input = input(surveyed, facts, now);
            facts.output = output(&surveyed.output);
            if let OutputFound::Current(committed) | OutputFound::Stale { committed, .. } = &surveyed.output {
                remember(facts, committed.attempt);
                self.committed.insert(month, committed.clone());
            }
        }
    }
}

/// Notes an attempt of which a manifest is all that is left, so that numbers go on from there. It says nothing of what the
/// output is made from now: that is the survey's to say.
fn remember(facts: &mut MonthFacts, number: u32) {
    if facts.attempts.iter().any(|attempt| attempt.number == number) {
        return;
    }
    facts.attempts.push(Attempt {
        number,
        tries: 1,
        basis: Basis::default(),
        backfill: None,
        started: Timestamp::UNIX_EPOCH,
        state: AttemptState::Succeeded { at: Timestamp::UNIX_EPOCH },
        record: Record::Forgotten,
    });
}

/// The months that matter: the due ones, and those that a backfill names, as far as they are due.
fn months(wish: &Wish, now: Timestamp) -> Vec<Month> {
    let Some(reach) = wish.schedule.reach(now) else { return Vec::new() };
    let asked = wish.backfills.iter().map(scoring_plan::Backfill::months);
    let mut months: Vec<Month> = wish
        .schedule
        .due(now)
        .into_iter()
        .chain(asked)
        .flat_map(MonthRange::months)
        .filter(|month| *month <= reach)
        .collect();
    months.sort();
    months.dedup();
    months
}

fn input(surveyed: &SurveyedMonth, before: &MonthFacts, now: Timestamp) -> Input {
    match (&surveyed.input, &before.input) {
        (InputFound::Available { etag, size }, _) => Input::Available { identity: format!("{etag} {size}") },
        (InputFound::NotPublished, Input::NotPublished { since }) => Input::NotPublished { since: *since },
        (InputFound::NotPublished, _) => Input::NotPublished { since: now },
        (InputFound::Denied { message }, Input::Denied { since, .. }) => {
            Input::Denied { permission: message.clone(), since: *since }
        }
        (InputFound::Denied { message }, _) => Input::Denied { permission: message.clone(), since: now },
    }
}

fn output(found: &OutputFound) -> Output {
    match found {
        OutputFound::None => Output::None,
        OutputFound::Current(_) => Output::Current,
        OutputFound::Stale { cause, from, to, .. } => {
            let of = match cause {
                StaleCause::Input => Changed::Input,
                StaleCause::Model => Changed::Model,
                StaleCause::Features => Changed::Features,
            };
            Output::Stale(vec![Change { of, from: from.clone(), to: to.clone() }])
        }
        OutputFound::Damaged { problem } => Output::Damaged { detail: problem.clone() },
    }
}

/// The plan's class of a run's end. `Done` is no failure and never asked for.
pub fn class(class: scoring_contract::ExitClass) -> FailureClass {
    use scoring_contract::ExitClass;
    match class {
        ExitClass::BadData => FailureClass::BadData,
        ExitClass::NotPublished => FailureClass::NotPublished,
        ExitClass::Done | ExitClass::Internal => FailureClass::Internal,
        ExitClass::CannotWrite => FailureClass::CannotWrite,
        ExitClass::TryAgain => FailureClass::TryAgain,
        ExitClass::Denied => FailureClass::Denied,
        ExitClass::BadSetting => FailureClass::BadSetting,
    }
}
