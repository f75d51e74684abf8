//! Whatever goes wrong on the way, a schedule comes to rest: every due month is committed, or says for good why not.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use scoring_plan::reason::{Reason, Wait};
use scoring_plan::schedule::BackfillMode;
use scoring_plan::{
    BackfillPhase, FailureClass, Month, MonthState, Plan, RawBackfill, RawSchedule, Schedule, Standing,
};

use crate::any;
use crate::world::{End, Truth, World};

/// Numbers by which attempts end, used over and over.
type Luck = Vec<u8>;

fn world() -> impl Strategy<Value = (RawSchedule, Vec<RawBackfill>, BTreeMap<Month, Truth>, Timestamp, Luck)> {
    any::now().prop_flat_map(|now| {
        let truth = (option::weighted(0.8, 0..400 * 24 * 3600_i64), option::weighted(0.3, 1..3_u32)).prop_map(
            move |(age, output)| {
                let age = age.map(SignedDuration::from_secs);
                Truth { published: age.and_then(|age| now.checked_sub(age).ok()), version: 2, output }
            },
        );
        let truths = vec(truth, 18).prop_map(|truths| any::months().into_iter().zip(truths).collect());
        (any::schedule(), any::backfills(now), truths, Just(now), vec(any::<u8>(), 97))
    })
}

fn end(luck: &Luck, turn: &mut usize) -> End {
    *turn += 1;
    match luck.get(*turn % luck.len()).copied().unwrap_or_default() {
        0..130 => End::Success,
        130..140 => End::Cancelled,
        number => {
            let class = usize::from(number) % FailureClass::ALL.len();
            End::Failure(FailureClass::ALL.get(class).copied().unwrap_or(FailureClass::Internal))
        }
    }
}

/// Whether a month is committed, or says for good why not.
fn is_at_rest(state: &MonthState, schedule: &Schedule) -> bool {
    match state.standing {
        Standing::Current | Standing::Excluded => true,
        Standing::Waiting => matches!(state.reason, Reason::Waiting(Wait::NotPublished { .. })),
        Standing::Failed => matches!(state.reason, Reason::NeedsChange(_) | Reason::GaveUp(_)),
        Standing::Missing => match state.reason {
            Reason::Suspended { .. } => true,
            Reason::Manual { .. } => schedule.backfill().mode == BackfillMode::Manual,
            Reason::Skipped(_) => schedule.backfill().mode == BackfillMode::OnRequest,
            _ => false,
        },
        Standing::Stale => !matches!(state.reason, Reason::Queued { .. } | Reason::BackingOff { .. }),
        Standing::Starting | Standing::Running | Standing::Denied | Standing::Unknown | Standing::Withheld => false,
    }
}

fn is_started_once(world: &World) -> bool {
    let mut started: Vec<(Month, u32)> = world.started.iter().map(|(month, attempt, _)| (*month, *attempt)).collect();
    started.sort_unstable();
    started.windows(2).all(|pair| pair[0] != pair[1])
}

fn check(world: &World, plan: &Plan) -> Result<(), TestCaseError> {
    for state in &plan.months {
        prop_assert!(is_at_rest(state, &world.schedule), "{} is {:?}: {}", state.month, state.standing, state.reason);
    }
    for backfill in &plan.backfills {
        prop_assert!(backfill.phase != BackfillPhase::Running, "{backfill:?}");
    }
    prop_assert!(is_started_once(world));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(100),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_due_month_is_committed_or_says_for_good_why_not((raw, backfills, truth, now, luck) in world()) {
        let mut world = World::new(Schedule::new(&raw).expect("a schedule"), truth, now);
        world.backfills = backfills;
        let mut turn = 0;
        let plan = world.run(|| end(&luck, &mut turn));
        check(&world, &plan)?;

        // Everything is published, and a new model is free of faults.
        for truth in world.truth.values_mut() {
            truth.published = Some(now);
        }
        let raw = RawSchedule { task: "model-2".to_owned(), suspend: false, backfill_mode: BackfillMode::Automatic, ..raw };
        world.schedule = Schedule::new(&raw).expect("a schedule");
        let plan = world.run(|| End::Success);
        check(&world, &plan)?;
        for state in plan.months.iter().filter(|state| plan.due.is_some_and(|due| due.contains(state.month))) {
            prop_assert!(
                matches!(state.standing, Standing::Current | Standing::Excluded | Standing::Stale),
                "{} is {:?}: {}", state.month, state.standing, state.reason
            );
        }
    }
}
