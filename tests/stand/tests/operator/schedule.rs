//! What a schedule and its backfills start, in which order, how often, and what they leave alone.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use scoring_stand::invariant::JobLife;
use scoring_stand::{Behaviour, PodFacts};
use scoring_tests::{MONTHS, RUN, Scorer};
use serde_json::{Value, json};

use crate::documents::{LINEAR, backfill, schedule, with};
use crate::kept::keep;
use crate::looks::{condition, covered, has_reason, is, rows};
use crate::running::Running;
use crate::site::{ATTEMPT, IMAGE, MONTH, Site, holding, label, run};
use crate::store::Store;

/// How long a slow scorer sleeps before it scores.
const SLEEP: SignedDuration = SignedDuration::from_secs(3);

/// A scorer that is slow to score a month, as a program in a folder.
#[expect(clippy::unwrap_used, reason = "a script that cannot be written is a failed test")]
fn slow_scorer(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("slow-scorer");
    let scorer = Scorer::new().unwrap().program().display().to_string();
    let sleep = format!("[ \"$1\" = score ] && sleep {}", SLEEP.as_secs());
    fs::write(&path, format!("#!/bin/sh\n{sleep}\nexec {scorer} \"$@\"\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[expect(clippy::unwrap_used, reason = "months are months")]
fn month(text: &str) -> Date {
    let (year, month) = text.split_once('-').unwrap();
    date(year.parse().unwrap(), month.parse().unwrap(), 1)
}

fn text(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// The months before a month, the oldest first, and it.
fn until(last: Date, count: i32) -> Vec<String> {
    (0..count).rev().map(|before| text(last.saturating_sub(before.months()))).collect()
}

/// How long the Jobs of months ran, at most.
fn slot(jobs: &[JobLife]) -> SignedDuration {
    let ran = jobs.iter().filter_map(|job| Some(job.ended?.duration_since(job.created)));
    ran.max().unwrap_or_default()
}

#[test]
fn the_newest_month_starts_within_one_slots_time_beside_a_backfill() {
    let (store, folder) = (Store::s3s_fs(), tempfile::tempdir().unwrap());
    // The month before the last one is the newest that is certainly due.
    let last = month(&Timestamp::now().strftime("%Y-%m").to_string()).saturating_sub(2.months());
    let months = until(last.saturating_add(2.months()), 26);
    months.iter().zip(MONTHS.iter().cycle()).for_each(|(month, rides)| store.publish(month, rides));
    let program = slow_scorer(&folder);
    run(async {
        let site = Site::with(&store, |options| options.with_image(IMAGE, program)).await;
        let operator = site.operate().await;
        let mut document = schedule(&store, "green", (&months[0], "2999-12"));
        with(&mut document, &[("/spec/months/last", Value::Null), ("/spec/backfill/mode", json!("Manual"))]);
        site.apply(&document).await;
        let due = |schedule: &Value| schedule["status"]["due"].as_str().unwrap_or_default().to_owned();
        let started = site.schedule("green", |schedule| is(schedule, "Fresh", "True")).await;
        let newest = text(month(&due(&started)).saturating_add(1.month()));
        let tick: Timestamp = started["status"]["nextTick"].as_str().unwrap().parse().unwrap();

        let mut year = backfill("years", "green", (&months[0], &months[23]));
        with(&mut year, &[("/spec/parallelism", json!(3)), ("/spec/rescore", json!("Missing"))]);
        site.apply(&year).await;
        site.backfill("years", |backfill| backfill["status"]["progress"]["done"].as_i64() >= Some(4)).await;
        keep(&site, "backfill", &[&["get", "scs,scb", "-o", "wide"], &["describe", "scb", "years"]]).await;
        operator.clock.move_to(tick);
        let ticked = Timestamp::now();
        site.backfill("years", |backfill| is(backfill, "Succeeded", "True")).await;

        let jobs = site.months_started().await;
        let job = jobs.iter().find(|job| job.month.as_deref() == Some(&newest)).expect("the newest month was started");
        let (waited, slot) = (job.created.duration_since(ticked), slot(&jobs));
        assert!(waited <= slot, "it waited for {waited:#}, of slots of {slot:#}");
        assert_eq!(most_at_once(&jobs), 4, "the newest month has a slot of its own beside three");
        let queued = jobs.iter().filter(|other| other.created > job.created).count();
        assert!(queued >= 6, "only {queued} months were still to come");
    });
}

/// How many Jobs ran at once, at most.
fn most_at_once(jobs: &[JobLife]) -> usize {
    let runs_at = |job: &JobLife, at: Timestamp| job.created <= at && job.ended.is_none_or(|ended| ended > at);
    let beside = |new: &JobLife| jobs.iter().filter(|job| runs_at(job, new.created)).count();
    jobs.iter().map(beside).max().unwrap_or_default()
}

/// The numbers of attempts that were started, by month.
fn attempts(jobs: &[JobLife]) -> BTreeMap<&str, usize> {
    let mut attempts = BTreeMap::new();
    jobs.iter().filter_map(|job| job.month.as_deref()).for_each(|month| *attempts.entry(month).or_default() += 1);
    attempts
}

/// How the pods of each month end that do not simply score it.
fn ending(facts: &PodFacts) -> Behaviour {
    let attempt: u32 = label(facts, ATTEMPT).parse().unwrap_or_default();
    match (label(facts, MONTH), attempt) {
        ("2021-01", _) => Behaviour::exit(65, ""),
        ("2021-03", _) => Behaviour::exit(77, ""),
        ("2021-04", _) => Behaviour::exit(78, ""),
        ("2021-05", _) => Behaviour::exit(75, ""),
        ("2021-06", 1..=2) => Behaviour::exit(73, ""),
        ("2021-07", 1) => Behaviour::OomKilled { after: Duration::ZERO },
        ("2021-08", 1) if facts.earlier < 2 => Behaviour::Disrupted { after: Duration::ZERO },
        _ => Behaviour::Run,
    }
}

#[test]
fn what_is_tried_again_and_how_often_depends_on_what_can_help() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::playing(&store, ending).await;
        let _operator = site.operate().await;
        site.apply(&schedule(&store, "green", ("2021-01", "2021-09"))).await;
        let current = ["2021-02", "2021-06..2021-09"];
        let end = site
            .schedule("green", |schedule| {
                covered(schedule, "current") == current && has_reason(schedule, "Progressing", "WaitingForChange")
            })
            .await;
        keep(&site, "failures", &[&["get", "scs", "-o", "wide"], &["describe", "scs", "green"]]).await;
        let jobs = site.months_started().await;
        // Lasting faults are tried once, passing ones three times, and disruptions are no tries.
        let expected = [
            ("2021-01", 1),
            ("2021-02", 1),
            ("2021-03", 1),
            ("2021-04", 1),
            ("2021-05", 3),
            ("2021-06", 3),
            ("2021-07", 2),
            ("2021-08", 1),
            ("2021-09", 1),
        ];
        assert_eq!(attempts(&jobs), BTreeMap::from(expected), "{end:#}");
        assert_eq!(covered(&end, "failed"), ["2021-01", "2021-03..2021-05"]);
        let classes =
            [("2021-01", "BadData"), ("2021-03", "Denied"), ("2021-04", "BadSetting"), ("2021-05", "TryAgain")];
        for (month, class) in classes {
            let row = rows(&end)[month];
            assert_eq!(row["attempt"]["class"].as_str(), Some(class), "{row}");
            let reason = row["reason"].as_str().unwrap_or_default();
            assert!(reason.contains("it starts again when its input, the model or the settings change"), "{reason}");
        }
        assert!(is(&end, "Ready", "True") && has_reason(&end, "BacklogClear", "MonthsFailed"), "{end:#}");
        site.settles().await;
        let events = site.events("green").await;
        let failures: Vec<_> = events.iter().filter(|(_, reason, _)| reason == "MonthFailed").collect();
        assert!((1..=9).contains(&failures.len()), "{failures:#?}");
        let remedy = "ran out of memory: raise job.resources.limits.memory";
        assert!(failures.iter().any(|(.., note)| note.contains(remedy)), "{failures:#?}");
    });
}

/// Moves the operator's clock so far that the stores are looked at again, and has the schedule passed over.
async fn look_again(site: &Site, operator: &Running, schedule: &str) {
    operator.clock.move_to(Timestamp::now() + SignedDuration::from_hours(7));
    site.change(schedule, json!({"metadata": {"annotations": {"looked": Timestamp::now().to_string()}}})).await;
}

#[test]
fn an_input_that_changes_is_scored_again_marked_or_ignored_by_policy() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(async {
        let site = Site::new(&store).await;
        let operator = site.operate().await;
        let policies = ["Rescore", "Mark", "Ignore"];
        for policy in policies {
            let mut document = schedule(&store, &policy.to_lowercase(), ("2021-01", "2021-02"));
            with(&mut document, &[("/spec/onInputChange", json!(policy))]);
            site.apply(&document).await;
        }
        for policy in policies {
            site.current(&policy.to_lowercase(), &["2021-01..2021-02"]).await;
        }
        let before: Vec<_> = policies.map(|policy| store.outputs(&policy.to_lowercase())).into();
        store.publish("2021-02", "2021-03");
        for policy in policies {
            look_again(&site, &operator, &policy.to_lowercase()).await;
        }
        site.schedule("mark", |schedule| covered(schedule, "stale") == ["2021-02"]).await;
        let second = |schedule: &Value| {
            rows(schedule).get("2021-02").is_some_and(|row| row["attempt"]["number"] == 2)
                && covered(schedule, "current") == ["2021-01..2021-02"]
        };
        site.schedule("rescore", second).await;
        site.settles().await;
        let ignored = site.current("ignore", &["2021-01..2021-02"]).await;
        assert_eq!(rows(&ignored)["2021-02"]["attempt"]["number"], 1);
        let after: Vec<_> = policies.map(|policy| store.outputs(&policy.to_lowercase())).into();
        assert_eq!([0, 1, 2].map(|index| before[index] == after[index]), [false, true, true]);
        assert_eq!(attempts(&site.months_started().await), BTreeMap::from([("2021-01", 3), ("2021-02", 4)]));
    });
}

#[test]
fn a_new_model_scores_every_month_again_or_none_by_policy() {
    let store = Store::s3s_fs().with_months(["2021-01", "2021-02"]);
    run(async {
        let site = Site::new(&store).await;
        let _operator = site.operate().await;
        for (name, policy) in [("again", "Rescore"), ("keep", "Keep")] {
            let mut document = schedule(&store, name, ("2021-01", "2021-02"));
            with(&mut document, &[("/spec/onModelChange", json!(policy))]);
            site.apply(&document).await;
        }
        for name in ["again", "keep"] {
            site.current(name, &["2021-01..2021-02"]).await;
            site.settles().await;
            site.change(name, json!({"spec": {"model": {"runId": LINEAR}}})).await;
        }
        let of_both = [RUN, LINEAR].map(|run| ["2021-01", "2021-02"].map(|month| format!("{month}-{run}.parquet")));
        let mut of_both = of_both.concat();
        of_both.sort();
        scoring_stand::eventually(crate::site::SOON, "the outputs of both models", async || {
            let found: Vec<_> = store.outputs("again").into_keys().collect();
            if found == of_both { Ok(()) } else { Err(found) }
        })
        .await
        .unwrap();
        site.settles().await;
        // The old outputs stand where they were; the months have none at the new addresses, which are scored.
        site.current("keep", &["2021-01..2021-02"]).await;
        assert!(store.outputs("keep").keys().any(|name| name.contains(RUN)));
    });
}

#[test]
fn a_backfill_with_another_model_leaves_the_schedules_months_alone() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::new(&store).await;
        let _operator = site.operate().await;
        site.apply(&schedule(&store, "green", ("2021-01", "2021-04"))).await;
        let mut linear = backfill("linear", "green", ("2021-02", "2021-03"));
        with(&mut linear, &[("/spec/model", json!({"experimentUri": "s3://mlops/2", "runId": LINEAR}))]);
        site.apply(&linear).await;
        let done = site.backfill("linear", |backfill| is(backfill, "Succeeded", "True")).await;
        assert_eq!(done["status"]["progress"]["done"], 2, "{done:#}");
        site.current("green", &["2021-01..2021-04"]).await;
        let expected: Vec<String> =
            [("01", RUN), ("02", RUN), ("02", LINEAR), ("03", RUN), ("03", LINEAR), ("04", RUN)]
                .map(|(month, run)| format!("2021-{month}-{run}.parquet"))
                .into();
        assert_eq!(store.outputs("green").into_keys().collect::<Vec<_>>(), expected);
        let events = site.events("linear").await;
        assert!(events.iter().any(|(_, reason, _)| reason == "BackfillSucceeded"), "{events:?}");
        site.settles().await;
        assert_eq!(attempts(&site.months_started().await).values().sum::<usize>(), 6);
    });
}

#[test]
fn a_backfill_that_is_deleted_starts_nothing_more() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::playing(&store, holding(&["2021-01", "2021-02"])).await;
        let _operator = site.operate().await;
        let mut document = schedule(&store, "green", ("2021-01", "2021-12"));
        with(&mut document, &[("/spec/backfill/mode", json!("Manual"))]);
        site.apply(&document).await;
        site.current("green", &["2021-12"]).await;
        let mut year = backfill("year", "green", ("2021-01", "2021-11"));
        with(&mut year, &[("/spec/rescore", json!("Missing"))]);
        site.apply(&year).await;
        let pods = [site.running("2021-01").await, site.running("2021-02").await];
        site.delete(&site.backfills(), "year").await;
        site.settles().await;
        // What runs goes on to its end.
        assert!(pods.iter().all(|pod| site.node.release(pod, Behaviour::Run)), "its pods were taken away");
        let end = site.current("green", &["2021-01..2021-02", "2021-12"]).await;
        assert!(covered(&end, "failed").is_empty(), "{end:#}");
        site.settles().await;
        assert_eq!(site.months_started().await.len(), 3);
    });
}

#[test]
fn a_suspended_schedule_starts_nothing_until_it_goes_on() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let site = Site::new(&store).await;
        let _operator = site.operate().await;
        let mut document = schedule(&store, "green", ("2021-01", "2021-06"));
        with(&mut document, &[("/spec/suspend", json!(true)), ("/spec/backfill/order", json!("NewestFirst"))]);
        site.apply(&document).await;
        let idle = site.schedule("green", |schedule| has_reason(schedule, "Progressing", "Suspended")).await;
        assert!(has_reason(&idle, "Ready", "Suspended") && is(&idle, "Stalled", "False"), "{idle:#}");
        assert_eq!(condition(&idle, "Fresh").map(|fresh| fresh.reason), Some("Overdue".to_owned()));
        site.settles().await;
        assert!(site.months_started().await.is_empty());
        // An edit while nothing or something runs is taken at once.
        site.change("green", json!({"spec": {"suspend": false, "backfill": {"parallelism": 1}}})).await;
        let whole = site.current("green", &["2021-01..2021-06"]).await;
        assert!(is(&whole, "Fresh", "True"), "{whole:#}");
        let started = site.months_started().await;
        let older: Vec<&str> =
            started.iter().filter_map(|job| job.month.as_deref()).filter(|month| *month < "2021-06").collect();
        assert_eq!(older, ["2021-05", "2021-04", "2021-03", "2021-02", "2021-01"]);
    });
}

#[test]
fn a_backfill_takes_the_months_that_its_kind_names() {
    let store = Store::s3s_fs().with_months(MONTHS);
    run(async {
        let broken = |facts: &PodFacts| match label(facts, MONTH) {
            "2021-02" => Behaviour::exit(65, ""),
            _ => Behaviour::Run,
        };
        let site = Site::playing(&store, broken).await;
        let operator = site.operate().await;
        let mut document = schedule(&store, "green", ("2021-01", "2021-04"));
        with(&mut document, &[("/spec/onInputChange", json!("Mark"))]);
        site.apply(&document).await;
        site.schedule("green", |schedule| covered(schedule, "current") == ["2021-01", "2021-03..2021-04"]).await;
        // One month fails, one is stale, one has lost its output; none of it is mended by itself.
        store.publish("2021-03", "2021-05");
        site.change("green", json!({"spec": {"suspend": true}})).await;
        store.remove("green", "2021-04");
        look_again(&site, &operator, "green").await;
        let is_found =
            |schedule: &Value| covered(schedule, "stale") == ["2021-03"] && covered(schedule, "missing") == ["2021-04"];
        site.schedule("green", is_found).await;
        let kinds = [
            ("Missing", ["Skipped", "Skipped", "Skipped", "Pending"]),
            ("MissingAndFailed", ["Skipped", "Pending", "Skipped", "Pending"]),
            ("Stale", ["Skipped", "Skipped", "Pending", "Skipped"]),
            ("All", ["Pending", "Pending", "Pending", "Pending"]),
        ];
        for (kind, expected) in kinds {
            let name = kind.to_lowercase();
            let mut document = backfill(&name, "green", ("2021-01", "2021-04"));
            with(&mut document, &[("/spec/rescore", json!(kind))]);
            site.apply(&document).await;
            let told = site.backfill(&name, |backfill| rows(backfill).len() == 4).await;
            let states: Vec<_> =
                rows(&told).values().filter_map(|row| row["state"].as_str().map(str::to_owned)).collect();
            assert_eq!(states, expected, "{kind}: {told:#}");
            site.delete(&site.backfills(), &name).await;
        }
    });
}
