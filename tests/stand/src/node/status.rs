//! The status of a pod as a kubelet reports it. Pure: facts in, a patch out.
//!
//! Source: kubelet 1.34.4, `pkg/kubelet/status/generate.go` and `pkg/kubelet/kubelet_pods.go`; of the scheduler, the
//! condition that `pkg/scheduler/schedule_one.go` sets; of the taint manager, that of
//! `pkg/controller/tainteviction/taint_eviction.go`.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Container, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};

/// The exit code of a process that SIGTERM ended.
pub(super) const TERMINATED: i32 = 128 + 15;
/// The exit code of a process that SIGKILL ended.
pub(super) const KILLED: i32 = 128 + 9;

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    code: i32,
    reason: &'static str,
    message: String,
}

impl End {
    /// It exited by itself or by a signal: the code is then 128 and the signal, as container runtimes say it. They leave
    /// the field `signal` out.
    pub(super) fn exited(code: i32, message: impl Into<String>) -> Self {
        Self { code, reason: if code == 0 { "Completed" } else { "Error" }, message: message.into() }
    }

    /// It was killed for its memory.
    pub(super) fn out_of_memory() -> Self {
        Self { code: KILLED, reason: "OOMKilled", message: String::new() }
    }

    /// The pod was deleted before it started (`TerminatePod` in `pkg/kubelet/status/status_manager.go`).
    pub(super) fn never_started() -> Self {
        let message = "The container could not be located when the pod was terminated".to_owned();
        Self { code: KILLED, reason: "ContainerStatusUnknown", message }
    }
}

/// A pod that no node was found for.
pub(super) fn unschedulable(pod: &Pod, message: &str, now: Timestamp) -> Value {
    let scheduled = condition("PodScheduled", false, Some(("Unschedulable", message)), now);
    patch(pod, &json!({"phase": "Pending", "conditions": [scheduled]}))
}

/// A pod whose container waits.
pub(super) fn waiting(pod: &Pod, reason: &str, message: &str, now: Timestamp) -> Value {
    let container = container(pod);
    let unready = format!("containers with unready status: [{}]", container.name);
    let unready = Some(("ContainersNotReady", unready.as_str()));
    let state = json!({"waiting": {"reason": reason, "message": text(message)}});
    let conditions = [
        condition("PodReadyToStartContainers", true, None, now),
        condition("Initialized", true, None, now),
        condition("Ready", false, unready, now),
        condition("ContainersReady", false, unready, now),
    ];
    let container = container_status(container, &state, false);
    patch(
        pod,
        &json!({"phase": "Pending", "startTime": seconds(now), "conditions": conditions, "containerStatuses": [container]}),
    )
}

/// A pod whose container has just started.
pub(super) fn running(pod: &Pod, now: Timestamp) -> Value {
    let types = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"];
    let conditions = types.map(|name| condition(name, true, None, now));
    let container = container_status(container(pod), &json!({"running": {"startedAt": seconds(now)}}), true);
    patch(pod, &json!({"phase": "Running", "conditions": conditions, "containerStatuses": [container]}))
}

/// A pod whose container has ended.
pub(super) fn ended(pod: &Pod, end: &End, started: Timestamp, now: Timestamp) -> Value {
    let succeeded = end.code == 0;
    let (phase, reason) = if succeeded { ("Succeeded", "PodCompleted") } else { ("Failed", "PodFailed") };
    let conditions = [
        condition("PodReadyToStartContainers", false, None, now),
        condition("Initialized", true, succeeded.then_some((reason, "")), now),
        condition("Ready", false, Some((reason, "")), now),
        condition("ContainersReady", false, Some((reason, "")), now),
    ];
    let state = json!({"terminated": {
        "exitCode": end.code,
        "reason": end.reason,
        "message": text(&end.message),
        "startedAt": seconds(started),
        "finishedAt": seconds(now),
    }});
    let container = container_status(container(pod), &state, false);
    patch(pod, &json!({"phase": phase, "conditions": conditions, "containerStatuses": [container]}))
}

/// A pod that is about to be deleted because of a taint of its node.
pub(super) fn disrupted(pod: &Pod, now: Timestamp) -> Value {
    let why = ("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");
    patch(pod, &json!({"conditions": [condition("DisruptionTarget", true, Some(why), now)]}))
}

/// The first container: the stand runs no other.
pub(super) fn container(pod: &Pod) -> Container {
    pod.spec.as_ref().and_then(|spec| spec.containers.first()).cloned().unwrap_or_default()
}

/// A patch that is refused where the name has become another pod's.
fn patch(pod: &Pod, status: &Value) -> Value {
    json!({"metadata": {"uid": pod.metadata.uid}, "status": status})
}

fn condition(name: &str, holds: bool, why: Option<(&str, &str)>, now: Timestamp) -> Value {
    let status = if holds { "True" } else { "False" };
    let (reason, message) = why.unwrap_or_default();
    json!({
        "type": name,
        "status": status,
        "reason": text(reason),
        "message": text(message),
        "lastTransitionTime": seconds(now),
    })
}

/// A text, or null where there is none: so that what an earlier status said goes.
fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

fn container_status(container: Container, state: &Value, ready: bool) -> Value {
    let image = container.image.unwrap_or_default();
    json!({
        "name": container.name,
        "image": image,
        "imageID": image,
        "restartCount": 0,
        "ready": ready,
        "started": ready,
        "state": state,
    })
}

/// The API writes times in whole seconds.
fn seconds(time: Timestamp) -> Value {
    json!(Time(time))
}
