//! The Jobs of a schedule that says nothing and of one that says everything, as they are sent. Whoever changes what is
//! rendered reads the difference; the files are written anew with `GOLDEN=write`.

use std::path::Path;

use k8s_openapi::api::batch::v1::Job;
use scoring_operator::check::check;
use scoring_operator::observe::Seen;
use scoring_operator::render::{month_job, survey_job};
use scoring_operator::settings::Settings;
use scoring_operator::world::World;
use scoring_plan::history::{Input, MonthFacts, SurveyFailure};
use scoring_plan::{Basis, Cause, FailureClass, Lane, Month, Start};
use serde_json::{Value, json};

use crate::stage::{Stage, at, month, schedule};

/// Every field of a spec that a Job is made from.
fn everything() -> Value {
    json!({
        "dataset": {"uri": "https://rides.example/{year}/{mm}.parquet", "storage": {"anonymous": true}},
        "model": {"experimentUri": "s3://mlops/1", "runId": "r1", "artifactPath": "m", "sha256": "0f".repeat(32)},
        "features": {
            "compute": [{"name": "duration", "expr": "a - b"}],
            "where": "label <> '$(AWS_SECRET_ACCESS_KEY)'",
            "inputs": ["duration"],
        },
        "output": {
            "uri": "s3://scores/{month}-{fingerprint}.parquet",
            "columns": [{"name": "id", "expr": "row_id"}, {"name": "prediction"}],
            "actual": "duration",
            "storage": {"endpoint": "https://s3.example", "region": "eu", "pathStyle": true,
                "multipartAboveMiB": 64, "credentialsSecret": "bucket-keys"},
        },
        "storage": {"endpoint": "https://s3.example", "credentialsSecret": "bucket-keys"},
        "job": {
            "serviceAccountName": "scorer",
            "resources": {
                "requests": {"cpu": 1, "memory": "1Gi"},
                "limits": {"memory": "2Gi", "ephemeral-storage": "1Gi"},
            },
            "nodeSelector": {"kubernetes.io/arch": "amd64"},
            "tolerations": [
                {"key": "batch", "operator": "Exists", "effect": "NoSchedule"},
                {"key": "spot", "value": "yes", "effect": "NoExecute", "tolerationSeconds": 60},
            ],
            "priorityClassName": "low",
            "queueName": "nightly",
            "deadlineSeconds": 600,
        },
    })
}

fn world(spec: &Value) -> World {
    check(&schedule(spec), &[], &[]).unwrap().worlds.remove(0)
}

fn start(world: &World, backfill: Option<&str>, input: Option<&str>) -> Start {
    Start {
        month: month("2021-02"),
        attempt: 3,
        tries: 2,
        lane: Lane::Older,
        backfill: backfill.map(str::to_owned),
        basis: Basis { task: world.schedule.task().to_owned(), input: input.map(str::to_owned) },
        reason: Cause::Missing,
    }
}

fn settings() -> Settings {
    Settings { service_account: Some("default-scorer".to_owned()), ..Settings::of("registry.example/scorer:1") }
}

/// A survey after one that has failed, of months of which one is known to be missing.
fn seen(world: &World) -> Seen {
    let mut seen = Seen::default();
    seen.surveys.number = 6;
    seen.surveys.recorded = Some(at("2021-04-01T00:00:00Z"));
    seen.history.surveys.failed = Some(SurveyFailure {
        at: at("2021-05-01T00:00:00Z"),
        task: world.schedule.task().to_owned(),
        tries: 1,
        class: FailureClass::TryAgain,
        detail: "late".to_owned(),
    });
    let since = at("2021-05-02T07:00:00Z");
    let facts = MonthFacts { input: Input::NotPublished { since }, ..MonthFacts::default() };
    seen.history.months.insert(month("2021-04"), facts);
    seen
}

fn months() -> Vec<Month> {
    ["2021-01", "2021-02", "2021-04"].map(month).into()
}

fn compare(name: &str, job: &Job) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let text = serde_yaml::to_string(job).unwrap();
    if std::env::var("GOLDEN").is_ok_and(|mode| mode == "write") {
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == golden, "{name} is rendered otherwise:\n{text}");
}

#[test]
fn a_schedule_that_says_nothing_gets_these_jobs() {
    let (world, settings, owner) = (world(&json!({})), Settings::of("scorer:1"), Stage::owner());
    compare("month-least.yaml", &month_job(&world, &start(&world, None, None), &settings, &owner));
    compare("survey-least.yaml", &survey_job(&world, &months(), &Seen::default(), &settings, &owner));
}

#[test]
fn a_schedule_that_says_everything_gets_these_jobs() {
    let (world, settings, owner) = (world(&everything()), settings(), Stage::owner());
    let start = start(&world, Some("winter"), Some("0a1b2c3d4e5f"));
    compare("month-most.yaml", &month_job(&world, &start, &settings, &owner));
    compare("survey-most.yaml", &survey_job(&world, &months(), &seen(&world), &settings, &owner));
}

/// Kubernetes puts the value of another variable in the place of `$(NAME)`: an expression that holds one would be given a
/// credential.
#[test]
fn no_task_can_name_another_variable() {
    let (world, settings, owner) = (world(&everything()), settings(), Stage::owner());
    let job = month_job(&world, &start(&world, None, None), &settings, &owner);
    let pod = job.spec.unwrap().template.spec.unwrap();
    let env = pod.containers[0].env.clone().unwrap();
    let task = env[0].value.as_ref().unwrap();
    assert!(!task.contains('$'), "{task}");
    let read: scoring_contract::TaskDocument = serde_json::from_str(task).unwrap();
    assert_eq!(read.features.unwrap().keep.unwrap(), "label <> '$(AWS_SECRET_ACCESS_KEY)'");
    assert!(!task.contains("bucket-keys"), "no task names a Secret");
}

/// What is accepted fits an environment variable, with the months of the largest survey, too.
#[test]
fn the_longest_task_fits_a_variable() {
    struct Case {
        name: &'static str,
        text: &'static str,
        columns: usize,
        is_taken: bool,
    }
    let cases = [
        Case { name: "plain", text: "x", columns: 25, is_taken: true },
        Case { name: "too many columns", text: "x", columns: 29, is_taken: false },
        Case { name: "dollars", text: "$", columns: 4, is_taken: true },
        Case { name: "too many dollars", text: "$", columns: 8, is_taken: false },
    ];
    for Case { name, text, columns, is_taken } in cases {
        let columns: Vec<Value> =
            (0..columns).map(|at| json!({"name": format!("c{at}"), "expr": text.repeat(4096)})).collect();
        let checked =
            check(&schedule(&json!({"output": {"uri": "s3://s/{month}.parquet", "columns": columns}})), &[], &[]);
        assert_eq!(checked.is_ok(), is_taken, "{name}");
        let Ok(checked) = checked else { continue };
        let (world, settings, owner) = (&checked.worlds[0], Settings::of("scorer:1"), Stage::owner());
        let months: Vec<Month> = (0..1200).filter_map(|ahead| month("1950-01").plus(ahead)).collect();
        let survey = survey_job(world, &months, &Seen::default(), &settings, &owner);
        for job in [month_job(world, &start(world, None, None), &settings, &owner), survey] {
            let env = job.spec.unwrap().template.spec.unwrap().containers[0].env.clone().unwrap();
            assert!(env[0].value.as_ref().unwrap().len() <= scoring_contract::bounds::TASK, "{name}");
        }
    }
}
