//! I12: a run with a fault comes to the same end by the same creates and deletes as the run without.
//!
//! What may differ, since it follows from the fault: surveys (a restart may have to look again), writes of a status, and
//! events. What may not: which Jobs of months are created and deleted, how often each, and how the months stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Evidence, Violation, coverage};

/// How often what was done, and how it ended. It holds no names, for they differ from run to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often a Job of a month was created: `create 2021-01`, and deleted: `delete 2021-01`.
    pub months: BTreeMap<String, usize>,
    /// How often a survey was created.
    pub surveys: usize,
    /// How often a status was stored.
    pub statuses: usize,
    /// How many events were created.
    pub events: usize,
    /// The months of each list of the coverage.
    pub coverage: BTreeMap<String, BTreeSet<String>>,
    /// Jobs that are left, by what they are for.
    pub left: BTreeMap<String, usize>,
}

impl Counts {
    /// Counts what operators did of which the server said that it is done; `schedule` and `jobs` are as they are at the end.
    pub fn of(evidence: Evidence<'_>, schedule: &Value, jobs: &[Value]) -> Self {
        let mut counts = Self { coverage: coverage(schedule), ..Self::default() };
        let lives = evidence.jobs();
        for life in &lives {
            match &life.month {
                Some(month) => *counts.months.entry(format!("create {month}")).or_default() += 1,
                None => counts.surveys += 1,
            }
        }
        for event in evidence.written().filter(|event| event.succeeded()) {
            let object = &event.object_ref;
            match (event.verb.as_str(), object.resource.as_str()) {
                ("delete", "jobs") => {
                    let life = lives.iter().find(|life| life.name == object.name);
                    if let Some(month) = life.and_then(|life| life.month.as_ref()) {
                        *counts.months.entry(format!("delete {month}")).or_default() += 1;
                    }
                }
                ("create", "events") => counts.events += 1,
                _ if object.subresource == "status" => counts.statuses += 1,
                _ => {}
            }
        }
        for job in jobs {
            let purpose = job.pointer("/metadata/labels/batchscoring.io~1purpose").and_then(Value::as_str);
            *counts.left.entry(purpose.unwrap_or_default().to_owned()).or_default() += 1;
        }
        counts
    }
}

/// Every difference that no fault explains.
pub fn same_as_reference(run: &Counts, reference: &Counts) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut differs = |what: String| violations.push(Violation::new("I12", what, Vec::new()));
    let keys: BTreeSet<_> = run.months.keys().chain(reference.months.keys()).collect();
    for key in keys {
        let (here, there) = (run.months.get(key).copied(), reference.months.get(key).copied());
        // A delete whose answer was lost is sent again, and the server may count both while the Job's pod still ends.
        if here != there && !(key.starts_with("delete") && here > there) {
            differs(format!("{key}: {} times, in the reference run {}", here.unwrap_or(0), there.unwrap_or(0)));
        }
    }
    if run.coverage != reference.coverage {
        differs(format!(
            "the months stand otherwise: {:?}, in the reference run {:?}",
            run.coverage, reference.coverage
        ));
    }
    if run.left != reference.left {
        differs(format!("other Jobs are left: {:?}, in the reference run {:?}", run.left, reference.left));
    }
    violations
}
