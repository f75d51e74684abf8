//! One attempt at a month in a thread of this process, and what the world learns from it.

use futures::FutureExt;
use jiff::Timestamp;
use scorer::failure;
use scorer::progress::Progress;
use scorer::run::{Done, RunError, run};
use scorer::stop::Stop;
use scorer::task::Task;
use scoring_contract::survey::Committed;
use scoring_plan::history::{MonthFacts, Output};
use scoring_plan::{Attempt, AttemptState, FailureClass, Month, Record, Start};

use crate::world::{World, class};

/// An attempt that has ended.
pub(crate) struct Ended {
    /// The month.
    pub(crate) month: Month,
    /// The attempt.
    pub(crate) attempt: u32,
    /// What became of it.
    pub(crate) result: Result<Done, RunError>,
}

/// The work of one attempt, for a thread that may block.
pub(super) fn run_attempt(
    task: Task,
    start: &Start,
    progress: Box<dyn Progress + Send>,
    stop: &Stop,
) -> impl FnOnce() -> Ended + Send + 'static {
    let (month, attempt, stop) = (start.month, start.attempt, stop.clone());
    let task = Task { attempt, ..task };
    let runtime = tokio::runtime::Handle::current();
    move || Ended { month, attempt, result: runtime.block_on(run(&task, progress.as_ref(), &stop).boxed_local()) }
}

impl World {
    /// Notes that an attempt runs.
    pub(super) fn started(&mut self, start: &Start, now: Timestamp) {
        self.history.months.entry(start.month).or_default().attempts.push(Attempt {
            number: start.attempt,
            tries: start.tries,
            basis: start.basis.clone(),
            backfill: start.backfill.clone(),
            started: now,
            state: AttemptState::Running,
            record: Record::Forgotten,
        });
    }

    /// Notes that an attempt could not even begin.
    pub(super) fn refused(&mut self, start: &Start, detail: &str, now: Timestamp) {
        let state = AttemptState::Failed { at: now, class: FailureClass::BadSetting, detail: detail.to_owned() };
        self.set(start.month, start.attempt, state);
    }

    /// Notes how an attempt ended.
    pub(super) fn ended(&mut self, ended: &Ended, now: Timestamp) {
        let state = match &ended.result {
            Ok(done) => {
                self.facts(ended.month).output = Output::Current;
                self.committed.extend(Committed::of(&done.manifest).map(|committed| (ended.month, committed)));
                AttemptState::Succeeded { at: now }
            }
            Err(RunError::Stopped) => AttemptState::Cancelled { at: now },
            Err(error) => {
                let verdict = failure::of(error);
                AttemptState::Failed { at: now, class: class(verdict.class), detail: failure::chain(error) }
            }
        };
        self.set(ended.month, ended.attempt, state);
    }

    fn facts(&mut self, month: Month) -> &mut MonthFacts {
        self.history.months.entry(month).or_default()
    }

    fn set(&mut self, month: Month, number: u32, state: AttemptState) {
        if let Some(attempt) = self.facts(month).attempts.iter_mut().find(|attempt| attempt.number == number) {
            attempt.state = state;
        }
    }
}
