//! From a start to a Job: pure, and nothing here can fail. No part of a Job but its task, its resources and where it may
//! run comes from a user; the task is one JSON value that no shell reads.

mod container;
mod job;
mod marks;
mod resources;

use k8s_openapi::api::batch::v1::Job;
use scoring_contract::task::TaskDocument;
use scoring_plan::{Month, Plan, Start};
use serde::Serialize;

use self::job::Shape;
use crate::lean::Owner;
use crate::names::JobName;
use crate::observe::Seen;
use crate::settings::Settings;
use crate::world::World;

/// The most months of one survey (`scoring_contract::bounds::MONTHS`).
const MONTHS: usize = scoring_contract::bounds::MONTHS;

/// The Job of an attempt at a month.
pub fn month_job(world: &World, start: &Start, settings: &Settings, owner: &Owner) -> Job {
    let name = JobName::Month { month: start.month, attempt: start.attempt };
    let task = TaskDocument { attempt: Some(start.attempt), ..world.template.task.task(&start.month.to_string()) };
    let shape = Shape {
        name: name.of(&owner.name, &owner.uid, world.id.model_of()),
        labels: marks::month_labels(start, owner),
        annotations: marks::month_annotations(world, start),
        args: ["score", "--result", job::RESULT],
        task: json(&task),
        resources: resources::of(world.template.job.resources.as_ref(), &settings.resources),
        deadline_seconds: world.template.deadline_seconds(),
        parts: None,
    };
    job::of(world, shape, settings, owner)
}

/// The Job that looks at the store for these months.
pub fn survey_job(world: &World, months: &[Month], seen: &Seen, settings: &Settings, owner: &Owner) -> Job {
    let months = &months[months.len().saturating_sub(MONTHS)..];
    let name = JobName::Survey { number: seen.surveys.number + 1 };
    let mut task = world.template.task.clone();
    task.months = months.iter().map(Month::to_string).collect();
    let shape = Shape {
        name: name.of(&owner.name, &owner.uid, world.id.model_of()),
        labels: marks::survey_labels(owner),
        annotations: marks::survey_annotations(world, months, seen),
        args: ["survey", "--result", job::RESULT],
        task: json(&task),
        resources: resources::of(None, &settings.survey_resources),
        deadline_seconds: job::SURVEY_DEADLINE_SECONDS,
        parts: Some(scoring_contract::survey::parts(months.len())),
    };
    job::of(world, shape, settings, owner)
}

/// The months that a survey looks at: all that the plan tells of, the newest where there are more than a survey takes.
pub fn survey_months(plan: &Plan) -> Vec<Month> {
    let months: Vec<Month> = plan.months.iter().map(|state| state.month).collect();
    months[months.len().saturating_sub(MONTHS)..].to_vec()
}

/// A document as the value of an environment variable. Kubernetes would replace `$(NAME)` in it by what another variable
/// holds, a credential for one; a `$` that is written as an escape of JSON it cannot see.
pub(crate) fn json<T: Serialize>(document: &T) -> String {
    let text = serde_json::to_string(document).expect("texts, numbers and lists are JSON");
    text.replace('$', "\\u0024")
}
