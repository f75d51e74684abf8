//! What every test of the node needs: a namespace, a node, one Job called `month`, and patience.

use std::path::Path;
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::ResourceExt;
use kube::api::{ListParams, PostParams};
use scoring_stand::{Behaviour, ControlPlane, Namespace, Node, NodeOptions, PodFacts, eventually, until};
use serde_json::{Map, Value, json};

use crate::objects::{job, object};

/// A limit; nothing waits for it but a test that fails.
pub(crate) const SOON: Duration = Duration::from_mins(1);
/// An image that the stage's node has: the shell.
pub(crate) const SHELL: &str = "shell:1";

/// A namespace with a node.
pub(crate) struct Stage {
    pub(crate) plane: &'static ControlPlane,
    pub(crate) namespace: Namespace,
    pub(crate) node: Node,
}

#[expect(clippy::unwrap_used, reason = "a stage that cannot be set is a failed test")]
impl Stage {
    /// With a node that runs the shell for the image [`SHELL`].
    pub(crate) async fn running() -> Self {
        Self::with(|options| options).await
    }

    /// With a node that plays a script.
    pub(crate) async fn playing(script: impl Fn(&PodFacts) -> Behaviour + Send + Sync + 'static) -> Self {
        Self::with(|options| options.with_script(script)).await
    }

    pub(crate) async fn with(change: impl FnOnce(NodeOptions) -> NodeOptions) -> Self {
        let plane = ControlPlane::shared().await.unwrap();
        let namespace = plane.namespace("node").await.unwrap();
        let options = change(NodeOptions::of(&namespace).with_image(SHELL, "/bin/sh"));
        let node = Node::start(plane, options).await.unwrap();
        Self { plane, namespace, node }
    }

    pub(crate) async fn create(&self, job: Job) {
        self.namespace.api::<Job>().create(&PostParams::default(), &job).await.unwrap();
    }

    pub(crate) async fn create_secret(&self, name: &str, values: Value) {
        let secret = object::<Secret>(json!({"metadata": {"name": name}, "stringData": values}));
        self.namespace.api::<Secret>().create(&PostParams::default(), &secret).await.unwrap();
    }

    pub(crate) async fn job(&self) -> Job {
        self.namespace.api::<Job>().get("month").await.unwrap()
    }

    /// Waits until the Job has a condition, and returns its reason.
    pub(crate) async fn job_becomes(&self, condition: &str) -> String {
        let has = |job: &Job| {
            let mut conditions = job.status.iter().flat_map(|status| status.conditions.iter().flatten());
            let found = conditions.find(|found| found.type_ == condition && found.status == "True")?;
            Some(found.reason.clone().unwrap_or_default())
        };
        let job = until(&self.namespace.api::<Job>(), "month", SOON, |job| job.and_then(has).is_some()).await;
        has(&job.unwrap().unwrap()).unwrap()
    }

    /// Waits until there are as many pods as this, and returns them.
    pub(crate) async fn pods(&self, count: usize) -> Vec<Pod> {
        let found = eventually(SOON, "the Job's pods", async || {
            let pods = self.namespace.api::<Pod>().list(&ListParams::default()).await.unwrap().items;
            if pods.len() == count { Ok(pods) } else { Err(pods.iter().map(Pod::name_any).collect::<Vec<_>>()) }
        });
        found.await.unwrap()
    }

    /// Waits until the only pod is as said, and returns it.
    pub(crate) async fn pod(&self, holds: impl Fn(&Pod) -> bool) -> Pod {
        let name = self.pods(1).await[0].name_any();
        until(&self.namespace.api::<Pod>(), &name, SOON, |pod| pod.is_some_and(&holds)).await.unwrap().unwrap()
    }
}

/// Waits until a process is no more.
#[expect(clippy::unwrap_used, reason = "a process that stays is a failed test")]
pub(crate) async fn ends(process: u32) {
    let path = format!("/proc/{process}");
    let gone = async || if Path::new(&path).exists() { Err(process) } else { Ok(()) };
    eventually(SOON, "the end of the process", gone).await.unwrap();
}

/// A Job whose container runs a line of shell.
pub(crate) fn shell(line: &str) -> Job {
    with_container(&job("month", SHELL), json!({"args": ["-c", line]}))
}

/// The Job with more fields in its container.
pub(crate) fn with_container(job: &Job, fields: Value) -> Job {
    with(job, "/spec/template/spec/containers/0", fields)
}

/// The Job with more fields at a JSON pointer.
pub(crate) fn with(job: &Job, pointer: &str, fields: Value) -> Job {
    let mut job = json!(job);
    let place = job.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object at the pointer");
    place.extend(object::<Map<String, Value>>(fields));
    object(job)
}

/// The product's rules: bad data is final, a disruption does not count.
pub(crate) fn with_failure_policy(job: &Job) -> Job {
    let final_codes = json!({"action": "FailJob", "onExitCodes": {"operator": "In", "values": [65, 66, 77, 78]}});
    let disruption = json!({"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]});
    with(job, "/spec", json!({"podFailurePolicy": {"rules": [final_codes, disruption]}}))
}
