//! How long deciding takes: 10,000 schedules of 600 months each, on one core.
//!
//! `cargo run --release -p scoring-plan --example decide_many`
//!
//! The schedules differ in zone, cron and policies; nine months of ten are committed, the others wait, failed, are stale,
//! run, or are missing. Reading the clock and printing belong to this program, not to the crate.

use std::time::Instant;

use scoring_plan::history::{Change, Changed, Input, Output, Survey, Surveys};
use scoring_plan::{
    Attempt, AttemptState, Basis, FailureClass, History, Month, MonthFacts, RawSchedule, Record, Schedule, decide,
};

const SCHEDULES: usize = 10_000;
const MONTHS: u16 = 600;
/// The schedules take their histories from as many different ones.
const HISTORIES: usize = 50;
const NOW: &str = "2022-01-10T12:00:00Z";
const CRONS: [&str; 5] = ["0 3 2 * *", "30 6 L * *", "0 6 1W * *", "0 3 * * *", "0 9 * * 1#2"];
const ZONES: [&str; 5] = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"];

#[expect(clippy::print_stdout, reason = "the figure is what this program is for")]
fn main() {
    let now = NOW.parse().expect("an instant");
    let histories: Vec<History> = (0..HISTORIES).map(history).collect();
    let schedules: Vec<Schedule> = (0..SCHEDULES).map(schedule).collect();

    let begin = Instant::now();
    let (mut months, mut starts, mut hash) = (0, 0, 0_u64);
    for (schedule, history) in schedules.iter().zip(histories.iter().cycle()) {
        let plan = decide(schedule, &[], history, now);
        months += plan.months.len();
        starts += plan.start.len();
        hash = hash.rotate_left(1) ^ plan.hash;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{SCHEDULES} schedules, {months} months, {starts} starts: {seconds:.2} s (hash of all {hash:016x})");
}

fn schedule(index: usize) -> Schedule {
    let raw = RawSchedule {
        cron: CRONS[index % CRONS.len()].to_owned(),
        zone: ZONES[index / CRONS.len() % ZONES.len()].to_owned(),
        first: first().to_string(),
        task: "model-1".to_owned(),
        freshness_deadline_days: Some(10),
        ..RawSchedule::default()
    };
    Schedule::new(&raw).expect("this schedule is valid")
}

fn first() -> Month {
    Month::new(2022, 1).ok().and_then(|month| month.plus(-i32::from(MONTHS))).expect("1972-01")
}

fn history(seed: usize) -> History {
    let at = "2022-01-10T09:00:00Z".parse().expect("an instant");
    let last = Some(Survey { at, task: "model-1".to_owned() });
    let mut history = History { surveys: Surveys { last, ..Surveys::default() }, ..History::default() };
    for index in 0..MONTHS {
        if let Some(month) = first().plus(i32::from(index)) {
            history.months.insert(month, facts(seed.wrapping_mul(7) + usize::from(index)));
        }
    }
    history
}

fn facts(kind: usize) -> MonthFacts {
    let since = "2022-01-05T00:00:00Z".parse().expect("an instant");
    let published = || Input::Available { identity: "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"".to_owned() };
    let attempt = |state| Attempt {
        number: 1,
        tries: 1,
        basis: Basis { task: "model-1".to_owned(), input: None },
        backfill: None,
        started: since,
        state,
        record: Record::Forgotten,
    };
    let failed = |class| AttemptState::Failed { at: since, class, detail: "row 7 has no distance".to_owned() };
    let (input, output, attempts) = match kind % 50 {
        0 => (Input::NotPublished { since }, Output::None, Vec::new()),
        1 => (published(), Output::None, vec![attempt(failed(FailureClass::BadData))]),
        2 => (published(), Output::None, vec![attempt(failed(FailureClass::TryAgain))]),
        3 => {
            let change = Change { of: Changed::Input, from: "a".to_owned(), to: "b".to_owned() };
            (published(), Output::Stale(vec![change]), Vec::new())
        }
        4 => (published(), Output::None, Vec::new()),
        _ => (published(), Output::Current, vec![attempt(AttemptState::Succeeded { at: since })]),
    };
    MonthFacts { input, output, attempts }
}
