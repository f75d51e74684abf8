//! A Job as it is watched, and the record of it.
//!
//! Which month and which attempt it is about is read from its name, which nobody can change; labels and annotations are
//! only read for what the name does not hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::Resource;
use scoring_plan::{Basis, Month, MonthRange};
use serde::Deserialize;

use super::metadata;
use crate::names::{self, JobName};
use crate::record::{JobEnd, JobRecord, MonthWork, SurveyWork, Verdict, Work};

/// A Job with the fields that are read.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LeanJob {
    #[serde(deserialize_with = "metadata::read")]
    metadata: ObjectMeta,
    #[serde(default)]
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Spec {
    #[serde(default)]
    suspend: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Status {
    #[serde(default)]
    active: Option<i32>,
    #[serde(default)]
    conditions: Option<Vec<Condition>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    #[serde(rename = "type")]
    type_: String,
    status: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    last_transition_time: Option<Time>,
}

/// Who owns a Job: a schedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// The namespace of both.
    pub namespace: String,
    /// The schedule's name.
    pub name: String,
    /// The schedule's UID: another schedule of the same name is another owner.
    pub uid: String,
}

/// A Job that a schedule owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedJob {
    /// Whose.
    pub owner: Owner,
    /// What is known of it.
    pub record: JobRecord,
    /// Whether it has pods that have not ended, by its own count.
    pub active: bool,
}

impl LeanJob {
    /// The record of it; none where no schedule owns it, or where its name is none that the controller gives.
    pub fn owned(self) -> Option<OwnedJob> {
        let owner = metadata::controller(&self.metadata, scoring_crds::GROUP, "ScoringSchedule")?;
        let owner =
            Owner { namespace: self.metadata.namespace.clone()?, name: owner.name.clone(), uid: owner.uid.clone() };
        let record = JobRecord {
            name: self.metadata.name.clone()?,
            uid: self.metadata.uid.clone()?,
            work: self.work()?,
            model_of: self.annotation(names::MODEL_OF),
            created: self.metadata.creation_timestamp.as_ref()?.0,
            suspended: self.spec.suspend.unwrap_or(false),
            deleting: self.metadata.deletion_timestamp.is_some(),
            end: self.end(),
        };
        Some(OwnedJob { owner, record, active: self.status.active.is_some_and(|pods| pods > 0) })
    }

    fn work(&self) -> Option<Work> {
        match JobName::read(self.metadata.name.as_deref()?)? {
            JobName::Month { month, attempt } => Some(Work::Month(MonthWork {
                month,
                attempt,
                tries: self.tries(),
                basis: Basis {
                    task: self.annotation(names::TASK).unwrap_or_default(),
                    input: self.annotation(names::INPUT),
                },
                backfill: self.metadata.labels.as_ref().and_then(|labels| labels.get(names::BACKFILL)).cloned(),
            })),
            JobName::Survey { .. } => Some(Work::Survey(SurveyWork {
                months: months(&self.annotation(names::MONTHS).unwrap_or_default()),
                task: self.annotation(names::TASK).unwrap_or_default(),
                tries: self.tries(),
                after: self.annotation(names::AFTER).and_then(|after| after.parse().ok()),
                since: since(&self.annotation(names::SINCE).unwrap_or_default()),
            })),
        }
    }

    fn tries(&self) -> u16 {
        self.annotation(names::TRIES).and_then(|tries| tries.parse().ok()).unwrap_or(1)
    }

    fn annotation(&self, key: &str) -> Option<String> {
        self.metadata.annotations.as_ref()?.get(key).cloned()
    }

    fn end(&self) -> Option<JobEnd> {
        let is_end = |condition: &&Condition| {
            condition.status == "True" && matches!(condition.type_.as_str(), "Complete" | "Failed")
        };
        let condition = self.status.conditions.as_ref()?.iter().find(is_end)?;
        let at = condition.last_transition_time.as_ref().or(self.metadata.creation_timestamp.as_ref())?.0;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let verdict = if condition.type_ == "Complete" {
            Verdict::Complete
        } else {
            Verdict::Failed { reason: text(&condition.reason), message: text(&condition.message) }
        };
        Some(JobEnd { at, verdict })
    }
}

/// The months of ranges with commas in between; what is none is left out.
fn months(text: &str) -> Vec<Month> {
    text.split(',').filter_map(|range| range.parse::<MonthRange>().ok()).flat_map(MonthRange::months).collect()
}

fn since(text: &str) -> BTreeMap<Month, Timestamp> {
    let read: BTreeMap<String, Timestamp> = serde_json::from_str(text).unwrap_or_default();
    read.into_iter().filter_map(|(month, at)| Some((month.parse().ok()?, at))).collect()
}

impl Resource for LeanJob {
    type DynamicType = ();
    type Scope = k8s_openapi::NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        <Job as Resource>::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        <Job as Resource>::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        <Job as Resource>::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        <Job as Resource>::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn job(name: &str, more: &Value) -> LeanJob {
        let mut document = json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {
                "name": name, "namespace": "rides", "uid": "j-1", "creationTimestamp": "2026-01-02T03:04:05Z",
                "managedFields": [{"manager": "scoring-operator"}],
                "annotations": {names::TASK: "t", names::TRIES: "2", names::MONTHS: "2021-01..2021-03,2021-05",
                    names::SINCE: r#"{"2021-03":"2026-01-01T00:00:00Z"}"#},
                "ownerReferences": [{"apiVersion": "batchscoring.io/v1alpha1", "kind": "ScoringSchedule",
                    "name": "green-taxi", "uid": "s-1", "controller": true}],
            },
            "spec": {"template": {"spec": {"containers": []}}},
        });
        if let (Some(document), Some(more)) = (document.as_object_mut(), more.as_object()) {
            document.extend(more.clone());
        }
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn a_month_and_an_attempt_are_read_from_the_name() {
        let record = job("green-taxi-202102-0a1b2c3d-a12", &json!({})).owned().unwrap().record;
        let Work::Month(work) = record.work else { panic!("no month: {:?}", record.work) };
        assert_eq!((work.month.to_string().as_str(), work.attempt, work.tries), ("2021-02", 12, 2));
        assert_eq!((work.basis.task.as_str(), record.end), ("t", None));
    }

    #[test]
    fn a_survey_knows_its_months_and_since_when_they_are_missing() {
        let record = job("green-taxi-survey-0a1b2c3d-7", &json!({})).owned().unwrap().record;
        let Work::Survey(work) = record.work else { panic!("no survey: {:?}", record.work) };
        let months: Vec<String> = work.months.iter().map(ToString::to_string).collect();
        assert_eq!(months, ["2021-01", "2021-02", "2021-03", "2021-05"]);
        assert_eq!(work.since.len(), 1);
    }

    #[test]
    fn names_that_the_controller_does_not_give_are_passed_over() {
        for name in [
            "green-taxi",
            "green-taxi-202102-0a1b2c3d",
            "green-taxi-202102-0a1b2c3d-12",
            "green-taxi-202113-0a1b2c3d-a1",
            "green-taxi-202102-0a1b2c3-a1",
            "green-taxi-202102-0a1b2c3d-a1-x",
            "green-taxi-survey-0a1b2c3d-x",
        ] {
            assert!(job(name, &json!({})).owned().is_none(), "{name}");
        }
    }

    #[test]
    fn a_job_without_an_owning_schedule_is_passed_over() {
        let mut job = job("green-taxi-202102-0a1b2c3d-a1", &json!({}));
        job.metadata.owner_references.as_mut().unwrap()[0].controller = None;
        assert!(job.owned().is_none());
    }

    #[test]
    fn an_end_is_a_condition_that_is_true() {
        let ended = |type_: &str, status: &str| {
            let condition = json!({"type": type_, "status": status, "reason": "DeadlineExceeded", "message": "too long",
                "lastTransitionTime": "2026-01-02T04:00:00Z"});
            let status = json!({"status": {"conditions": [condition]}});
            job("green-taxi-202102-0a1b2c3d-a1", &status).owned().unwrap().record.end.map(|end| end.verdict)
        };
        let failed = Verdict::Failed { reason: "DeadlineExceeded".to_owned(), message: "too long".to_owned() };
        assert_eq!(ended("Complete", "True"), Some(Verdict::Complete));
        assert_eq!(ended("Failed", "True"), Some(failed));
        assert_eq!(ended("Failed", "False"), None);
        assert_eq!(ended("FailureTarget", "True"), None);
    }
}
