//! The audit log of one namespace, read as the lives of Jobs. It judges nothing.

use jiff::Timestamp;
use serde_json::Value;

use crate::AuditEvent;

/// The labels and annotations by which Jobs say what they are for: a contract with whoever looks at them.
const MONTH: &str = "/metadata/labels/batchscoring.io~1month";
const ATTEMPT: &str = "/metadata/labels/batchscoring.io~1attempt";
const MODEL_OF: &str = "/metadata/annotations/batchscoring.io~1model-of";

/// What was written of one namespace.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The events of the namespace, in the order of the log.
    pub events: &'a [AuditEvent],
    /// The users as whom operators ran.
    pub operators: &'a [&'a str],
}

/// A Job, from its create to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct JobLife {
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
    /// The uid of its controller.
    pub owner: String,
    /// The month; none of a survey.
    pub month: Option<String>,
    /// The attempt at the month.
    pub attempt: Option<u32>,
    /// The uid of the backfill whose own model it is about; empty where it is the schedule's.
    pub model_of: String,
    /// When its create was answered.
    pub created: Timestamp,
    /// When the first request arrived that says it has ended, or that deletes it.
    pub ended: Option<Timestamp>,
    /// Whether it ended well.
    pub complete: bool,
    /// The line that created it.
    pub line: String,
}

impl<'a> Evidence<'a> {
    /// What operators wrote, refused or not, leases left out.
    pub fn written(&self) -> impl Iterator<Item = &'a AuditEvent> {
        let operators = self.operators;
        let is_write = |event: &&AuditEvent| !matches!(event.verb.as_str(), "get" | "list" | "watch");
        self.events
            .iter()
            .filter(is_write)
            .filter(|event| event.object_ref.resource != "leases")
            .filter(move |event| operators.contains(&event.user.username.as_str()))
    }

    /// The Jobs that were created by operators, in this order.
    pub fn jobs(&self) -> Vec<JobLife> {
        let created = self
            .written()
            .filter(|event| event.verb == "create" && event.object_ref.resource == "jobs" && event.succeeded());
        let mut jobs: Vec<JobLife> = created.map(JobLife::of).collect();
        for event in self.events.iter().filter(|event| event.object_ref.resource == "jobs" && event.succeeded()) {
            if event.verb == "deletecollection" {
                let there = jobs.iter_mut().filter(|job| job.created <= event.stage_timestamp);
                there.for_each(|job| job.end(event));
            } else if let Some(job) = jobs.iter_mut().rev().find(|job| job.name == event.name()) {
                job.see(event);
            }
        }
        jobs
    }
}

impl JobLife {
    fn of(event: &AuditEvent) -> Self {
        let object = &event.response_object;
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        Self {
            name: event.name().to_owned(),
            uid: event.uid().to_owned(),
            owner: controller(object).and_then(|owner| owner["uid"].as_str()).unwrap_or_default().to_owned(),
            month: text(MONTH),
            attempt: text(ATTEMPT).and_then(|attempt| attempt.parse().ok()),
            model_of: text(MODEL_OF).unwrap_or_default(),
            created: event.stage_timestamp,
            ended: None,
            complete: false,
            line: line(event),
        }
    }

    fn see(&mut self, event: &AuditEvent) {
        let conditions = event.response_object.pointer("/status/conditions").and_then(Value::as_array);
        let ended = |kind: &str| {
            let held = |condition: &Value| condition["type"] == kind && condition["status"] == "True";
            conditions.is_some_and(|conditions| conditions.iter().any(held))
        };
        self.complete |= ended("Complete");
        if event.verb == "delete" || ended("Complete") || ended("Failed") {
            self.end(event);
        }
    }

    fn end(&mut self, event: &AuditEvent) {
        self.ended.get_or_insert(event.request_received_timestamp);
    }

    /// Whether it is about this month and model of the same schedule.
    pub(super) fn is_of_same_month(&self, other: &Self) -> bool {
        self.month.is_some()
            && (&self.owner, &self.model_of, &self.month) == (&other.owner, &other.model_of, &other.month)
    }
}

/// The owner of an object that controls it.
pub(super) fn controller(object: &Value) -> Option<&Value> {
    object.pointer("/metadata/ownerReferences")?.as_array()?.iter().find(|owner| owner["controller"] == true)
}

/// An event in one line.
pub(super) fn line(event: &AuditEvent) -> String {
    let object = &event.object_ref;
    let subresource = if object.subresource.is_empty() { String::new() } else { format!("/{}", object.subresource) };
    format!(
        "{} {} {} {}{subresource} {} -> {}",
        event.request_received_timestamp,
        event.user.username,
        event.verb,
        object.resource,
        event.name(),
        event.response_status.code,
    )
}
