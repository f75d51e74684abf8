//! From plans to what a user reads: the status of a schedule and of its backfills, events and figures, all as values. What
//! is here does not change with time alone, so a schedule at rest is never written.

mod backfill;
mod backlog;
mod conditions;
mod figures;
mod month;
mod months;
mod notes;
mod words;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use scoring_crds::ScoringSchedule;
use scoring_crds::status::{Counts, Coverage, ScheduleStatus};
use scoring_plan::Plan;

pub use self::backfill::{BackfillVerdict, backfill_status};
pub use self::figures::{ScheduleFigures, figures};
pub use self::notes::{Ended, Note, NoteKind, backfill_notes, ended, schedule_notes};
use crate::check::Refused;
use crate::observe::Seen;
use crate::world::World;

/// A world, what was seen of it, and what is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// The world.
    pub world: &'a World,
    /// What was seen.
    pub seen: &'a Seen,
    /// What is to be done.
    pub plan: &'a Plan,
}

/// The status of a schedule, from its own world or from why it was refused. A schedule that is refused keeps what its
/// status remembers.
pub fn schedule_status(
    schedule: &ScoringSchedule,
    verdict: Result<Planned<'_>, &Refused>,
    now: Timestamp,
) -> ScheduleStatus {
    let before = schedule.status.clone().unwrap_or_default();
    let observed_generation = schedule.metadata.generation;
    let told = match verdict {
        Ok(own) => conditions::of_schedule(own),
        Err(refused) => conditions::of_refused(refused),
    };
    let conditions = conditions::stamped(told, &before.conditions, observed_generation, now);
    match verdict {
        Err(_) => ScheduleStatus { observed_generation, conditions, ..before },
        Ok(own) => ScheduleStatus { observed_generation, conditions, ..standing(own, before, now) },
    }
}

/// How the months stand. Where nobody can say at present, what the store holds is told as it was last known.
fn standing(own: Planned<'_>, before: ScheduleStatus, now: Timestamp) -> ScheduleStatus {
    let Planned { seen, plan, .. } = own;
    let months = months::of(own, &before, now);
    let time = |at: Timestamp| Time(at);
    let known = ScheduleStatus {
        due: plan.due.map(|due| due.last().to_string()),
        newest: plan.coverage.current.last().map(|range| range.last().to_string()),
        next_tick: plan.next_tick.map(|tick| time(tick.at)),
        last_survey: seen.history.surveys.last.as_ref().map(|survey| survey.at).or(seen.surveys.recorded).map(time),
        counts: Some(Counts::from(&plan.coverage)),
        coverage: Some(Coverage::from(&plan.coverage)),
        months,
        ..ScheduleStatus::default()
    };
    if seen.history.surveys.last.is_some() || before.coverage.is_none() {
        return known;
    }
    ScheduleStatus { newest: before.newest, counts: before.counts, coverage: before.coverage, ..known }
}
