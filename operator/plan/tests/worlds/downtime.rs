//! Nobody decides for a day, for 101 ticks, for ten years: the end is the same as if nobody had been away.

use std::collections::BTreeMap;

use jiff::Timestamp;
use scoring_plan::{Lane, Month, MonthRange, RawSchedule, Schedule, Standing};

use crate::world::{End, Truth, World};

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn world(cron: &str, now: &str) -> World {
    let raw = RawSchedule {
        cron: cron.to_owned(),
        first: "2010-01".to_owned(),
        task: "model-1".to_owned(),
        backfill_parallelism: 2,
        ..RawSchedule::default()
    };
    let published = Truth { published: Some(Timestamp::UNIX_EPOCH), version: 1, output: None };
    let months: MonthRange = "2010-01..2030-12".parse().expect("a range");
    let truth: BTreeMap<Month, Truth> = months.months().map(|month| (month, published.clone())).collect();
    World::new(Schedule::new(&raw).expect("a schedule"), truth, at(now))
}

/// Works until nothing is left, is away, and works again; the months that were started after, and how they ended.
fn away(cron: &str, from: &str, to: &str) -> (World, Vec<Month>) {
    let mut world = world(cron, from);
    world.run(|| End::Success);
    let before = world.started.len();
    world.now = at(to);
    let plan = world.run(|| End::Success);
    assert!(plan.months.iter().all(|state| state.standing == Standing::Current), "{:?}", plan.coverage);
    assert_eq!(Some(MonthRange::covering(plan.months.iter().map(|state| state.month))), plan.due.map(|due| vec![due]));
    let older = world.started.iter().skip(before).filter(|(_, _, lane)| *lane == Lane::Older);
    let older = older.map(|(month, _, _)| *month).collect();
    (world, older)
}

fn every_month_was_started_once(world: &World) {
    let mut months: Vec<Month> = world.started.iter().map(|(month, _, _)| *month).collect();
    months.sort_unstable();
    let all = months.len();
    months.dedup();
    assert_eq!(months.len(), all, "some month was started twice");
}

#[test]
fn a_day_away_costs_nothing() {
    let (world, older) = away("0 3 2 * *", "2015-03-01T00:00:00Z", "2015-03-02T12:00:00Z");
    assert_eq!(older, [], "only the newest month was due");
    every_month_was_started_once(&world);
}

#[test]
fn a_hundred_and_one_missed_ticks_are_all_made_up_for_from_the_past_on() {
    let (world, older) = away("0 3 2 * *", "2015-03-01T00:00:00Z", "2023-08-02T12:00:00Z");
    assert_eq!(older.len(), 101);
    assert!(older.is_sorted(), "{older:?}");
    every_month_was_started_once(&world);
}

#[test]
fn ten_years_of_a_tick_a_minute_are_made_up_for_at_once() {
    let (world, older) = away("* * * * *", "2015-03-01T00:00:00Z", "2025-03-01T00:00:00Z");
    assert_eq!(older.len(), 119);
    every_month_was_started_once(&world);
}

#[test]
fn a_clock_that_goes_back_starts_nothing_and_stops_nothing() {
    let mut world = world("0 3 2 * *", "2020-03-03T00:00:00Z");
    world.run(|| End::Success);
    for now in ["2020-03-02T23:59:59Z", "2020-02-01T00:00:00Z", "2010-03-03T00:00:00Z", "1990-01-01T00:00:00Z"] {
        world.now = at(now);
        let plan = world.plan();
        assert_eq!((plan.start.len(), plan.stop.len()), (0, 0), "at {now}");
    }
}

#[test]
fn the_ends_of_time_are_decided_like_any_other_instant() {
    for cron in ["0 3 2 * *", "* * * * *", "0 0 29 2 *", "0 9 * * 1#5"] {
        let mut world = world(cron, "2020-03-03T00:00:00Z");
        for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            world.now = now;
            let plan = world.plan();
            assert_eq!(plan.start, [], "{cron} at {now}");
            assert!(plan.due.is_none_or(|due| due.last() <= Month::MAX));
        }
    }
}

#[test]
fn the_hash_of_a_plan_changes_with_the_input_and_not_with_the_time() {
    let mut world = world("0 3 2 * *", "2010-02-03T00:00:00Z");
    world.survey();
    let plan = world.plan();
    assert_eq!(plan.start.len(), 1);
    world.now = at("2010-02-03T00:01:00Z");
    world.survey();
    assert_eq!(world.plan().hash, plan.hash);
    for truth in world.truth.values_mut() {
        truth.version += 1;
    }
    world.survey();
    assert_ne!(world.plan().hash, plan.hash);
}
