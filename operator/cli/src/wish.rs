//! What the documents wish for, checked: each schedule with its backfills and the task of its months, and beside it the
//! world of every backfill that has a model of its own. What is wrong is listed all at once; nothing after this sees a raw
//! document.

mod backfills;
mod narrowing;
mod outputs;
mod task;

use jiff::Timestamp;
use scorer::task::{Task, TaskError};
use scoring_contract::survey::SurveyDocument;
use scoring_crds::fault::{Fault, Faults};
use scoring_crds::{ScoringSchedule, ScoringScheduleSpec};
use scoring_plan::{Backfill, Month, Schedule};

use crate::documents::{Document, DocumentError, Resource};

pub use narrowing::Narrowing;

/// Months that are kept by one schedule, with one model.
pub struct Wish {
    /// The schedule's name.
    pub name: String,
    /// The backfill whose model these months are scored with; none where it is the schedule's own.
    pub world_of: Option<String>,
    /// When which months are due, and by which policies.
    pub schedule: Schedule,
    /// The backfills; the one alone where it has a model of its own.
    pub backfills: Vec<Backfill>,
    /// What a task of these months says.
    task: SurveyDocument,
}

impl Wish {
    /// What these months are called: the schedule, and the backfill whose world they are.
    pub fn title(&self) -> String {
        self.world_of.as_ref().map_or_else(|| self.name.clone(), |backfill| format!("{} · {backfill}", self.name))
    }

    /// The task of one month.
    pub fn task(&self, month: Month) -> Result<Task, TaskError> {
        Task::try_from(self.task.task(&month.to_string()))
    }
}

/// The wishes of documents, and every fault.
pub fn wishes(documents: &[Document], narrowing: &Narrowing, now: Timestamp) -> (Vec<Wish>, Vec<DocumentError>) {
    let mut found = Found { narrowing, now, placed: Vec::new(), refused: Vec::new(), errors: Vec::new() };
    for document in documents {
        if let Resource::Schedule(resource) = &document.resource {
            found.schedule(document, resource);
        }
    }
    for document in documents {
        if let Resource::Backfill(resource) = &document.resource {
            found.backfill(document, resource);
        }
    }
    for (document, fault) in outputs::shared(&found.placed) {
        found.errors.push(refused(document, vec![fault]));
    }
    (found.placed.into_iter().map(|placed| placed.wish).collect(), found.errors)
}

/// A wish, and where it was written.
struct Placed<'a> {
    document: &'a Document,
    spec: ScoringScheduleSpec,
    wish: Wish,
}

/// What was found in the documents so far.
struct Found<'a> {
    narrowing: &'a Narrowing,
    now: Timestamp,
    placed: Vec<Placed<'a>>,
    /// Schedules that have faults: what names them is not at fault for that.
    refused: Vec<String>,
    errors: Vec<DocumentError>,
}

fn refused(document: &Document, faults: Vec<Fault>) -> DocumentError {
    DocumentError::Fields { file: document.file.clone(), number: document.number, faults: Faults(faults) }
}

/// One fault.
fn fault(path: &str, problem: String) -> Vec<Fault> {
    vec![Fault { path: path.to_owned(), problem }]
}

impl<'a> Found<'a> {
    fn schedule(&mut self, document: &'a Document, resource: &ScoringSchedule) {
        let name = resource.metadata.name.clone().unwrap_or_default();
        let known = self.placed.iter().any(|placed| placed.wish.name == name);
        let placed = match place(document, resource, self.narrowing, self.now) {
            Ok(_) if known => {
                Err(fault("metadata.name", format!("`{name}` is the name of another schedule here: give each its own")))
            }
            placed => placed,
        };
        match placed {
            Ok(placed) => self.placed.push(placed),
            Err(faults) => {
                self.refused.push(name);
                self.errors.push(refused(document, faults));
            }
        }
    }
}

fn place<'a>(
    document: &'a Document,
    resource: &ScoringSchedule,
    narrowing: &Narrowing,
    now: Timestamp,
) -> Result<Placed<'a>, Vec<Fault>> {
    if let Some(fault) = narrowing.outside(&resource.spec) {
        return Err(vec![fault]);
    }
    let spec = narrowing.schedule(&resource.spec);
    let schedule = Schedule::try_from(&spec);
    let name = resource.metadata.name.clone().unwrap_or_default();
    let task = task::of(&spec, &name, &document.folder());
    let mut faults = schedule.as_ref().err().map(|faults| faults.0.clone()).unwrap_or_default();
    faults.extend(task::faults(&task, &resource.spec.months.first));
    match schedule {
        Ok(schedule) if faults.is_empty() => {
            let backfills = narrowing.asked(now).into_iter().collect();
            Ok(Placed { document, spec, wish: Wish { name, world_of: None, schedule, backfills, task } })
        }
        _ => Err(faults),
    }
}
