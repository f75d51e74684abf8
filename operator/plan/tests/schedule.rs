//! What a schedule takes and what it refuses, by the paths and words that its owner sees.

use scoring_plan::{RawExclusion, RawSchedule, Schedule};

fn good() -> RawSchedule {
    RawSchedule {
        cron: "0 3 2 * *".into(),
        zone: "America/New_York".into(),
        first: "2021-01".into(),
        task: "model-1".into(),
        ..RawSchedule::default()
    }
}

fn refused(raw: &RawSchedule) -> Vec<String> {
    Schedule::new(raw).expect_err("this schedule is to be refused").0.iter().map(ToString::to_string).collect()
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

struct Case {
    what: &'static str,
    change: fn(&mut RawSchedule),
    says: &'static str,
}

const REFUSED: &[Case] = &[
    Case { what: "an empty cron", change: |raw| raw.cron = "  ".into(), says: "schedule.cron: this is empty" },
    Case {
        what: "six fields",
        change: |raw| raw.cron = "0 0 3 2 * *".into(),
        says: "schedule.cron: a cron expression has 5 fields",
    },
    Case { what: "a nickname", change: |raw| raw.cron = "@monthly".into(), says: "this one has 1" },
    Case {
        what: "hour 25",
        change: |raw| raw.cron = "0 25 2 * *".into(),
        says: "schedule.cron: not a cron expression",
    },
    Case {
        what: "words",
        change: |raw| raw.cron = "at three every second day".into(),
        says: "schedule.cron: not a cron",
    },
    Case { what: "Feb 31", change: |raw| raw.cron = "0 3 31 2 *".into(), says: "schedule.cron: this never fires" },
    Case { what: "Nov 31", change: |raw| raw.cron = "0 3 31 4,6,9,11 *".into(), says: "never fires" },
    Case {
        what: "a long cron",
        change: |raw| raw.cron = "1,".repeat(90),
        says: "schedule.cron: this is too long: 180 of at most 100",
    },
    Case {
        what: "no zone",
        change: |raw| raw.zone = String::new(),
        says: "schedule.timeZone: no time zone is called \"\"",
    },
    Case { what: "an offset", change: |raw| raw.zone = "+02:00".into(), says: "write an IANA name" },
    Case { what: "an unknown zone", change: |raw| raw.zone = "Etc/Unknown".into(), says: "schedule.timeZone" },
    Case {
        what: "a bad first",
        change: |raw| raw.first = "2021-1".into(),
        says: "months.first: \"2021-1\" is not a month",
    },
    Case {
        what: "month 13",
        change: |raw| raw.first = "2021-13".into(),
        says: "months.first: month 13 does not exist",
    },
    Case {
        what: "year 3000",
        change: |raw| raw.last = Some("3000-01".into()),
        says: "months.last: year 3000 is out of bounds",
    },
    Case {
        what: "last before first",
        change: |raw| raw.last = Some("2020-12".into()),
        says: "months.last: the range ends with 2020-12",
    },
    Case { what: "lag below zero", change: |raw| raw.lag = -1, says: "months.lag: -1 is out of bounds: write 0 to 24" },
    Case { what: "no parallelism", change: |raw| raw.backfill_parallelism = 0, says: "backfill.parallelism: 0 is out" },
    Case { what: "no attempts", change: |raw| raw.retry_attempts = 0, says: "retry.attempts: 0 is out of bounds" },
    Case { what: "endless wait", change: |raw| raw.retry_backoff_seconds = i64::MAX, says: "retry.backoffSeconds" },
    Case { what: "hectic survey", change: |raw| raw.survey_interval_seconds = 1, says: "survey.intervalSeconds" },
    Case { what: "no days", change: |raw| raw.freshness_deadline_days = Some(0), says: "freshness.deadlineDays" },
    Case {
        what: "an exclusion outside",
        change: |raw| exclude(raw, &["2020-12"]),
        says: "months.exclude[0].month: this month is not one of 2021-01..",
    },
    Case {
        what: "an exclusion twice",
        change: |raw| exclude(raw, &["2021-02", "2021-02"]),
        says: "months.exclude[1].month: this month is excluded twice",
    },
    Case { what: "an exclusion of nothing", change: |raw| exclude(raw, &["x"]), says: "months.exclude[0].month" },
    Case {
        what: "too many exclusions",
        change: |raw| exclude(raw, &["2021-02"; 601]),
        says: "months.exclude: this is too long: 601",
    },
    Case { what: "no task", change: |raw| raw.task = String::new(), says: "task: this is empty" },
];

fn exclude(raw: &mut RawSchedule, months: &[&str]) {
    raw.exclude =
        months.iter().map(|&month| RawExclusion { month: month.into(), reason: "meters replaced".into() }).collect();
}

#[test]
fn what_cannot_be_is_refused_with_its_path_and_a_remedy() {
    for case in REFUSED {
        let mut raw = good();
        (case.change)(&mut raw);
        let faults = refused(&raw);
        assert!(faults.iter().any(|fault| fault.contains(case.says)), "{}: {faults:?}", case.what);
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let raw = RawSchedule { lag: 99, ..RawSchedule::default() };
    let paths: Vec<String> = Schedule::new(&raw).unwrap_err().0.into_iter().map(|fault| fault.path).collect();
    assert_eq!(paths, ["schedule.cron", "months.first", "months.lag", "task"]);
}

#[test]
fn last_weekdays_and_nth_weekdays_are_known() {
    for cron in ["0 6 L * *", "0 6 1W * *", "0 6 * * 1#2", "0 6 LW * *", "0 3 29 2 *", "0 6 * * FRI#L"] {
        Schedule::new(&RawSchedule { cron: cron.into(), ..good() }).unwrap_or_else(|faults| panic!("{cron}: {faults}"));
    }
}

#[test]
fn a_tick_makes_due_the_month_before_it_and_all_earlier_ones() {
    let schedule = Schedule::new(&good()).unwrap();
    let due = |now: &str| schedule.due(at(now)).map(|range| range.to_string());
    // 2021-02-02 03:00 in New York is 08:00 UTC.
    assert_eq!(due("2021-02-02T07:59:59Z"), None);
    assert_eq!(due("2021-02-02T08:00:00Z").as_deref(), Some("2021-01"));
    assert_eq!(due("2021-12-31T00:00:00Z").as_deref(), Some("2021-01..2021-11"));
}

#[test]
fn a_quarterly_tick_makes_three_months_due() {
    let schedule = Schedule::new(&RawSchedule { cron: "0 3 2 1,4,7,10 *".into(), ..good() }).unwrap();
    let due = |now: &str| schedule.due(at(now)).map(|range| range.to_string());
    assert_eq!(due("2021-04-02T06:00:00Z"), None);
    assert_eq!(due("2021-04-02T08:00:00Z").as_deref(), Some("2021-01..2021-03"));
    assert_eq!(due("2021-06-30T08:00:00Z").as_deref(), Some("2021-01..2021-03"));
    let since = schedule.due_since("2021-02".parse().unwrap()).unwrap();
    assert_eq!(since.at, at("2021-04-02T07:00:00Z"));
}

#[test]
fn a_deadline_is_the_same_time_of_day_some_days_later() {
    let raw = RawSchedule { cron: "0 3 10 * *".into(), freshness_deadline_days: Some(10), ..good() };
    let schedule = Schedule::new(&raw).unwrap();
    // The clocks change on 2021-03-14: ten days are 239 hours.
    assert_eq!(schedule.deadline("2021-02".parse().unwrap()), Some(at("2021-03-20T07:00:00Z")));
}
