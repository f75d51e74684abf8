//! What a test of the operator needs: a namespace with the Secret of a store, a node that runs the real scorer, the
//! operator's service account with the rights that `rbac.yaml` gives it, and patience.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::api::events::v1::Event;
use kube::api::{
    ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams, PostParams,
};
use kube::{Api, ResourceExt};
use scoring_operator::settings::Settings;
use scoring_stand::invariant::{Evidence, JobLife, Violation, one_job_per_attempt, own_objects_only, quiet_between};
use scoring_stand::{
    ADMIN, AuditEvent, Behaviour, ControlPlane, Kubectl, Namespace, Node, NodeOptions, Options, PodFacts,
};
use scoring_stand::{Said, eventually, until};
use scoring_tests::{Scorer, root};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::running::Running;
use crate::store::Store;

/// A limit; nothing waits for it but a test that fails.
pub(crate) const SOON: Duration = Duration::from_mins(2);
/// The scorer's image.
pub(crate) const IMAGE: &str = "scorer:1";
/// The Secret with the store's keys.
pub(crate) const SECRET: &str = "bucket-keys";
/// The labels of a month's pods.
pub(crate) const MONTH: &str = "batchscoring.io/month";
pub(crate) const ATTEMPT: &str = "batchscoring.io/attempt";
/// The operator's service account.
const ACCOUNT: &str = "scoring-operator";

/// A namespace with all that.
pub(crate) struct Site {
    pub(crate) plane: &'static ControlPlane,
    pub(crate) namespace: Namespace,
    pub(crate) node: Node,
    /// The kubeconfig of the operator's service account.
    pub(crate) account: PathBuf,
    user: String,
}

/// Runs a test. Its stores must outlive it: they are made and dropped outside of any runtime.
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be made").block_on(test);
}

#[expect(clippy::unwrap_used, reason = "a site that cannot be set up is a failed test")]
impl Site {
    /// A site whose node runs the scorer in every pod.
    pub(crate) async fn new(store: &Store) -> Self {
        Self::playing(store, |_| Behaviour::Run).await
    }

    /// A site whose node does with each pod what a script says.
    pub(crate) async fn playing(
        store: &Store,
        script: impl Fn(&PodFacts) -> Behaviour + Send + Sync + 'static,
    ) -> Self {
        Self::with(store, |options| options.with_script(script)).await
    }

    /// A site whose node was changed.
    pub(crate) async fn with(store: &Store, change: impl FnOnce(NodeOptions) -> NodeOptions) -> Self {
        static DEFINED: OnceCell<()> = OnceCell::const_new();
        let plane = ControlPlane::shared().await.unwrap();
        DEFINED.get_or_init(async || plane.apply_crds().await.unwrap()).await;
        Self::at(plane, store, change, "RoleBinding").await
    }

    /// A site on a control plane of its own, whose operator may look after all of it.
    pub(crate) async fn of_the_cluster(
        store: &Store,
        script: impl Fn(&PodFacts) -> Behaviour + Send + Sync + 'static,
    ) -> Self {
        static PLANE: OnceCell<ControlPlane> = OnceCell::const_new();
        let start = async || {
            let plane = ControlPlane::start(Options::default()).await.unwrap();
            plane.apply_crds().await.unwrap();
            plane
        };
        let plane = PLANE.get_or_init(start).await;
        Self::at(plane, store, |options| options.with_script(script), "ClusterRoleBinding").await
    }

    async fn at(
        plane: &'static ControlPlane,
        store: &Store,
        change: impl FnOnce(NodeOptions) -> NodeOptions,
        binding: &str,
    ) -> Self {
        let namespace = plane.namespace("e2e").await.unwrap();
        let scorer = tokio::task::block_in_place(Scorer::new).unwrap().program().to_owned();
        let options = change(NodeOptions::of(&namespace).with_image(IMAGE, scorer));
        let node = Node::start(plane, options).await.unwrap();
        let user = format!("system:serviceaccount:{}:{ACCOUNT}", namespace.name());
        let mut site = Self { plane, namespace, node, account: PathBuf::new(), user };
        site.apply_text(&site.surroundings(store, binding)).await;
        site.account = plane.service_account(site.namespace.name(), ACCOUNT).await.unwrap();
        site
    }

    /// The operator's rights, the account of its scorers, and the keys of the store.
    fn surroundings(&self, store: &Store, binding: &str) -> String {
        let rights = fs::read_to_string(root().join("operator/controller/rbac.yaml")).unwrap();
        let bind = |binding: &str, role: &str| {
            json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": binding,
                "metadata": {"name": format!("{ACCOUNT}-{}", role.to_lowercase())},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": ACCOUNT},
                "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": self.namespace.name()}],
            })
        };
        let account = |name: &str| json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
        let bindings = [bind(binding, "ClusterRole"), bind("RoleBinding", "Role")];
        let objects = [account(ACCOUNT), account("scorer"), secret(store)];
        objects.iter().chain(&bindings).fold(rights, |text, object| format!("{text}\n---\n{object}"))
    }

    /// Starts the operator.
    pub(crate) async fn operate(&self) -> Running {
        self.operate_with(Settings::of(IMAGE)).await
    }

    /// Starts the operator with other settings.
    pub(crate) async fn operate_with(&self, settings: Settings) -> Running {
        Running::start(&self.account, self.namespace.name(), settings).await
    }

    /// `kubectl` of the admin, in this namespace.
    pub(crate) async fn kubectl(&self, arguments: &[&str]) -> Said {
        self.kubectl_with(arguments, "").await
    }

    async fn kubectl_with(&self, arguments: &[&str], input: &str) -> Said {
        let kubectl: Kubectl = self.plane.kubectl(ADMIN).unwrap();
        let arguments = [&["--namespace", self.namespace.name()], arguments].concat();
        kubectl.run_with_input(&arguments, input).await.unwrap()
    }

    /// Applies documents as `kubectl apply` does.
    pub(crate) async fn apply_text(&self, text: &str) {
        let said = self.kubectl_with(&["apply", "--filename", "-"], text).await;
        assert_eq!(said.code, Some(0), "{}", said.log);
    }

    /// Applies a document.
    pub(crate) async fn apply(&self, document: &Value) {
        self.apply_text(&document.to_string()).await;
    }

    /// The schedules.
    pub(crate) fn schedules(&self) -> Api<DynamicObject> {
        self.resources("ScoringSchedule")
    }

    /// The backfills.
    pub(crate) fn backfills(&self) -> Api<DynamicObject> {
        self.resources("ScoringBackfill")
    }

    fn resources(&self, kind: &str) -> Api<DynamicObject> {
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("batchscoring.io", "v1alpha1", kind));
        Api::namespaced_with(self.namespace.client(), self.namespace.name(), &kind)
    }

    /// Waits until a schedule is as said.
    pub(crate) async fn schedule(&self, name: &str, holds: impl Fn(&Value) -> bool) -> Value {
        becomes(&self.schedules(), name, holds).await
    }

    /// Waits until a backfill is as said.
    pub(crate) async fn backfill(&self, name: &str, holds: impl Fn(&Value) -> bool) -> Value {
        becomes(&self.backfills(), name, holds).await
    }

    /// Waits until a schedule's months are all current, given as ranges.
    pub(crate) async fn current(&self, name: &str, ranges: &[&str]) -> Value {
        self.schedule(name, |schedule| crate::looks::covered(schedule, "current") == ranges).await
    }

    /// Changes a schedule by a merge patch.
    pub(crate) async fn change(&self, name: &str, patch: Value) {
        self.schedules().patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
    }

    /// Changes a schedule's status by a merge patch.
    pub(crate) async fn change_status(&self, name: &str, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        self.schedules().patch_status(name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// Deletes an object, and waits until it is gone.
    pub(crate) async fn delete(&self, api: &Api<DynamicObject>, name: &str) {
        api.delete(name, &DeleteParams::background()).await.unwrap();
        until(api, name, SOON, |object| object.is_none()).await.unwrap();
    }

    /// The Jobs that are there, by name.
    pub(crate) async fn jobs(&self) -> Vec<Job> {
        self.namespace.api::<Job>().list(&ListParams::default()).await.unwrap().items
    }

    /// The pods that are there.
    pub(crate) async fn pods(&self) -> Vec<Pod> {
        self.namespace.api::<Pod>().list(&ListParams::default()).await.unwrap().items
    }

    /// The events about an object, as type, reason and note.
    pub(crate) async fn events(&self, name: &str) -> Vec<(String, String, String)> {
        let events = self.namespace.api::<Event>().list(&ListParams::default()).await.unwrap();
        let about =
            |event: &Event| event.regarding.as_ref().and_then(|regarding| regarding.name.as_deref()) == Some(name);
        let told = |event: Event| {
            (event.type_.unwrap_or_default(), event.reason.unwrap_or_default(), event.note.unwrap_or_default())
        };
        events.items.into_iter().filter(about).map(told).collect()
    }

    /// What the API server wrote down of this namespace until now.
    pub(crate) async fn log(&self) -> Vec<AuditEvent> {
        // The log is written in the order of the answers, so that what comes before this is there with it.
        let mark = format!("mark-{}", Timestamp::now().as_nanosecond());
        let lease: Lease = object(json!({"metadata": {"name": mark}}));
        self.namespace.api::<Lease>().create(&PostParams::default(), &lease).await.unwrap();
        let (mut log, mut events) = (self.plane.audit().unwrap(), Vec::new());
        eventually(SOON, "the mark in the audit log", async || {
            let new = log.read().unwrap().into_iter();
            events.extend(new.filter(|event| event.object_ref.namespace == self.namespace.name()));
            let is_mark = |event: &AuditEvent| event.verb == "create" && event.name() == mark;
            events.iter().any(is_mark).then_some(()).ok_or("no mark")
        })
        .await
        .unwrap();
        events
    }

    /// The Jobs of months that the operator has created until now; fails where a rule was broken on the way.
    pub(crate) async fn months_started(&self) -> Vec<JobLife> {
        let events = self.log().await;
        let evidence = Evidence { events: &events, operators: &[&self.user] };
        let broken: Vec<Violation> = [one_job_per_attempt(evidence), own_objects_only(evidence)].concat();
        assert!(broken.is_empty(), "{broken:#?}");
        evidence.jobs().into_iter().filter(|job| job.month.is_some()).collect()
    }

    /// Waits until the operator has written nothing for a moment.
    pub(crate) async fn settles(&self) {
        let moment = SignedDuration::from_secs(2);
        eventually(SOON, "the operator's rest", async || {
            let events = self.log().await;
            let operators = [self.user.as_str()];
            let last = Evidence { events: &events, operators: &operators }.written().last();
            let last = last.filter(|last| Timestamp::now().duration_since(last.stage_timestamp) < moment);
            last.map_or(Ok(()), |last| Err(last.request_uri.clone()))
        })
        .await
        .unwrap();
    }

    /// What the operator writes in a while in which nothing has to be done.
    pub(crate) async fn written_in(&self, during: Duration) -> Vec<Violation> {
        let since = Timestamp::now();
        tokio::time::sleep(during).await;
        let events = self.log().await;
        let evidence = Evidence { events: &events, operators: &[&self.user] };
        quiet_between(evidence, since, Timestamp::now())
    }

    /// What the operator asked for and may not do; a Job that a quota keeps out is refused, too.
    pub(crate) async fn refused(&self) -> Vec<String> {
        let log = self.log().await.into_iter();
        let refused = log.filter(|event| event.user.username == self.user && event.response_status.code == 403);
        refused.map(|event| format!("{} {}", event.verb, event.request_uri)).collect()
    }

    /// Waits until a month's pod runs; its name.
    pub(crate) async fn running(&self, month: &str) -> String {
        eventually(SOON, "a pod that runs", async || {
            let pods = self.pods().await;
            let of_month = |pod: &&Pod| pod.labels().get(MONTH).is_some_and(|of| of == month);
            let runs = |pod: &&Pod| scoring_stand::pod::phase(pod) == "Running";
            pods.iter().filter(of_month).find(runs).map(ResourceExt::name_any).ok_or(pods.len())
        })
        .await
        .unwrap()
    }

    /// Fails where the operator writes anything for a while.
    pub(crate) async fn stays_quiet(&self, during: Duration) {
        self.settles().await;
        let written = self.written_in(during).await;
        assert!(written.is_empty(), "{written:#?}");
    }
}

#[expect(clippy::unwrap_used, reason = "what does not come to be is a failed test")]
async fn becomes(api: &Api<DynamicObject>, name: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let found =
        until(api, name, SOON, |object| object.is_some_and(|object| holds(&object.data))).await.unwrap().unwrap();
    let metadata = json!(found.metadata);
    let mut object = found.data;
    object["metadata"] = metadata;
    object
}

/// The Secret with the keys of a store.
pub(crate) fn secret(store: &Store) -> Value {
    let keys = store.bucket().credentials();
    json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET},
        "stringData": {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key},
    })
}

/// An object of a kind, from its fields.
pub(crate) fn object<K: DeserializeOwned>(fields: Value) -> K {
    serde_json::from_value(fields).expect("a test names fields of its kind")
}

/// Runs the scorer, but for the first attempts at some months, which are held.
pub(crate) fn holding(months: &'static [&'static str]) -> impl Fn(&PodFacts) -> Behaviour + Send + Sync + 'static {
    move |facts| {
        let (month, attempt) = (label(facts, MONTH), label(facts, ATTEMPT));
        if attempt == "1" && months.contains(&month) { Behaviour::Hold } else { Behaviour::Run }
    }
}

/// A label of a pod; empty where it has none.
pub(crate) fn label<'a>(facts: &'a PodFacts, name: &str) -> &'a str {
    facts.labels.get(name).map(String::as_str).unwrap_or_default()
}
