//! The backfills of the documents: each goes to its schedule or, where it has a model of its own, becomes a world of its
//! own beside it.

use scoring_contract::survey::SurveyDocument;
use scoring_crds::fault::Fault;
use scoring_crds::world::{World, of_backfill};
use scoring_crds::{ScoringBackfill, check_backfill};
use scoring_plan::Backfill;

use super::{Found, Placed, Wish, fault, refused, task};
use crate::documents::Document;

impl<'a> Found<'a> {
    pub(super) fn backfill(&mut self, document: &'a Document, resource: &ScoringBackfill) {
        if let Err(faults) = self.add(document, resource) {
            self.errors.push(refused(document, faults));
        }
    }

    fn add(&mut self, document: &'a Document, resource: &ScoringBackfill) -> Result<(), Vec<Fault>> {
        let checked = check_backfill(resource, self.now).map_err(|faults| faults.0)?;
        let of = &resource.spec.schedule_ref.name;
        let own = |placed: &&mut Placed<'_>| placed.wish.name == *of && placed.wish.world_of.is_none();
        if self.has_backfill(of, checked.name()) {
            let problem = format!("`{}` is the name of another backfill of `{of}`: give each its own", checked.name());
            return Err(fault("metadata.name", problem));
        }
        let Some(parent) = self.placed.iter_mut().find(own) else {
            if self.refused.contains(of) {
                return Ok(());
            }
            let problem = format!("`{of}` is no schedule of these documents: add it, or correct the name");
            return Err(fault("spec.scheduleRef.name", problem));
        };
        let narrowed = self.narrowing.backfill(resource);
        let backfill = narrowed.and_then(|narrowed| check_backfill(&narrowed, self.now).ok());
        let world = of_backfill(&parent.spec, &resource.spec).transpose().map_err(|faults| faults.0)?;
        match (world, backfill) {
            (None, backfill) => parent.wish.backfills.extend(backfill),
            (Some(world), backfill) => {
                let task = other_task(&parent.wish, &world, document);
                let faults = model_faults(&task, &resource.spec.from);
                if !faults.is_empty() {
                    return Err(faults);
                }
                let name = parent.wish.name.clone();
                self.placed.extend(backfill.map(|backfill| alone(document, name, world, task, backfill)));
            }
        }
        Ok(())
    }

    fn has_backfill(&self, schedule: &str, name: &str) -> bool {
        let of = self.placed.iter().filter(|placed| placed.wish.name == schedule);
        of.flat_map(|placed| &placed.wish.backfills).any(|other| other.name() == name)
    }
}

/// The task of a schedule's months with a backfill's model, whose plain paths are relative to the backfill's file.
fn other_task(parent: &Wish, world: &World, document: &Document) -> SurveyDocument {
    let model = task::of(&world.spec, &parent.name, &document.folder()).model;
    SurveyDocument { model, ..parent.task.clone() }
}

/// What is wrong with the model; the schedule's own faults are told of the schedule.
fn model_faults(task: &SurveyDocument, month: &str) -> Vec<Fault> {
    let mut faults = task::faults(task, month);
    faults.retain(|fault| fault.path.starts_with("spec.model"));
    faults
}

fn alone(document: &Document, name: String, world: World, task: SurveyDocument, backfill: Backfill) -> Placed<'_> {
    let World { spec, schedule } = world;
    let world_of = Some(backfill.name().to_owned());
    Placed { document, spec, wish: Wish { name, world_of, schedule, backfills: vec![backfill], task } }
}
