//! What a node does with a pod, and what a script may choose by.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;

/// What a node does with a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Runs the program that stands for the pod's image, and reports how it ends.
    Run,
    /// Runs nothing; reports this end.
    Exit {
        /// The exit code; 0 is success.
        code: i32,
        /// The termination message.
        message: String,
        /// How long the pod is running before.
        after: Duration,
    },
    /// Runs nothing; is killed for its memory.
    OomKilled {
        /// How long the pod is running before.
        after: Duration,
    },
    /// Runs nothing; is driven off its node, as the taint manager does: the condition `DisruptionTarget`, then a deletion.
    Disrupted {
        /// How long the pod is running before.
        after: Duration,
    },
    /// Is given no node: the condition `PodScheduled` is false.
    Unschedulable {
        /// What the scheduler says, such as `0/3 nodes are available`.
        message: String,
    },
    /// Is on the node, and its container never starts.
    Waiting {
        /// The container's reason, such as `CreateContainerError`.
        reason: String,
        /// The container's message.
        message: String,
    },
    /// Runs nothing until [`Node::release`](crate::Node::release) says how it goes on. Can be deleted.
    Hold,
    /// As [`Self::Hold`], and a deletion is not confirmed: the pod stays `Terminating`, as on a node that is cut off.
    StuckTerminating,
    /// Runs the program, then reports that it failed while it lives on, until it ends by itself or
    /// [`Node::signal`](crate::Node::signal) ends it.
    Zombie {
        /// The exit code that is reported.
        code: i32,
        /// How long the pod is running before.
        after: Duration,
    },
    /// Runs nothing; succeeds by one write, without ever being on a node. For loads.
    Instant {
        /// The termination message.
        message: String,
    },
}

impl Behaviour {
    /// Ends at once with an exit code and a message.
    pub fn exit(code: i32, message: impl Into<String>) -> Self {
        Self::Exit { code, message: message.into(), after: Duration::ZERO }
    }
}

/// What a script may choose by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub name: String,
    /// The pod's labels.
    pub labels: BTreeMap<String, String>,
    /// The pod's annotations.
    pub annotations: BTreeMap<String, String>,
    /// The name of the Job that it belongs to, if it belongs to one.
    pub job: Option<String>,
    /// How many pods of that Job this node has been given before.
    pub earlier: usize,
    /// The container's image.
    pub image: String,
    /// The variables of the container whose values are written in the pod.
    pub variables: BTreeMap<String, String>,
}

impl PodFacts {
    pub(super) fn of(pod: &Pod, earlier: usize) -> Self {
        let container = pod.spec.as_ref().and_then(|spec| spec.containers.first()).cloned().unwrap_or_default();
        let variables = container.env.unwrap_or_default().into_iter();
        Self {
            namespace: pod.namespace().unwrap_or_default(),
            name: pod.name_any(),
            labels: pod.labels().clone(),
            annotations: pod.annotations().clone(),
            job: job(pod).map(|(name, _)| name.to_owned()),
            earlier,
            image: container.image.unwrap_or_default(),
            variables: variables.filter_map(|variable| Some((variable.name, variable.value?))).collect(),
        }
    }
}

/// The name and uid of the Job that a pod belongs to.
pub(super) fn job(pod: &Pod) -> Option<(&str, &str)> {
    let owner = pod.owner_references().iter().find(|owner| owner.kind == "Job" && owner.controller == Some(true))?;
    Some((&owner.name, &owner.uid))
}
