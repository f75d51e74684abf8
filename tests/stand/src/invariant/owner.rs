//! I8: the operator touches what is its own, and says each time which object it means.

use std::collections::BTreeSet;

use serde_json::Value;

use super::evidence::{controller, line};
use super::{Evidence, JobLife, Violation};
use crate::AuditEvent;

/// What an operator may write, as verb, resource and subresource.
const ALLOWED: [(&str, &str, &str); 8] = [
    ("create", "jobs", ""),
    ("delete", "jobs", ""),
    ("create", "events", ""),
    ("patch", "events", ""),
    ("patch", "scoringschedules", "status"),
    ("update", "scoringschedules", "status"),
    ("patch", "scoringbackfills", "status"),
    ("update", "scoringbackfills", "status"),
];

/// Every write that no operator has to make, every Job without a schedule as its controller, every delete that names no
/// uid or another's, and every status that was written without regard to what was stored.
pub fn own_objects_only(evidence: Evidence<'_>) -> Vec<Violation> {
    let schedules = uids_created(evidence, "scoringschedules");
    let jobs = evidence.jobs();
    let wrong = |event: &AuditEvent| {
        let object = &event.object_ref;
        let kind = (event.verb.as_str(), object.resource.as_str(), object.subresource.as_str());
        match kind {
            kind if !ALLOWED.contains(&kind) => Some("no operator has to do this"),
            // A server that is going away refuses a request before it has read what it says.
            _ if event.request_object.is_null() && !event.succeeded() => None,
            ("create", "jobs", _) => faulty_job(event, &schedules),
            ("delete", ..) => faulty_delete(event, &jobs),
            (_, _, "status") if sent_version(event).is_none() => Some("the status was written whatever was stored"),
            _ => None,
        }
    };
    let violation = |event: &AuditEvent| {
        let what = wrong(event)?.to_owned();
        let same = jobs.iter().filter(|job| job.name == event.name()).map(|job| format!("{} {}", job.line, job.uid));
        let meant = format!("{} {}", line(event), event.request_object["preconditions"]);
        Some(Violation::new("I8", what, same.chain([meant]).collect()))
    };
    evidence.written().filter_map(violation).collect()
}

fn faulty_job(event: &AuditEvent, schedules: &BTreeSet<String>) -> Option<&'static str> {
    let owner = controller(&event.request_object);
    let uid = owner.filter(|owner| owner["kind"] == "ScoringSchedule").and_then(|owner| owner["uid"].as_str());
    if event.request_object.pointer("/metadata/generateName").is_some() {
        return Some("a Job's name was left to the server");
    }
    uid.is_none_or(|uid| !schedules.contains(uid)).then_some("a Job has no schedule that was there as its controller")
}

fn faulty_delete(event: &AuditEvent, jobs: &[JobLife]) -> Option<&'static str> {
    match event.request_object.pointer("/preconditions/uid").and_then(Value::as_str) {
        None => Some("a delete named no uid"),
        Some(uid) if jobs.iter().all(|job| job.uid != uid) => Some("a delete named what no operator made"),
        Some(_) => None,
    }
}

fn sent_version(event: &AuditEvent) -> Option<&str> {
    event.request_object.pointer("/metadata/resourceVersion").and_then(Value::as_str)
}

/// The uids of the objects of a resource that were created, by whomever.
fn uids_created(evidence: Evidence<'_>, resource: &str) -> BTreeSet<String> {
    let of = |event: &&AuditEvent| event.object_ref.resource == resource && event.succeeded();
    evidence.events.iter().filter(of).map(|event| event.uid().to_owned()).collect()
}
