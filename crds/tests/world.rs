//! The world of a backfill with a model of its own: what it is made from, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test ends where it finds something else")]

use scoring_crds::world::{World, of_backfill};
use scoring_crds::{ScoringBackfillSpec, ScoringScheduleSpec};
use scoring_plan::Schedule;
use serde_json::{Value, json};

const BY_RUN: &str = "s3://mlops/green-{month}-{runId}.parquet";
const BY_FINGERPRINT: &str = "s3://mlops/green-{month}-{fingerprint}.parquet";
const OWN_RUN: &str = "6574d0d7c4b044f585c08de11b3582c4";

fn base() -> Value {
    let path = format!("{}/tests/documents/base.yaml", env!("CARGO_MANIFEST_DIR"));
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn schedule(output: &str) -> ScoringScheduleSpec {
    let mut spec = base()["schedule"]["spec"].clone();
    spec["output"]["uri"] = json!(output);
    serde_json::from_value(spec).unwrap()
}

fn backfill(model: &Value) -> ScoringBackfillSpec {
    let mut spec = base()["backfill"]["spec"].clone();
    if !model.is_null() {
        spec["model"] = model.clone();
    }
    serde_json::from_value(spec).unwrap()
}

fn run(id: &str) -> Value {
    json!({"experimentUri": "s3://mlops/2", "runId": id})
}

#[test]
fn a_backfill_without_a_model_has_no_world_of_its_own() {
    assert!(of_backfill(&schedule(BY_RUN), &backfill(&Value::Null)).is_none());
}

#[test]
fn a_world_is_its_schedules_spec_with_another_model_in_which_nothing_is_due() {
    let own = schedule(BY_RUN);
    let asked = backfill(&run("other"));
    let World { spec, schedule } = of_backfill(&own, &asked).unwrap().unwrap();
    assert_eq!(Some(&spec.model), asked.model.as_ref());
    assert_eq!(ScoringScheduleSpec { model: own.model.clone(), ..spec }, own);
    let now = "2022-06-03T00:00:00Z".parse().unwrap();
    assert_eq!((schedule.due(now), schedule.follows_ticks()), (None, false));
    let own = Schedule::try_from(&own).unwrap();
    assert_ne!(own.task(), schedule.task());
    assert_eq!((own.reach(now), own.first()), (schedule.reach(now), schedule.first()));
}

/// A schedule's output, a backfill's model, and what is wrong with the two together.
struct Case {
    what: &'static str,
    output: &'static str,
    model: Value,
    /// The field, and words of the remedy.
    refused: Option<(&'static str, &'static str)>,
}

#[test]
fn a_model_whose_outputs_would_stand_where_the_schedules_do_is_refused() {
    let one_key = "s3://mlops/green-{month}.parquet";
    let folder = json!({"uri": "s3://mlops/models/m-1"});
    let put = "put `{runId}` or `{fingerprint}` into the schedule's `output.uri`";
    #[rustfmt::skip]
    let cases = [
        Case { what: "a run beside the schedule's", output: BY_RUN, model: run("other"), refused: None },
        Case { what: "a folder, whose run is not known yet", output: BY_RUN, model: folder.clone(), refused: None },
        Case { what: "the schedule's run", output: BY_RUN, model: run(OWN_RUN), refused: Some(("spec.model.runId", "leave `model` out")) },
        Case { what: "the schedule's run under its fingerprint", output: BY_FINGERPRINT, model: run(OWN_RUN), refused: None },
        Case { what: "a run under the same key", output: one_key, model: run("other"), refused: Some(("spec.model", put)) },
        Case { what: "a folder under the same key", output: one_key, model: folder, refused: Some(("spec.model", put)) },
    ];
    for Case { what, output, model, refused } in cases {
        let world = of_backfill(&schedule(output), &backfill(&model)).unwrap();
        let Some((path, words)) = refused else {
            assert!(world.is_ok(), "{what}: {}", world.unwrap_err());
            continue;
        };
        let faults = world.unwrap_err().0;
        assert_eq!(faults.len(), 1, "{what}");
        assert!(faults[0].path == path && faults[0].problem.contains(words), "{what}: {}", faults[0]);
    }
}

#[test]
fn the_faults_of_the_schedule_are_its_own() {
    let mut own = schedule(BY_RUN);
    own.schedule.cron = "nonsense".to_owned();
    let faults = of_backfill(&own, &backfill(&run("other"))).unwrap().unwrap_err().0;
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].path, "spec.scheduleRef.name");
}
