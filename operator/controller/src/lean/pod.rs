//! A pod as it is watched, and the record of it.

use std::borrow::Cow;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::Resource;
use serde::Deserialize;

use super::metadata;
use crate::record::{Exit, PodRecord, PodState, Trouble};

/// Which part of an indexed Job a pod is (Kubernetes 1.34, `batch/v1`).
const INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// The most bytes of what a container says when it ends (the kubelet's own bound).
const MESSAGE: usize = 4096;
/// The most bytes of what keeps a pod.
const TROUBLE: usize = 512;

/// A pod with the fields that are read.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LeanPod {
    #[serde(deserialize_with = "metadata::read")]
    metadata: ObjectMeta,
    #[serde(default)]
    status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    phase: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    conditions: Option<Vec<Condition>>,
    #[serde(default)]
    container_statuses: Option<Vec<Container>>,
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

#[derive(Clone, Debug, Default, Deserialize)]
struct Container {
    #[serde(default)]
    state: State,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct State {
    #[serde(default)]
    waiting: Option<Waiting>,
    #[serde(default)]
    running: Option<Running>,
    #[serde(default)]
    terminated: Option<Terminated>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Waiting {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Running {
    #[serde(default)]
    started_at: Option<Time>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terminated {
    exit_code: i32,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    finished_at: Option<Time>,
}

impl LeanPod {
    /// The record of it; none where no Job owns it.
    pub fn owned(self) -> Option<PodRecord> {
        let job = metadata::controller(&self.metadata, "batch", "Job")?.uid.clone();
        let created = self.metadata.creation_timestamp.as_ref()?.0;
        let part = self.metadata.annotations.as_ref().and_then(|all| all.get(INDEX)).and_then(|part| part.parse().ok());
        Some(PodRecord {
            name: self.metadata.name.clone()?,
            uid: self.metadata.uid.clone()?,
            job,
            part,
            created,
            state: self.status.state(created),
        })
    }
}

impl Status {
    fn state(self, created: Timestamp) -> PodState {
        let disruption = self.condition("DisruptionTarget", "True");
        let disrupted = disruption.is_some();
        let disrupted_at = disruption.and_then(|condition| condition.last_transition_time.as_ref()).map(|time| time.0);
        let has_ended = matches!(self.phase.as_deref(), Some("Succeeded" | "Failed"));
        let trouble = self.unschedulable();
        let state = self.container_statuses.into_iter().flatten().next().unwrap_or_default().state;
        if let Some(ended) = state.terminated {
            let message = ended.message.or(self.message).unwrap_or_default();
            return PodState::Ended(Exit {
                code: Some(ended.exit_code),
                reason: ended.reason.or(self.reason).unwrap_or_default(),
                message: cut(message, MESSAGE),
                at: ended.finished_at.map(|time| time.0).or(disrupted_at).unwrap_or(created),
                disrupted,
            });
        }
        if has_ended {
            return PodState::Ended(Exit {
                code: None,
                reason: self.reason.unwrap_or_default(),
                message: cut(self.message.unwrap_or_default(), MESSAGE),
                at: disrupted_at.unwrap_or(created),
                disrupted,
            });
        }
        match state.running {
            Some(running) => PodState::Running { since: running.started_at.map_or(created, |time| time.0) },
            None => PodState::Pending(state.waiting.and_then(Waiting::trouble).or(trouble)),
        }
    }

    fn condition(&self, type_: &str, status: &str) -> Option<&Condition> {
        self.conditions.as_ref()?.iter().find(|condition| condition.type_ == type_ && condition.status == status)
    }

    fn unschedulable(&self) -> Option<Trouble> {
        let condition = self.condition("PodScheduled", "False")?;
        let reason = condition.reason.clone().filter(|reason| reason == "Unschedulable")?;
        Some(Trouble { reason, message: cut(condition.message.clone().unwrap_or_default(), TROUBLE) })
    }
}

impl Waiting {
    /// Being on its way is no trouble.
    fn trouble(self) -> Option<Trouble> {
        let reason =
            self.reason.filter(|reason| !matches!(reason.as_str(), "ContainerCreating" | "PodInitializing"))?;
        Some(Trouble { reason, message: cut(self.message.unwrap_or_default(), TROUBLE) })
    }
}

fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

impl Resource for LeanPod {
    type DynamicType = ();
    type Scope = k8s_openapi::NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        <Pod as Resource>::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        <Pod as Resource>::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        <Pod as Resource>::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        <Pod as Resource>::plural(&())
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

    const CREATED: &str = "2026-01-02T03:04:05Z";
    const LATER: &str = "2026-01-02T04:00:00Z";

    fn pod(status: &Value) -> PodRecord {
        let document = json!({
            "metadata": {
                "name": "p", "namespace": "rides", "uid": "p-1", "creationTimestamp": CREATED,
                "annotations": {INDEX: "3"},
                "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "j-1",
                    "controller": true}],
            },
            "status": status,
        });
        serde_json::from_value::<LeanPod>(document).unwrap().owned().unwrap()
    }

    fn ended(status: &Value) -> Exit {
        match pod(status).state {
            PodState::Ended(exit) => exit,
            state => panic!("has not ended: {state:?}"),
        }
    }

    #[test]
    fn a_pod_knows_its_job_and_its_part() {
        let pod = pod(&json!({}));
        assert_eq!((pod.job.as_str(), pod.part, pod.state), ("j-1", Some(3), PodState::Pending(None)));
    }

    #[test]
    fn an_end_has_code_message_and_time() {
        let terminated = json!({"exitCode": 65, "reason": "Error", "message": "{}", "finishedAt": LATER});
        let exit = ended(&json!({"phase": "Failed", "containerStatuses": [{"state": {"terminated": terminated}}]}));
        assert_eq!((exit.code, exit.reason.as_str(), exit.message.as_str()), (Some(65), "Error", "{}"));
        assert_eq!((exit.at, exit.disrupted), (LATER.parse().unwrap(), false));
    }

    #[test]
    fn an_evicted_pod_without_a_container_has_the_pods_own_message() {
        let conditions = json!([{"type": "DisruptionTarget", "status": "True", "lastTransitionTime": LATER}]);
        let exit = ended(&json!({"phase": "Failed", "reason": "Evicted", "message": "low on memory",
            "conditions": conditions}));
        assert_eq!((exit.code, exit.reason.as_str(), exit.message.as_str()), (None, "Evicted", "low on memory"));
        assert_eq!((exit.at, exit.disrupted), (LATER.parse().unwrap(), true));
    }

    #[test]
    fn what_keeps_a_pod_is_told() {
        struct Case {
            status: Value,
            reason: Option<&'static str>,
        }
        let waiting = |reason: &str| json!({"containerStatuses": [{"state": {"waiting": {"reason": reason}}}]});
        let cases = [
            Case { status: waiting("ContainerCreating"), reason: None },
            Case { status: waiting("PodInitializing"), reason: None },
            Case { status: waiting("ImagePullBackOff"), reason: Some("ImagePullBackOff") },
            Case { status: waiting("CreateContainerConfigError"), reason: Some("CreateContainerConfigError") },
            Case {
                status: json!({"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}),
                reason: Some("Unschedulable"),
            },
            Case {
                status: json!({"conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]}),
                reason: None,
            },
        ];
        for Case { status, reason } in cases {
            let PodState::Pending(trouble) = pod(&status).state else { panic!("not pending: {status}") };
            assert_eq!(trouble.map(|trouble| trouble.reason).as_deref(), reason, "{status}");
        }
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let terminated = json!({"exitCode": 0, "message": "é".repeat(4000)});
        let exit = ended(&json!({"containerStatuses": [{"state": {"terminated": terminated}}]}));
        assert_eq!(exit.message.len(), 4096);
    }
}
