//! The status: its budget, its names, and what an older version makes of a newer one's.

#![expect(clippy::unwrap_used, reason = "a test ends where it finds something else")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use scoring_crds::status::{
    Attempt, AttemptState, BackfillMonth, BackfillStatus, Counts, Coverage, ErrorFigures, FailureClass, InputState,
    MonthStatus, OutputState, Progress, RowState, ScheduleStatus, StaleCause, Standing,
};
use scoring_crds::{admission, bounds};
use scoring_plan::{Month, MonthRange};
use serde_json::{Value, json};

const BUDGET: usize = 64 * 1024;

fn months(count: u16) -> Vec<Month> {
    let first: Month = "1980-01".parse().unwrap();
    (0..count).map(|ahead| first.plus(i32::from(ahead)).unwrap()).collect()
}

fn conditions() -> Vec<Condition> {
    let condition = |name: &str| Condition {
        type_: name.to_owned(),
        status: "False".to_owned(),
        reason: "MonthsWaitForTheirPublisher".to_owned(),
        message: "m".repeat(bounds::REASON),
        observed_generation: Some(i64::from(i32::MAX)),
        last_transition_time: Time(jiff::Timestamp::UNIX_EPOCH),
    };
    ["Ready", "Reconciling", "Stalled", "Progressing", "BacklogClear", "Fresh"].map(condition).into()
}

fn failed(month: Month) -> MonthStatus {
    MonthStatus {
        month: month.to_string(),
        standing: Standing::Failed,
        input: InputState::Available,
        output: OutputState::Stale,
        stale_by: vec![StaleCause::Input, StaleCause::Model],
        attempt: Some(Attempt {
            number: 3,
            state: AttemptState::Failed,
            class: Some(FailureClass::BadData),
            job: Some("j".repeat(bounds::LABEL)),
            backfill: Some("b".repeat(bounds::LABEL)),
            start_time: Some(Time(jiff::Timestamp::UNIX_EPOCH)),
            finish_time: Some(Time(jiff::Timestamp::UNIX_EPOCH)),
            message: Some("m".repeat(bounds::MESSAGE)),
        }),
        rows: Some(76_518),
        error: Some(ErrorFigures { mae: "9".repeat(24), rmse: "9".repeat(24), bias: "9".repeat(24) }),
        reason: Some("r".repeat(bounds::REASON)),
    }
}

fn largest_schedule_status() -> ScheduleStatus {
    let all = months(600);
    let odd = all.iter().copied().step_by(2);
    let even = all.iter().copied().skip(1).step_by(2);
    let ranges = |months: &mut dyn Iterator<Item = Month>| {
        MonthRange::covering(months).iter().map(MonthRange::to_string).collect::<Vec<_>>()
    };
    ScheduleStatus {
        observed_generation: Some(9),
        conditions: conditions(),
        due: Some("2029-12".to_owned()),
        newest: Some("2029-11".to_owned()),
        next_tick: Some(Time(jiff::Timestamp::UNIX_EPOCH)),
        last_survey: Some(Time(jiff::Timestamp::UNIX_EPOCH)),
        counts: Some(Counts { total: 600, current: 300, failed: 300, ..Counts::default() }),
        coverage: Some(Coverage {
            current: ranges(&mut odd.into_iter()),
            failed: ranges(&mut even.into_iter()),
            ..Coverage::default()
        }),
        months: all.iter().rev().take(bounds::STATUS_MONTHS).map(|month| failed(*month)).collect(),
    }
}

fn largest_backfill_status() -> BackfillStatus {
    let row = |month: Month| BackfillMonth {
        attempt: Some(i32::MAX),
        month: month.to_string(),
        state: RowState::Skipped,
        reason: Some("R".repeat(32)),
    };
    BackfillStatus {
        observed_generation: Some(9),
        conditions: conditions(),
        progress: Some(Progress { total: 600, skipped: 600, ..Progress::default() }),
        months: months(600).into_iter().map(row).collect(),
    }
}

/// A whole resource with this status.
fn with_status(kind: &str, status: Value) -> Value {
    let text = std::fs::read_to_string(format!("{}/tests/documents/base.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let base: Value = serde_yaml::from_str(&text).unwrap();
    let mut document = base[kind].clone();
    document["status"] = status;
    document
}

#[test]
fn six_hundred_months_of_which_every_second_failed_fit_the_budget() {
    let status = serde_json::to_value(largest_schedule_status()).unwrap();
    let size = status.to_string().len();
    assert!(size <= BUDGET, "{size} bytes");
    admission::check(&with_status("schedule", status), None).unwrap();
}

#[test]
fn a_backfill_of_six_hundred_months_fits_the_budget() {
    let status = serde_json::to_value(largest_backfill_status()).unwrap();
    let size = status.to_string().len();
    assert!(size <= BUDGET, "{size} bytes");
    admission::check(&with_status("backfill", status), None).unwrap();
}

#[test]
fn a_status_reads_as_it_was_written() {
    let status = largest_schedule_status();
    let read: ScheduleStatus = serde_json::from_value(serde_json::to_value(&status).unwrap()).unwrap();
    assert_eq!(read, status);
    let status = largest_backfill_status();
    let read: BackfillStatus = serde_json::from_value(serde_json::to_value(&status).unwrap()).unwrap();
    assert_eq!(read, status);
}

#[test]
fn what_a_newer_version_writes_is_read_as_unknown() {
    let status: ScheduleStatus = serde_json::from_value(json!({
        "months": [{ "month": "2021-01", "standing": "Quarantined", "output": "Signed", "sizeBytes": 1 }],
        "lineage": {},
    }))
    .unwrap();
    assert_eq!(status.months[0].standing, Standing::Unknown);
    assert_eq!(status.months[0].output, OutputState::Unknown);
}

#[test]
fn a_backfill_has_ended_once_it_has_succeeded() {
    let mut status = BackfillStatus::default();
    assert!(!status.has_ended());
    for (succeeded, ended) in [("Unknown", false), ("True", true), ("False", false)] {
        let mut condition = conditions().remove(0);
        condition.type_ = "Succeeded".to_owned();
        condition.status = succeeded.to_owned();
        status.conditions = vec![condition];
        assert_eq!(status.has_ended(), ended, "{succeeded}");
    }
}

#[test]
fn coverage_is_told_in_ranges_and_counted() {
    let list = |text: &str| text.split(' ').map(|range| range.parse::<MonthRange>().unwrap()).collect();
    let planned = scoring_plan::Coverage {
        current: list("2021-01..2021-06 2021-08"),
        waiting: list("2021-12"),
        excluded: list("2021-07"),
        ..scoring_plan::Coverage::default()
    };
    let coverage = Coverage::from(&planned);
    assert_eq!(coverage.current, ["2021-01..2021-06", "2021-08"]);
    assert_eq!([coverage.waiting, coverage.excluded], [["2021-12"], ["2021-07"]]);
    let counts = Counts::from(&planned);
    assert_eq!(counts, Counts { total: 9, current: 7, waiting: 1, excluded: 1, ..Counts::default() });
}

#[test]
fn coverage_never_has_more_ranges_than_the_schema_takes() {
    let current = MonthRange::covering(months(1400).into_iter().step_by(2));
    let planned = scoring_plan::Coverage { current, ..scoring_plan::Coverage::default() };
    let coverage = Coverage::from(&planned);
    assert_eq!(coverage.current.len(), bounds::RANGES);
    assert_eq!(coverage.current.last().map(String::as_str), Some("2096-07"));
    assert_eq!(Counts::from(&planned).current, 700);
}
