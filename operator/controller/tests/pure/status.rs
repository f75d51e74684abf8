//! The size of a status: 600 months, whatever their mixture, fit 64 KiB, and every row fits the schema.

use scoring_contract::ExitClass;
use scoring_contract::survey::SurveyReport;
use scoring_crds::bounds;
use scoring_operator::record::PodState;
use scoring_operator::report::{Planned, schedule_status};
use serde_json::{Value, json};

use crate::stage::{Reach, Stage, schedule};

const BUDGET: usize = 64 * 1024;
/// Text that costs as much as text can: escapes, and characters of several bytes.
const COSTLY: &str = "\"\\\u{1}é💥";

fn many(more: &Value) -> Stage {
    let mut spec = json!({"months": {"first": "1971-05"}, "backfill": {"parallelism": 100}});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut stage = Stage::of(schedule(&spec), "2021-05-10T00:00:00Z");
    stage.published = (0..600).filter_map(|ahead| crate::stage::month("1971-05").plus(ahead)).collect();
    stage.pass(Reach::All);
    stage.wait(5);
    stage
}

fn size(stage: &mut Stage) -> usize {
    let (world, seen, plan) = stage.look().swap_remove(0);
    let own = Planned { world: &world, seen: &seen, plan: &plan };
    let status = schedule_status(&stage.schedule, Ok(own), stage.now);
    assert_eq!(status.counts.as_ref().unwrap().total, 600);
    assert!(status.months.len() <= bounds::STATUS_MONTHS);
    for row in &status.months {
        assert!(row.reason.as_ref().is_none_or(|reason| reason.len() <= bounds::REASON));
        let message = row.attempt.as_ref().and_then(|attempt| attempt.message.as_ref());
        assert!(message.is_none_or(|message| message.len() <= bounds::MESSAGE));
    }
    assert!(status.conditions.iter().all(|condition| condition.message.len() <= 256));
    serde_json::to_string(&status).unwrap().len()
}

#[test]
fn six_hundred_months_that_failed_fit() {
    let mut stage = many(&json!({}));
    stage.survey();
    stage.settle();
    for _ in 0..6 {
        for job in stage.jobs.clone().iter().filter(|job| job.end.is_none()) {
            stage.fail(&job.name, ExitClass::BadData);
        }
        stage.settle();
    }
    assert_eq!(stage.own().1.coverage.failed.len(), 1);
    let size = size(&mut stage);
    assert!(size <= BUDGET, "{size} bytes");
}

#[test]
fn six_hundred_months_of_every_kind_fit() {
    let mut stage = many(&json!({"onInputChange": "Mark"}));
    let job = stage.jobs[0].clone();
    stage.end_pods(&job, &|_, _| (0, String::new()));
    stage.survey();
    // Every second month stands otherwise, and says so at length.
    for pod in &mut stage.pods {
        let PodState::Ended(exit) = &mut pod.state else { panic!("has not ended") };
        let SurveyReport::Found(mut months) = SurveyReport::parse(&exit.message).unwrap() else { panic!("not found") };
        for (at, (_, month)) in months.iter_mut().enumerate() {
            use scoring_contract::survey::{ErrorText, ReportedInput, ReportedOutput, Seen, StaleCause};
            let figure = || "-1.2345678e-300".to_owned();
            let error = Some(ErrorText { mae: figure(), rmse: figure(), bias: figure() });
            let seen = Seen { attempt: 700_000, rows: u64::MAX, error };
            let (from, to) = ("0123456789ab".to_owned(), "ba9876543210".to_owned());
            match at % 4 {
                0 => month.output = ReportedOutput::Stale { cause: StaleCause::Input, from, to, seen },
                1 => month.input = ReportedInput::Denied { message: COSTLY.repeat(60) },
                2 => month.output = ReportedOutput::Damaged { problem: COSTLY.repeat(60) },
                _ => month.output = ReportedOutput::Current(seen),
            }
        }
        exit.message = SurveyReport::Found(months).line();
    }
    stage.settle();
    let plan = stage.own().1;
    assert!(plan.coverage.stale.len() > 100 && plan.coverage.waiting.len() > 100, "{:?}", plan.coverage);
    let size = size(&mut stage);
    assert!(size <= BUDGET, "{size} bytes");
}

/// Rows are dropped where there are too many, but never that of an attempt which nothing else remembers.
#[test]
fn what_only_the_status_remembers_has_a_row_before_all_else() {
    let mut stage = many(&json!({}));
    stage.survey();
    stage.settle();
    let first: Vec<String> = stage.jobs.iter().filter(|job| job.end.is_none()).map(|job| job.name.clone()).collect();
    assert_eq!(first.len(), 101);
    for name in &first {
        stage.finish(name);
    }
    stage.settle();
    let left = stage.jobs.iter().filter(|job| first.contains(&job.name)).count();
    assert!((1..=70).contains(&left), "there is room for some and not for all: {left} Jobs are left");
    assert_eq!(stage.own().1.months.iter().filter(|state| state.attempt.is_some()).count(), 201);
    let current: usize = stage.own().1.coverage.current.iter().map(|range| range.count()).sum();
    assert_eq!(current, 101, "none is forgotten");
    let size = size(&mut stage);
    assert!(size <= BUDGET, "{size} bytes");
}
