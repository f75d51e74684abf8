//! A small world in which plans are carried out: months are published, attempts run and end, the store is looked at. It
//! holds the truth apart from what the history says of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use scoring_plan::history::{Change, Changed, Input, Output, Survey};
use scoring_plan::reason::{Reason, Wait};
use scoring_plan::{
    Attempt, AttemptState, Backfill, FailureClass, History, Lane, Month, Plan, RawBackfill, Record, Schedule, decide,
};

/// What is really in the store for a month.
#[derive(Clone, Debug, Default)]
pub(crate) struct Truth {
    /// When its rows are published; never, where there is none.
    pub(crate) published: Option<Timestamp>,
    /// The version of its rows.
    pub(crate) version: u32,
    /// The version that its output was made from.
    pub(crate) output: Option<u32>,
}

/// How an attempt is to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Success,
    Failure(FailureClass),
    Cancelled,
}

/// A schedule, its store, and what is known of them.
pub(crate) struct World {
    pub(crate) schedule: Schedule,
    pub(crate) backfills: Vec<RawBackfill>,
    pub(crate) truth: BTreeMap<Month, Truth>,
    pub(crate) history: History,
    pub(crate) now: Timestamp,
    /// Every attempt that was started, in order.
    pub(crate) started: Vec<(Month, u32, Lane)>,
}

impl World {
    pub(crate) fn new(schedule: Schedule, truth: BTreeMap<Month, Truth>, now: Timestamp) -> Self {
        Self { schedule, backfills: Vec::new(), truth, history: History::default(), now, started: Vec::new() }
    }

    pub(crate) fn plan(&self) -> Plan {
        let checked = |raw| Backfill::new(raw).expect("a backfill");
        let backfills: Vec<Backfill> = self.backfills.iter().map(checked).collect();
        decide(&self.schedule, &backfills, &self.history, self.now)
    }

    /// Decides and acts until nothing is left to do but to wait; `end` says how each attempt ends. Gives the plan of then.
    pub(crate) fn run(&mut self, mut end: impl FnMut() -> End) -> Plan {
        for _ in 0..20_000 {
            let plan = self.plan();
            self.carry_out(&plan);
            if self.finish_one(&mut end) {
                continue;
            }
            if !plan.start.is_empty() || plan.survey.is_some() {
                continue;
            }
            if is_settled(&plan) {
                return plan;
            }
            self.now = plan.wake_at.expect("an instant at which a month that waits goes on");
        }
        panic!("the schedule never comes to rest");
    }

    /// Does what a plan says, as far as it can be done at once.
    pub(crate) fn carry_out(&mut self, plan: &Plan) {
        for start in &plan.start {
            self.started.push((start.month, start.attempt, start.lane));
            let attempt = Attempt {
                number: start.attempt,
                tries: start.tries,
                basis: start.basis.clone(),
                backfill: start.backfill.clone(),
                started: self.now,
                state: AttemptState::Running,
                record: Record::Unsaved,
            };
            self.history.months.entry(start.month).or_default().attempts.push(attempt);
        }
        for stop in &plan.stop {
            let at = self.now;
            for attempt in &mut self.history.months.entry(stop.month).or_default().attempts {
                if attempt.number == stop.attempt {
                    attempt.state = AttemptState::Cancelled { at };
                }
            }
        }
        if plan.survey.is_some() {
            self.survey();
        }
    }

    /// Looks at the store.
    pub(crate) fn survey(&mut self) {
        let (now, truth) = (self.now, &self.truth);
        self.history.surveys.last = Some(Survey { at: now, task: self.schedule.task().to_owned() });
        for (&month, truth) in truth {
            let facts = self.history.months.entry(month).or_default();
            facts.input = match (truth.published, &facts.input) {
                (Some(published), _) if published <= now => Input::Available { identity: version(truth.version) },
                (_, Input::NotPublished { since }) => Input::NotPublished { since: *since },
                _ => Input::NotPublished { since: now },
            };
            facts.output = match truth.output {
                None => Output::None,
                Some(made) if made == truth.version => Output::Current,
                Some(made) => {
                    Output::Stale(vec![Change { of: Changed::Input, from: version(made), to: version(truth.version) }])
                }
            };
        }
    }

    /// Ends the first attempt that runs.
    fn finish_one(&mut self, end: &mut impl FnMut() -> End) -> bool {
        let running = self.history.months.iter_mut().find_map(|(&month, facts)| {
            facts.attempts.iter_mut().find(|attempt| attempt.is_running()).map(|attempt| (month, attempt))
        });
        let Some((month, attempt)) = running else { return false };
        self.now = self.now.checked_add(SignedDuration::from_secs(7)).expect("an instant");
        let at = self.now;
        attempt.state = match end() {
            End::Success => {
                let truth = self.truth.entry(month).or_default();
                truth.output = Some(truth.version);
                AttemptState::Succeeded { at }
            }
            End::Failure(class) => AttemptState::Failed { at, class, detail: "by chance".to_owned() },
            End::Cancelled => AttemptState::Cancelled { at },
        };
        true
    }
}

/// Whether no month goes on by itself once some time has passed.
fn is_settled(plan: &Plan) -> bool {
    let goes_on =
        |reason: &Reason| matches!(reason, Reason::BackingOff { .. } | Reason::Waiting(Wait::NotLooked { .. }));
    let rows = plan.backfills.iter().flat_map(|backfill| backfill.rows.iter().map(|row| &row.reason));
    !plan.months.iter().map(|state| &state.reason).chain(rows).any(goes_on)
}

pub(crate) fn version(version: u32) -> String {
    format!("v{version}")
}
