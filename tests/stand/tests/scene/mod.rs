//! A schedule on a real API server, and whoever plays its operator: well, or badly in one way.

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use kube::api::{
    ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams, Preconditions,
};
use kube::{Api, Client, ResourceExt};
use scoring_stand::invariant::Evidence;
use scoring_stand::{AuditEvent, AuditLog, ControlPlane, Namespace, Options, eventually};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// The user that plays the operator.
pub(crate) const OPERATOR: &str = "operator";
const SOON: Duration = Duration::from_secs(30);

/// A schedule, the operator's client, and what the server wrote down.
pub(crate) struct Scene {
    pub(crate) namespace: Namespace,
    pub(crate) client: Client,
    pub(crate) uid: String,
    log: AuditLog,
    events: Vec<AuditEvent>,
}

impl Scene {
    /// A namespace with one schedule, which somebody else created.
    pub(crate) async fn new() -> Self {
        static PLANE: OnceCell<ControlPlane> = OnceCell::const_new();
        let start = async || {
            let plane = ControlPlane::start(Options::default().with_user(OPERATOR, &["system:masters"]))
                .await
                .expect("a control plane starts");
            plane.apply_crds().await.expect("the definitions are applied");
            plane
        };
        let plane = PLANE.get_or_init(start).await;
        let namespace = plane.namespace("scene").await.expect("a namespace is made");
        let schedules = schedules(namespace.client(), namespace.name());
        let schedule = object(json!({
            "apiVersion": "batchscoring.io/v1alpha1",
            "kind": "ScoringSchedule",
            "metadata": {"name": "green"},
            "spec": {
                "schedule": {"cron": "0 3 2 * *", "timeZone": "UTC"},
                "months": {"first": "2021-01", "last": "2021-12"},
                "dataset": {"uri": "s3://rides/{month}.parquet"},
                "model": {"experimentUri": "s3://models/1", "runId": "6574d0d7c4b044f585c08de11b3582c4"},
                "output": {"uri": "s3://out/{month}.parquet", "columns": [{"name": "prediction"}]},
            },
        }));
        let created = schedules.create(&PostParams::default(), &schedule).await.expect("the schedule is taken");
        let client = plane.client(OPERATOR).await.expect("the operator is known");
        let log = plane.audit().expect("the control plane is audited");
        Self { namespace, client, uid: created.uid().unwrap_or_default(), log, events: Vec::new() }
    }

    /// The Jobs, as the operator.
    pub(crate) fn jobs(&self) -> Api<Job> {
        Api::namespaced(self.client.clone(), self.namespace.name())
    }

    /// A Job of a month that the schedule owns, as it has to be.
    pub(crate) fn job(&self, name: &str, month: &str, attempt: u32) -> Value {
        json!({
            "metadata": {
                "name": name,
                "labels": {
                    "batchscoring.io/purpose": "month",
                    "batchscoring.io/month": month,
                    "batchscoring.io/attempt": attempt.to_string(),
                },
                "ownerReferences": [{
                    "apiVersion": "batchscoring.io/v1alpha1", "kind": "ScoringSchedule", "name": "green",
                    "uid": self.uid, "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "spec": {"template": {"spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "scorer", "image": "scorer"}],
            }}},
        })
    }

    /// Creates a Job as the operator, and returns its uid.
    pub(crate) async fn create(&self, job: Value) -> String {
        let created = self.jobs().create(&PostParams::default(), &object(job)).await;
        created.expect("the Job is taken").uid().unwrap_or_default()
    }

    /// Deletes a Job as the operator, which says by its uid, or does not say, which object it means.
    pub(crate) async fn delete(&self, name: &str, uid: Option<String>) {
        let mut parameters = DeleteParams::background();
        parameters.preconditions = uid.map(|uid| Preconditions { uid: Some(uid), resource_version: None });
        self.jobs().delete(name, &parameters).await.expect("the Job is deleted");
    }

    /// Writes the schedule's status as the operator, with the stored version or without one.
    pub(crate) async fn write_status(&self, due: &str, guarded: bool) {
        let schedules = schedules(self.client.clone(), self.namespace.name());
        let mut patch = json!({"status": {"due": due}});
        if guarded {
            let stored = schedules.get("green").await.expect("the schedule is there");
            patch["metadata"] = json!({"resourceVersion": stored.resource_version()});
        }
        let written = schedules.patch_status("green", &PatchParams::default(), &Patch::Merge(&patch)).await;
        written.expect("the status is taken");
    }

    /// What the server wrote down until now.
    pub(crate) async fn evidence(&mut self) -> Evidence<'_> {
        // The log is written in the order of the answers, so that what comes before this is there with it.
        let schedules = schedules(self.namespace.client(), self.namespace.name());
        let mark = json!({"metadata": {"annotations": {"mark": self.events.len().to_string()}}});
        let marked = schedules.patch("green", &PatchParams::default(), &Patch::Merge(&mark)).await;
        marked.expect("the mark is taken");
        let (log, events, name) = (&mut self.log, &mut self.events, self.namespace.name());
        let marked = eventually(SOON, "the mark in the audit log", async || {
            events.extend(
                log.read().expect("the log is whole").into_iter().filter(|event| event.object_ref.namespace == name),
            );
            let marks = |event: &AuditEvent| event.verb == "patch" && event.request_object == mark;
            events.iter().any(marks).then_some(()).ok_or("no mark")
        });
        marked.await.expect("the server logs what it answers");
        Evidence { events: &self.events, operators: &[OPERATOR] }
    }
}

fn schedules(client: Client, namespace: &str) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("batchscoring.io", "v1alpha1", "ScoringSchedule");
    Api::namespaced_with(client, namespace, &ApiResource::from_gvk(&kind))
}

/// An object of a kind, from its fields.
pub(crate) fn object<K: DeserializeOwned>(fields: Value) -> K {
    serde_json::from_value(fields).expect("a test names fields of its kind")
}
