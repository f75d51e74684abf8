//! What a node asks of the API server. A call that fails is made again until it is answered, as a kubelet does; a pod
//! that is gone, or whose name is another's by now, ends it.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::Status;
use kube::{Api, Client, Error, ResourceExt};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::StandError;

/// How long after a failed call it is made again.
const AGAIN: Duration = Duration::from_millis(100);
/// Calls in flight. More of them only wait in the API server, and each holds a connection.
const IN_FLIGHT: usize = 64;

/// The calls of one node.
pub(super) struct Calls {
    client: Client,
    node: String,
    permits: Semaphore,
}

impl Calls {
    pub(super) fn new(client: Client, node: &str) -> Self {
        Self { client, node: node.to_owned(), permits: Semaphore::new(IN_FLIGHT) }
    }

    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Makes the node's own object: ready, with room for everything.
    pub(super) async fn register(&self) -> Result<(), StandError> {
        let api: Api<Node> = Api::all(self.client());
        let room = json!({"cpu": "1000", "memory": "1000Gi", "pods": "100000"});
        let ready = json!({"type": "Ready", "status": "True", "reason": "KubeletReady",
            "lastHeartbeatTime": Timestamp::now(), "lastTransitionTime": Timestamp::now()});
        let labels = json!({"kubernetes.io/hostname": self.node, "kubernetes.io/os": "linux"});
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.node, "labels": labels}});
        let status = json!({"status": {"conditions": [ready], "capacity": room, "allocatable": room}});
        let params = PatchParams::apply("stand").force();
        let made = api.patch(&self.node, &params, &Patch::Apply(&node)).await;
        made.map_err(StandError::call("register the node", &self.node))?;
        let made = api.patch_status(&self.node, &PatchParams::default(), &Patch::Strategic(&status)).await;
        made.map(drop).map_err(StandError::call("report the node", &self.node))
    }

    /// Binds a pod to the node, as the scheduler does; false where it is gone or another's.
    pub(super) async fn bind(&self, pod: &Pod) -> bool {
        let binding = json!({
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": pod.metadata.name, "uid": pod.metadata.uid},
            "target": {"apiVersion": "v1", "kind": "Node", "name": self.node},
        });
        let (api, name) = (pods(self.client(), pod), pod.name_any());
        let params = PostParams::default();
        let bind = || api.create_subresource::<_, Status>("binding", &name, &params, &binding);
        if self.persist(bind).await.is_some() {
            return true;
        }
        // Bound already: by this node, where the answer to an earlier call was lost.
        let found = self.persist(|| api.get(&name)).await;
        found.is_some_and(|found| found.uid() == pod.uid() && self.is_mine(&found))
    }

    /// Whether the pod is bound to the node.
    pub(super) fn is_mine(&self, pod: &Pod) -> bool {
        pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()) == Some(self.node.as_str())
    }

    /// Reports a status; the pod as it is then, or none where it is gone.
    pub(super) async fn report(&self, pod: &Pod, status: &Value) -> Option<Pod> {
        let (api, name) = (pods(self.client(), pod), pod.name_any());
        let params = PatchParams::default();
        let patch = Patch::Strategic(status);
        self.persist(|| api.patch_status(&name, &params, &patch)).await
    }

    /// Deletes a pod: by its own time of grace, or at once, as a kubelet does when all of it has ended.
    pub(super) async fn delete(&self, pod: &Pod, at_once: bool) {
        let (api, name) = (pods(self.client(), pod), pod.name_any());
        let preconditions = Some(Preconditions { uid: pod.metadata.uid.clone(), ..Preconditions::default() });
        let grace_period_seconds = at_once.then_some(0);
        let params = DeleteParams { preconditions, grace_period_seconds, ..DeleteParams::default() };
        self.persist(|| api.delete(&name, &params)).await;
    }

    async fn persist<T, F>(&self, ask: impl Fn() -> F + Send) -> Option<T>
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        loop {
            let permit = self.permits.acquire().await;
            let answer = ask().await;
            drop(permit);
            match answer {
                Ok(answer) => return Some(answer),
                Err(Error::Api(refused)) if refused.is_not_found() || refused.is_invalid() => return None,
                Err(Error::Api(refused)) if refused.is_conflict() && !is_contended(&refused.message) => return None,
                Err(_) => sleep(AGAIN).await,
            }
        }
    }
}

/// Whether a conflict says that another writer was faster, and not that this is another pod or that it is bound.
fn is_contended(message: &str) -> bool {
    message.contains("the object has been modified")
}

fn pods(client: Client, pod: &Pod) -> Api<Pod> {
    Api::namespaced(client, &pod.namespace().unwrap_or_default())
}
