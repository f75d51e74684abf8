//! What a pod's status says, for tests to compare. Of containers, the first.

use k8s_openapi::api::core::v1::{ContainerState, Pod};

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ended {
    /// The exit code.
    pub code: i32,
    /// `Completed`, `Error`, `OOMKilled` and so on.
    pub reason: String,
    /// The termination message.
    pub message: String,
}

/// Why a container waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// `ContainerCreating`, `ImagePullBackOff` and so on.
    pub reason: String,
    /// What more is said.
    pub message: String,
}

/// The phase: `Pending`, `Running`, `Succeeded` or `Failed`; empty before the API server has given it one.
pub fn phase(pod: &Pod) -> &str {
    pod.status.as_ref().and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

/// How the container ended; none while it has not.
pub fn ended(pod: &Pod) -> Option<Ended> {
    let end = state(pod)?.terminated.as_ref()?;
    let (reason, message) = (end.reason.clone().unwrap_or_default(), end.message.clone().unwrap_or_default());
    Some(Ended { code: end.exit_code, reason, message })
}

/// Why the container waits; none while it does not.
pub fn waits(pod: &Pod) -> Option<Waits> {
    let waiting = state(pod)?.waiting.as_ref()?;
    let (reason, message) = (waiting.reason.clone(), waiting.message.clone());
    Some(Waits { reason: reason.unwrap_or_default(), message: message.unwrap_or_default() })
}

/// Status and reason of a condition, such as `True` and `EvictionByEvictionAPI`; none where the pod has no such one.
pub fn condition<'a>(pod: &'a Pod, name: &str) -> Option<(&'a str, &'a str)> {
    let mut conditions = pod.status.as_ref()?.conditions.iter().flatten();
    let found = conditions.find(|condition| condition.type_ == name)?;
    Some((&found.status, found.reason.as_deref().unwrap_or_default()))
}

/// The state of the container; none before it is known.
pub fn state(pod: &Pod) -> Option<&ContainerState> {
    pod.status.as_ref()?.container_statuses.as_ref()?.first()?.state.as_ref()
}
