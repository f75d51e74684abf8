//! What the documents wish for, checked: each schedule with its backfills and the task of its months. What is wrong is
//! listed all at once; nothing after this sees a raw document.

use jiff::Timestamp;
use scorer::task::{Task, TaskError, resolve_parts};
use scoring_contract::survey::SurveyDocument;
use scoring_crds::fault::{Fault, Faults};
use scoring_crds::{ScoringBackfill, ScoringSchedule, ScoringScheduleSpec};
use scoring_plan::{Backfill, Month, Schedule};
use serde_json::Value;

use crate::documents::{Document, DocumentError, Resource};

/// One schedule, as it will be kept.
pub struct Wish {
    /// The schedule's name.
    pub name: String,
    /// When which months are due, and by which policies.
    pub schedule: Schedule,
    /// Its backfills.
    pub backfills: Vec<Backfill>,
    /// What a task of its months says.
    task: SurveyDocument,
}

/// What a person asked for beside the documents.
#[derive(Clone, Debug, Default)]
pub struct Narrowing {
    /// These months only, and which of them.
    pub range: Option<(Month, Month, scoring_plan::Rescore)>,
    /// So many months at once.
    pub parallelism: Option<u16>,
}

/// The name of the backfill that stands for a range on the command line.
const ASKED: &str = "command-line";

impl Wish {
    /// The task of one month.
    pub fn task(&self, month: Month) -> Result<Task, TaskError> {
        Task::try_from(self.task.task(&month.to_string()))
    }
}

/// The wishes of documents, and every fault.
pub fn wishes(documents: &[Document], narrowing: &Narrowing, now: Timestamp) -> (Vec<Wish>, Vec<DocumentError>) {
    let mut wishes: Vec<Wish> = Vec::new();
    let mut errors = Vec::new();
    for document in documents {
        let Resource::Schedule(resource) = &document.resource else { continue };
        match wish(document, resource, narrowing, now) {
            Ok(wish) if wishes.iter().all(|other| other.name != wish.name) => wishes.push(wish),
            Ok(wish) => {
                let problem = format!("`{}` is the name of another schedule here: give each its own", wish.name);
                errors.push(refused(document, vec![Fault { path: "metadata.name".to_owned(), problem }]));
            }
            Err(faults) => errors.push(refused(document, faults)),
        }
    }
    for document in documents {
        let Resource::Backfill(resource) = &document.resource else { continue };
        if let Err(faults) = add(&mut wishes, resource, now) {
            errors.push(refused(document, faults));
        }
    }
    (wishes, errors)
}

fn refused(document: &Document, faults: Vec<Fault>) -> DocumentError {
    DocumentError::Fields { file: document.file.clone(), number: document.number, faults: Faults(faults) }
}

fn wish(
    document: &Document,
    resource: &ScoringSchedule,
    narrowing: &Narrowing,
    now: Timestamp,
) -> Result<Wish, Vec<Fault>> {
    if let Some(fault) = outside(&resource.spec, narrowing) {
        return Err(vec![fault]);
    }
    let schedule = Schedule::try_from(&narrowed(&resource.spec, narrowing));
    let mut task = task(&resource.spec);
    resolve_parts(&mut task.dataset, &mut task.model, &mut task.output, &document.folder());
    let name = resource.metadata.name.clone().unwrap_or_default();
    task.schedule = Some(name.clone());
    let mut faults = schedule.as_ref().err().map(|faults| faults.0.clone()).unwrap_or_default();
    faults.extend(task_faults(&task, &resource.spec.months.first));
    match schedule {
        Ok(schedule) if faults.is_empty() => {
            let backfills = asked(narrowing, now).into_iter().collect();
            Ok(Wish { name, schedule, backfills, task })
        }
        _ => Err(faults),
    }
}

/// That the months that are asked for are none of the schedule's.
fn outside(spec: &ScoringScheduleSpec, narrowing: &Narrowing) -> Option<Fault> {
    let (from, to, _) = narrowing.range?;
    let (from, to) = (from.to_string(), to.to_string());
    let outside = to < spec.months.first || spec.months.last.as_ref().is_some_and(|last| from > *last);
    let problem =
        || format!("has no month from {from} to {to}, which the command line asks for: ask for months of the schedule");
    outside.then(|| Fault { path: "spec.months".to_owned(), problem: problem() })
}

/// The spec with the months that are asked for alone.
fn narrowed(spec: &ScoringScheduleSpec, narrowing: &Narrowing) -> ScoringScheduleSpec {
    let mut spec = spec.clone();
    if let Some((from, to, _)) = narrowing.range {
        let (from, to) = (from.to_string(), to.to_string());
        spec.months.last = Some(spec.months.last.map_or(to.clone(), |last| last.min(to)));
        spec.months.first = spec.months.first.max(from);
        let (first, last) = (spec.months.first.clone(), spec.months.last.clone());
        let inside = |month: &String| *month >= first && last.as_ref().is_none_or(|last| month <= last);
        spec.months.exclude.retain(|exclusion| inside(&exclusion.month));
    }
    if let Some(parallelism) = narrowing.parallelism {
        spec.backfill.parallelism = parallelism.into();
    }
    spec
}

/// The backfill that a range on the command line stands for.
fn asked(narrowing: &Narrowing, now: Timestamp) -> Option<Backfill> {
    let (from, to, rescore) = narrowing.range?;
    let raw = scoring_plan::RawBackfill {
        rescore,
        parallelism: narrowing.parallelism.unwrap_or(3).into(),
        ..scoring_plan::RawBackfill::of(ASKED, &from.to_string(), &to.to_string(), now)
    };
    Backfill::new(&raw).ok()
}

fn add(wishes: &mut [Wish], resource: &ScoringBackfill, now: Timestamp) -> Result<(), Vec<Fault>> {
    let fault = |path: &str, problem: String| Err(vec![Fault { path: path.to_owned(), problem }]);
    let of = &resource.spec.schedule_ref.name;
    if resource.spec.model.is_some() {
        return fault("spec.model", "is not carried out on one machine: write a schedule of its own".to_owned());
    }
    let backfill = scoring_crds::check_backfill(resource, now).map_err(|faults| faults.0)?;
    match wishes.iter_mut().find(|wish| wish.name == *of) {
        Some(wish) if wish.backfills.iter().any(|other| other.name() == backfill.name()) => fault(
            "metadata.name",
            format!("`{}` is the name of another backfill of `{of}`: give each its own", backfill.name()),
        ),
        Some(wish) => {
            wish.backfills.push(backfill);
            Ok(())
        }
        None => fault(
            "spec.scheduleRef.name",
            format!("`{of}` is no schedule of these documents: add it, or correct the name"),
        ),
    }
}

/// The part of a spec that becomes a task: field for field what a task document holds, but for the Secret, which only a
/// controller reads.
fn task(spec: &ScoringScheduleSpec) -> SurveyDocument {
    let mut value = serde_json::to_value(spec).unwrap_or_default();
    let mut part = serde_json::Map::new();
    for field in ["dataset", "model", "features", "output", "storage"] {
        if let Some(field_value) = value.get_mut(field).map(Value::take).filter(|value| !value.is_null()) {
            part.insert(field.to_owned(), without_secret(field_value));
        }
    }
    part.insert("months".to_owned(), Value::Array(Vec::new()));
    serde_json::from_value(Value::Object(part)).expect("a spec's task part has the fields of a task document")
}

fn without_secret(mut value: Value) -> Value {
    for storage in [value.get("storage").is_some().then_some("/storage"), Some("")].into_iter().flatten() {
        if let Some(fields) = value.pointer_mut(storage).and_then(Value::as_object_mut) {
            fields.remove("credentialsSecret");
        }
    }
    value
}

/// What the scorer would refuse of the task, by the spec's own paths.
fn task_faults(task: &SurveyDocument, month: &str) -> Vec<Fault> {
    let own = [
        ("dataset", task.dataset.storage.is_some()),
        ("model", task.model.storage.is_some()),
        ("output", task.output.storage.is_some()),
    ];
    let mut found: Vec<Fault> = Vec::new();
    for fault in Task::try_from(task.task(month)).err().map(|faults| faults.0).unwrap_or_default() {
        // A month that is wrong is the schedule's fault, and told there.
        if fault.path == "month" {
            continue;
        }
        // A part without a store of its own has the common one, which is at fault once.
        let common = own.iter().filter(|(_, own)| !own).find_map(|(part, _)| {
            fault.path.strip_prefix(part)?.strip_prefix('.').filter(|path| path.starts_with("storage."))
        });
        let fault = Fault { path: format!("spec.{}", common.unwrap_or(&fault.path)), problem: fault.problem };
        if !found.contains(&fault) {
            found.push(fault);
        }
    }
    found
}
