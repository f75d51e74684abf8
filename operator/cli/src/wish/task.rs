//! The part of a spec that becomes a task, and what the scorer has against it, by the spec's own paths.

use std::path::Path;

use scorer::task::{Task, resolve_parts};
use scoring_contract::survey::SurveyDocument;
use scoring_crds::ScoringScheduleSpec;
use scoring_crds::fault::Fault;
use serde_json::Value;

/// What a task of a schedule's months says. Plain paths are relative to `folder`.
pub(super) fn of(spec: &ScoringScheduleSpec, name: &str, folder: &Path) -> SurveyDocument {
    let mut part = scoring_crds::document::task_part(spec);
    part.insert("months".to_owned(), Value::Array(Vec::new()));
    let mut task: SurveyDocument =
        serde_json::from_value(Value::Object(part)).expect("a spec's task part has the fields of a task document");
    resolve_parts(&mut task.dataset, &mut task.model, &mut task.output, folder);
    task.schedule = Some(name.to_owned());
    task
}

/// What the scorer would refuse of the task, by the spec's own paths.
pub(super) fn faults(task: &SurveyDocument, month: &str) -> Vec<Fault> {
    let found = Task::try_from(task.task(month)).err().map(|faults| faults.0).unwrap_or_default();
    // A month that is wrong is the schedule's fault, and told there.
    let own = found.into_iter().filter(|fault| fault.path != "month");
    own.map(|fault| Fault { path: format!("spec.{}", fault.path), problem: fault.problem }).collect()
}
