//! From a schedule and its backfills, as they were written, to the worlds that are planned, or what is wrong, with the path
//! of each field. What admission cannot see is checked here: what a Job in a cluster cannot do, and whether another
//! schedule writes the same outputs. Pure; what addresses and expressions mean is for the scorer to say.

mod rival;
mod template;

use std::sync::Arc;

use jiff::Timestamp;
use scoring_crds::fault::{Fault, Faults};
use scoring_crds::{ScoringBackfill, ScoringSchedule, check_backfill, world};
use scoring_plan::Schedule;

pub use self::rival::Rival;
use crate::world::{Template, World, WorldId};

/// A schedule that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its worlds, its own first.
    pub worlds: Vec<World>,
    /// The backfills that cannot be carried out.
    pub refused: Vec<RefusedBackfill>,
}

/// Why a schedule cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// In one word.
    pub reason: RefusedReason,
    /// What is wrong, and what to write.
    pub faults: Faults,
}

/// Why a schedule cannot be carried out, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedReason {
    /// Its spec is at fault.
    SpecInvalid,
    /// An older schedule writes the same outputs.
    OutputTaken,
}

/// A backfill that cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedBackfill {
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// What is wrong, and what to write.
    pub faults: Faults,
}

/// Checks a schedule with its backfills (those that name it in `scheduleRef`), given what the other schedules write.
pub fn check(
    resource: &ScoringSchedule,
    backfills: &[Arc<ScoringBackfill>],
    rivals: &[Rival],
) -> Result<Checked, Refused> {
    let name = resource.metadata.name.as_deref().unwrap_or_default();
    let schedule = Schedule::try_from(resource);
    let template = Template::of(&resource.spec, name);
    let mut faults: Vec<Fault> = Vec::new();
    faults.extend(schedule.as_ref().err().into_iter().flat_map(|faults| faults.0.clone()));
    faults.extend(template.as_ref().err().into_iter().flat_map(|faults| faults.0.clone()));
    let (Ok(schedule), Ok(template)) = (schedule, template) else {
        return Err(Refused { reason: RefusedReason::SpecInvalid, faults: Faults(faults) });
    };
    if let Some(fault) = Rival::of(resource).clash(rivals) {
        return Err(Refused { reason: RefusedReason::OutputTaken, faults: Faults(vec![fault]) });
    }
    let own = World { id: WorldId::Own, schedule, backfills: Vec::new(), template };
    let mut checked = Checked { worlds: vec![own], refused: Vec::new() };
    for backfill in backfills {
        if let Err(faults) = checked.add(resource, backfill) {
            let name = backfill.metadata.name.clone().unwrap_or_default();
            checked.refused.push(RefusedBackfill { name, uid: uid(backfill), faults });
        }
    }
    Ok(checked)
}

impl Checked {
    fn add(&mut self, resource: &ScoringSchedule, backfill: &ScoringBackfill) -> Result<(), Faults> {
        // The API server stamps every resource.
        let checked = check_backfill(backfill, Timestamp::UNIX_EPOCH)?;
        let Some(other) = world::of_backfill(&resource.spec, &backfill.spec).transpose()? else {
            self.worlds[0].backfills.push(checked);
            return Ok(());
        };
        // What has ended starts nothing more, and its Jobs are no longer needed.
        if checked.ended() {
            return Ok(());
        }
        let name = resource.metadata.name.as_deref().unwrap_or_default();
        let template = Template::of(&other.spec, name)?;
        let id = WorldId::Backfill { uid: uid(backfill) };
        self.worlds.push(World { id, schedule: other.schedule, backfills: vec![checked], template });
        Ok(())
    }

    /// The world that a backfill is planned in; none where it was refused, or had a model of its own and has ended.
    pub fn world_of(&self, backfill: &ScoringBackfill) -> Option<&World> {
        let (name, uid) = (backfill.metadata.name.as_deref()?, backfill.metadata.uid.as_deref());
        self.worlds.iter().find(|world| match world.id.model_of() {
            Some(model_of) => Some(model_of) == uid,
            None => world.backfills.iter().any(|own| own.name() == name),
        })
    }
}

impl Refused {
    /// In CamelCase, for a condition.
    pub fn word(&self) -> &'static str {
        match self.reason {
            RefusedReason::SpecInvalid => "SpecInvalid",
            RefusedReason::OutputTaken => "OutputTaken",
        }
    }
}

fn uid(backfill: &ScoringBackfill) -> String {
    backfill.metadata.uid.clone().unwrap_or_default()
}
