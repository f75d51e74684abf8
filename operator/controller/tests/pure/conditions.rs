//! The conditions of a schedule and of its backfills, and the events that go with them.

use scoring_contract::ExitClass;
use scoring_crds::status::ScheduleStatus;
use scoring_operator::obstacle::Obstacle;
use scoring_operator::record::{PodState, Trouble};
use scoring_operator::report::{
    BackfillVerdict, NoteKind, Planned, backfill_notes, backfill_status, ended, figures, schedule_notes,
    schedule_status,
};
use serde_json::{Value, json};

use crate::stage::{Reach, Stage, at, backfill, month, schedule};

/// `Type=Status Reason` of every condition.
fn told(status: &ScheduleStatus) -> Vec<String> {
    let conditions = status.conditions.iter();
    conditions.map(|told| format!("{}={} {}", told.type_, told.status, told.reason)).collect()
}

fn status(stage: &mut Stage) -> ScheduleStatus {
    let (world, seen, plan) = stage.look().swap_remove(0);
    let own = Planned { world: &world, seen: &seen, plan: &plan };
    schedule_status(&stage.schedule, Ok(own), stage.now)
}

fn known(more: &Value) -> Stage {
    let mut stage = Stage::of(schedule(more), "2021-05-10T00:00:00Z");
    stage.pass(Reach::All);
    stage.wait(5);
    stage.survey();
    stage.settle();
    stage.wait(60);
    stage
}

fn trouble(stage: &mut Stage, reason: &str, message: &str) {
    let name = stage.job_of("2021-01");
    for pod in stage.pods_of(&name) {
        let trouble = Trouble { reason: reason.to_owned(), message: message.to_owned() };
        pod.state = PodState::Pending(Some(trouble));
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table is read as a whole")]
fn conditions_tell_how_a_schedule_stands() {
    struct Case {
        name: &'static str,
        stage: fn() -> Stage,
        told: [&'static str; 6],
    }
    let cases = [
        Case {
            name: "new",
            stage: Stage::new,
            told: [
                "Ready=Unknown Surveying",
                "Reconciling=True Surveying",
                "Stalled=False NotStalled",
                "Progressing=False WaitingForInput",
                "BacklogClear=Unknown Surveying",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "scoring",
            stage: || known(&json!({})),
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=True Scoring",
                "BacklogClear=False MonthsMissing",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "at rest",
            stage: || {
                let mut stage = known(&json!({}));
                stage.finish_all();
                stage.settle();
                stage
            },
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=False Idle",
                "BacklogClear=True Clear",
                "Fresh=True NewestMonthCurrent",
            ],
        },
        Case {
            name: "a month failed for good",
            stage: || {
                let mut stage = known(&json!({}));
                let name = stage.job_of("2021-02");
                stage.fail(&name, ExitClass::BadData);
                stage.finish_all();
                stage.settle();
                stage
            },
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=False WaitingForChange",
                "BacklogClear=False MonthsFailed",
                "Fresh=True NewestMonthCurrent",
            ],
        },
        Case {
            name: "a month failed, and is tried again",
            stage: || {
                let mut stage = known(&json!({}));
                let name = stage.job_of("2021-02");
                stage.fail(&name, ExitClass::TryAgain);
                stage.finish_all();
                stage
            },
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=True Retrying",
                "BacklogClear=False MonthsMissing",
                "Fresh=True NewestMonthCurrent",
            ],
        },
        Case {
            name: "suspended",
            stage: || known(&json!({"suspend": true})),
            told: [
                "Ready=True Suspended",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=False Suspended",
                "BacklogClear=False MonthsMissing",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "the newest month is late",
            stage: || {
                let mut stage = Stage::of(schedule(&json!({"freshness": {"deadlineDays": 3}})), "2021-05-10T00:00:00Z");
                stage.published.remove(&month("2021-04"));
                stage.pass(Reach::All);
                stage.wait(5);
                stage.survey();
                stage.settle();
                stage.finish_all();
                stage.settle();
                stage
            },
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=False WaitingForInput",
                "BacklogClear=True Clear",
                "Fresh=False Overdue",
            ],
        },
        Case {
            name: "the Secret is not there",
            stage: || {
                let mut stage = known(&json!({"storage": {"credentialsSecret": "keys"}}));
                trouble(&mut stage, "CreateContainerConfigError", "secret \"keys\" not found");
                stage
            },
            told: [
                "Ready=False SecretNotFound",
                "Reconciling=False Settled",
                "Stalled=True SecretNotFound",
                "Progressing=False SecretNotFound",
                "BacklogClear=False MonthsMissing",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "no node has room",
            stage: || {
                let mut stage = known(&json!({}));
                trouble(&mut stage, "Unschedulable", "0/3 nodes are available");
                stage
            },
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=False Unschedulable",
                "BacklogClear=False MonthsMissing",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "the survey lacks a permission",
            stage: || {
                let mut stage = Stage::new();
                stage.pass(Reach::All);
                let name = stage.jobs[0].name.clone();
                stage.fail(&name, ExitClass::Denied);
                stage
            },
            told: [
                "Ready=False SurveyFailed",
                "Reconciling=False Settled",
                "Stalled=True SurveyFailed",
                "Progressing=False SurveyFailed",
                "BacklogClear=Unknown Surveying",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "the store did not answer the survey",
            stage: || {
                let mut stage = Stage::new();
                stage.pass(Reach::All);
                let name = stage.jobs[0].name.clone();
                stage.fail(&name, ExitClass::TryAgain);
                stage
            },
            told: [
                "Ready=Unknown Surveying",
                "Reconciling=True Surveying",
                "Stalled=False NotStalled",
                "Progressing=False SurveyFailed",
                "BacklogClear=Unknown Surveying",
                "Fresh=Unknown Pending",
            ],
        },
        Case {
            name: "nothing is due",
            stage: || Stage::of(schedule(&json!({"months": {"first": "2030-01"}})), "2021-05-10T00:00:00Z"),
            told: [
                "Ready=True Scheduled",
                "Reconciling=False Settled",
                "Stalled=False NotStalled",
                "Progressing=False Idle",
                "BacklogClear=True Clear",
                "Fresh=True NothingDue",
            ],
        },
    ];
    for Case { name, stage, told: expected } in cases {
        assert_eq!(told(&status(&mut stage())), expected, "{name}");
    }
}

#[test]
fn a_condition_keeps_its_time_until_its_status_turns() {
    let mut stage = known(&json!({}));
    stage.pass(Reach::All);
    let before = stage.schedule.status.clone().unwrap();
    stage.finish_all();
    stage.wait(60);
    stage.settle();
    let after = stage.schedule.status.clone().unwrap();
    let time = |status: &ScheduleStatus, at: usize| status.conditions[at].last_transition_time.0;
    assert_eq!(time(&before, 0), time(&after, 0), "Ready is as it was");
    assert_eq!(time(&after, 3), stage.now, "Progressing has turned");
    assert!(after.conditions.iter().all(|condition| condition.observed_generation == Some(1)));
}

#[test]
fn a_schedule_at_rest_is_never_written() {
    let mut stage = known(&json!({}));
    stage.finish_all();
    stage.settle();
    let before = stage.schedule.status.clone();
    for _ in 0..20 {
        stage.wait(600);
        stage.pass(Reach::All);
        assert_eq!(stage.schedule.status, before);
    }
}

#[test]
fn many_months_are_one_event() {
    let mut stage = known(&json!({"backfill": {"parallelism": 9}}));
    stage.settle();
    let before = stage.schedule.status.clone();
    let name = stage.job_of("2021-03");
    stage.fail(&name, ExitClass::BadData);
    stage.finish_all();
    let after = status(&mut stage);
    let notes = schedule_notes(before.as_ref(), &after);
    let told: Vec<(NoteKind, &str, &str)> =
        notes.iter().map(|note| (note.kind, note.reason.as_str(), note.text.as_str())).collect();
    assert_eq!(told[0], (NoteKind::Normal, "MonthCommitted", "committed 2021-01..2021-02, 2021-04"));
    assert_eq!((told[1].0, told[1].1), (NoteKind::Warning, "MonthFailed"));
    assert!(told[1].2.starts_with("2021-03: attempt 1 failed (bad data): it went wrong: mend it; "), "{}", told[1].2);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(ended(before.as_ref(), &after).len(), 4);
    assert_eq!(schedule_notes(Some(&after), &after), [], "nothing is told twice");
    assert_eq!(schedule_notes(None, &after), [], "a status that was lost tells nothing again");
}

#[test]
fn an_obstacle_is_told_once_and_is_gone_when_it_is_gone() {
    let mut stage = known(&json!({}));
    stage.settle();
    let before = stage.schedule.status.clone().unwrap();
    trouble(&mut stage, "ErrImagePull", "no such image, tried 17 times");
    let first = status(&mut stage);
    let notes = schedule_notes(Some(&before), &first);
    assert_eq!(notes.len(), 1);
    assert_eq!((notes[0].kind, notes[0].reason.as_str()), (NoteKind::Warning, "ImageNotPulled"));
    assert_eq!(notes[0].text, Obstacle::ImageNotPulled.to_string());
    assert_eq!(schedule_notes(Some(&first), &first), [], "one event is enough");
    stage.schedule.status = Some(first.clone());
    trouble(&mut stage, "ImagePullBackOff", "back-off 40s");
    stage.wait(40);
    assert_eq!(status(&mut stage), first, "Kubernetes' own words change, and the status does not");
    let name = stage.job_of("2021-01");
    let now = stage.now;
    for pod in stage.pods_of(&name) {
        pod.state = PodState::Running { since: now };
    }
    assert_eq!(told(&status(&mut stage))[2], "Stalled=False NotStalled");
}

#[test]
fn a_backfill_tells_how_far_it_is() {
    struct Case {
        name: &'static str,
        finish: fn(&mut Stage),
        told: [&'static str; 3],
    }
    let cases = [
        Case {
            name: "running",
            finish: |_| {},
            told: ["Reconciling=True Scoring", "Stalled=False NotStalled", "Succeeded=False Scoring"],
        },
        Case {
            name: "done",
            finish: Stage::finish_all,
            told: ["Reconciling=False Completed", "Stalled=False NotStalled", "Succeeded=True Completed"],
        },
        Case {
            name: "failed",
            finish: |stage| {
                for name in ["2021-01", "2021-02"].map(|month| stage.job_of(month)) {
                    stage.fail(&name, ExitClass::BadData);
                }
            },
            told: ["Reconciling=False MonthsFailed", "Stalled=True MonthsFailed", "Succeeded=False MonthsFailed"],
        },
    ];
    for Case { name, finish, told } in cases {
        let mut stage = known(&json!({"backfill": {"mode": "Manual"}}));
        let spec = json!({"from": "2021-01", "to": "2021-02"});
        stage.backfills.push(backfill("winter", stage.now, &spec));
        stage.settle();
        let before = stage.backfills[0].status.clone();
        finish(&mut stage);
        stage.settle();
        let status = stage.backfills[0].status.clone().unwrap();
        let conditions = status.conditions.iter();
        let found: Vec<String> =
            conditions.map(|told| format!("{}={} {}", told.type_, told.status, told.reason)).collect();
        assert_eq!(found, told, "{name}");
        let notes = backfill_notes(before.as_ref(), &status);
        assert_eq!(notes.len(), usize::from(name != "running"), "{name}: {notes:?}");
    }
}

#[test]
fn a_backfill_that_has_ended_stays_as_it_is() {
    let mut stage = known(&json!({"backfill": {"mode": "Manual"}}));
    stage.backfills.push(backfill("winter", stage.now, &json!({"from": "2021-01", "to": "2021-02"})));
    stage.settle();
    stage.finish_all();
    stage.settle();
    let status = stage.backfills[0].status.clone().unwrap();
    assert!(status.has_ended());
    let later = backfill_status(&stage.backfills[0], BackfillVerdict::NoSchedule, at("2022-01-01T00:00:00Z"));
    assert_eq!(later, status);
}

#[test]
fn figures_count_every_month_once() {
    let mut stage = known(&json!({}));
    let (world, seen, plan) = stage.look().swap_remove(0);
    let figures = figures(Planned { world: &world, seen: &seen, plan: &plan });
    let months: std::collections::BTreeMap<&str, usize> = figures.months.into();
    assert_eq!((months["due"], months["running"], months["current"]), (4, 4, 0));
    assert_eq!(figures.behind_since, Some(at("2021-05-02T03:00:00Z")));
    assert_eq!(figures.next_tick, Some(at("2021-06-02T03:00:00Z")));
}
