//! What admission cannot refuse and the operator must: it is told within ten seconds, with a remedy and one event; nothing
//! is written again and again; no other schedule is the worse for it; and it is gone when what was wrong is.

use std::time::Duration;

use futures::future::join_all;
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::Api;
use kube::api::{DynamicObject, PostParams};
use scoring_operator::settings::Settings;
use scoring_stand::invariant::Violation;
use scoring_stand::until;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::documents::{backfill, schedule, with};
use crate::kept::keep;
use crate::looks::{condition, is};
use crate::site::{IMAGE, SOON, Site, object, run, secret};
use crate::store::Store;

/// How soon a trouble is told.
const TOLD: Duration = Duration::from_secs(10);
/// How long nothing is written where nothing changes.
const QUIET: Duration = Duration::from_secs(20);
const TWO: (&str, &str) = ("2021-01", "2021-02");
const BOTH: [&str; 1] = ["2021-01..2021-02"];

/// A trouble, and how it is told.
struct Trouble {
    name: &'static str,
    condition: (&'static str, &'static str),
    reason: &'static str,
    /// Words of the message: what is wrong, and what to do.
    words: [&'static str; 2],
}

const TROUBLES: [Trouble; 4] = [
    Trouble {
        name: "no-secret",
        condition: ("Stalled", "True"),
        reason: "SecretNotFound",
        words: ["the Secret `gone-keys` is not in this namespace", "create it"],
    },
    Trouble {
        name: "no-account",
        condition: ("Stalled", "True"),
        reason: "ServiceAccountNotFound",
        words: ["the service account `nobody` is not in this namespace", "create it"],
    },
    Trouble {
        name: "taken",
        condition: ("Stalled", "True"),
        reason: "OutputTaken",
        words: ["spec.output.uri: is where `", "choose another address"],
    },
    Trouble {
        name: "lonely",
        condition: ("Stalled", "True"),
        reason: "ScheduleNotFound",
        words: ["there is no such schedule in this namespace", "create it"],
    },
];

#[expect(clippy::unwrap_used, reason = "what is not told is a failed test")]
impl Trouble {
    /// Waits until it is told, and looks at how.
    async fn is_told(&self, api: &Api<DynamicObject>, created: Instant) {
        let (kind, status) = self.condition;
        let told = |object: &Value| condition(object, kind).filter(|told| told.reason == self.reason);
        let found = until(api, self.name, SOON, |object| object.is_some_and(|object| told(&object.data).is_some()));
        let found = found.await.unwrap().unwrap().data;
        let (after, told) = (created.elapsed(), told(&found).unwrap());
        assert!(after < TOLD, "{} was told after {after:?}", self.name);
        assert_eq!(told.status, status, "{}: {told:?}", self.name);
        assert!(self.words.iter().all(|words| told.message.contains(words)), "{}: {told:?}", self.name);
    }

    /// Looks at its events.
    async fn has_one_event(&self, site: &Site) {
        let events = site.events(self.name).await;
        assert_eq!(events.len(), 1, "{}: {events:?}", self.name);
        let (kind, reason, note) = &events[0];
        assert_eq!((kind.as_str(), reason.as_str()), ("Warning", self.reason));
        assert!(self.words.iter().all(|words| note.contains(words)), "{}: {note}", self.name);
    }
}

/// The schedules and the backfill that are in trouble, and one schedule that is not.
fn documents(store: &Store) -> [(&'static str, Value); 5] {
    let of = |name, pointer: &str, value| {
        let mut document = schedule(store, name, TWO);
        with(&mut document, &[(pointer, value)]);
        document
    };
    let output = format!("s3://{}/good/{{year}}-{{mm}}-{{runId}}.parquet", store.bucket().name());
    [
        ("good", schedule(store, "good", TWO)),
        ("no-secret", of("no-secret", "/spec/storage/credentialsSecret", json!("gone-keys"))),
        ("no-account", of("no-account", "/spec/job", json!({"serviceAccountName": "nobody"}))),
        ("taken", of("taken", "/spec/output/uri", json!(output))),
        ("lonely", backfill("lonely", "nothing", TWO)),
    ]
}

fn api(site: &Site, name: &str) -> Api<DynamicObject> {
    if name == "lonely" { site.backfills() } else { site.schedules() }
}

#[expect(clippy::unwrap_used, reason = "a document that is not taken is a failed test")]
async fn create(site: &Site, name: &str, document: Value) -> Instant {
    let created = Instant::now();
    api(site, name).create(&PostParams::default(), &object(document)).await.unwrap();
    created
}

/// Puts everything right, and sees it done.
async fn mend(site: &Site, store: &Store) {
    let mut keys = secret(store);
    with(&mut keys, &[("/metadata/name", json!("gone-keys"))]);
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "nobody"}});
    site.apply_text(&format!("{keys}\n---\n{account}\n---\n{}", schedule(store, "nothing", TWO))).await;
    let own = format!("s3://{}/taken/{{month}}.parquet", store.bucket().name());
    site.change("taken", json!({"spec": {"output": {"uri": own}}})).await;
    for name in ["no-secret", "no-account", "taken"] {
        let mended = site.current(name, &BOTH).await;
        assert!(is(&mended, "Stalled", "False") && is(&mended, "Ready", "True"), "{mended:#}");
    }
    let done = site.backfill("lonely", |backfill| is(backfill, "Succeeded", "True")).await;
    assert!(is(&done, "Stalled", "False"), "{done:#}");
}

#[test]
fn what_is_wrong_with_one_schedule_is_told_once_and_hurts_no_other() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(async {
        let site = Site::new(&store).await;
        let _operator = site.operate().await;
        let mut created = Vec::new();
        for (name, document) in documents(&store) {
            created.push((name, create(&site, name, document).await));
        }
        let told = TROUBLES.iter().map(|trouble| {
            let (name, created) = created.iter().find(|(name, _)| *name == trouble.name).copied().unwrap();
            let api = api(&site, name);
            async move { trouble.is_told(&api, created).await }
        });
        join_all(told).await;
        site.current("good", &BOTH).await;
        site.stays_quiet(QUIET).await;
        for trouble in &TROUBLES {
            trouble.has_one_event(&site).await;
        }
        let seen = site.kubectl(&["get", "scs,scb", "--output", "wide"]).await.out;
        assert!(TROUBLES.iter().all(|trouble| seen.contains(trouble.reason)), "{seen}");
        let events: &[&str] = &["get", "events", "--field-selector", "reportingComponent!=job-controller"];
        keep(&site, "refused", &[&["get", "scs,scb"], &["get", "scs", "-o", "wide"], events]).await;
        mend(&site, &store).await;
    });
}

/// A quota of the namespace, in force.
#[expect(clippy::unwrap_used, reason = "a quota that is not taken is a failed test")]
async fn limit(site: &Site, resource: &str, most: &str) {
    site.apply(&json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": {resource: most}},
    }))
    .await;
    let in_force = |quota: &ResourceQuota| {
        let hard = quota.status.as_ref().and_then(|status| status.hard.as_ref()?.get(resource));
        hard.is_some_and(|hard| hard.0 == most)
    };
    until(&site.namespace.api::<ResourceQuota>(), "small", SOON, |quota| quota.is_some_and(in_force)).await.unwrap();
}

/// A schedule meets a quota of nothing, and goes on once there is more.
async fn a_quota_holds_up(store: &Store, resource: &str) {
    let site = Site::new(store).await;
    limit(&site, resource, "0").await;
    let _operator = site.operate().await;
    let trouble = Trouble {
        name: "green",
        condition: ("Progressing", "False"),
        reason: "QuotaExceeded",
        words: ["a quota of this namespace is used up", "the quota is raised"],
    };
    let created = create(&site, "green", schedule(store, "green", TWO)).await;
    trouble.is_told(&site.schedules(), created).await;
    site.settles().await;
    let written = site.written_in(QUIET).await;
    // Whether there is room for a Job again, only another create can tell.
    let is_retry = |violation: &Violation| violation.lines.iter().all(|line| line.contains(" create jobs "));
    assert!(written.len() <= 3 && written.iter().all(is_retry), "{written:#?}");
    trouble.has_one_event(&site).await;
    keep(&site, &resource.replace('/', "-"), &[&["get", "scs", "-o", "wide"], &["describe", "scs", "green"]]).await;
    limit(&site, resource, "10").await;
    let mended = site.current("green", &BOTH).await;
    assert!(condition(&mended, "Progressing").is_some_and(|told| told.reason == "Idle"), "{mended:#}");
}

#[test]
fn a_quota_of_pods_is_told_and_passes() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(a_quota_holds_up(&store, "pods"));
}

#[test]
fn a_quota_of_jobs_is_told_and_passes() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(a_quota_holds_up(&store, "count/jobs.batch"));
}

#[test]
fn an_image_that_cannot_be_pulled_is_told() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(async {
        let site = Site::new(&store).await;
        let operator = site.operate_with(Settings::of("nowhere/scorer:1")).await;
        let trouble = Trouble {
            name: "green",
            condition: ("Stalled", "True"),
            reason: "ImageNotPulled",
            words: ["the scorer's image cannot be pulled", "correct its name"],
        };
        let created = create(&site, "green", schedule(&store, "green", TWO)).await;
        trouble.is_told(&site.schedules(), created).await;
        site.stays_quiet(QUIET).await;
        trouble.has_one_event(&site).await;
        operator.stop().await;

        // The Job that cannot begin is deleted by whoever has corrected the image.
        let _operator = site.operate_with(Settings::of(IMAGE)).await;
        site.kubectl(&["delete", "jobs", "--all", "--wait=false"]).await;
        site.current("green", &BOTH).await;
    });
}
