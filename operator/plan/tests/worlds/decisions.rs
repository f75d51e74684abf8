//! What holds of every decision, whatever was observed.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use scoring_plan::history::{Input, Output};
use scoring_plan::schedule::BackfillMode;
use scoring_plan::{
    Attempt, AttemptState, Backfill, Freshness, History, Lane, Month, MonthFacts, Plan, RawBackfill, RawSchedule,
    Reason, Record, Schedule, Standing, decide,
};

use crate::any;

/// One drawn case.
#[derive(Debug)]
struct Case {
    schedule: Schedule,
    backfills: Vec<Backfill>,
    history: History,
    now: Timestamp,
}

impl Case {
    fn new(schedule: &RawSchedule, backfills: &[RawBackfill], history: History, now: Timestamp) -> Self {
        let schedule = Schedule::new(schedule).expect("a schedule");
        let backfills = backfills.iter().map(|raw| Backfill::new(raw).expect("a backfill")).collect();
        Self { schedule, backfills, history, now }
    }

    fn decide(&self, now: Timestamp) -> Plan {
        decide(&self.schedule, &self.backfills, &self.history, now)
    }

    fn facts(&self, month: Month) -> MonthFacts {
        self.history.facts(month).cloned().unwrap_or_default()
    }

    fn running(&self) -> Vec<(Month, &Attempt)> {
        let all = self
            .history
            .months
            .iter()
            .flat_map(|(&month, facts)| facts.attempts.iter().map(move |attempt| (month, attempt)));
        all.filter(|(_, attempt)| attempt.is_running()).collect()
    }

    fn newest(&self) -> Option<Month> {
        let due = self.schedule.due(self.now)?;
        due.months().rev().find(|&month| self.schedule.exclusion(month).is_none())
    }
}

fn case() -> impl Strategy<Value = Case> {
    let drawn = any::now().prop_flat_map(|now| (any::schedule(), any::backfills(now), any::history(now), Just(now)));
    drawn.prop_map(|(schedule, backfills, history, now)| Case::new(&schedule, &backfills, history, now))
}

/// A case in which nothing is due by itself.
fn on_request() -> impl Strategy<Value = Case> {
    let drawn = any::now().prop_flat_map(|now| (any::schedule(), any::backfills(now), any::history(now), Just(now)));
    drawn.prop_map(|(schedule, backfills, history, now)| {
        let backfill_mode = BackfillMode::OnRequest;
        Case::new(&RawSchedule { backfill_mode, ..schedule }, &backfills, history, now)
    })
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: ProptestConfig::default().cases.max(400),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_month_is_started_twice_nor_where_it_may_not(case in case()) {
        let plan = case.decide(case.now);
        let given: Vec<Month> =
            plan.start.iter().map(|start| start.month).chain(plan.queue.iter().map(|queued| queued.month)).collect();
        prop_assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), given.len());
        for start in &plan.start {
            let facts = case.facts(start.month);
            prop_assert!(facts.attempts.iter().all(|attempt| attempt.number < start.attempt && !attempt.is_running()));
            let published = matches!(facts.input, Input::Available { .. });
            prop_assert!(published, "{:?}", facts.input);
            prop_assert!(case.schedule.exclusion(start.month).is_none());
            prop_assert!(!case.schedule.suspend());
            let surveyed = case.history.surveys.last.as_ref().expect("a survey");
            prop_assert_eq!(&surveyed.task, case.schedule.task());
        }
    }

    #[test]
    fn only_due_months_are_started_unless_a_backfill_names_them(case in case()) {
        let plan = case.decide(case.now);
        for start in &plan.start {
            let reach = case.schedule.reach(case.now);
            prop_assert!(Some(start.month) <= reach, "{} is not over", start.month);
            match &start.backfill {
                None => {
                    prop_assert!(plan.due.is_some_and(|due| due.contains(start.month)));
                    let output = case.facts(start.month).output;
                    prop_assert!(output != Output::Current, "a good month is made again");
                }
                Some(name) => {
                    let backfill = case.backfills.iter().find(|backfill| backfill.name() == name).expect("a backfill");
                    prop_assert!(backfill.is_live() && !backfill.suspend() && backfill.months().contains(start.month));
                    prop_assert!(Some(start.month) <= case.schedule.reach(backfill.created()));
                }
            }
        }
    }

    #[test]
    fn where_nothing_is_due_nothing_is_told_or_started_but_what_backfills_name(case in on_request()) {
        let plan = case.decide(case.now);
        prop_assert_eq!((plan.due, plan.next_tick, plan.freshness), (None, None, Freshness::NothingDue));
        prop_assert!(plan.start.iter().all(|start| start.backfill.is_some() && start.lane == Lane::Older));
        let named = |month: Month| case.backfills.iter().any(|backfill| backfill.months().contains(month));
        let runs = |month: Month| case.running().iter().any(|(running, _)| *running == month);
        prop_assert!(plan.months.iter().all(|state| named(state.month) || runs(state.month)));
        let live = case.backfills.iter().any(Backfill::is_live);
        prop_assert!(live || plan.survey.is_none());
    }

    #[test]
    fn limits_are_kept(case in case()) {
        let plan = case.decide(case.now);
        let slots = usize::from(case.schedule.backfill().parallelism);
        let running = case.running();
        let newest = case.newest();
        let older = running.iter().filter(|(month, _)| Some(*month) != newest).count();
        let starts = plan.start.iter().filter(|start| start.lane == Lane::Older).count();
        prop_assert!(plan.start.len() - starts <= 1);
        prop_assert!(starts == 0 || older + starts <= slots, "{older} + {starts} of {slots}");
        prop_assert!(plan.start.is_empty() || running.len() + plan.start.len() <= slots + 1);
        for backfill in &case.backfills {
            let of = |name: Option<&String>| name.is_some_and(|name| name == backfill.name());
            let starts = plan.start.iter().filter(|start| of(start.backfill.as_ref())).count();
            let runs = running.iter().filter(|(_, attempt)| of(attempt.backfill.as_ref())).count();
            prop_assert!(starts == 0 || runs + starts <= usize::from(backfill.parallelism()));
        }
    }

    #[test]
    fn every_due_month_stands_somewhere_with_a_reason(case in case()) {
        let plan = case.decide(case.now);
        let told: Vec<Month> = plan.months.iter().map(|state| state.month).collect();
        prop_assert!(told.windows(2).all(|pair| pair[0] < pair[1]));
        for month in plan.due.iter().flat_map(|due| due.months()) {
            prop_assert!(told.binary_search(&month).is_ok(), "{month} is not told");
        }
        for state in &plan.months {
            let words = state.reason.to_string();
            prop_assert!(!words.is_empty() && !words.ends_with('.') && !words.contains('\n'), "{words:?}");
            let fits = match state.standing {
                Standing::Missing => match state.reason {
                    Reason::Queued { .. } | Reason::BackingOff { .. } | Reason::Suspended { .. } => true,
                    Reason::Manual { .. } => case.schedule.follows_ticks(),
                    Reason::Skipped(_) => !case.schedule.follows_ticks(),
                    _ => false,
                },
                Standing::Failed => matches!(state.reason, Reason::NeedsChange(_) | Reason::GaveUp(_)),
                Standing::Starting => plan.start.iter().any(|start| start.month == state.month),
                Standing::Running => case.running().iter().any(|(month, _)| *month == state.month),
                Standing::Waiting | Standing::Denied | Standing::Unknown => matches!(state.reason, Reason::Waiting(_)),
                Standing::Excluded => matches!(state.reason, Reason::Excluded { .. }),
                Standing::Current | Standing::Stale | Standing::Withheld => true,
            };
            prop_assert!(fits, "{} is {:?}: {words}", state.month, state.standing);
        }
    }

    #[test]
    fn coverage_holds_every_month_once(case in case()) {
        let plan = case.decide(case.now);
        let of = &plan.coverage;
        let lists = [&of.current, &of.running, &of.waiting, &of.missing, &of.failed, &of.stale, &of.withheld, &of.excluded];
        let mut months: Vec<Month> = lists.iter().flat_map(|list| list.iter()).flat_map(|range| range.months()).collect();
        months.sort_unstable();
        prop_assert_eq!(months, plan.months.iter().map(|state| state.month).collect::<Vec<_>>());
    }

    #[test]
    fn every_row_of_a_backfill_is_told(case in case()) {
        let plan = case.decide(case.now);
        for (progress, name) in plan.backfills.iter().zip(plan.backfills.iter().map(|progress| &progress.name)) {
            let backfill = case.backfills.iter().find(|backfill| backfill.name() == name).expect("a backfill");
            prop_assert_eq!(progress.rows.len(), backfill.months().count());
            prop_assert_eq!(progress.counts.total(), progress.rows.len());
            prop_assert!(!(progress.phase.has_ended() && progress.counts.pending + progress.counts.running > 0));
        }
        prop_assert_eq!(plan.backfills.len(), case.backfills.len());
    }

    #[test]
    fn deciding_on_ones_own_result_starts_nothing_more(mut case in case()) {
        let plan = case.decide(case.now);
        for start in plan.start {
            let attempt = Attempt {
                number: start.attempt,
                tries: start.tries,
                basis: start.basis,
                backfill: start.backfill,
                started: case.now,
                state: AttemptState::Running,
                record: Record::Unsaved,
            };
            case.history.months.entry(start.month).or_default().attempts.push(attempt);
        }
        prop_assert_eq!(case.decide(case.now).start, vec![]);
    }

    #[test]
    fn nothing_changes_before_it_is_time_to_wake(case in case(), share in 0.0..1.0_f64) {
        let plan = case.decide(case.now);
        let Some(wake) = plan.wake_at else { return Ok(()) };
        prop_assert!(wake > case.now);
        let until = wake.duration_since(case.now).as_nanos() - 1;
        let wait = SignedDuration::from_nanos((until as f64 * share) as i64);
        let later = case.decide(case.now.checked_add(wait).expect("an instant"));
        prop_assert_eq!(later.hash, plan.hash);
        prop_assert_eq!(later, plan);
    }

    #[test]
    fn the_order_in_which_backfills_are_given_does_not_matter(mut case in case()) {
        let plan = case.decide(case.now);
        case.backfills.reverse();
        prop_assert_eq!(case.decide(case.now), plan);
    }
}
