//! Keeping a schedule's months scored on this machine: survey, plan, score, and again, until there is nothing to do. It
//! decides nothing: what is done is what the plan says.

mod attempts;
pub mod report;

use jiff::Timestamp;
use scorer::stop::Stop;
use scorer::survey::SurveyError;
use scoring_contract::outcome::Status;
use scoring_plan::{Plan, Reason, Standing};
use tokio::task::JoinSet;

use crate::wish::Wish;
use crate::world::World;
use attempts::{Ended, run_attempt};
use report::Report;

/// How keeping a schedule ended.
pub struct Kept {
    /// What the last plan says.
    pub plan: Plan,
    /// Attempts of this process that committed a month.
    pub committed: usize,
    /// Attempts of this process that failed or were stopped.
    pub failed: usize,
    /// Why it ended before there was nothing to do, where it did.
    pub cut_short: Option<CutShort>,
}

/// Why keeping a schedule ended early.
#[derive(Debug, thiserror::Error)]
pub enum CutShort {
    /// Somebody asked.
    #[error("stopped; what was running is not committed")]
    Stopped,
    /// The stores could not be looked at.
    #[error("the months cannot be surveyed")]
    Survey(#[source] SurveyError),
}

/// Keeps one schedule's months scored until there is nothing to do but wait.
pub async fn keep(wish: &Wish, world: &mut World, report: &Report, stop: &Stop) -> Kept {
    let mut running: JoinSet<Ended> = JoinSet::new();
    let (mut committed, mut failed) = (0, 0);
    let cut_short = loop {
        let now = Timestamp::now();
        let plan = world.plan(wish, now);
        if plan.survey.is_some() && !stop.asked() {
            if let Err(error) = world.survey(wish, now).await {
                break Some(CutShort::Survey(error));
            }
            continue;
        }
        if !stop.asked() {
            for start in &plan.start {
                world.started(start, now);
                report.started(start);
                match wish.task(start.month) {
                    Ok(task) => drop(running.spawn_blocking(run_attempt(task, start, report.bar(start.month), stop))),
                    Err(error) => world.refused(start, &error.to_string(), now),
                }
            }
            report.left(plan.queue.len() + plan.start.len() + running.len());
        }
        let Some(ended) = running.join_next().await else {
            break stop.asked().then_some(CutShort::Stopped);
        };
        match ended {
            Ok(ended) => {
                committed += usize::from(matches!(&ended.result, Ok(done) if done.status == Status::Committed));
                failed += usize::from(ended.result.is_err());
                report.ended(&ended);
                world.ended(&ended, Timestamp::now());
            }
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    };
    let plan = world.plan(wish, Timestamp::now());
    Kept { plan, committed, failed, cut_short }
}

/// Whether a plan has a month that needs somebody to change something.
pub fn needs_somebody(plan: &Plan) -> bool {
    plan.months.iter().any(|state| state.standing == Standing::Failed)
}

/// Whether a plan has a month that is to be tried again after a while.
pub fn tries_again(plan: &Plan) -> bool {
    plan.months.iter().any(|state| matches!(state.reason, Reason::BackingOff { .. }))
}
