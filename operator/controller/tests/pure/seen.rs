//! What is made of Jobs, pods and the status: each case is one decision of how the controller remembers.

use jiff::SignedDuration;
use scoring_contract::ExitClass;
use scoring_crds::status::{self, RowState};
use scoring_operator::record::{PodState, Trouble, Verdict, Work};
use scoring_plan::{AttemptState, FailureClass, Record, Standing};
use serde_json::json;

use crate::stage::{Reach, Stage, at, backfill, exit, month, schedule};

/// A schedule whose months are known and whose first ones run.
fn running() -> Stage {
    let mut stage = Stage::new();
    stage.pass(Reach::All);
    stage.wait(5);
    stage.survey();
    stage.settle();
    stage.wait(60);
    stage
}

/// The last attempt at a month.
fn last(stage: &mut Stage, of: &str) -> (u32, AttemptState) {
    let (seen, _) = stage.own();
    let last = seen.history.facts(month(of)).unwrap().last().unwrap().clone();
    (last.number, last.state)
}

fn row(stage: &Stage, of: &str) -> status::MonthStatus {
    let status = stage.schedule.status.as_ref().unwrap();
    status.months.iter().find(|row| row.month == of).unwrap().clone()
}

#[test]
fn a_new_schedule_is_surveyed_before_anything_starts() {
    let mut stage = Stage::new();
    stage.pass(Reach::All);
    assert_eq!(stage.jobs.len(), 1);
    let Work::Survey(survey) = &stage.jobs[0].work else { panic!("no survey") };
    assert_eq!((survey.months.len(), survey.after, survey.tries), (4, None, 1));
    stage.pass(Reach::All);
    assert_eq!(stage.jobs.len(), 1, "one survey is enough");
}

#[test]
fn what_a_survey_finds_is_scored_and_recorded() {
    let stage = running();
    let mut months: Vec<String> = stage.jobs.iter().map(|job| job.name.clone()).collect();
    months.sort();
    assert_eq!(months.len(), 5, "the survey, the newest month and three older ones: {months:?}");
    let recorded = stage.schedule.status.as_ref().unwrap().last_survey.clone().unwrap().0;
    assert_eq!(recorded, at("2021-05-10T00:00:00Z"), "when the survey began");
}

#[test]
fn an_attempt_that_succeeds_is_stored_before_its_job_goes() {
    let mut stage = running();
    let name = stage.job_of("2021-01");
    stage.finish(&name);
    let (seen, plan) = stage.own();
    let attempt = seen.history.facts(month("2021-01")).unwrap().last().unwrap();
    assert_eq!(attempt.record, Record::Unsaved);
    assert!(plan.forget.is_empty());
    stage.pass(Reach::Status);
    let (_, plan) = stage.own();
    assert_eq!(plan.forget.len(), 1, "stored, so the Job may go");
    stage.settle();
    assert!(stage.jobs.iter().all(|job| job.name != name));
    assert_eq!(row(&stage, "2021-01").rows, Some(100));
    assert_eq!(row(&stage, "2021-01").error.unwrap().rmse, "2.25");
    let (_, plan) = stage.own();
    assert_eq!(plan.coverage.current[0].to_string(), "2021-01");
}

#[test]
fn nothing_is_forgotten_while_somebody_looks_at_the_store() {
    let mut stage = running();
    stage.finish_all();
    stage.pass(Reach::Status);
    stage.wait(7 * 3600);
    stage.pass(Reach::Status);
    let (seen, plan) = stage.own();
    assert!(seen.history.surveys.running);
    assert_eq!(plan.forget, []);
}

#[test]
fn a_job_that_vanished_is_looked_up_and_not_run_again() {
    let mut stage = running();
    let name = stage.job_of("2021-02");
    stage.vanish(&name);
    let (seen, plan) = stage.own();
    let AttemptState::Failed { at, class, .. } = last(&mut stage, "2021-02").1 else { panic!("not lost") };
    assert_eq!((at, class), (stage.now, FailureClass::Lost));
    assert!(plan.start.is_empty() && plan.survey.is_some(), "{plan:?}");
    assert_eq!(seen.missing, Vec::<String>::new());
    stage.pass(Reach::All);
    assert_eq!(row(&stage, "2021-02").attempt.unwrap().class, Some(status::FailureClass::Lost));
    stage.wait(5);
    stage.survey();
    stage.wait(60);
    stage.pass(Reach::All);
    assert!(stage.job_of("2021-02").ends_with("-a2"), "looked up, so it may be tried again");
}

#[test]
fn a_job_that_is_missing_in_the_cache_counts_as_running_until_it_is_asked_for() {
    let mut stage = running();
    let name = stage.job_of("2021-02");
    let held = stage.jobs.clone();
    stage.jobs.retain(|job| job.name != name);
    let world = stage.checked().worlds.remove(0);
    let memory = scoring_operator::observe::Memory::of(&stage.schedule, &[], &stage.gone);
    let seen = scoring_operator::observe::observe(&world, &stage.jobs, &stage.pods, &memory, stage.now);
    assert_eq!(seen.missing, [name]);
    assert!(seen.history.facts(month("2021-02")).unwrap().last().unwrap().is_running());
    stage.jobs = held;
    assert!(stage.own().0.missing.is_empty());
}

#[test]
fn a_failed_job_that_a_user_deletes_is_tried_again() {
    let mut stage = running();
    let name = stage.job_of("2021-02");
    stage.fail(&name, ExitClass::BadData);
    stage.settle();
    assert_eq!(stage.own().1.coverage.failed.len(), 1);
    assert!(stage.jobs.iter().any(|job| job.name == name), "its logs stay");
    stage.vanish(&name);
    assert!(matches!(last(&mut stage, "2021-02"), (1, AttemptState::Cancelled { .. })));
    stage.settle();
    assert!(stage.job_of("2021-02").ends_with("-a2"));
}

#[test]
fn a_failed_job_is_forgotten_once_another_attempt_is_there() {
    let mut stage = running();
    let name = stage.job_of("2021-02");
    stage.fail(&name, ExitClass::TryAgain);
    stage.settle();
    assert!(stage.jobs.iter().any(|job| job.name == name));
    stage.wait(61);
    stage.settle();
    assert!(stage.job_of("2021-02").ends_with("-a2"));
    assert!(stage.jobs.iter().all(|job| job.name != name));
}

#[test]
fn a_job_that_is_being_deleted_runs_until_it_is_gone() {
    let mut stage = running();
    let name = stage.job_of("2021-02");
    stage.job_mut(&name).deleting = true;
    assert_eq!(last(&mut stage, "2021-02"), (1, AttemptState::Running));
    assert!(stage.own().1.start.is_empty());
}

#[test]
fn a_month_that_is_left_out_is_called_off_in_the_status_first() {
    let mut stage = running();
    let name = stage.job_of("2021-02");
    stage.schedule.spec.months.exclude.push(scoring_crds::schedule::time::Exclusion {
        month: "2021-02".to_owned(),
        reason: "meters replaced".to_owned(),
    });
    stage.pass(Reach::All);
    assert!(stage.jobs.iter().any(|job| job.name == name), "not stored before");
    assert_eq!(row(&stage, "2021-02").attempt.unwrap().state, status::AttemptState::Cancelled);
    stage.pass(Reach::All);
    assert!(stage.jobs.iter().all(|job| job.name != name));
    stage.settle();
    assert!(matches!(last(&mut stage, "2021-02"), (1, AttemptState::Cancelled { .. })));
    stage.schedule.spec.months.exclude.clear();
    stage.settle();
    assert!(stage.job_of("2021-02").ends_with("-a2"), "its number is not used again");
    assert_eq!(stage.broken, Vec::<String>::new());
}

#[test]
fn a_status_that_was_lost_costs_a_survey() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    assert_eq!(stage.jobs.len(), 1, "only the survey is left");
    stage.schedule.status = None;
    let (_, plan) = stage.own();
    assert!(plan.start.is_empty() && plan.survey.is_some(), "{plan:?}");
    stage.wait(60);
    stage.settle();
    stage.wait(5);
    stage.survey();
    stage.settle();
    assert_eq!(stage.own().1.coverage.current[0].to_string(), "2021-01..2021-04");
    assert_eq!(stage.broken, Vec::<String>::new());
}

#[test]
fn a_status_that_was_restored_from_before_the_survey_costs_a_survey() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    let old = stage.schedule.status.clone();
    for _ in 0..2 {
        stage.wait(7 * 3600);
        stage.pass(Reach::All);
        stage.wait(5);
        stage.survey();
        stage.settle();
    }
    stage.schedule.status = old;
    let (seen, plan) = stage.own();
    assert_eq!(seen.history.surveys.last, None);
    assert!(plan.start.is_empty() && plan.survey.is_some());
}

#[test]
fn a_survey_with_a_missing_part_has_failed() {
    let mut stage = Stage::of(schedule(&json!({"months": {"first": "2015-01"}})), "2021-05-10T00:00:00Z");
    stage.pass(Reach::All);
    assert_eq!(stage.pods.len(), 2, "76 months in two parts");
    stage.wait(5);
    stage.survey();
    let last = stage.pods.pop().unwrap();
    let (seen, plan) = stage.own();
    assert!(seen.history.surveys.running, "its last words may still come");
    assert_eq!(seen.again_at, Some(stage.now.checked_add(SignedDuration::from_secs(10)).unwrap()));
    assert!(plan.start.is_empty());
    stage.wait(11);
    let (seen, _) = stage.own();
    assert_eq!(seen.history.surveys.failed.as_ref().unwrap().class, FailureClass::Lost);
    assert_eq!(seen.history.surveys.last, None);
    stage.pods.push(last);
    assert!(stage.own().0.history.surveys.last.is_some(), "found again");
}

#[test]
fn the_name_of_a_survey_is_not_used_again_where_all_of_them_were_deleted() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    let surveys = |stage: &Stage| -> Vec<String> {
        let all = stage.jobs.iter().filter(|job| matches!(job.work, Work::Survey(_)));
        all.map(|job| job.name.clone()).collect()
    };
    let before = surveys(&stage);
    for name in &before {
        stage.vanish(name);
    }
    stage.pass(Reach::All);
    let after = surveys(&stage);
    assert!(before.len() == 1 && after.len() == 1 && before != after, "{before:?}, then {after:?}");
}

#[test]
fn the_last_survey_is_kept_until_a_newer_one_is_recorded() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    stage.wait(7 * 3600);
    stage.pass(Reach::All);
    let surveys = |stage: &Stage| stage.jobs.iter().filter(|job| matches!(job.work, Work::Survey(_))).count();
    assert_eq!(surveys(&stage), 2);
    stage.wait(5);
    stage.survey();
    assert_eq!(stage.own().0.strays, [], "the recorded one stays until the newer one is");
    stage.pass(Reach::Status);
    assert_eq!(surveys(&stage), 2, "recorded, and not deleted yet");
    stage.settle();
    assert_eq!(surveys(&stage), 1);
    let numbers: Vec<&String> = stage.jobs.iter().map(|job| &job.name).collect();
    assert!(numbers[0].ends_with("-2"), "{numbers:?}");
}

#[test]
fn a_survey_that_fails_counts_its_tries_and_says_why() {
    let mut stage = Stage::new();
    stage.pass(Reach::All);
    let name = stage.jobs[0].name.clone();
    stage.fail(&name, ExitClass::TryAgain);
    let (seen, plan) = stage.own();
    let failed = seen.history.surveys.failed.clone().unwrap();
    assert_eq!((failed.class, failed.tries), (FailureClass::TryAgain, 1));
    assert_eq!(failed.detail, "it went wrong: mend it");
    assert_eq!(plan.survey, None);
    stage.wait(61);
    stage.settle();
    let Work::Survey(second) = &stage.jobs.iter().find(|job| job.name.ends_with("-2")).unwrap().work else { panic!() };
    assert_eq!(second.tries, 2);
}

#[test]
fn since_when_a_month_is_missing_goes_on_from_survey_to_survey() {
    let mut stage = Stage::new();
    stage.published.remove(&month("2021-04"));
    stage.pass(Reach::All);
    stage.wait(5);
    stage.survey();
    stage.settle();
    stage.finish_all();
    stage.settle();
    stage.wait(7 * 3600);
    stage.settle();
    let survey = stage.jobs.iter().find(|job| job.end.is_none()).unwrap();
    let Work::Survey(work) = &survey.work else { panic!("no survey") };
    assert_eq!(work.since[&month("2021-04")], at("2021-05-10T00:00:00Z"));
    assert_eq!(work.after, Some(at("2021-05-10T00:00:00Z")));
    stage.wait(5);
    stage.survey();
    stage.settle();
    stage.wait(7 * 3600);
    stage.settle();
    let Work::Survey(third) = &stage.jobs.iter().find(|job| job.end.is_none()).unwrap().work else { panic!() };
    assert_eq!(third.since[&month("2021-04")], at("2021-05-10T00:00:00Z"));
}

#[test]
fn the_numbers_of_manifests_are_not_used_again() {
    let mut stage = Stage::new();
    stage.bucket.insert(month("2021-03"), 7);
    stage.pass(Reach::All);
    stage.wait(5);
    stage.survey();
    stage.settle();
    assert_eq!(last(&mut stage, "2021-03").0, 7);
    assert!(stage.jobs.iter().all(|job| !job.name.contains("202103")));
}

/// Why a month's Job fails, by what its pod and its condition say.
#[test]
#[expect(clippy::too_many_lines, reason = "a table is read as a whole")]
fn every_end_of_a_pod_has_a_class() {
    struct Case {
        name: &'static str,
        code: Option<i32>,
        reason: &'static str,
        message: &'static str,
        disrupted: bool,
        job: &'static str,
        class: FailureClass,
        says: &'static str,
    }
    let case = |name| Case {
        name,
        code: None,
        reason: "Error",
        message: "",
        disrupted: false,
        job: "BackoffLimitExceeded",
        class: FailureClass::Internal,
        says: "",
    };
    let cases = [
        Case {
            code: Some(137),
            reason: "OOMKilled",
            says: "ran out of memory: raise job.resources.limits.memory",
            ..case("out of memory")
        },
        Case { code: Some(137), says: "was killed from outside (signal 9)", ..case("killed") },
        Case {
            code: Some(2),
            says: "ended with exit code 2, which is none of the scorer's: look at its logs",
            ..case("a code that is none")
        },
        Case { code: Some(77), class: FailureClass::Denied, says: "its pod ended with Error", ..case("no last words") },
        Case {
            code: Some(143),
            disrupted: true,
            class: FailureClass::Disrupted,
            says: "its pod ended with Error",
            ..case("disrupted")
        },
        Case {
            reason: "UnexpectedAdmissionError",
            message: "no devices",
            class: FailureClass::TryAgain,
            says: "its pod ended with UnexpectedAdmissionError: no devices",
            ..case("never began")
        },
        Case {
            code: Some(0),
            class: FailureClass::Lost,
            says: "its Job failed although its scorer ended well",
            ..case("ended well")
        },
        Case {
            code: Some(75),
            job: "DeadlineExceeded",
            class: FailureClass::TryAgain,
            says: "took longer than job.deadlineSeconds (7200): raise it, or give it more processors",
            ..case("too long")
        },
    ];
    for Case { name, code, reason, message, disrupted, job, class, says } in cases {
        let mut stage = running();
        let of = stage.job_of("2021-01");
        let now = stage.now;
        for pod in stage.pods_of(&of) {
            let mut exit = exit(code, reason, message, now);
            exit.disrupted = disrupted;
            pod.state = PodState::Ended(exit);
        }
        stage.end(&of, Verdict::Failed { reason: job.to_owned(), message: String::new() });
        stage.wait(11);
        let AttemptState::Failed { class: found, detail, .. } = last(&mut stage, "2021-01").1 else { panic!("{name}") };
        assert_eq!((found, detail.as_str()), (class, says), "{name}");
    }
}

#[test]
fn a_failed_job_without_pods_waits_for_their_last_words_and_is_lost_then() {
    let mut stage = running();
    let name = stage.job_of("2021-01");
    stage.end(&name, Verdict::Failed { reason: "BackoffLimitExceeded".to_owned(), message: String::new() });
    stage.pods.clear();
    assert_eq!(last(&mut stage, "2021-01").1, AttemptState::Running);
    stage.wait(11);
    assert!(matches!(last(&mut stage, "2021-01").1, AttemptState::Failed { class: FailureClass::Lost, .. }));
}

#[test]
fn a_failed_job_whose_pods_are_gone_is_told_by_the_status() {
    let mut stage = running();
    let name = stage.job_of("2021-01");
    stage.fail(&name, ExitClass::BadData);
    stage.settle();
    let uid = stage.job(&name).uid.clone();
    stage.pods.retain(|pod| pod.job != uid);
    stage.wait(60);
    let AttemptState::Failed { class, detail, .. } = last(&mut stage, "2021-01").1 else { panic!("has not failed") };
    assert_eq!((class, detail.as_str()), (FailureClass::BadData, "it went wrong: mend it"));
}

#[test]
fn what_keeps_a_pod_is_an_obstacle_until_its_job_ends() {
    let mut stage = running();
    let name = stage.job_of("2021-01");
    let trouble = Trouble { reason: "ErrImagePull".to_owned(), message: "no such image".to_owned() };
    for pod in stage.pods_of(&name) {
        pod.state = PodState::Pending(Some(trouble.clone()));
    }
    assert_eq!(stage.own().0.obstacles, [scoring_operator::obstacle::Obstacle::ImageNotPulled]);
    stage.end(&name, Verdict::Failed { reason: "DeadlineExceeded".to_owned(), message: String::new() });
    assert_eq!(stage.own().0.obstacles, []);
}

#[test]
fn a_month_that_a_backfill_has_done_stays_done_when_the_schedules_row_is_gone() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    stage.wait(60);
    let all = json!({"from": "2021-01", "to": "2021-02", "rescore": "All"});
    stage.backfills.push(backfill("again", stage.now, &all));
    stage.settle();
    stage.wait(60);
    stage.finish_all();
    stage.settle();
    let status = stage.backfills[0].status.clone().unwrap();
    let rows: Vec<(RowState, Option<i32>)> = status.months.iter().map(|row| (row.state, row.attempt)).collect();
    assert_eq!(rows, [(RowState::Done, Some(2)), (RowState::Done, Some(2))]);
    assert!(status.has_ended());
    // The backfill's own memory is what keeps it from starting over.
    stage.bucket.insert(month("2021-01"), 2);
    stage.bucket.insert(month("2021-02"), 2);
    stage.wait(7 * 3600);
    stage.pass(Reach::All);
    stage.wait(5);
    stage.survey();
    stage.schedule.status.as_mut().unwrap().months.clear();
    stage.backfills[0].status.as_mut().unwrap().conditions.clear();
    let (_, plan) = stage.own();
    assert!(plan.start.is_empty(), "{:?}", plan.start);
}

#[test]
fn a_backfill_with_its_own_model_has_its_own_jobs_and_surveys() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    stage.wait(60);
    let other = json!({"from": "2021-01", "to": "2021-02",
        "model": {"experimentUri": "s3://mlops/1", "runId": "r2"}});
    stage.backfills.push(backfill("other", stage.now, &other));
    let own = stage.bucket.clone();
    stage.bucket.clear();
    stage.pass(Reach::All);
    let survey = stage.jobs.iter().find(|job| job.end.is_none()).unwrap();
    assert_eq!(survey.model_of.as_deref(), Some("b-other"));
    stage.wait(5);
    stage.survey();
    stage.settle();
    let running: Vec<&str> =
        stage.jobs.iter().filter(|job| job.end.is_none()).filter_map(|job| job.model_of.as_deref()).collect();
    assert_eq!(running, ["b-other", "b-other"]);
    let mut later = stage.clone();
    later.schedule.status.as_mut().unwrap().last_survey = None;
    assert!(later.look()[1].1.history.surveys.last.is_some(), "what the schedule has recorded is not about it");
    stage.wait(60);
    stage.finish_all();
    stage.settle();
    assert!(stage.backfills[0].status.as_ref().unwrap().has_ended());
    assert!(stage.jobs.iter().all(|job| job.model_of.is_none()), "its Jobs are needed no more: {:?}", stage.jobs);
    stage.bucket = own;
    assert_eq!(stage.own().1.coverage.current[0].to_string(), "2021-01..2021-04");
    assert_eq!(stage.broken, Vec::<String>::new());
}

#[test]
fn a_running_job_of_a_backfill_that_is_gone_runs_on() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    stage.wait(60);
    let other = json!({"from": "2021-01", "to": "2021-01",
        "model": {"experimentUri": "s3://mlops/1", "runId": "r2"}});
    stage.backfills.push(backfill("other", stage.now, &other));
    stage.bucket.clear();
    stage.pass(Reach::All);
    stage.wait(5);
    stage.survey();
    stage.settle();
    stage.backfills.clear();
    stage.settle();
    let other: Vec<bool> =
        stage.jobs.iter().filter(|job| job.model_of.is_some()).map(|job| job.end.is_some()).collect();
    assert_eq!(other, [false]);
    stage.finish_all();
    stage.settle();
    assert!(stage.jobs.iter().all(|job| job.model_of.is_none()));
}

#[test]
fn what_was_known_is_told_until_it_is_known_again() {
    let mut stage = running();
    stage.finish_all();
    stage.settle();
    let known = stage.schedule.status.clone().unwrap();
    stage.pods.clear();
    stage.wait(60);
    stage.pass(Reach::All);
    let status = stage.schedule.status.clone().unwrap();
    assert_eq!((status.coverage, status.counts, status.newest), (known.coverage, known.counts, known.newest));
    let rows = |status: &status::ScheduleStatus| status.months.iter().map(|row| row.standing).collect::<Vec<_>>();
    assert_eq!(rows(stage.schedule.status.as_ref().unwrap()), vec![status::Standing::from(Standing::Current); 4]);
    assert_eq!(stage.own().1.start, []);
}
