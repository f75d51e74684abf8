//! Schedules, backfills and histories that are drawn at random, the unlikely ones among them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use scoring_plan::history::{Change, Changed, Input, Output, Survey, SurveyFailure, Surveys};
use scoring_plan::schedule::{BackfillMode, OnInputChange, OnModelChange, Order};
use scoring_plan::{
    Attempt, AttemptState, Basis, FailureClass, History, Month, MonthFacts, MonthRange, RawBackfill, RawExclusion,
    RawSchedule, Record, Rescore,
};

/// Every month that a drawn schedule, backfill or history may have.
pub(crate) fn months() -> Vec<Month> {
    let range: MonthRange = "2020-10..2022-03".parse().expect("a range");
    range.months().collect()
}

/// An instant of the winter after the year in which most drawn months are.
pub(crate) fn now() -> impl Strategy<Value = Timestamp> {
    (0..100 * 24 * 3600_i64).prop_map(|seconds| before("2022-03-10T00:00:00Z".parse().expect("an instant"), seconds))
}

fn before(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_secs(seconds)).expect("an instant")
}

/// A schedule that is valid.
pub(crate) fn schedule() -> impl Strategy<Value = RawSchedule> {
    let when = (
        select(vec!["0 3 2 * *", "0 3 L * *", "30 2 * * *", "0 0 1 1,4,7,10 *", "17 4 1W * *"]),
        select(vec!["UTC", "America/New_York", "Pacific/Auckland", "Europe/Berlin"]),
        0..15_usize,
        option::of(10..18_usize),
        0..4_i64,
        vec(3..18_usize, 0..3),
    );
    let pace =
        (1..5_i64, 1..5_i64, select(vec![1_i64, 60, 600]), select(vec![60_i64, 3600, 21_600]), option::of(1..40_i64));
    let policies = (
        select(vec![BackfillMode::Automatic, BackfillMode::Automatic, BackfillMode::Manual, BackfillMode::OnRequest]),
        order(),
        select(vec![OnInputChange::Ignore, OnInputChange::Mark, OnInputChange::Rescore]),
        select(vec![OnModelChange::Keep, OnModelChange::Mark, OnModelChange::Rescore]),
        prop::bool::weighted(0.1),
    );
    (when, pace, policies).prop_map(|(when, pace, policies)| RawSchedule {
        task: "model-1".to_owned(),
        suspend: policies.4,
        backfill_mode: policies.0,
        backfill_parallelism: pace.0,
        backfill_order: policies.1,
        retry_attempts: pace.1,
        retry_backoff_seconds: pace.2,
        survey_interval_seconds: pace.3,
        on_input_change: policies.2,
        on_model_change: policies.3,
        freshness_deadline_days: pace.4,
        ..due(when)
    })
}

/// The part of a schedule that says which months are due when: the cron, the zone, the indices of the first, the last and
/// the excluded months, and the lag.
fn due(
    (cron, zone, first, last, lag, mut excluded): (&str, &str, usize, Option<usize>, i64, Vec<usize>),
) -> RawSchedule {
    let first = first.min(last.unwrap_or(first));
    let months = months();
    excluded.retain(|index| *index >= first && last.is_none_or(|last| *index <= last));
    excluded.sort_unstable();
    excluded.dedup();
    let exclude = |index| RawExclusion { month: text(&months, index), reason: "meters replaced".to_owned() };
    RawSchedule {
        cron: cron.to_owned(),
        zone: zone.to_owned(),
        first: text(&months, first),
        last: last.map(|last| text(&months, last)),
        lag,
        exclude: excluded.into_iter().map(exclude).collect(),
        ..RawSchedule::default()
    }
}

fn text(months: &[Month], index: usize) -> String {
    months.get(index).map(Month::to_string).expect("a month")
}

fn order() -> impl Strategy<Value = Order> {
    select(vec![Order::OldestFirst, Order::NewestFirst])
}

/// A few backfills that are valid.
pub(crate) fn backfills(now: Timestamp) -> impl Strategy<Value = Vec<RawBackfill>> {
    let rescore = select(vec![Rescore::Missing, Rescore::MissingAndFailed, Rescore::Stale, Rescore::All]);
    let flags = (prop::bool::weighted(0.1), prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    let one = (0..18_usize, 0..18_usize, 0..90 * 24 * 3600_i64, rescore, 1..4_i64, order(), flags);
    let raw = one.prop_map(move |(from, to, age, rescore, parallelism, order, (suspend, cancelled, ended))| {
        let months = months();
        let (from, to) = (text(&months, from.min(to)), text(&months, from.max(to)));
        let asked = RawBackfill::of("", &from, &to, before(now, age));
        RawBackfill { rescore, parallelism, order, suspend, cancelled, ended, ..asked }
    });
    vec(raw, 0..4).prop_map(|mut all| {
        for (index, raw) in all.iter_mut().enumerate() {
            raw.name = format!("b{index}");
        }
        all
    })
}

/// A history as it might be observed at an instant, however odd.
pub(crate) fn history(now: Timestamp) -> impl Strategy<Value = History> {
    (surveys(now), vec(option::weighted(0.9, facts(now)), 18)).prop_map(|(surveys, drawn)| {
        let known = months().into_iter().zip(drawn).filter_map(|(month, facts)| Some((month, facts?)));
        History { surveys, months: known.collect::<BTreeMap<_, _>>() }
    })
}

fn task() -> impl Strategy<Value = String> {
    select(vec!["model-1", "model-1", "model-1", "model-0"]).prop_map(str::to_owned)
}

fn surveys(now: Timestamp) -> impl Strategy<Value = Surveys> {
    let last = (0..10 * 3600_i64, task()).prop_map(move |(age, task)| Survey { at: before(now, age), task });
    let failed = (0..10 * 3600_i64, task(), 1..9_u16, class()).prop_map(move |(age, task, tries, class)| {
        SurveyFailure { at: before(now, age), task, tries, class, detail: "connection refused".to_owned() }
    });
    let parts = (option::weighted(0.95, last), option::weighted(0.1, failed), prop::bool::weighted(0.05));
    parts.prop_map(|(last, failed, running)| Surveys { last, failed, running })
}

fn class() -> impl Strategy<Value = FailureClass> {
    select(FailureClass::ALL.to_vec())
}

fn facts(now: Timestamp) -> impl Strategy<Value = MonthFacts> {
    (input(now), output(), vec(attempt(now), 0..4)).prop_map(|(input, output, mut attempts)| {
        for (attempt, number) in attempts.iter_mut().zip(1..) {
            attempt.number = number;
        }
        MonthFacts { input, output, attempts }
    })
}

fn input(now: Timestamp) -> impl Strategy<Value = Input> {
    let since = (0..40 * 24 * 3600_i64).prop_map(move |age| before(now, age));
    prop_oneof![
        6 => select(vec!["v1", "v2"]).prop_map(|identity| Input::Available { identity: identity.to_owned() }),
        1 => Just(Input::Unknown),
        1 => since.clone().prop_map(|since| Input::NotPublished { since }),
        1 => since.prop_map(|since| Input::Denied { permission: "s3:ListBucket".to_owned(), since }),
    ]
}

fn output() -> impl Strategy<Value = Output> {
    let of = select(vec![Changed::Input, Changed::Model, Changed::Features]);
    let change = of.prop_map(|of| Change { of, from: "a".to_owned(), to: "b".to_owned() });
    prop_oneof![
        4 => Just(Output::None),
        4 => Just(Output::Current),
        2 => vec(change, 1..3).prop_map(Output::Stale),
        1 => Just(Output::Withheld { detail: "odd".to_owned() }),
        1 => Just(Output::Damaged { detail: "short".to_owned() }),
    ]
}

fn attempt(now: Timestamp) -> impl Strategy<Value = Attempt> {
    let backfill = option::weighted(0.3, select(vec!["b0", "b1", "gone"]).prop_map(str::to_owned));
    let input = option::of(select(vec!["v1", "v2"]).prop_map(str::to_owned));
    let record = select(vec![Record::Unsaved, Record::Saved, Record::Forgotten]);
    (0..5000_i64, 0..30_000_i64, 0..9_u8, class(), 1..5_u16, (backfill, task(), input, record)).prop_map(
        move |(ended, took, kind, class, tries, (backfill, task, input, record))| {
            let at = before(now, ended);
            let state = match kind {
                0 | 1 => AttemptState::Running,
                2 | 3 => AttemptState::Succeeded { at },
                4 => AttemptState::Cancelled { at },
                _ => AttemptState::Failed { at, class, detail: "by chance".to_owned() },
            };
            let basis = Basis { task, input };
            Attempt { number: 1, tries, basis, backfill, started: before(at, took), state, record }
        },
    )
}
