//! Every invariant can fail: an operator that does one thing wrong breaks the one rule that forbids it, and one that does
//! right breaks none.

mod scene;

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::Job;
use kube::api::{Patch, PatchParams, PostParams};
use scoring_stand::invariant::*;
use serde_json::{Value, json};

use scene::Scene;

/// The rules that are broken, by the audit log alone, where two older months may run at once and 2021-12 beside them.
async fn broken(scene: &mut Scene) -> Vec<&'static str> {
    let evidence = scene.evidence().await;
    let violations =
        [one_job_per_attempt(evidence), within_limit(evidence, 2, "2021-12"), own_objects_only(evidence)].concat();
    let shown =
        |violation: &Violation| !violation.lines.is_empty() && violation.lines.iter().all(|line| !line.is_empty());
    assert!(violations.iter().all(shown), "{violations:?}");
    violations.iter().map(|violation| violation.rule).collect()
}

#[tokio::test]
async fn an_operator_that_does_right_breaks_no_rule() {
    let mut scene = Scene::new().await;
    for (name, month, attempt) in [("a", "2021-01", 1), ("b", "2021-02", 1)] {
        scene.create(scene.job(name, month, attempt)).await;
    }
    let job = scene.jobs().get("a").await.unwrap();
    scene.delete("a", job.metadata.uid).await;
    scene.create(scene.job("c", "2021-01", 2)).await;
    scene.write_status("2021-12", true).await;
    assert_eq!(broken(&mut scene).await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_second_job_for_an_attempt_is_seen() {
    let mut scene = Scene::new().await;
    scene.create(scene.job("a", "2021-01", 1)).await;
    scene.create(scene.job("b", "2021-01", 1)).await;
    assert_eq!(broken(&mut scene).await, ["I1", "I11"]);
}

#[tokio::test]
async fn an_attempt_that_goes_back_is_seen() {
    let mut scene = Scene::new().await;
    scene.create(scene.job("a", "2021-01", 2)).await;
    scene.create(scene.job("b", "2021-01", 1)).await;
    assert_eq!(broken(&mut scene).await, ["I1", "I11"]);
}

#[tokio::test]
async fn a_name_that_is_used_again_is_seen() {
    let mut scene = Scene::new().await;
    let uid = scene.create(scene.job("a", "2021-01", 1)).await;
    scene.delete("a", Some(uid)).await;
    scene.create(scene.job("a", "2021-01", 2)).await;
    // On a busy machine the delete is logged so late that both seem to have been there at once.
    let broken = broken(&mut scene).await;
    assert!(broken.contains(&"I1"), "{broken:?}");
}

#[tokio::test]
async fn a_job_too_many_is_seen() {
    let mut scene = Scene::new().await;
    for (name, month) in [("a", "2021-01"), ("b", "2021-02"), ("newest", "2021-12"), ("c", "2021-03")] {
        scene.create(scene.job(name, month, 1)).await;
    }
    assert_eq!(broken(&mut scene).await, ["I11"]);
}

#[tokio::test]
async fn two_jobs_at_once_for_one_month_are_seen() {
    let mut scene = Scene::new().await;
    scene.create(scene.job("a", "2021-01", 1)).await;
    scene.create(scene.job("b", "2021-01", 2)).await;
    assert_eq!(broken(&mut scene).await, ["I11"]);
}

#[tokio::test]
async fn a_delete_that_names_no_uid_is_seen() {
    let mut scene = Scene::new().await;
    scene.create(scene.job("a", "2021-01", 1)).await;
    scene.delete("a", None).await;
    assert_eq!(broken(&mut scene).await, ["I8"]);
}

#[tokio::test]
async fn a_delete_of_somebody_elses_job_is_seen() {
    let mut scene = Scene::new().await;
    let theirs: Job = scene::object(scene.job("theirs", "2021-01", 1));
    let theirs = scene.namespace.api().create(&PostParams::default(), &theirs).await.unwrap();
    scene.delete("theirs", theirs.metadata.uid).await;
    assert_eq!(broken(&mut scene).await, ["I8"]);
}

#[tokio::test]
async fn a_job_without_its_schedule_is_seen() {
    let mut scene = Scene::new().await;
    let mut orphan = scene.job("a", "2021-01", 1);
    orphan["metadata"]["ownerReferences"] = json!([]);
    scene.create(orphan).await;
    let mut stranger = scene.job("b", "2021-02", 1);
    stranger["metadata"]["ownerReferences"][0]["uid"] = json!("00000000-0000-0000-0000-000000000000");
    scene.create(stranger).await;
    assert_eq!(broken(&mut scene).await, ["I8", "I8"]);
}

#[tokio::test]
async fn a_write_to_what_nobody_has_to_write_is_seen() {
    let mut scene = Scene::new().await;
    scene.create(scene.job("a", "2021-01", 1)).await;
    let patch = json!({"metadata": {"labels": {"batchscoring.io/month": "2021-02"}}});
    scene.jobs().patch("a", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    assert_eq!(broken(&mut scene).await, ["I8"]);
}

#[tokio::test]
async fn a_status_written_blindly_is_seen() {
    let mut scene = Scene::new().await;
    scene.write_status("2021-12", false).await;
    assert_eq!(broken(&mut scene).await, ["I8"]);
}

#[tokio::test]
async fn a_write_without_need_is_seen() {
    let mut scene = Scene::new().await;
    scene.write_status("2021-11", true).await;
    let since = scene.evidence().await.events.last().unwrap().stage_timestamp;
    for due in ["2021-12", "2021-11"] {
        scene.write_status(due, true).await;
    }
    let evidence = scene.evidence().await;
    assert_eq!(quiet_between(evidence, since, Timestamp::MAX).len(), 2);
    assert_eq!(quiet_between(evidence, Timestamp::MIN, since).len(), 1);
}

#[tokio::test]
async fn a_month_scored_twice_differs_from_the_reference_and_a_second_survey_does_not() {
    let mut scene = Scene::new().await;
    let mut survey = scene.job("survey", "", 1);
    survey["metadata"]["labels"] = json!({"batchscoring.io/purpose": "survey"});
    scene.create(survey.clone()).await;
    scene.create(scene.job("a", "2021-01", 1)).await;
    let reference = Counts::of(scene.evidence().await, &json!({}), &[]);
    survey["metadata"]["name"] = json!("survey-2");
    scene.create(survey).await;
    let counts = Counts::of(scene.evidence().await, &json!({}), &[]);
    assert_eq!((counts.surveys, same_as_reference(&counts, &reference)), (2, Vec::new()));

    scene.create(scene.job("b", "2021-01", 2)).await;
    let counts = Counts::of(scene.evidence().await, &json!({}), &[]);
    let [violation] = &same_as_reference(&counts, &reference)[..] else { panic!("one difference") };
    assert_eq!(violation.what, "create 2021-01: 2 times, in the reference run 1");
}

#[test]
fn another_end_than_the_references_differs() {
    let end = |lists: Value| Counts {
        coverage: coverage(&json!({"status": {"coverage": lists}})),
        left: BTreeMap::from([("survey".to_owned(), 1)]),
        ..Counts::default()
    };
    let reference = end(json!({"current": ["2021-01..2021-02"]}));
    assert!(same_as_reference(&reference, &reference).is_empty());
    assert_eq!(same_as_reference(&end(json!({"current": ["2021-01"]})), &reference).len(), 1);
    assert_eq!(same_as_reference(&Counts { left: BTreeMap::new(), ..reference.clone() }, &reference).len(), 1);
}

#[test]
fn a_month_that_does_not_stand_is_seen() {
    struct Case {
        name: &'static str,
        status: Value,
        wrong: usize,
    }
    let row = |reason: &str| json!([{"month": "2021-02", "reason": reason}]);
    let cases = [
        Case { name: "both current", status: json!({"coverage": {"current": ["2021-01..2021-02"]}}), wrong: 0 },
        Case { name: "one is nowhere", status: json!({"coverage": {"current": ["2021-01"]}}), wrong: 1 },
        Case { name: "no status", status: Value::Null, wrong: 2 },
        Case {
            name: "one runs for ever",
            status: json!({"coverage": {"current": ["2021-01"], "running": ["2021-02"]}}),
            wrong: 1,
        },
        Case {
            name: "one failed and says why",
            status: json!({"coverage": {"current": ["2021-01"], "failed": ["2021-02"]}, "months": row("ColumnMissing")}),
            wrong: 0,
        },
        Case {
            name: "one failed without a reason",
            status: json!({"coverage": {"current": ["2021-01"], "failed": ["2021-02"]}, "months": row("")}),
            wrong: 1,
        },
    ];
    let months = ["2021-01", "2021-02"].map(str::to_owned);
    for Case { name, status, wrong } in cases {
        let violations = every_month_stands(&json!({"status": status}), &months);
        assert_eq!(violations.len(), wrong, "{name}: {violations:?}");
    }
}

#[test]
fn a_status_that_is_not_true_is_seen() {
    let schedule = json!({"status": {"coverage": {"current": ["2021-01..2021-02"]}}});
    let commits = ["2021-01", "2021-02", "2021-03"].map(|month| commit(month, "a"));
    assert_eq!(status_is_true(&schedule, &commits[..2]), []);
    assert_eq!(status_is_true(&schedule, &commits[..1]).len(), 1, "one is current that is not committed");
    assert_eq!(status_is_true(&schedule, &commits).len(), 1, "one is committed that is not current");
}

#[test]
fn a_commit_too_many_too_few_or_of_something_else_is_seen() {
    let reference = [commit("2021-01", "a"), commit("2021-02", "a")];
    assert_eq!(one_commit_per_month(&reference, &reference), []);
    let later = Commit { attempt: 2, ..commit("2021-01", "a") };
    assert_eq!(
        one_commit_per_month(&[later.clone(), commit("2021-02", "a")], &reference),
        [],
        "an attempt may be another"
    );
    assert_eq!(one_commit_per_month(&[&reference[..], &[later]].concat(), &reference).len(), 1);
    assert_eq!(one_commit_per_month(&reference[..1], &reference).len(), 1);
    assert_eq!(one_commit_per_month(&[commit("2021-01", "b"), commit("2021-02", "a")], &reference).len(), 1);
}

#[test]
fn an_output_that_does_not_fit_its_manifest_is_seen() {
    let reading = Reading { at: Timestamp::MIN, month: "2021-01".to_owned(), promised: 8, found: Some(8), whole: true };
    assert_eq!(readers_see_whole_outputs(std::slice::from_ref(&reading)), []);
    for wrong in [
        Reading { found: None, ..reading.clone() },
        Reading { found: Some(7), ..reading.clone() },
        Reading { whole: false, ..reading.clone() },
    ] {
        assert_eq!(readers_see_whole_outputs(&[wrong]).len(), 1);
    }
}

fn commit(month: &str, content: &str) -> Commit {
    let content = content.to_owned();
    Commit { month: month.to_owned(), attempt: 1, fingerprint: content.clone(), sha256: content, rows: 7 }
}
