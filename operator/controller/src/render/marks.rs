//! The labels and annotations of a Job: what selectors and people find it by, and what the next pass reads back. Never
//! those of the schedule: whoever manages that one by labels would take its Jobs for its own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use scoring_plan::history::Input;
use scoring_plan::{Month, MonthRange, Start};

use crate::lean::Owner;
use crate::names;
use crate::observe::Seen;
use crate::world::World;

type Marks = BTreeMap<String, String>;

/// The labels of a month's Job and of its pod.
pub(super) fn month_labels(start: &Start, owner: &Owner) -> Marks {
    let mut labels = labels(owner, names::FOR_MONTH);
    labels.insert(names::MONTH.to_owned(), start.month.to_string());
    labels.insert(names::ATTEMPT.to_owned(), start.attempt.to_string());
    if let Some(backfill) = &start.backfill {
        labels.insert(names::BACKFILL.to_owned(), backfill.clone());
    }
    labels
}

/// The labels of a survey's Job and of its pods.
pub(super) fn survey_labels(owner: &Owner) -> Marks {
    labels(owner, names::FOR_SURVEY)
}

fn labels(owner: &Owner, purpose: &str) -> Marks {
    [
        (names::MANAGED_BY, names::FIELD_MANAGER),
        (names::APP, names::SCORER),
        (names::SCHEDULE, owner.name.as_str()),
        (names::PURPOSE, purpose),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

/// What the next pass reads back of a month's Job.
pub(super) fn month_annotations(world: &World, start: &Start) -> Marks {
    let mut annotations = annotations(world, start.tries);
    annotations.insert(names::TASK.to_owned(), start.basis.task.clone());
    if let Some(input) = &start.basis.input {
        annotations.insert(names::INPUT.to_owned(), input.clone());
    }
    annotations
}

/// What the next pass reads back of a survey's Job.
pub(super) fn survey_annotations(world: &World, months: &[Month], seen: &Seen) -> Marks {
    let mut annotations = annotations(world, tries(world, seen));
    annotations.insert(names::TASK.to_owned(), world.schedule.task().to_owned());
    let ranges: Vec<String> = MonthRange::covering(months.iter().copied()).iter().map(MonthRange::to_string).collect();
    annotations.insert(names::MONTHS.to_owned(), ranges.join(","));
    let since = since(months, seen);
    if !since.is_empty() {
        let json = serde_json::to_string(&since).expect("texts are JSON");
        annotations.insert(names::SINCE.to_owned(), json);
    }
    if let Some(after) = seen.surveys.recorded {
        annotations.insert(names::AFTER.to_owned(), after.to_string());
    }
    annotations
}

fn annotations(world: &World, tries: u16) -> Marks {
    let mut annotations: Marks = [(names::TRIES.to_owned(), tries.to_string())].into();
    if let Some(backfill) = world.id.model_of() {
        annotations.insert(names::MODEL_OF.to_owned(), backfill.to_owned());
    }
    annotations
}

/// Which try a survey is: they are counted from the last one that came to its end, as long as the task stays the same.
fn tries(world: &World, seen: &Seen) -> u16 {
    let surveys = &seen.history.surveys;
    let failed = surveys.failed.as_ref().filter(|failed| {
        failed.task == world.schedule.task() && surveys.last.as_ref().is_none_or(|last| failed.at > last.at)
    });
    failed.map_or(1, |failed| failed.tries.saturating_add(1))
}

/// Since when months are known to be missing.
fn since(months: &[Month], seen: &Seen) -> BTreeMap<String, Timestamp> {
    let since = |month: &Month| match seen.history.facts(*month)?.input {
        Input::NotPublished { since } | Input::Denied { since, .. } => Some((month.to_string(), since)),
        Input::Unknown | Input::Available { .. } => None,
    };
    months.iter().filter_map(since).collect()
}
