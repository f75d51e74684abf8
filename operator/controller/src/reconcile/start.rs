//! Carrying a decision out: first what starts, and, once the status is stored, what stops and what is no longer needed.

use std::collections::BTreeMap;
use std::sync::Arc;

use scoring_crds::ScoringSchedule;

use super::decide::Decided;
use super::report::Told;
use super::view::View;
use super::{PassError, Shell};
use crate::apply::Created;
use crate::observe::{JobRef, Memory, orphans};
use crate::obstacle::Obstacle;
use crate::render::{month_job, survey_job, survey_months};
use crate::world::World;

/// What became of the starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Started {
    /// They are made, or something is in their way.
    Done,
    /// What was decided from has changed: nothing was started.
    Stale,
    /// The namespace is going away.
    Leaving,
}

/// Starts what is to start. What is in the way is noted where it was seen.
pub(super) async fn start(shell: &Shell, view: &View, decided: &mut [Decided]) -> Result<Started, PassError> {
    let starting = decided.iter().filter(|decided| decided.starts());
    let backfills: Vec<&str> = starting.clone().filter_map(|decided| decided.world.id.model_of()).collect();
    if starting.count() == 0 {
        return Ok(Started::Done);
    }
    if !view.is_newest(shell, &backfills).await? {
        return Ok(Started::Stale);
    }
    for one in decided {
        match one.start(shell, view).await? {
            Created::Done => {}
            Created::Refused(obstacle) => one.hinder(obstacle),
            Created::Leaving => return Ok(Started::Leaving),
        }
    }
    Ok(Started::Done)
}

impl Decided {
    fn starts(&self) -> bool {
        !self.plan.start.is_empty() || self.plan.survey.is_some()
    }

    /// Creates Jobs until one is refused: the next one would be, too.
    async fn start(&self, shell: &Shell, view: &View) -> Result<Created, PassError> {
        let Self { world, seen, plan } = self;
        let months = survey_months(plan);
        let survey = plan.survey.iter().filter(|_| !months.is_empty());
        let survey = survey.map(|_| survey_job(world, &months, seen, &shell.settings, &view.owner));
        let starts = plan.start.iter().map(|start| month_job(world, start, &shell.settings, &view.owner));
        for job in survey.chain(starts) {
            match shell.writer.create(&job, &view.owner).await? {
                Created::Done => {}
                other => return Ok(other),
            }
        }
        Ok(Created::Done)
    }

    fn hinder(&mut self, obstacle: Obstacle) {
        if !self.seen.obstacles.contains(&obstacle) {
            self.seen.obstacles.push(obstacle);
        }
    }
}

/// Stops what is no longer wanted, and removes what is no longer needed.
pub(super) async fn clear(shell: &Shell, view: &View, decided: &[Decided], told: &Told) -> Result<(), PassError> {
    for Decided { world, seen, plan } in decided {
        let forgets = plan.forget.iter().filter_map(|forget| seen.jobs.get(&(forget.month, forget.attempt)));
        for job in forgets.chain(&seen.strays) {
            forget(shell, view, job).await?;
        }
        for job in stops(view, world, seen, plan, told) {
            if !is_going(view, job) {
                shell.writer.stop(job, &view.owner).await?;
            }
        }
    }
    if !decided.is_empty() {
        let worlds: Vec<World> = decided.iter().map(|decided| decided.world.clone()).collect();
        for job in orphans(&worlds, &view.jobs) {
            forget(shell, view, &job).await?;
        }
    }
    Ok(())
}

async fn forget(shell: &Shell, view: &View, job: &JobRef) -> Result<(), PassError> {
    if is_going(view, job) {
        return Ok(());
    }
    Ok(shell.writer.forget(job, &view.owner).await?)
}

fn is_going(view: &View, job: &JobRef) -> bool {
    view.jobs.iter().any(|known| known.uid == job.uid && known.deleting)
}

/// The Jobs to stop: those whose cancellation the stored status tells. Deleted before, one would look like one that
/// vanished.
fn stops<'a>(
    view: &View,
    world: &World,
    seen: &'a crate::observe::Seen,
    plan: &scoring_plan::Plan,
    told: &Told,
) -> Vec<&'a JobRef> {
    if plan.stop.is_empty() {
        return Vec::new();
    }
    let schedule = ScoringSchedule { status: Some(told.schedule.clone()), ..ScoringSchedule::clone(&view.schedule) };
    let backfills = view.backfills.iter().zip(&told.backfills).map(|(backfill, status)| {
        let mut backfill = (**backfill).clone();
        backfill.status.clone_from(status);
        Arc::new(backfill)
    });
    let memory = Memory::of(&schedule, &backfills.collect::<Vec<_>>(), &BTreeMap::new());
    let stored = plan.stop.iter().filter(|stop| memory.is_cancelled(&world.id, stop.month, stop.attempt));
    stored.filter_map(|stop| seen.jobs.get(&(stop.month, stop.attempt))).collect()
}
