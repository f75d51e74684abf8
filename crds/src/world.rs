//! The world of a backfill that has a model of its own: its schedule's spec with that model, in which nothing is due and
//! nothing is scored but what this one backfill names. It has its own survey, its own history and its own outputs; the
//! schedule's months are never started in it, and two backfills with the same model are still two worlds.
//!
//! Pure: what is wrong comes with the path of the backfill's field. Nothing here decides what is scored.

use scoring_plan::Schedule;
use scoring_plan::schedule::BackfillMode;

use crate::backfill::ScoringBackfillSpec;
use crate::check;
use crate::fault::{Fault, Faults};
use crate::schedule::ScoringScheduleSpec;
use crate::task::ModelRef;

/// What a backfill with a model of its own is planned and scored with.
#[derive(Clone, Debug)]
pub struct World {
    /// The schedule's spec with the backfill's model; a store that this model does not name is the schedule's common one.
    pub spec: ScoringScheduleSpec,
    /// The same, checked; no month is due in it.
    pub schedule: Schedule,
}

/// The world of a backfill, given its schedule's spec; none where it scores with the schedule's own model.
pub fn of_backfill(schedule: &ScoringScheduleSpec, backfill: &ScoringBackfillSpec) -> Option<Result<World, Faults>> {
    let model = backfill.model.as_ref()?;
    Some(with_model(schedule, model))
}

fn with_model(own: &ScoringScheduleSpec, model: &ModelRef) -> Result<World, Faults> {
    let refused =
        |path: &str, problem: &str| Err(Faults(vec![Fault { path: path.to_owned(), problem: problem.to_owned() }]));
    if Schedule::try_from(own).is_err() {
        return refused("spec.scheduleRef.name", "names a schedule that is not in order: correct its own faults first");
    }
    if let Some((path, problem)) = overwrites(own, model) {
        return refused(path, problem);
    }
    let spec = ScoringScheduleSpec { model: model.clone(), ..own.clone() };
    match check::schedule(&spec, BackfillMode::OnRequest) {
        Ok(schedule) => Ok(World { spec, schedule }),
        // All that the model can make wrong of a schedule that is in order is its size.
        Err(Faults(faults)) => {
            let at_model = |fault: Fault| Fault { path: "spec.model".to_owned(), ..fault };
            Err(Faults(faults.into_iter().map(at_model).collect()))
        }
    }
}

/// That the outputs would stand where the schedule's own do, which would then turn stale and be scored back and forth.
fn overwrites(own: &ScoringScheduleSpec, model: &ModelRef) -> Option<(&'static str, &'static str)> {
    let has = |placeholder| own.output.uri.contains(placeholder);
    if has("{fingerprint}") {
        return None;
    }
    if !has("{runId}") {
        return Some((
            "spec.model",
            "would write over the schedule's own outputs: put `{runId}` or `{fingerprint}` into the schedule's \
             `output.uri`, or write a schedule of its own for this model",
        ));
    }
    let same = model.run_id.is_some() && model.run_id == own.model.run_id;
    same.then_some((
        "spec.model.runId",
        "is the schedule's own run, and `{runId}` alone does not keep its outputs apart: leave `model` out, or put \
         `{fingerprint}` into the schedule's `output.uri`",
    ))
}
