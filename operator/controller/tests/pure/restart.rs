//! Whatever happens between two passes, a controller that starts anew with nothing but Jobs, pods and status goes on where
//! the one before it was: no name is used twice, no month is scored twice, none is lost.

use proptest::prelude::*;
use scoring_contract::ExitClass;
use scoring_plan::{Month, Standing};

use crate::stage::{Reach, Stage};

/// What may happen.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The controller makes a pass, as far as this.
    Pass(Reach),
    Wait(i64),
    /// A Job that runs comes to its end.
    Finish(usize),
    Fail(usize, ExitClass),
    /// A Job's scorer commits its month, and the Job vanishes before anybody sees it.
    CommitAndVanish(usize),
    /// Somebody deletes a Job.
    Vanish(usize),
    /// A node goes, and with it the pods of a Job that has ended.
    LosePods(usize),
    /// Somebody deletes the status.
    LoseStatus,
    Publish,
}

fn event() -> impl Strategy<Value = Event> {
    let class = prop_oneof![
        Just(ExitClass::BadData),
        Just(ExitClass::NotPublished),
        Just(ExitClass::Internal),
        Just(ExitClass::TryAgain),
        Just(ExitClass::Denied),
    ];
    prop_oneof![
        4 => Just(Event::Pass(Reach::All)),
        1 => Just(Event::Pass(Reach::Status)),
        1 => (0..3_usize).prop_map(|jobs| Event::Pass(Reach::Jobs(jobs))),
        3 => prop_oneof![Just(1_i64), Just(5), Just(61), Just(600), Just(25_000)].prop_map(Event::Wait),
        4 => any::<usize>().prop_map(Event::Finish),
        1 => (any::<usize>(), class).prop_map(|(job, class)| Event::Fail(job, class)),
        1 => any::<usize>().prop_map(Event::CommitAndVanish),
        1 => any::<usize>().prop_map(Event::Vanish),
        1 => any::<usize>().prop_map(Event::LosePods),
        1 => Just(Event::LoseStatus),
        1 => Just(Event::Publish),
    ]
}

/// The name of the Job that an event is about, among those that (have not) ended.
fn pick(stage: &Stage, at: usize, has_ended: Option<bool>) -> Option<String> {
    let jobs: Vec<&String> = stage
        .jobs
        .iter()
        .filter(|job| has_ended.is_none_or(|ended| job.end.is_some() == ended))
        .map(|job| &job.name)
        .collect();
    if jobs.is_empty() { None } else { jobs.get(at % jobs.len()).map(|name| (*name).clone()) }
}

fn happen(stage: &mut Stage, event: Event) {
    // A survey that begins in the second in which a Job vanishes is believed to have begun after it.
    stage.wait(1);
    match event {
        Event::Pass(reach) => stage.pass(reach),
        Event::Wait(seconds) => stage.wait(seconds),
        Event::Finish(at) => {
            if let Some(name) = pick(stage, at, Some(false)) {
                stage.finish(&name);
            }
        }
        Event::Fail(at, class) => {
            if let Some(name) = pick(stage, at, Some(false)) {
                stage.fail(&name, class);
            }
        }
        Event::CommitAndVanish(at) => {
            if let Some(name) = pick(stage, at, Some(false)).filter(|name| stage.is_known(stage.job(name))) {
                stage.finish(&name);
                stage.vanish(&name);
            }
        }
        Event::Vanish(at) => {
            if let Some(name) = pick(stage, at, None).filter(|name| stage.is_known(stage.job(name))) {
                stage.vanish(&name);
            }
        }
        Event::LosePods(at) => {
            if let Some(name) = pick(stage, at, Some(true)) {
                let uid = stage.job(&name).uid.clone();
                stage.pods.retain(|pod| pod.job != uid);
            }
        }
        Event::LoseStatus => stage.lose_status(),
        Event::Publish => {
            stage.published.extend((1..=12).map(|number| Month::new(2021, number).unwrap()));
        }
    }
}

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.published.remove(&crate::stage::month("2021-04"));
    stage
}

/// How many histories are drawn.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(50)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn a_restart_at_any_time_starts_nothing_twice(events in prop::collection::vec(event(), 1..60)) {
        let mut stage = stage();
        for event in events {
            happen(&mut stage, event);
            prop_assert_eq!(&stage.broken, &Vec::<String>::new());
            let mut other = stage.clone();
            other.pass(Reach::All);
            let starts = |stage: &mut Stage| stage.own().1.start;
            prop_assert_eq!(starts(&mut other), vec![], "deciding again on its own result starts nothing");
        }
    }

    #[test]
    fn whatever_happened_every_month_is_committed_in_the_end(events in prop::collection::vec(event(), 1..60)) {
        let mut stage = stage();
        for event in events {
            happen(&mut stage, event);
        }
        happen(&mut stage, Event::Publish);
        for _ in 0..15 {
            stage.settle();
            stage.wait(61);
            stage.finish_all();
            let failed: Vec<String> = stage.own().1.months.iter()
                .filter(|state| state.standing == Standing::Failed)
                .filter_map(|state| stage.jobs.iter().find(|job| job.name.contains(&state.month.to_string().replace('-', ""))))
                .map(|job| job.name.clone()).collect();
            for name in failed {
                stage.vanish(&name);
            }
            stage.wait(25_000);
        }
        stage.settle();
        prop_assert_eq!(&stage.broken, &Vec::<String>::new());
        let (_, plan) = stage.own();
        prop_assert_eq!(plan.coverage.current, vec![plan.due.unwrap()], "{:?}", plan.months);
    }
}
