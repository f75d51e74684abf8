//! Whatever is deleted and made again, at whatever point, comes to the same end, and no month is scored twice: the bucket
//! knows what is done.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{DeleteParams, ListParams};
use scoring_stand::{Behaviour, PodFacts, eventually};
use scoring_tests::MONTHS;
use serde_json::{Value, json};

use crate::documents::{backfill, schedule};
use crate::looks::{covered, has_reason, is, rows};
use crate::site::{ATTEMPT, SOON, Site, holding, label, run};
use crate::store::Store;

const YEAR: (&str, &str) = ("2021-01", "2021-12");
const WHOLE: [&str; 1] = ["2021-01..2021-12"];

/// The manifests by month, without what differs from store to store.
fn attempts(store: &Store) -> BTreeMap<String, u64> {
    let manifests = store.manifests("green").into_iter();
    manifests.map(|(month, manifest)| (month, manifest["attempt"].as_u64().unwrap_or_default())).collect()
}

/// That every month was committed once, by its first attempt.
fn scored_once(store: &Store) {
    let expected: BTreeMap<String, u64> = MONTHS.iter().map(|month| ((*month).to_owned(), 1)).collect();
    assert_eq!(attempts(store), expected);
}

#[test]
fn a_schedule_that_is_deleted_and_applied_again_scores_nothing_twice() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::new(&store).await;
        let _operator = site.operate().await;
        let document = schedule(&store, "green", YEAR);
        site.apply(&document).await;
        // Once in the middle, and once at the end.
        for done in [4, 12] {
            let is_far = |schedule: &Value| schedule["status"]["counts"]["current"].as_u64() >= Some(done);
            site.schedule("green", is_far).await;
            site.delete(&site.schedules(), "green").await;
            gone(&site).await;
            let before = store.objects("green");
            site.apply(&document).await;
            site.current("green", &WHOLE).await;
            let after = store.objects("green");
            assert!(before.iter().all(|(name, bytes)| after.get(name) == Some(bytes)), "an output was written again");
        }
        let started = site.months_started().await;
        // Those that were running when the schedule went may have been cut off before they had committed anything.
        assert!((12..=16).contains(&started.len()), "{started:#?}");
    });
}

/// Waits until no Job and no pod is left: they go with their schedule.
#[expect(clippy::unwrap_used, reason = "Jobs that stay are a failed test")]
async fn gone(site: &Site) {
    eventually(SOON, "the end of the Jobs", async || {
        let left = (site.jobs().await.len(), site.pods().await.len());
        if left == (0, 0) { Ok(()) } else { Err(left) }
    })
    .await
    .unwrap();
}

#[test]
fn a_namespace_that_is_restored_from_yaml_scores_nothing_twice() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::new(&store).await;
        let _operator = site.operate().await;
        site.apply(&schedule(&store, "green", YEAR)).await;
        site.apply(&backfill("winter", "green", ("2021-01", "2021-02"))).await;
        site.backfill("winter", |backfill| is(backfill, "Succeeded", "True")).await;
        site.current("green", &WHOLE).await;
        site.settles().await;
        let (started, before) = (site.months_started().await.len(), store.objects("green"));

        let saved = site.kubectl(&["get", "scs,scb", "--output", "yaml"]).await.out;
        site.kubectl(&["delete", "scs,scb", "--all"]).await;
        gone(&site).await;
        site.apply_text(&saved).await;
        let restored = site.current("green", &WHOLE).await;
        assert_eq!(rows(&restored).len(), 12);
        site.backfill("winter", |backfill| is(backfill, "Succeeded", "True")).await;
        site.settles().await;
        // The backfill asks for two months again whatever there is; nothing else is started.
        let again = site.months_started().await;
        let again: Vec<_> = again[started..].iter().filter_map(|job| job.month.as_deref()).collect();
        assert_eq!((again.len() <= 2, again.iter().all(|month| *month < "2021-03")), (true, true), "{again:?}");
        assert!(before.keys().eq(store.objects("green").keys()));
    });
}

/// Something that is taken away from under the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    Jobs,
    Pods,
    Status,
    Everything,
}

#[expect(clippy::unwrap_used, reason = "what cannot be taken away is a failed test")]
async fn lose(site: &Site, loss: Loss) {
    let now = DeleteParams { grace_period_seconds: Some(0), ..DeleteParams::background() };
    if matches!(loss, Loss::Jobs | Loss::Everything) {
        site.namespace.api::<Job>().delete_collection(&now, &ListParams::default()).await.unwrap();
    }
    if matches!(loss, Loss::Pods | Loss::Everything) {
        site.namespace.api::<Pod>().delete_collection(&now, &ListParams::default()).await.unwrap();
    }
    if matches!(loss, Loss::Status | Loss::Everything) {
        site.change_status("green", Value::Null).await;
    }
}

/// Lets a year be scored while something is lost now and then, and once more at its end.
async fn the_end_is_the_same(store: &Store, loss: Loss) {
    let site = Site::new(store).await;
    let operator = site.operate().await;
    let mut document = schedule(store, "green", YEAR);
    document["spec"]["survey"] = json!({"intervalSeconds": 60});
    site.apply(&document).await;
    for done in [0, 1, 5, 9, 12] {
        let is_far = |schedule: &Value| schedule["status"]["counts"]["current"].as_u64() >= Some(done);
        site.schedule("green", is_far).await;
        lose(&site, loss).await;
    }
    let is_whole = |schedule: &Value| covered(schedule, "current") == WHOLE && is(schedule, "Ready", "True");
    site.schedule("green", is_whole).await;
    site.settles().await;
    let end = site.schedule("green", is_whole).await;
    assert!(rows(&end).values().all(|row| row["rows"].is_number()), "{loss:?}: {end:#}");
    assert_eq!(store.outputs("green").len(), 12);
    assert_eq!(attempts(store).len(), 12);
    // A month whose output is there is not scored again; one whose attempt was lost may be asked for again.
    let committed_once = attempts(store).values().all(|attempt| *attempt <= 6);
    assert!(committed_once, "{loss:?}: {:?}", attempts(store));
    operator.stop().await;
}

#[test]
fn jobs_that_are_deleted_come_to_the_same_end() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(the_end_is_the_same(&store, Loss::Jobs));
}

#[test]
fn pods_that_are_deleted_come_to_the_same_end() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(the_end_is_the_same(&store, Loss::Pods));
}

#[test]
fn a_status_that_is_lost_comes_to_the_same_end() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        the_end_is_the_same(&store, Loss::Status).await;
        scored_once(&store);
    });
}

#[test]
fn all_of_it_lost_comes_to_the_same_end() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(the_end_is_the_same(&store, Loss::Everything));
}

#[test]
fn an_operator_that_crashes_again_and_again_scores_nothing_twice() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::new(&store).await;
        site.apply(&schedule(&store, "green", YEAR)).await;
        for life in 0..12 {
            let operator = site.operate().await;
            tokio::time::sleep(Duration::from_millis(300 + 200 * life)).await;
            operator.crash().await;
        }
        let _operator = site.operate().await;
        site.current("green", &WHOLE).await;
        scored_once(&store);
        assert_eq!(site.months_started().await.len(), 12);
    });
}

#[test]
fn a_month_that_was_cancelled_is_not_failed() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::playing(&store, holding(&["2021-03"])).await;
        let _operator = site.operate().await;
        site.apply(&schedule(&store, "green", ("2021-01", "2021-04"))).await;
        site.running("2021-03").await;
        let exclude = json!([{"month": "2021-03", "reason": "meters replaced"}]);
        site.change("green", json!({"spec": {"months": {"exclude": exclude}}})).await;
        let excluded = site
            .schedule("green", |schedule| {
                covered(schedule, "excluded") == ["2021-03"]
                    && covered(schedule, "current") == ["2021-01..2021-02", "2021-04"]
            })
            .await;
        let row = rows(&excluded)["2021-03"];
        assert_eq!((row["attempt"]["state"].as_str(), row["standing"].as_str()), (Some("Cancelled"), Some("Excluded")));
        assert!(is(&excluded, "BacklogClear", "True"), "{excluded:#}");
        site.settles().await;
        let told = site.events("green").await;
        assert!(told.iter().all(|(kind, ..)| kind == "Normal"), "{told:?}");
        assert!(!site.jobs().await.iter().any(|job| job.name_any().contains("202103")), "its Job is stopped");

        // Taken back, the month is scored by an attempt of its own.
        site.change("green", json!({"spec": {"months": {"exclude": []}}})).await;
        site.current("green", &["2021-01..2021-04"]).await;
        assert_eq!(attempts(&store)["2021-03"], 2);
    });
}

#[test]
fn a_failed_job_that_is_deleted_is_tried_again() {
    let store = Store::s3s_fs().with_months(["2021-01"]);
    run(async {
        let failing = |facts: &PodFacts| match label(facts, ATTEMPT) {
            "1" => Behaviour::exit(78, "the model is not one"),
            _ => Behaviour::Run,
        };
        let site = Site::playing(&store, failing).await;
        let _operator = site.operate().await;
        site.apply(&schedule(&store, "green", ("2021-01", "2021-01"))).await;
        site.schedule("green", |schedule| covered(schedule, "failed") == ["2021-01"]).await;
        site.settles().await;
        let failed =
            site.jobs().await.into_iter().find(|job| job.name_any().ends_with("-a1")).expect("its Job is kept");
        site.kubectl(&["delete", "job", &failed.name_any()]).await;
        site.current("green", &["2021-01"]).await;
        assert_eq!(attempts(&store)["2021-01"], 2);
    });
}

#[test]
fn a_field_of_a_newer_version_survives_what_the_operator_writes() {
    let store = Store::s3s_fs().with_months(["2021-01"]);
    run(async {
        let site = Site::new(&store).await;
        let path = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/future";
        let newer = json!([{"op": "add", "path": path, "value": {"type": "string"}}]).to_string();
        let definition = "crd/scoringschedules.batchscoring.io";
        let said = site.kubectl(&["patch", definition, "--type", "json", "--patch", &newer]).await;
        assert_eq!(said.code, Some(0), "{}", said.log);
        let _operator = site.operate().await;
        site.apply(&schedule(&store, "green", ("2021-01", "2021-01"))).await;
        site.current("green", &["2021-01"]).await;
        let is_kept = |schedule: &Value| schedule["status"]["future"] == "kept";
        eventually(SOON, "a field that is served", async || {
            site.change_status("green", json!({"future": "kept"})).await;
            let stored = json!(site.schedules().get("green").await.map_err(|error| error.to_string())?);
            if is_kept(&stored) { Ok(()) } else { Err(stored.to_string()) }
        })
        .await
        .unwrap();
        site.change("green", json!({"spec": {"suspend": true}})).await;
        let written = site.schedule("green", |schedule| has_reason(schedule, "Ready", "Suspended")).await;
        assert!(is_kept(&written), "{written:#}");
    });
}
